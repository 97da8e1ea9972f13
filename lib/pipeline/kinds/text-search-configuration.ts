import { qualified } from '../ddl.ts';
import type { SchemaObject } from '../snapshot.ts';
import { definedKind } from './defined.ts';
import { listOf } from './relation.ts';

export const textSearchConfigurationKind = definedKind({
  kind: 'text_search_configuration',
  query: 'introspect/text_search_configuration_list',
  label: { one: 'text search configuration', many: 'text search configurations' },
  catalog: 'pg_ts_config',
  stage: 'text search',
  attributes: [{ name: 'definition', label: 'definition' }, { name: 'mappings', label: 'mappings', remedy: 'altered' }],
  create: (object) => [`CREATE TEXT SEARCH CONFIGURATION ${qualified(object)} (${String(object.attributes.definition)})`, ...listOf(object, 'mappings').map((mapping) => change(object, 'ADD', mapping))],
  alter: ({ current, desired }) => {
    const before = tokens(current);
    const after = tokens(desired);
    return [
      ...[...before.keys()].filter((token) => !after.has(token)).map((token) => change(desired, 'DROP', token)),
      ...[...after].filter(([token, mapping]) => before.get(token) !== mapping).map(([token, mapping]) => change(desired, before.has(token) ? 'ALTER' : 'ADD', mapping)),
    ];
  },
});

/** Mappings by kind of token. */
function tokens(object: SchemaObject): Map<string, string> {
  return new Map(listOf(object, 'mappings').map((mapping) => [mapping.slice(0, mapping.indexOf(' WITH ')), mapping]));
}

function change(object: SchemaObject, verb: 'ADD' | 'ALTER' | 'DROP', mapping: string): string {
  return `ALTER TEXT SEARCH CONFIGURATION ${qualified(object)} ${verb} MAPPING FOR ${mapping}`;
}
