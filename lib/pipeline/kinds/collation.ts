import { qualified } from '../ddl.ts';
import { definedKind } from './defined.ts';

export const collationKind = definedKind({
  kind: 'collation',
  query: 'introspect/collation_list',
  label: { one: 'collation', many: 'collations' },
  catalog: 'pg_collation',
  stage: 'type',
  attributes: [{ name: 'definition', label: 'definition' }],
  create: (object) => `CREATE COLLATION ${qualified(object)} (${String(object.attributes.definition)})`,
});
