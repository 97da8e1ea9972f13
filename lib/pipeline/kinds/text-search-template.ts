import { qualified } from '../ddl.ts';
import { definedKind } from './defined.ts';

export const textSearchTemplateKind = definedKind({
  kind: 'text_search_template',
  query: 'introspect/text_search_template_list',
  label: { one: 'text search template', many: 'text search templates' },
  catalog: 'pg_ts_template',
  stage: 'text search',
  attributes: [{ name: 'definition', label: 'definition' }],
  create: (object) => `CREATE TEXT SEARCH TEMPLATE ${qualified(object)} (${String(object.attributes.definition)})`,
});
