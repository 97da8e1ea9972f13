import { ident, inventedName, qualified } from '../ddl.ts';
import { canonicalExpression, canonicalOrNull } from '../expression.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { defineKind } from './kind.ts';
import { notNullNamesFor, writtenNotNull } from './not-null.ts';
import { listOf, textOf } from './relation.ts';

interface Row {
  schema: string;
  name: string;
  type: string;
  collation: string | null;
  nullable: boolean;
  /** From Postgres 17 on, where a person chose it. */
  not_null_name: string | null;
  default: string | null;
  constraints: string[];
  owner: string;
}

export const domainKind = defineKind<Row>({
  kind: 'domain',
  label: { one: 'domain', many: 'domains' },
  query: 'introspect/domain_list',
  catalog: 'pg_type',
  attributes: [
    { name: 'type', label: 'type' },
    { name: 'collation', label: 'collation' },
    { name: 'nullable', label: 'may be null', usual: true, remedy: 'altered' },
    { name: 'notNullName', label: 'name of its not-null constraint', remedy: 'altered' },
    { name: 'notNullCalled', label: 'not-null constraint is called', remedy: 'altered' },
    { name: 'default', label: 'default', remedy: 'altered' },
    { name: 'constraints', label: 'constraints', usual: [], remedy: 'altered' },
  ],
  aside: ['owner'],
  grantedAs: 'TYPE',
  fromRow: (row) => ({
    id: objectId('domain', row.schema, row.name), kind: 'domain', schema: row.schema, name: row.name, parent: null, position: null,
    attributes: { type: row.type, collation: row.collation, nullable: row.nullable, ...(row.not_null_name === null ? {} : notNullNamesFor(row.not_null_name, row.name, null)), default: canonicalOrNull(row.default), constraints: row.constraints.map(canonicalExpression) },
    aside: { owner: row.owner },
  }),
  create: (object) => [{ stage: 'type', sql: createDomain(object) }, ...listOf(object, 'constraints').filter(isNotValid).map((text) => ({ stage: 'type' as const, sql: `ALTER DOMAIN ${qualified(object)} ADD CONSTRAINT ${text}` }))],
  alter: ({ current, desired, names }) => {
    const alter = `ALTER DOMAIN ${qualified(desired)}`;
    const fallback = textOf(desired, 'default');
    const before = listOf(current, 'constraints');
    const after = listOf(desired, 'constraints');
    return [
      ...before.filter((text) => !after.includes(text)).map((text) => `${alter} DROP CONSTRAINT ${nameOf(text)}`),
      ...(names.has('default') ? [fallback === null ? `${alter} DROP DEFAULT` : `${alter} SET DEFAULT ${fallback}`] : []),
      ...(names.has('nullable') ? [desired.attributes.nullable === true ? `${alter} DROP NOT NULL` : `${alter} ${notNullNamed(desired) === '' ? 'SET' : `ADD ${notNullNamed(desired)}`} NOT NULL`] : []),
      ...((names.has('notNullName') || names.has('notNullCalled')) && !names.has('nullable') && desired.attributes.nullable === false ? [`${alter} RENAME CONSTRAINT ${ident(notNullName(current))} TO ${ident(notNullName(desired))}`] : []),
      ...after.filter((text) => !before.includes(text)).map((text) => `${alter} ADD CONSTRAINT ${text}`),
    ];
  },
});

function createDomain(object: SchemaObject): string {
  const collation = textOf(object, 'collation');
  const fallback = textOf(object, 'default');
  const parts = [`CREATE DOMAIN ${ident(object.schema)}.${ident(object.name)} AS ${textOf(object, 'type')}`];
  if (collation !== null) parts.push(`COLLATE ${collation}`);
  if (object.attributes.nullable === false) parts.push(`${notNullNamed(object)} NOT NULL`.trim());
  if (fallback !== null) parts.push(`DEFAULT ${fallback}`);
  return [...parts, ...listOf(object, 'constraints').filter((text) => !isNotValid(text)).map((text) => `CONSTRAINT ${text}`)].join(' ');
}

/** `CONSTRAINT name` in front of NOT NULL; empty where the server names it. */
function notNullNamed(object: SchemaObject): string {
  const name = writtenNotNull(object);
  return name === null ? '' : `CONSTRAINT ${ident(name)}`;
}

function notNullName(object: SchemaObject): string {
  return writtenNotNull(object) ?? inventedName(object.name, null, 'not_null');
}

function isNotValid(constraint: string): boolean {
  return constraint.endsWith(' NOT VALID');
}

function nameOf(constraint: string): string {
  return /^(?:"(?:[^"]|"")*"|[^ ]+)/.exec(constraint)?.[0] ?? constraint;
}
