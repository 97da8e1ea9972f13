import { qualified } from '../ddl.ts';
import { definedKind } from './defined.ts';

export const textSearchParserKind = definedKind({
  kind: 'text_search_parser',
  query: 'introspect/text_search_parser_list',
  label: { one: 'text search parser', many: 'text search parsers' },
  catalog: 'pg_ts_parser',
  stage: 'text search',
  attributes: [{ name: 'definition', label: 'definition' }],
  create: (object) => `CREATE TEXT SEARCH PARSER ${qualified(object)} (${String(object.attributes.definition)})`,
});
