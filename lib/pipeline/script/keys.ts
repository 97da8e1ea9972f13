import { ident, qualified } from '../ddl.ts';
import { parseObjectId, type SchemaObject } from '../snapshot.ts';

/** A constraint with an index behind it. */
export function isKey(constraint: SchemaObject): boolean {
  return ['primary key', 'unique', 'exclusion'].includes(String(constraint.attributes.type));
}

/** Makes the key of a partition part of the partitioned table's. */
export function attachKey(constraint: SchemaObject, partitionOf: string): string {
  const [schema = '', , name = ''] = parseObjectId(partitionOf).path;
  return `ALTER INDEX ${ident(schema)}.${ident(name)} ATTACH PARTITION ${qualified(constraint)}`;
}
