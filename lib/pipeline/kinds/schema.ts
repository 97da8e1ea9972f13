import { createSchema, ident } from '../ddl.ts';
import { objectId } from '../snapshot.ts';
import { defineKind } from './kind.ts';

interface Row {
  name: string;
  owner: string;
}

export const schemaKind = defineKind<Row>({
  kind: 'schema',
  label: { one: 'schema', many: 'schemas' },
  query: 'introspect/schema_list',
  catalog: 'pg_namespace',
  attributes: [],
  aside: ['owner'],
  grantedAs: 'SCHEMA',
  fromRow: ({ name, owner }) => ({ id: objectId('schema', name), kind: 'schema', schema: name, name, parent: null, position: null, attributes: {}, aside: { owner } }),
  address: (object) => `SCHEMA ${ident(object.name)}`,
  create: (object) => [{ stage: 'schema', sql: createSchema(object.name) }],
});
