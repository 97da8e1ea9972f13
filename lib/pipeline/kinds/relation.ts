import { ident } from '../ddl.ts';
import { objectId, type ObjectKind, parseObjectId, type SchemaObject } from '../snapshot.ts';

const KIND_OF: Readonly<Record<string, ObjectKind>> = { r: 'table', p: 'table', v: 'view', m: 'materialized_view', f: 'foreign_table' };

/** One empty list for all: most objects have several. */
export const NONE: readonly string[] = [];

let last = { relkind: '', schema: '', name: '', id: '' };

/** Address of the relation that a column, trigger, policy … belongs to; `relkind` as in pg_class. */
export function relationId(relkind: string, schema: string, name: string): string {
  // Rows come table by table: the same text is the same string, which is quick to compare and kept once.
  if (last.name === name && last.schema === schema && last.relkind === relkind) return last.id;
  const kind = KIND_OF[relkind];
  if (kind === undefined) throw new Error(`${schema}.${name}: relations of kind ${relkind} have nothing that belongs to them`);
  last = { relkind, schema, name, id: objectId(kind, schema, name) };
  return last.id;
}

/** `schema.table` of the object's parent, quoted. */
export function relationOf(object: SchemaObject): string {
  const [schema = '', name = ''] = parseObjectId(object.parent ?? '').path;
  return `${ident(schema)}.${ident(name)}`;
}

/** `schema.name` of any ObjectId of a relation, quoted. */
export function qualifiedId(id: string): string {
  return parseObjectId(id).path.slice(0, 2).map(ident).join('.');
}

export function textOf(object: Pick<SchemaObject, 'attributes'>, attribute: string): string | null {
  const value = object.attributes[attribute];
  return typeof value === 'string' ? value : null;
}

export function listOf(object: Pick<SchemaObject, 'attributes'>, attribute: string): readonly string[] {
  const value = object.attributes[attribute];
  return Array.isArray(value) ? value : [];
}

/** Address of the constraint or index that one of a partition is part of: `name` on the table that the partition is of. */
export function partOf(kind: ObjectKind, partition: SchemaObject, name: string | null): string | null {
  const whole = name === null ? null : textOf(partition, 'partitionOf');
  return name === null || whole === null ? null : objectId(kind, ...parseObjectId(whole).path, name);
}
