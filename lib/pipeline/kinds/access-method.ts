import { ident } from '../ddl.ts';
import { definedKind } from './defined.ts';

export const accessMethodKind = definedKind({
  kind: 'access_method',
  query: 'introspect/access_method_list',
  label: { one: 'access method', many: 'access methods' },
  catalog: 'pg_am',
  stage: 'operator',
  attributes: [{ name: 'definition', label: 'definition' }],
  create: (object) => `CREATE ACCESS METHOD ${ident(object.name)} ${String(object.attributes.definition)}`,
});
