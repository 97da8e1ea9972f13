import { ident } from '../ddl.ts';
import { canonicalExpression } from '../expression.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { defineKind } from './kind.ts';
import { listOf, relationId, relationOf } from './relation.ts';

interface Row {
  schema: string;
  relation: string;
  relkind: string;
  name: string;
  definition: string;
  enabled: string;
  on_partitions: string[];
}

/** How ALTER … says whether a trigger or rule fires. */
export const ENABLED_WORDS: Readonly<Record<string, string>> = { origin: 'ENABLE', disabled: 'DISABLE', replica: 'ENABLE REPLICA', always: 'ENABLE ALWAYS' };

export const triggerKind = defineKind<Row>({
  kind: 'trigger',
  label: { one: 'trigger', many: 'triggers' },
  query: 'introspect/trigger_list',
  catalog: 'pg_trigger',
  attributes: [{ name: 'definition', label: 'definition' }, { name: 'enabled', label: 'enabled', usual: 'origin', remedy: 'altered' }, { name: 'onPartitions', label: 'otherwise on partitions', usual: [], remedy: 'altered' }],
  fromRow: ({ schema, relation, relkind, name, definition, enabled, on_partitions }) => ({
    id: objectId('trigger', schema, relation, name), kind: 'trigger', schema, name, parent: relationId(relkind, schema, relation), position: null, attributes: { definition: canonicalExpression(definition), enabled, onPartitions: on_partitions },
  }),
  address: (object) => `TRIGGER ${ident(object.name)} ON ${relationOf(object)}`,
  create: (object) => [{ stage: 'trigger', sql: String(object.attributes.definition) }, ...(object.attributes.enabled === 'origin' ? [] : [{ stage: 'setting' as const, sql: enable(object) }])],
  alter: ({ current, desired, names }) => {
    const before = partitionStates(current);
    const after = partitionStates(desired);
    // What is said of the partitioned table holds for its partitions too, and is said first.
    return [
      ...(names.has('enabled') ? [enable(desired)] : [...before.keys()].filter((partition) => !after.has(partition)).map((partition) => enable(desired, partition))),
      ...onPartitions(desired),
    ];
  },
});

/** Statements for the partitions on which the trigger fires otherwise than on the partitioned table. */
export function onPartitions(object: SchemaObject): string[] {
  return [...partitionStates(object)].map(([partition, state]) => enable(object, partition, state));
}

/** By partition, quoted. */
function partitionStates(object: SchemaObject): Map<string, string> {
  return new Map(listOf(object, 'onPartitions').map((entry) => [entry.slice(0, entry.lastIndexOf(' ')), entry.slice(entry.lastIndexOf(' ') + 1)]));
}

function enable(object: SchemaObject, relation = relationOf(object), state = String(object.attributes.enabled)): string {
  return `ALTER TABLE ${relation} ${ENABLED_WORDS[state] ?? 'ENABLE'} TRIGGER ${ident(object.name)}`;
}
