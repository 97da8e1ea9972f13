import { parseObjectId, type SchemaObject } from '../snapshot.ts';
import { identitySequence } from '../kinds/column.ts';
import { textOf } from '../kinds/relation.ts';

const ROW_TYPES = new Set(['table', 'foreign_table', 'view', 'materialized_view', 'composite_type']);
const RELATIONS = new Set([...ROW_TYPES, 'sequence', 'index']);
const TYPES = new Set([...ROW_TYPES, 'base_type', 'enum', 'domain', 'range_type']);
const ROUTINES = new Set(['function', 'procedure', 'aggregate']);
const INDEXED = new Set<unknown>(['primary key', 'unique', 'exclusion']);

/**
 * The names that an object takes in its schema, as ids: two objects of different kinds can want one name (a table and a view, the index of
 * a key and another index), and then the one that goes must go before the other comes.
 */
export function namesOf(object: SchemaObject): string[] {
  const name = JSON.stringify([object.schema, object.name]);
  if (ROUTINES.has(object.kind)) return [`routine ${name}`];
  const isRelation = RELATIONS.has(object.kind) || (object.kind === 'constraint' && INDEXED.has(object.attributes.type));
  return [...(isRelation ? [`relation ${name}`] : []), ...(TYPES.has(object.kind) ? [`type ${name}`] : []), ...sequenceNameOf(object)];
}

/** The name of the sequence that an identity column brings along. */
export function sequenceNameOf(object: SchemaObject): string[] {
  if (object.kind !== 'column' || textOf(object, 'identity') === null) return [];
  return [`relation ${JSON.stringify([parseObjectId(object.parent ?? '').path[0], identitySequence(object)])}`];
}
