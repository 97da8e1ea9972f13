import { createEnum, literal, qualified } from '../ddl.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { defineKind } from './kind.ts';
import { listOf } from './relation.ts';

interface Row {
  schema: string;
  name: string;
  labels: string[];
  owner: string;
}

export const enumKind = defineKind<Row>({
  kind: 'enum',
  label: { one: 'enum', many: 'enums' },
  query: 'introspect/enum_list',
  catalog: 'pg_type',
  attributes: [{ name: 'labels', label: 'labels, in order', remedy: 'altered' }],
  aside: ['owner'],
  grantedAs: 'TYPE',
  fromRow: ({ schema, name, labels, owner }) => ({ id: objectId('enum', schema, name), kind: 'enum', schema, name, parent: null, position: null, attributes: { labels }, aside: { owner } }),
  address: (object) => `TYPE ${qualified(object)}`,
  create: (object) => [{ stage: 'type', sql: createEnum(object) }],
  alter: ({ current, desired }) => addedLabels(current, desired),
});

/** One statement per new label, each in its place; null when a label goes or moves, which Postgres cannot do to a type in use. */
function addedLabels(current: SchemaObject, desired: SchemaObject): string[] | null {
  const before = listOf(current, 'labels');
  const after = listOf(desired, 'labels');
  if (before.some((label) => !after.includes(label))) return null;
  const kept = after.filter((label) => before.includes(label));
  if (kept.some((label, at) => before[at] !== label)) return null;
  return after.flatMap((label, at) => {
    if (before.includes(label)) return [];
    const next = after.slice(at + 1).find((each) => before.includes(each));
    return [`ALTER TYPE ${qualified(desired)} ADD VALUE ${literal(label)}${next === undefined ? '' : ` BEFORE ${literal(next)}`}`];
  });
}
