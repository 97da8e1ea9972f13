import { qualified } from '../ddl.ts';
import { definedKind } from './defined.ts';

export const textSearchDictionaryKind = definedKind({
  kind: 'text_search_dictionary',
  query: 'introspect/text_search_dictionary_list',
  label: { one: 'text search dictionary', many: 'text search dictionaries' },
  catalog: 'pg_ts_dict',
  stage: 'text search',
  attributes: [{ name: 'definition', label: 'definition' }],
  create: (object) => `CREATE TEXT SEARCH DICTIONARY ${qualified(object)} (${String(object.attributes.definition)})`,
});
