import { ident } from '../ddl.ts';
import { objectId } from '../snapshot.ts';
import { defineKind } from './kind.ts';

interface Row {
  name: string;
  schema: string;
  version: string;
}

/** Its version follows from the packages of the server, so that it is kept beside and compared only when asked. */
export const extensionKind = defineKind<Row>({
  kind: 'extension',
  label: { one: 'extension', many: 'extensions' },
  query: 'introspect/extension_list',
  catalog: 'pg_extension',
  attributes: [{ name: 'inSchema', label: 'schema', remedy: 'altered' }],
  aside: ['version'],
  fromRow: ({ name, schema, version }) => ({ id: objectId('extension', name), kind: 'extension', schema: '', name, parent: null, position: null, attributes: { inSchema: schema }, aside: { version } }),
  address: (object) => `EXTENSION ${ident(object.name)}`,
  create: (object) => [{ stage: 'extension', sql: `CREATE EXTENSION ${ident(object.name)} WITH SCHEMA ${ident(String(object.attributes.inSchema))}` }],
  alter: ({ desired }) => [`ALTER EXTENSION ${ident(desired.name)} SET SCHEMA ${ident(String(desired.attributes.inSchema))}`],
});
