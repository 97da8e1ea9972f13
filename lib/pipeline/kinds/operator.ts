import { definedKind } from './defined.ts';

export const operatorKind = definedKind({
  kind: 'operator',
  query: 'introspect/operator_list',
  label: { one: 'operator', many: 'operators' },
  catalog: 'pg_operator',
  stage: 'operator',
  attributes: [{ name: 'definition', label: 'definition' }],
  nameIsSql: true,
  create: (object) => `CREATE OPERATOR ${String(object.attributes.definition)}`,
});
