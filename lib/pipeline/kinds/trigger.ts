import { ident } from '../ddl.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { defineKind } from './kind.ts';
import { relationId, relationOf } from './relation.ts';

interface Row {
  schema: string;
  relation: string;
  relkind: string;
  name: string;
  definition: string;
  enabled: string;
}

/** How ALTER … says whether a trigger or rule fires. */
export const ENABLED_WORDS: Readonly<Record<string, string>> = { origin: 'ENABLE', disabled: 'DISABLE', replica: 'ENABLE REPLICA', always: 'ENABLE ALWAYS' };

export const triggerKind = defineKind<Row>({
  kind: 'trigger',
  label: { one: 'trigger', many: 'triggers' },
  query: 'introspect/trigger_list',
  catalog: 'pg_trigger',
  attributes: [{ name: 'definition', label: 'definition' }, { name: 'enabled', label: 'enabled', usual: 'origin', remedy: 'altered' }],
  fromRow: ({ schema, relation, relkind, name, definition, enabled }) => ({
    id: objectId('trigger', schema, relation, name), kind: 'trigger', schema, name, parent: relationId(relkind, schema, relation), position: null, attributes: { definition, enabled },
  }),
  address: (object) => `TRIGGER ${ident(object.name)} ON ${relationOf(object)}`,
  create: (object) => [{ stage: 'trigger', sql: String(object.attributes.definition) }, ...(object.attributes.enabled === 'origin' ? [] : [{ stage: 'setting' as const, sql: enable(object) }])],
  alter: ({ desired }) => [enable(desired)],
});

function enable(object: SchemaObject): string {
  return `ALTER TABLE ${relationOf(object)} ${ENABLED_WORDS[String(object.attributes.enabled)] ?? 'ENABLE'} TRIGGER ${ident(object.name)}`;
}
