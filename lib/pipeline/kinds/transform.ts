import { definedKind } from './defined.ts';

export const transformKind = definedKind({
  kind: 'transform',
  query: 'introspect/transform_list',
  label: { one: 'transform', many: 'transforms' },
  catalog: 'pg_transform',
  stage: 'operator',
  attributes: [{ name: 'definition', label: 'definition' }],
  nameIsSql: true,
  create: (object) => `CREATE TRANSFORM ${object.name} (${String(object.attributes.definition)})`,
});
