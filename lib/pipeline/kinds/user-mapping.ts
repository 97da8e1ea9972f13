import { ident } from '../ddl.ts';
import { objectId } from '../snapshot.ts';
import { defineKind } from './kind.ts';

interface Row {
  server: string;
  role: string;
  options: string[];
}

/** Its options hold passwords, which never leave the database: only fingerprints of them are compared, and no script can set them. */
export const userMappingKind = defineKind<Row>({
  kind: 'user_mapping',
  label: { one: 'user mapping', many: 'user mappings' },
  query: 'introspect/user_mapping_list',
  catalog: 'pg_user_mapping',
  attributes: [{ name: 'server', label: 'server', derived: true }, { name: 'options', label: 'options (fingerprints)', usual: [], remedy: 'refused' }],
  fromRow: ({ server, role, options }) => ({ id: objectId('user_mapping', server, role), kind: 'user_mapping', schema: '', name: role, parent: objectId('foreign_server', server), position: null, attributes: { server, options } }),
  address: (object) => `USER MAPPING FOR ${object.name} SERVER ${ident(String(object.attributes.server))}`,
  create: (object) => [{ stage: 'foreign', sql: `CREATE USER MAPPING FOR ${object.name} SERVER ${ident(String(object.attributes.server))}` }],
});
