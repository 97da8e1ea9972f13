import { ident } from '../ddl.ts';
import { definedKind } from './defined.ts';
import { changedOptions, optionsClause } from './options.ts';
import { listOf } from './relation.ts';

export const foreignDataWrapperKind = definedKind({
  kind: 'foreign_data_wrapper',
  query: 'introspect/foreign_data_wrapper_list',
  label: { one: 'foreign data wrapper', many: 'foreign data wrappers' },
  catalog: 'pg_foreign_data_wrapper',
  stage: 'foreign',
  attributes: [{ name: 'definition', label: 'definition', remedy: 'refused' }, { name: 'options', label: 'options', usual: [], remedy: 'altered' }],
  grantedAs: 'FOREIGN DATA WRAPPER',
  create: (object) => `CREATE FOREIGN DATA WRAPPER ${ident(object.name)}${object.attributes.definition === '' ? '' : ` ${String(object.attributes.definition)}`}${optionsClause(object)}`,
  alter: ({ current, desired }) => [`ALTER FOREIGN DATA WRAPPER ${ident(desired.name)} ${changedOptions(listOf(current, 'options'), listOf(desired, 'options'))}`],
});
