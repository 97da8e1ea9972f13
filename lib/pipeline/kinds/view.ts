import { ident, qualified, storageParameters } from '../ddl.ts';
import { canonicalExpression } from '../expression.ts';
import { canonicalQuery } from '../query-text.ts';
import { type RowFunction, withoutRowAliases } from '../row-aliases.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { defineKind } from './kind.ts';
import { listOf } from './relation.ts';

interface Row {
  schema: string;
  name: string;
  definition: string;
  row_functions: readonly RowFunction[] | null;
  options: string[];
  columns: string[];
  column_defaults: string[];
  owner: string;
}

export const viewKind = defineKind<Row>({
  kind: 'view',
  label: { one: 'view', many: 'views' },
  query: 'introspect/view_list',
  catalog: 'pg_class',
  attributes: [
    { name: 'definition', label: 'query', remedy: 'altered' },
    { name: 'options', label: 'options', usual: [], remedy: 'altered' },
    { name: 'columns', label: 'columns', derived: true },
    { name: 'columnDefaults', label: 'defaults of its columns', usual: [], remedy: 'altered' },
  ],
  aside: ['owner'],
  grantedAs: 'TABLE',
  fromRow: (row) => ({
    id: objectId('view', row.schema, row.name), kind: 'view', schema: row.schema, name: row.name, parent: null, position: null,
    attributes: { definition: canonicalQuery(withoutRowAliases(row.definition, row.row_functions ?? [])), options: row.options.toSorted(), columns: row.columns, columnDefaults: row.column_defaults.map(canonicalExpression) },
    aside: { owner: row.owner },
  }),
  create: (object) => [{ stage: 'view', sql: createView(object, 'CREATE VIEW') }, ...listOf(object, 'columnDefaults').map((text) => ({ stage: 'view' as const, sql: setDefault(object, text) }))],
  alter: ({ current, desired, names }) => {
    const before = listOf(current, 'columns');
    const after = listOf(desired, 'columns');
    // CREATE OR REPLACE can add columns at the end and no more.
    if (before.some((column, at) => after[at] !== column)) return null;
    const kept = listOf(desired, 'columnDefaults');
    const dropped = listOf(current, 'columnDefaults').filter((text) => !kept.some((each) => columnOf(each) === columnOf(text)));
    return [
      ...(names.has('definition') || names.has('options') ? [createView(desired, 'CREATE OR REPLACE VIEW')] : []),
      ...dropped.map((text) => `ALTER TABLE ${qualified(desired)} ALTER COLUMN ${columnOf(text)} DROP DEFAULT`),
      ...(names.has('columnDefaults') ? kept.map((text) => setDefault(desired, text)) : []),
    ];
  },
});

function createView(object: SchemaObject, verb: string): string {
  const options = listOf(object, 'options');
  return `${verb} ${ident(object.schema)}.${ident(object.name)}${options.length > 0 ? ` WITH (${storageParameters(options)})` : ''} AS\n${String(object.attributes.definition)}`;
}

/** The view with its columns and nothing behind them: `create` makes it, `drop` turns the view into it, so that it rests on nothing but types. */
export function viewInName(object: SchemaObject, verb: 'create' | 'drop'): string[] {
  const columns = listOf(object, 'columns').map((text) => {
    const name = columnOf(text);
    return `NULL::${text.slice(name.length + 1)} AS ${name}`;
  });
  const bare = { ...object, attributes: { ...object.attributes, options: [], definition: `SELECT ${columns.join(', ')}` } };
  return [createView(bare, verb === 'create' ? 'CREATE VIEW' : 'CREATE OR REPLACE VIEW'), ...(verb === 'create' ? [] : listOf(object, 'columnDefaults').map((text) => `ALTER TABLE ${qualified(object)} ALTER COLUMN ${columnOf(text)} DROP DEFAULT`))];
}

/** The quoted name at the beginning of `name expression`. */
function columnOf(text: string): string {
  return /^(?:"(?:[^"]|"")*"|[^ ]+)/.exec(text)?.[0] ?? text;
}

function setDefault(object: SchemaObject, text: string): string {
  const column = columnOf(text);
  return `ALTER TABLE ${qualified(object)} ALTER COLUMN ${column} SET DEFAULT ${text.slice(column.length + 1)}`;
}
