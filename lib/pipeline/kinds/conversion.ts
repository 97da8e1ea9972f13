import { qualified } from '../ddl.ts';
import { definedKind } from './defined.ts';

export const conversionKind = definedKind({
  kind: 'conversion',
  query: 'introspect/conversion_list',
  label: { one: 'conversion', many: 'conversions' },
  catalog: 'pg_conversion',
  stage: 'operator',
  attributes: [{ name: 'definition', label: 'definition' }, { name: 'default', label: 'default', usual: false }],
  create: (object) => `CREATE ${object.attributes.default === true ? 'DEFAULT ' : ''}CONVERSION ${qualified(object)} FOR ${String(object.attributes.definition)}`,
});
