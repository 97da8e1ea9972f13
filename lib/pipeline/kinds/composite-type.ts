import { qualified } from '../ddl.ts';
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
    // What comes at the end can be added under columns of the type; any other change needs it out of use.
    if (before.some((field, at) => after[at] !== field)) return null;
    return after.slice(before.length).map((field) => `ALTER TYPE ${qualified(desired)} ADD ATTRIBUTE ${field} CASCADE`);
  },
});
