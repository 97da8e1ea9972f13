import { addConstraint, clusterOn, foreignKeyDefinition, ident, idents, setIndexOptions, storageParameters } from '../ddl.ts';
import { canonicalExpression, rereadable } from '../expression.ts';
import { type Attribute, childId, objectId, parseObjectId, type SchemaObject } from '../snapshot.ts';
import { type Change, type CreatingStatement, defineKind } from './kind.ts';
import { listOf, NONE, partOf, relationOf, textOf } from './relation.ts';
import { Shared } from './shared.ts';

interface Row {
  /** The table. */
  of: SchemaObject;
  local: boolean;
  partition: boolean;
  /** Of the constraint that it is part of, on the table that its own is a partition of. */
  parent_name: string | null;
  /** Of the index that the key's is part of, where that is no key's. */
  parent_index: string | null;
  name: string;
  type: string;
  /** Empty: it is written from its parts. */
  definition: string;
  columns: string[];
  validated: boolean;
  deferrable: string;
  inherited: boolean;
  referenced_schema: string | null;
  referenced_table: string | null;
  referenced_columns: string[];
  match: string;
  on_update: string;
  on_delete: string;
  on_delete_columns: string[];
  period: boolean;
  enforced: boolean;
  index_options: string[] | null;
  clustered: boolean;
  /** Of the index of a key: the one of a partitioned table that some partition has no part of is not. */
  valid: boolean;
}

const TYPES: Readonly<Record<string, string>> = { p: 'primary key', u: 'unique', f: 'foreign key', c: 'check', x: 'exclusion' };

type Attributes = Readonly<Record<string, Attribute>>;
const [LOCAL, INHERITED]: readonly [Attributes, Attributes] = [{ local: true }, { local: false }];
const COMMON = new Shared<Attributes>();

/** Many tables have the very same primary key and checks. */
function isCommon(row: Row): boolean {
  return row.type !== 'f' && row.parent_name === null && row.parent_index === null && row.index_options === null && row.valid;
}

function keyOf(row: Row): string {
  return [row.type, row.definition, row.validated, row.deferrable, row.enforced, row.inherited, row.clustered, row.partition || row.local, ...row.columns].join('\0');
}

function attributesOf(type: string, row: Row): Attributes {
  const attributes: Record<string, Attribute> = {
    type,
    // Its place among the others; written below where it is made of them.
    definition: row.definition === '' ? '' : canonicalExpression(row.definition),
    columns: row.columns,
    validated: row.validated,
    deferrable: row.deferrable,
    enforced: row.enforced,
    inherited: row.inherited,
    indexOptions: row.index_options?.toSorted() ?? NONE,
    clustered: row.clustered,
    partitionOf: partOf('constraint', row.of, row.parent_name) ?? partOf('index', row.of, row.parent_index),
    local: row.partition || row.local,
    // Said only where it is not: what was read and signed before this was known keeps its fingerprint.
    ...(row.valid ? {} : { valid: false }),
    ...foreignKeyParts(row),
  };
  if (row.definition === '') attributes.definition = writtenOf({ id: row.name, attributes });
  return attributes;
}

/** Only a condition written in the same way is the same to the server, which asks for that when a partition is put under its table. */
function writtenAside(definition: string): { written?: string } {
  const written = rereadable(definition);
  return written === definition ? {} : { written };
}

export const constraintKind = defineKind<Row>({
  kind: 'constraint',
  label: { one: 'constraint', many: 'constraints' },
  query: 'introspect/constraint_list',
  catalog: 'pg_constraint',
  attributes: [
    { name: 'type', label: 'type' },
    { name: 'definition', label: 'definition', remedy: 'altered' },
    { name: 'columns', label: 'columns', derived: true },
    { name: 'references', label: 'references', derived: true },
    { name: 'referencedColumns', label: 'referenced columns', derived: true },
    { name: 'onDelete', label: 'on delete', derived: true },
    { name: 'onDeleteColumns', label: 'columns set on delete', derived: true, usual: [] },
    { name: 'onUpdate', label: 'on update', derived: true },
    { name: 'match', label: 'match', derived: true, usual: 'SIMPLE' },
    { name: 'period', label: 'over a period', derived: true, usual: false },
    { name: 'deferrable', label: 'deferrable', derived: true, usual: 'NOT DEFERRABLE' },
    { name: 'validated', label: 'validated', derived: true, usual: true },
    { name: 'enforced', label: 'enforced', derived: true, usual: true },
    { name: 'indexOptions', label: 'storage parameters of its index', usual: [], remedy: 'altered' },
    { name: 'clustered', label: 'clustered on', usual: false, remedy: 'altered' },
    { name: 'inherited', label: 'inherited', usual: false, remedy: 'follows' },
    { name: 'partitionOf', label: 'part of', derived: true },
    { name: 'local', label: 'declared here too', usual: true, remedy: 'refused' },
    { name: 'valid', label: 'valid', usual: true, remedy: 'altered' },
  ],
  fromRow: (row) => {
    const type = TYPES[row.type];
    if (type === undefined) throw new Error(`constraint ${row.name}: type ${row.type} is not known`);
    return {
      id: childId('constraint', row.of.id, row.name),
      kind: 'constraint',
      schema: row.of.schema,
      name: row.name,
      parent: row.of.id,
      position: null,
      attributes: isCommon(row) ? COMMON.of(keyOf(row), () => attributesOf(type, row)) : attributesOf(type, row),
      aside: type === 'check' ? { local: row.local, ...writtenAside(row.definition) } : row.local ? LOCAL : INHERITED,
    };
  },
  address: (object) => `CONSTRAINT ${ident(object.name)} ON ${relationOf(object)}`,
  drop: (object) => [`ALTER TABLE ${relationOf(object)} DROP CONSTRAINT ${ident(object.name)}`],
  alter: alterConstraint,
  create: (object) => {
    // What is inherited comes with the parent's constraint.
    if (object.attributes.inherited === true) return [];
    return [{ stage: object.attributes.type === 'foreign key' ? 'foreign key' : 'key', sql: addConstraint(tableOf(object), object.name, definitionOf(object)) }, ...indexOptions(object), ...(object.attributes.clustered === true ? [{ stage: 'setting' as const, sql: clusterOn(tableOf(object), object.name) }] : [])];
  },
});

/** A constraint that was NOT VALID is validated, a foreign key becomes deferrable, the index behind a key gets parameters; all else is a new constraint. */
function alterConstraint({ current, desired, names: all }: Change): string[] | null {
  // Of one that is part of its parent's the server changes this with the parent's, and not alone.
  const follows = current.attributes.inherited === true && desired.attributes.inherited === true;
  const names = new Set([...all].filter((name) => !(follows && name === 'deferrable')));
  const alter = `ALTER TABLE ${relationOf(desired)}`;
  const meaning = [...names].filter((name) => !['definition', 'validated', 'deferrable', 'indexOptions', 'clustered', 'inherited', 'partitionOf', 'valid'].includes(name));
  if (meaning.length > 0 || (names.has('definition') && bare(current) !== bare(desired))) return null;
  if (names.has('validated') && desired.attributes.validated !== true) return null;
  if (names.has('deferrable') && desired.attributes.type !== 'foreign key') return null;
  const options = listOf(desired, 'indexOptions');
  const gone = listOf(current, 'indexOptions').map((option) => option.slice(0, option.indexOf('='))).filter((name) => !options.some((option) => option.startsWith(`${name}=`)));
  const index = `ALTER INDEX ${ident(desired.schema)}.${ident(desired.name)}`;
  return [
    ...(names.has('deferrable') ? [`${alter} ALTER CONSTRAINT ${ident(desired.name)} ${textOf(desired, 'deferrable')}`] : []),
    ...(names.has('clustered') ? [desired.attributes.clustered === true ? clusterOn(tableOf(desired), desired.name) : `${alter} SET WITHOUT CLUSTER`] : []),
    ...(names.has('validated') ? [`${alter} VALIDATE CONSTRAINT ${ident(desired.name)}`] : []),
    ...(names.has('indexOptions') && gone.length > 0 ? [`${index} RESET (${gone.map(ident).join(', ')})`] : []),
    ...(names.has('indexOptions') && options.length > 0 ? [`${index} SET (${storageParameters(options)})`] : []),
  ];
}

function foreignKeyParts(row: Row): Record<string, Attribute> {
  if (row.type !== 'f' || row.referenced_schema === null || row.referenced_table === null) return {};
  return {
    references: objectId('table', row.referenced_schema, row.referenced_table),
    referencedColumns: row.referenced_columns,
    match: row.match,
    onUpdate: row.on_update,
    onDelete: row.on_delete,
    onDeleteColumns: row.on_delete_columns,
    period: row.period,
  };
}

function definitionOf(object: SchemaObject): string {
  return typeof object.attributes.references === 'string' ? writtenOf(object) : String(object.attributes.definition);
}

/** Of a foreign key, or a primary or unique key over columns alone: what the server would write. */
function writtenOf(object: Pick<SchemaObject, 'id' | 'attributes'>): string {
  const { references } = object.attributes;
  if (typeof references !== 'string') {
    const deferrable = textOf(object, 'deferrable');
    return `${object.attributes.type === 'unique' ? 'UNIQUE' : 'PRIMARY KEY'} (${idents(listOf(object, 'columns'))})${deferrable === 'NOT DEFERRABLE' ? '' : ` ${deferrable}`}`;
  }
  const [schema = '', name = ''] = parseObjectId(references).path;
  return foreignKeyDefinition(object, { schema, name });
}

function indexOptions(object: SchemaObject): CreatingStatement[] {
  const options = object.attributes.indexOptions;
  return Array.isArray(options) && options.length > 0 ? [{ stage: 'setting', sql: setIndexOptions(object, options) }] : [];
}

function tableOf(object: SchemaObject): { schema: string; name: string } {
  const [schema = '', name = ''] = parseObjectId(object.parent ?? '').path;
  return { schema, name };
}

/** The definition without what ALTER CONSTRAINT and VALIDATE can change. */
function bare(object: SchemaObject): string {
  return (textOf(object, 'definition') ?? '').replace(/ NOT VALID$/, '').replace(/ (?:NOT )?DEFERRABLE(?: INITIALLY DEFERRED)?$/, '');
}
