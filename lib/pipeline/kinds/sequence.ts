import { createSequence, ownSequence } from '../ddl.ts';
import { objectId, parseObjectId, type SchemaObject } from '../snapshot.ts';
import { type CreatingStatement, defineKind } from './kind.ts';

interface Row {
  schema: string;
  name: string;
  type: string;
  start: string;
  increment: string;
  min: string;
  max: string;
  cache: string;
  cycle: boolean;
  persistence: string;
  owner_schema: string | null;
  owner_table: string | null;
  owner_column: string | null;
}

export const sequenceKind = defineKind<Row>({
  kind: 'sequence',
  label: { one: 'sequence', many: 'sequences' },
  query: 'introspect/sequence_list',
  attributes: [
    { name: 'type', label: 'type' },
    { name: 'start', label: 'start' },
    { name: 'increment', label: 'increment' },
    { name: 'min', label: 'minimum' },
    { name: 'max', label: 'maximum' },
    { name: 'cache', label: 'cache' },
    { name: 'cycle', label: 'cycles', usual: false },
    { name: 'persistence', label: 'persistence', usual: 'permanent' },
    { name: 'ownedBy', label: 'owned by' },
  ],
  fromRow: ({ schema, name, owner_schema, owner_table, owner_column, ...attributes }) => {
    const ownedBy = owner_schema !== null && owner_table !== null && owner_column !== null ? objectId('column', owner_schema, owner_table, owner_column) : null;
    return { id: objectId('sequence', schema, name), kind: 'sequence', schema, name, parent: null, position: null, attributes: { ...attributes, ownedBy } };
  },
  create: (object) => [{ stage: 'sequence', sql: createSequence(object) }, ...ownership(object)],
});

function ownership(object: SchemaObject): CreatingStatement[] {
  if (typeof object.attributes.ownedBy !== 'string') return [];
  const [schema, name, column] = parseObjectId(object.attributes.ownedBy).path;
  if (schema === undefined || name === undefined || column === undefined) return [];
  return [{ stage: 'ownership', sql: ownSequence(object, { schema, name }, column) }];
}
