import { definedKind } from './defined.ts';

export const castKind = definedKind({
  kind: 'cast',
  query: 'introspect/cast_list',
  label: { one: 'cast', many: 'casts' },
  catalog: 'pg_cast',
  stage: 'operator',
  attributes: [{ name: 'definition', label: 'definition' }],
  nameIsSql: true,
  address: (object) => `CAST (${object.name})`,
  create: (object) => `CREATE CAST (${object.name}) ${String(object.attributes.definition)}`,
});
