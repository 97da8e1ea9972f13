import { createSchema, ident, literal, ownSequence, qualified } from '../ddl.ts';
import { kindOf } from '../kinds/all.ts';
import { castOver, identitySequence } from '../kinds/column.ts';
import { listOf, qualifiedId, textOf } from '../kinds/relation.ts';
import { objectId, parseObjectId, type SchemaObject } from '../snapshot.ts';
import { columnsOver, goesWithin, heldAside, isTextAside, partitionsBelow, rootsAnew } from './anew.ts';
import { joinKey } from './heirs.ts';
import type { Action } from './order.ts';
import { RANK, rankOf } from './rank.ts';
import type { Scope } from './scope.ts';
import { defaultId, reached } from './side.ts';

/** Schemas where tables stand whose rows come over into new ones, by the schema that they are from; comparison passes over schemas of such names. */
function asides(scope: Scope): ReadonlyMap<string, string> {
  const from = new Set(rootsAnew(scope).flatMap((table) => [table, ...partitionsBelow(scope.before, table.id)]).map(({ schema }) => schema));
  return new Map([...from].map((schema, at) => [schema, `countersign_aside${at === 0 ? '' : `_${at + 1}`}`]));
}

export function rowsKey(tableId: string): string {
  return `rows ${tableId}`;
}

const MAKE_ROOM = 'make room aside';

/** The order in which parts of a table go that could hold what goes: rows stay in the table alone. */
const PARTS = ['trigger', 'policy', 'rule', 'statistics', 'constraint', 'index'] as const;

/** Statements that set a table aside with the partitions within it, so that every name is free, nothing else rests on it, and its owner sees all rows. */
export function setAside(scope: Scope, table: SchemaObject, goes: readonly SchemaObject[]): string[] {
  const tables = goes.filter((each) => each.kind === 'table');
  const of = textOf(table, 'partitionOf');
  const room = asides(scope);
  return [
    ...(of === null ? [] : [`ALTER TABLE ${qualifiedId(of)} DETACH PARTITION ${qualified(table)}`]),
    ...listOf(table, 'inherits').map((parent) => `ALTER TABLE ${qualified(table)} NO INHERIT ${qualifiedId(parent)}`),
    ...PARTS.flatMap((kind) => goes.filter((each) => each.kind === kind && standsAlone(each)).toSorted(foreignKeysFirst)).flatMap((part) => kindOf(part.kind).drop(part)),
    ...tables.flatMap((each) => [...defaultsOff(scope, each), ...sequencesKept(scope, each).map((sequence) => `ALTER SEQUENCE ${qualified(sequence)} OWNED BY NONE`)]),
    ...asText(scope, table),
    ...(table.attributes.rowSecurity === true ? [`ALTER TABLE ${qualified(table)} DISABLE ROW LEVEL SECURITY`] : []),
    ...(table.attributes.forceRowSecurity === true ? [`ALTER TABLE ${qualified(table)} NO FORCE ROW LEVEL SECURITY`] : []),
    ...tables.map((each) => `ALTER TABLE ${qualified(each)} SET SCHEMA ${ident(room.get(each.schema) ?? '')}`),
  ];
}

/** It does not go with that of the partitioned table. */
function standsAlone(part: SchemaObject): boolean {
  return part.attributes.inherited !== true && textOf(part, 'partitionOf') === null;
}

function foreignKeysFirst(a: SchemaObject, b: SchemaObject): number {
  return Number(b.attributes.type === 'foreign key') - Number(a.attributes.type === 'foreign key');
}

function columnsOf(side: Scope['before'], tableId: string): SchemaObject[] {
  return (side.children.get(tableId) ?? []).filter((child) => child.kind === 'column');
}

function defaultsOff(scope: Scope, table: SchemaObject): string[] {
  return columnsOf(scope.before, table.id).filter((column) => textOf(column, 'default') !== null && scope.before.needs(defaultId(column.id)).length > 0).map((column) => `ALTER TABLE ONLY ${qualified(table)} ALTER COLUMN ${ident(column.name)} DROP DEFAULT`);
}

/** Sequences that a column owns and that do not go. */
function sequencesKept(scope: Scope, table: SchemaObject): SchemaObject[] {
  return columnsOf(scope.before, table.id).flatMap((column) => scope.before.followers(column.id)).flatMap((id) => (scope.removed.has(id) || !id.startsWith('sequence:') ? [] : (scope.before.objects.get(id) ?? [])));
}

function asText(scope: Scope, table: SchemaObject): string[] {
  return columnsOf(scope.before, table.id).filter((column) => isTextAside(scope, column.id)).map((column) => {
    const name = ident(column.name);
    return textOf(column, 'generated') === null && scope.after.objects.has(column.id) ? `ALTER TABLE ${qualified(table)} ALTER COLUMN ${name} TYPE ${textType(column)} USING ${name}::${textType(column)}` : `ALTER TABLE ${qualified(table)} DROP COLUMN ${name}`;
  });
}

function textType(column: SchemaObject): string {
  return textOf(column, 'type')?.endsWith('[]') === true ? 'text[]' : 'text';
}

/** Actions that bring the rows into the tables that are made anew, and take away what was set aside. */
export function rowsActions(scope: Scope): Action[] {
  const roots = rootsAnew(scope);
  const room = [...asides(scope).values()];
  const base = { drops: [], creates: [], alters: [] };
  const keys = roots.map(({ id }) => rowsKey(id));
  const [first] = roots;
  if (first === undefined) return [];
  return [
    { ...base, key: MAKE_ROOM, objectId: first.id, rank: RANK.retype, sql: room.map(createSchema), after: [] },
    ...roots.map((table): Action => ({ ...base, key: rowsKey(table.id), objectId: table.id, rank: rankOf('attachment') + 0.5, sql: rowsOver(scope, table, asides(scope)), after: beforeRows(scope, table.id) })),
    { ...base, key: 'clear room aside', objectId: first.id, rank: rankOf('attachment') + 0.5, sql: room.map((name) => `DROP SCHEMA ${ident(name)}`), after: keys },
  ];
}

function rowsOver(scope: Scope, table: SchemaObject, room: ReadonlyMap<string, string>): string[] {
  const over = columnsOver(scope, table.id);
  const aside = `${ident(room.get(table.schema) ?? '')}.${ident(table.name)}`;
  const into = over.length === 0 ? '' : ` (${over.map(({ to }) => ident(to.name)).join(', ')})`;
  const numbered = over.some(({ to }) => textOf(to, 'identity') !== null) ? ' OVERRIDING SYSTEM VALUE' : '';
  const values = over.map(({ from, to }) => castOver(isTextAside(scope, from.id) ? { ...from, attributes: { ...from.attributes, type: textType(from), collation: null } } : from, to));
  const tables = [table, ...partitionsBelow(scope.after, table.id)].filter((each) => scope.recreated.has(each.id));
  return [
    `INSERT INTO ${qualified(table)}${into}${numbered} SELECT ${values.join(', ')} FROM ${table.attributes.partitioned === true ? '' : 'ONLY '}${aside}`,
    ...tables.flatMap((each) => numbersOn(scope, each, room)),
    `DROP TABLE ${aside}`,
    ...tables.flatMap((each) => ownedAgain(scope, each)),
  ];
}

/** A column that numbers itself goes on from where it stood, whatever gives its numbers now and gave them before. */
function numbersOn(scope: Scope, table: SchemaObject, room: ReadonlyMap<string, string>): string[] {
  return columnsOf(scope.after, table.id).flatMap((column) => {
    const before = scope.before.objects.get(column.id);
    const going = before === undefined ? undefined : numbersOf(scope.before, before).find((id) => !scope.before.objects.has(id) || scope.removed.has(id));
    const coming = numbersOf(scope.after, column).find((id) => !scope.after.objects.has(id) || scope.added.has(id));
    if (going === undefined || coming === undefined) return [];
    const [[schema = '', name = ''], [wanted = '', called = '']] = [parseObjectId(going).path, parseObjectId(coming).path];
    return [`SELECT pg_catalog.setval(${literal(qualified({ schema: wanted, name: called }))}, last_value, is_called) FROM ${ident(room.get(schema) ?? schema)}.${ident(name)}`];
  });
}

/** Ids of sequences that give a column its numbers; one of an identity is no object of its own. */
function numbersOf(side: Scope['before'], column: SchemaObject): string[] {
  const [schema = ''] = parseObjectId(column.parent ?? '').path;
  return [...(textOf(column, 'identity') === null ? [] : [objectId('sequence', schema, identitySequence(column))]), ...side.followers(column.id).filter((id) => id.startsWith('sequence:'))];
}

/** Sequences that were let go when their table was set aside belong to the column again, and to whom the table belongs. */
function ownedAgain(scope: Scope, table: SchemaObject): string[] {
  return columnsOf(scope.after, table.id).flatMap((column) => scope.after.followers(column.id).map((id) => ({ column, id }))).flatMap(({ column, id }) => {
    const sequence = scope.after.objects.get(id);
    if (sequence?.kind !== 'sequence' || scope.added.has(id) || scope.altered.get(id)?.names.has('ownedBy') === true) return [];
    const owner = scope.after.objects.get(table.id)?.aside?.owner;
    const other = typeof owner === 'string' && owner !== scope.before.objects.get(id)?.aside?.owner ? [`ALTER SEQUENCE ${qualified(sequence)} OWNER TO ${ident(owner)}`] : [];
    return [...other, ownSequence(sequence, table, column.name)];
  });
}

/** The table stands with all its partitions, and what has no value in the old rows has its default. */
function beforeRows(scope: Scope, tableId: string): string[] {
  const tables = partitionsBelow(scope.after, tableId).filter((each) => each.kind === 'table');
  const defaults = columnsOf(scope.after, tableId).map((column) => `create ${defaultId(column.id)}`);
  const sequences = columnsOf(scope.after, tableId).flatMap((column) => scope.after.followers(column.id)).flatMap((id) => [`create ${id}`, `alter ${id}`]);
  return [`create ${tableId}`, `drop ${tableId}`, ...defaults, ...sequences, ...tables.flatMap(({ id }) => [`create ${id}`, `attach ${id}`, joinKey(id)])];
}

/** The actions as they stand around the rows that come over: what would check, fire at, hide or read them comes behind, and what the old table rests on goes behind. */
export function aroundRows(scope: Scope, actions: readonly Action[]): readonly Action[] {
  return rootsAnew(scope).reduce((all, root) => waitFor(scope, all, root), actions);
}

function waitFor(scope: Scope, actions: readonly Action[], root: SchemaObject): readonly Action[] {
  const key = rowsKey(root.id);
  const below = partitionsBelow(scope.after, root.id);
  const tables = new Set([root.id, ...below.map(({ id }) => id)]);
  const readers = reached([...tables], scope.after.dependents);
  const held = new Set(heldAside(scope, root));
  const foreign = new Set(below.filter((each) => each.kind === 'foreign_table').map(({ id }) => `attach ${id}`));
  const late = (action: Action) =>
    action.key === `attach ${root.id}` || foreign.has(action.key) || (action.key.startsWith('settings ') && tables.has(action.objectId)) ||
    action.drops.some((id) => held.has(id)) || action.creates.some((id) => comesBehind(scope.after.objects.get(id), tables, readers));
  const aside = `drop ${root.id}`;
  // What is filled from these tables is filled with what its owner may see.
  const hides = actions.filter((action) => tables.has(action.objectId) ? action.key.startsWith('settings ') : action.objectId.startsWith('policy:') && tables.has(scope.after.objects.get(action.objectId)?.parent ?? ''));
  const behind = (action: Action) => [key, ...(action.objectId.startsWith('materialized_view:') ? hides.map((each) => each.key) : [])];
  return actions.map((action) => (action.key === aside ? { ...action, after: [...action.after, MAKE_ROOM, ...leavingBefore(scope, root)] } : action.key !== key && late(action) ? { ...action, after: [...action.after, ...behind(action)] } : action));
}

function comesBehind(object: SchemaObject | undefined, tables: ReadonlySet<string>, readers: ReadonlySet<string>): boolean {
  if (object === undefined) return false;
  if (object.kind === 'materialized_view') return readers.has(object.id);
  if (object.kind === 'constraint' && object.attributes.type === 'foreign key') return tables.has(object.parent ?? '') || tables.has(textOf(object, 'references') ?? '');
  return ['trigger', 'rule', 'policy'].includes(object.kind) && tables.has(object.parent ?? '');
}

/** Partitions that go on as tables of their own have left before the table goes. */
function leavingBefore(scope: Scope, root: SchemaObject): string[] {
  return partitionsBelow(scope.before, root.id).filter((each) => goesWithin(scope, each) === null).map(({ id }) => `drop ${id}`);
}
