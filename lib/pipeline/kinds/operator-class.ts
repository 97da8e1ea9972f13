import { ident } from '../ddl.ts';
import { definedKind } from './defined.ts';

export const operatorClassKind = definedKind({
  kind: 'operator_class',
  query: 'introspect/operator_class_list',
  label: { one: 'operator class', many: 'operator classes' },
  catalog: 'pg_opclass',
  stage: 'operator',
  attributes: [{ name: 'definition', label: 'definition' }],
  nameIsSql: true,
  create: (object) => `CREATE OPERATOR CLASS ${ident(object.schema)}.${object.name.slice(0, object.name.lastIndexOf(' USING '))} ${String(object.attributes.definition)}`,
});
