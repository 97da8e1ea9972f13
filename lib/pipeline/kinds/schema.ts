import { createSchema } from '../ddl.ts';
import { objectId } from '../snapshot.ts';
import { defineKind } from './kind.ts';

interface Row {
  name: string;
}

export const schemaKind = defineKind<Row>({
  kind: 'schema',
  label: { one: 'schema', many: 'schemas' },
  query: 'introspect/schema_list',
  attributes: [],
  fromRow: ({ name }) => ({ id: objectId('schema', name), kind: 'schema', schema: name, name, parent: null, position: null, attributes: {} }),
  create: (object) => [{ stage: 'schema', sql: createSchema(object.name) }],
});
