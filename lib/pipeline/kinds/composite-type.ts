import { qualified } from '../ddl.ts';
import type { SchemaObject } from '../snapshot.ts';
import { definedKind } from './defined.ts';
import { listOf } from './relation.ts';

export const compositeTypeKind = definedKind({
  kind: 'composite_type',
  query: 'introspect/composite_type_list',
  label: { one: 'composite type', many: 'composite types' },
  catalog: 'pg_type',
  stage: 'type',
  attributes: [{ name: 'fields', label: 'fields', remedy: 'altered' }],
  grantedAs: 'TYPE',
  address: (object) => `TYPE ${qualified(object)}`,
  create: (object) => `CREATE TYPE ${qualified(object)} AS (${listOf(object, 'fields').map((field) => `\n  ${field}`).join(',')}\n)`,
  alter: ({ current, desired }) => {
    const before = listOf(current, 'fields');
    const after = listOf(desired, 'fields');
    const kept = before.filter((field) => after.includes(field));
    const come = after.slice(kept.length);
    // Fields can go, and come at the end, under columns of the type; any other change needs it out of use.
    if (kept.some((field, at) => after[at] !== field) || come.some((field) => fieldNames(current).includes(nameOf(field)))) return null;
    const alter = `ALTER TYPE ${qualified(desired)}`;
    return [...before.filter((field) => !kept.includes(field)).map((field) => `${alter} DROP ATTRIBUTE ${nameOf(field)} CASCADE`), ...come.map((field) => `${alter} ADD ATTRIBUTE ${field} CASCADE`)];
  },
  disturbs: ({ current, desired }) => listOf(current, 'fields').some((field) => !listOf(desired, 'fields').includes(field)),
});

/** Quoted, in order. */
export function fieldNames(object: SchemaObject): string[] {
  return listOf(object, 'fields').map(nameOf);
}

/**
 * Statements that give the old type the names of the new one's fields in their order, so that the text of a row is that of the new type: fields that go, and come at the end,
 * as text, because rows that are there have no value in them. null where kept fields stand in another order, or a new one between them.
 */
export function renamedFields(current: SchemaObject, desired: SchemaObject): string[] | null {
  const [before, after] = [fieldNames(current), fieldNames(desired)];
  const kept = before.filter((name) => after.includes(name));
  if (kept.some((name, at) => after[at] !== name)) return null;
  const alter = `ALTER TYPE ${qualified(current)}`;
  return [...before.filter((name) => !kept.includes(name)).map((name) => `${alter} DROP ATTRIBUTE ${name}`), ...after.slice(kept.length).map((name) => `${alter} ADD ATTRIBUTE ${name} text`)];
}

function nameOf(field: string): string {
  return /^(?:"(?:[^"]|"")*"|[^ ]+)/.exec(field)?.[0] ?? field;
}
