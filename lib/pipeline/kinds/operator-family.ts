import { ident } from '../ddl.ts';
import { definedKind } from './defined.ts';
import { listOf } from './relation.ts';

export const operatorFamilyKind = definedKind({
  kind: 'operator_family',
  query: 'introspect/operator_family_list',
  label: { one: 'operator family', many: 'operator families' },
  catalog: 'pg_opfamily',
  stage: 'operator',
  attributes: [{ name: 'members', label: 'members of its own', usual: [], remedy: 'refused' }],
  nameIsSql: true,
  create: (object) => {
    const address = `OPERATOR FAMILY ${ident(object.schema)}.${object.name}`;
    const members = listOf(object, 'members');
    return [`CREATE ${address}`, ...(members.length > 0 ? [`ALTER ${address} ADD ${members.join(', ')}`] : [])];
  },
});
