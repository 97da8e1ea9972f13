import { castTarget, ident, identityOptions, movedPosition, type NumberRange, storageParameters } from '../ddl.ts';
import { castsDirectly } from '../direct-cast.ts';
import { canonicalExpression, canonicalOrNull } from '../expression.ts';
import { type Attribute, childId, parseObjectId, type SchemaObject } from '../snapshot.ts';
import { type Change, defineKind } from './kind.ts';
import { alterNotNull, type NotNull, notNullNames } from './not-null.ts';
import { changedOptions } from './options.ts';
import { listOf, NONE, relationOf, textOf } from './relation.ts';
import { Shared } from './shared.ts';

/** The sequence behind an identity column; numbers as text. */
export interface IdentitySequence {
  name: string;
  start: string;
  increment: string;
  min: string;
  max: string;
  cache: string;
  cycle: boolean;
  /** `LOGGED` or `UNLOGGED` where its table is not; null: as its table is. */
  logged?: string | null;
}

/** What a column is besides its name, its place and what it is filled with. Few looks for many columns: columns of one look may share the object. */
export interface ColumnLook {
  readonly type: string;
  readonly nullable: boolean;
  readonly identity: string | null;
  /** Generated: STORED or VIRTUAL. */
  readonly kept: string | null;
  readonly collation: string | null;
  readonly storage: string | null;
  readonly usual_storage: string;
  readonly compression: string | null;
  readonly statistics_target: number | null;
  readonly options: readonly string[] | null;
  readonly foreign_options: readonly string[] | null;
  readonly inherited: boolean;
  readonly local: boolean;
  readonly partition: boolean;
}

interface Row {
  /** The table or foreign table. */
  of: SchemaObject;
  /** Of its default, or of what it is generated from. */
  expression: string | null;
  sequence: IdentitySequence | null;
  notNull: NotNull | null;
  name: string;
  position: number;
  look: ColumnLook;
}

export const columnKind = defineKind<Row>({
  kind: 'column',
  label: { one: 'column', many: 'columns' },
  query: 'introspect/column_list',
  catalog: 'pg_class',
  holdsData: true,
  attributes: [
    { name: 'type', label: 'type', remedy: 'altered' },
    { name: 'nullable', label: 'may be null', remedy: 'altered' },
    { name: 'notNullName', label: 'name of its not-null constraint', remedy: 'altered' },
    { name: 'notNullCalled', label: 'not-null constraint is called', remedy: 'altered' },
    { name: 'notNullOwn', label: 'declares NOT NULL beside its parents', remedy: 'altered' },
    { name: 'notNullFlags', label: 'not-null constraint is', usual: [], remedy: 'altered' },
    { name: 'default', label: 'default', remedy: 'altered' },
    { name: 'identity', label: 'identity', remedy: 'altered' },
    { name: 'identityOptions', label: 'identity options', remedy: 'altered' },
    { name: 'identitySequence', label: 'name of its sequence', remedy: 'altered' },
    { name: 'identityLogged', label: 'its sequence is, other than the table', remedy: 'altered' },
    { name: 'generated', label: 'generated as', remedy: 'altered' },
    { name: 'collation', label: 'collation', remedy: 'altered' },
    { name: 'storage', label: 'storage', remedy: 'altered' },
    { name: 'compression', label: 'compression', remedy: 'altered' },
    { name: 'statisticsTarget', label: 'statistics target', remedy: 'altered' },
    { name: 'options', label: 'options', remedy: 'altered', usual: [] },
    { name: 'foreignOptions', label: 'options of the foreign column', usual: [], remedy: 'altered' },
    { name: 'inherited', label: 'inherited', usual: false, remedy: 'follows' },
    { name: 'local', label: 'declared here too', usual: true, remedy: 'refused' },
  ],
  fromRow: (row) => ({
    id: childId('column', row.of.id, row.name),
    kind: 'column',
    schema: row.of.schema,
    name: row.name,
    parent: row.of.id,
    position: row.position,
    attributes: isUsual(row) ? sharedOf(row) : attributesOf(row),
    aside: asideOf(row.look.local, row.look.usual_storage, row.notNull?.own === false ? row.notNull.name : null),
  }),
  address: (object) => `COLUMN ${relationOf(object)}.${ident(object.name)}`,
  create: () => [],
  drop: (object) => [`ALTER TABLE ${relationOf(object)} DROP COLUMN ${ident(object.name)}`],
  alter: alterColumn,
  disturbs: ({ names }) => names.has('type') || names.has('collation') || names.has('generated'),
});

type Attributes = Readonly<Record<string, Attribute>>;

const SHARED = new WeakMap<ColumnLook, Shared<Attributes>>();

/** Nothing that is said of it has its own name in it. */
function isUsual({ sequence, notNull, of, name, look }: Row): boolean {
  return notNull === null && (sequence === null || (sequence.name === usualSequence(of.name, name) && optionsOf(sequence, look.type) === null && (sequence.logged ?? null) === null));
}

/** The same for all columns of one look that are filled in the same way. */
function sharedOf(row: Row): Attributes {
  let known = SHARED.get(row.look);
  if (!known) SHARED.set(row.look, (known = new Shared()));
  return known.of(row.sequence === null ? (row.expression ?? '') : 'identity', () => attributesOf(row));
}

function attributesOf({ look, expression, sequence, notNull, of, name }: Row): Attributes {
  return {
    type: look.type,
    nullable: look.nullable,
    ...notNullNames(notNull, of.name, name),
    notNullFlags: notNull?.flags ?? NONE,
    default: look.kept === null ? canonicalOrNull(expression) : null,
    // Since Postgres 17 a partition's column is marked too, and has no sequence of its own: the identity is that of the partitioned table.
    identity: sequence && look.identity,
    identityOptions: sequence && optionsOf(sequence, look.type),
    identitySequence: sequence && sequence.name !== usualSequence(of.name, name) ? sequence.name : null,
    ...(sequence?.logged ? { identityLogged: sequence.logged } : {}),
    generated: look.kept === null || expression === null ? null : canonicalExpression(`(${expression}) ${look.kept}`),
    collation: look.collation,
    storage: look.storage,
    compression: look.compression,
    statisticsTarget: look.statistics_target,
    options: look.options?.toSorted() ?? NONE,
    foreignOptions: look.foreign_options ?? NONE,
    inherited: look.inherited,
    // Partitions list their columns whether they came with ATTACH or with the parent; heirs do not.
    local: look.partition || look.local,
  };
}

/** What is not usual for its type: `START WITH 5 CYCLE`; null where everything is. */
function optionsOf(sequence: IdentitySequence, type: string): string | null {
  const options = [
    ...(sequence.start !== '1' ? [`START WITH ${sequence.start}`] : []),
    ...(sequence.increment !== '1' ? [`INCREMENT BY ${sequence.increment}`] : []),
    ...(sequence.min !== '1' ? [`MINVALUE ${sequence.min}`] : []),
    ...(sequence.max !== (HIGHEST[type] ?? HIGHEST.bigint) ? [`MAXVALUE ${sequence.max}`] : []),
    ...(sequence.cache !== '1' ? [`CACHE ${sequence.cache}`] : []),
    ...(sequence.cycle ? ['CYCLE'] : []),
  ];
  return options.length === 0 ? null : options.join(' ');
}

function usualSequence(table: string, column: string): string {
  return `${table}_${column}_seq`;
}

const ASIDES = new Shared<Attributes>();

/** Few combinations for many columns. */
function asideOf(local: boolean, usualStorage: string, notNullCalled: string | null): Attributes {
  const common = ASIDES.of(`${local} ${usualStorage}`, () => ({ local, usualStorage }));
  return notNullCalled === null ? common : { ...common, notNullCalled };
}

/** One statement an attribute, in an order that the server takes: what stands in the way goes first. null: only a new column will do. */
function alterColumn({ current, desired, names }: Change): string[] | null {
  const toGenerated = textOf(desired, 'generated');
  if (names.has('generated') && toGenerated !== null) return null;
  // What is made over from a virtual column has no stored value that could stay.
  if (names.has('generated') && textOf(current, 'generated')?.endsWith('VIRTUAL')) return null;
  const only = `ALTER TABLE ONLY ${relationOf(desired)} ALTER COLUMN ${ident(desired.name)}`;
  const all = `ALTER TABLE ${relationOf(desired)} ALTER COLUMN ${ident(desired.name)}`;
  return [...clearing(current, desired, names, only, all), ...setting(current, desired, names, only, all), ...settingIdentity(current, desired, names, all), ...loggingIdentity(current, desired, names), ...columnOptions(current, desired, names, only)];
}

function clearing(current: SchemaObject, desired: SchemaObject, names: ReadonlySet<string>, only: string, all: string): string[] {
  const dropsDefault = textOf(current, 'default') !== null && (names.has('type') || (names.has('default') && textOf(desired, 'default') === null));
  return [
    ...(names.has('identity') && textOf(desired, 'identity') === null ? [`${all} DROP IDENTITY`] : []),
    ...(names.has('generated') ? [`${all} DROP EXPRESSION`] : []),
    ...(dropsDefault ? [`${only} DROP DEFAULT`] : []),
  ];
}

function setting(current: SchemaObject, desired: SchemaObject, names: ReadonlySet<string>, only: string, all: string): string[] {
  const collation = textOf(desired, 'collation');
  const type = textOf(desired, 'type');
  const fallback = textOf(desired, 'default');
  const retyped = (names.has('type') || names.has('collation')) && desired.attributes.inherited !== true;
  const using = textOf(desired, 'generated') === null && !isForeign(desired) ? ` USING ${ident(desired.name)}${throughText(current, type)}::${castTarget(type ?? '')}` : '';
  return [
    ...(retyped ? [`${all} TYPE ${type}${collation === null ? '' : ` COLLATE ${collation}`}${using}`] : []),
    ...alterNotNull(current, desired, names),
    ...((names.has('default') || names.has('type')) && fallback !== null ? [`${only} SET DEFAULT ${fallback}`] : []),
  ];
}

/** The value of one column as it goes into another of the same name: in this and in SET DATA TYPE a value that does not fit stops the statement. */
export function castOver(current: SchemaObject, desired: SchemaObject): string {
  const type = textOf(desired, 'type');
  return textOf(current, 'type') === type ? ident(desired.name) : `${ident(desired.name)}${throughText(current, type)}::${castTarget(type ?? '')}`;
}

/** Between a type of the user's and another there is rarely a cast, but all have a text. */
function throughText(current: SchemaObject, type: string | null): string {
  const before = textOf(current, 'type') ?? '';
  if (castsDirectly(before, type ?? '')) return '';
  return before.endsWith('[]') && type?.endsWith('[]') ? '::text[]' : '::text';
}

const HIGHEST: Readonly<Record<string, string>> = { smallint: '32767', integer: '2147483647', bigint: '9223372036854775807' };

/** Since Postgres 17 partitions have the identity of their table, and ONLY is refused; heirs never have it, with ONLY or without. */
function settingIdentity(current: SchemaObject, desired: SchemaObject, names: ReadonlySet<string>, all: string): string[] {
  const identity = textOf(desired, 'identity');
  if (identity === null || !(names.has('identity') || names.has('identityOptions') || names.has('identitySequence'))) return [];
  if (textOf(current, 'identity') === null) return [`${all} ADD GENERATED ${identity} AS IDENTITY${identityOptions(desired, desired.schema)}`];
  const renamed = names.has('identitySequence') ? [`ALTER SEQUENCE ${ident(desired.schema)}.${ident(identitySequence(current))} RENAME TO ${ident(identitySequence(desired))}`] : [];
  if (!names.has('identityOptions')) return [...renamed, ...(names.has('identity') ? [`${all} SET GENERATED ${identity}`] : [])];
  const wanted = numbersOf(desired);
  const sequence = { schema: desired.schema, name: identitySequence(desired) };
  // The statement for another type has taken the sequence along, with the highest number where it had that.
  const moved = movedPosition(sequence, numbersOf({ ...current, attributes: { ...current.attributes, type: desired.attributes.type ?? null } }), wanted);
  return [
    ...renamed,
    ...moved.before,
    `${all} SET GENERATED ${identity} SET INCREMENT BY ${wanted.increment} SET MINVALUE ${wanted.min} SET MAXVALUE ${wanted.max} SET START WITH ${wanted.start} SET CACHE ${wanted.cache} SET ${wanted.cycles ? 'CYCLE' : 'NO CYCLE'}${moved.restart ? ' RESTART' : ''}`,
  ];
}

/** Where it is to be as its table is, that is the other way than it was. */
function loggingIdentity(current: SchemaObject, desired: SchemaObject, names: ReadonlySet<string>): string[] {
  const logged = textOf(desired, 'identityLogged') ?? (textOf(current, 'identityLogged') === 'LOGGED' ? 'UNLOGGED' : 'LOGGED');
  return names.has('identityLogged') && textOf(desired, 'identity') !== null ? [`ALTER SEQUENCE ${ident(desired.schema)}.${ident(identitySequence(desired))} SET ${logged}`] : [];
}

interface Numbers extends NumberRange {
  increment: bigint;
  start: bigint;
  cache: bigint;
  cycles: boolean;
}

/** What the options of an identity column, which leave out what is usual, amount to. */
function numbersOf(column: SchemaObject): Numbers {
  const options = textOf(column, 'identityOptions') ?? '';
  const option = (name: string, usual: string) => BigInt(new RegExp(`${name} (-?\\d+)`).exec(options)?.[1] ?? usual);
  const highest = HIGHEST[textOf(column, 'type') ?? ''] ?? '9223372036854775807';
  return { increment: option('INCREMENT BY', '1'), min: option('MINVALUE', '1'), max: option('MAXVALUE', highest), start: option('START WITH', '1'), cache: option('CACHE', '1'), cycles: options.includes('CYCLE') };
}

/** The name of the sequence behind an identity column. */
export function identitySequence(column: SchemaObject): string {
  return textOf(column, 'identitySequence') ?? usualSequence(parseObjectId(column.parent ?? '').path[1] ?? '', column.name);
}

function columnOptions(current: SchemaObject, desired: SchemaObject, names: ReadonlySet<string>, only: string): string[] {
  const target = desired.attributes.statisticsTarget;
  const gone = listOf(current, 'options').map(nameOf).filter((name) => !listOf(desired, 'options').map(nameOf).includes(name));
  const options = listOf(desired, 'options');
  return [
    ...storageAndCompression(desired, names, only),
    ...(names.has('statisticsTarget') ? [`${only} SET STATISTICS ${typeof target === 'number' ? target : -1}`] : []),
    ...(names.has('options') && gone.length > 0 ? [`${only} RESET (${gone.map(ident).join(', ')})`] : []),
    ...(names.has('options') && options.length > 0 ? [`${only} SET (${storageParameters(options)})`] : []),
    ...(names.has('foreignOptions') ? [`${only.replace(' ONLY ', ' ')} ${changedOptions(listOf(current, 'foreignOptions'), listOf(desired, 'foreignOptions'))}`] : []),
  ];
}

/** TYPE puts both back to what is usual for the type, so what is to be otherwise is said again after it. */
export function storageAndCompression(desired: SchemaObject, names: ReadonlySet<string>, only: string): string[] {
  const [storage, compression] = [textOf(desired, 'storage'), textOf(desired, 'compression')];
  const retyped = names.has('type') || names.has('collation');
  return [
    ...(names.has('storage') || (retyped && storage !== null) ? [`${only} SET STORAGE ${storage ?? String(desired.aside?.usualStorage ?? 'DEFAULT')}`] : []),
    ...(names.has('compression') || (retyped && compression !== null) ? [`${only} SET COMPRESSION ${compression ?? 'default'}`] : []),
  ];
}

function nameOf(option: string): string {
  return option.slice(0, option.indexOf('='));
}

/** Of a foreign table, which holds no values that had to be turned into others. */
export function isForeign(object: SchemaObject): boolean {
  return object.parent?.startsWith('foreign_table:') === true;
}
