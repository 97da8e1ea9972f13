import { qualified } from '../ddl.ts';
import { definedKind } from './defined.ts';

export const rangeTypeKind = definedKind({
  kind: 'range_type',
  query: 'introspect/range_type_list',
  label: { one: 'range type', many: 'range types' },
  catalog: 'pg_type',
  stage: 'type',
  attributes: [{ name: 'definition', label: 'definition' }, { name: 'canonical', label: 'canonical function', usual: false }],
  grantedAs: 'TYPE',
  address: (object) => `TYPE ${qualified(object)}`,
  create: (object) => `CREATE TYPE ${qualified(object)} AS RANGE (\n    ${String(object.attributes.definition)}\n)`,
});
