import { definedKind } from './defined.ts';

export const aggregateKind = definedKind({
  kind: 'aggregate',
  query: 'introspect/aggregate_list',
  label: { one: 'aggregate', many: 'aggregates' },
  catalog: 'pg_proc',
  stage: 'operator',
  attributes: [{ name: 'definition', label: 'definition' }],
  nameIsSql: true,
  grantedAs: 'FUNCTION',
  create: (object) => `CREATE AGGREGATE ${String(object.attributes.definition)}`,
});
