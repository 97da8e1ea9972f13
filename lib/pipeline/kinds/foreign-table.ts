import { columnDefinition, columnSettings, ident, qualified } from '../ddl.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { defineKind } from './kind.ts';
import { changedOptions, optionsClause } from './options.ts';
import { listOf, qualifiedId, textOf } from './relation.ts';

interface Row {
  schema: string;
  name: string;
  server: string;
  options: string[];
  parent_schemas: string[];
  parent_names: string[];
  /** Of each, whether it is a foreign table. */
  parents_foreign: boolean[];
  partition: boolean;
  partition_bound: string | null;
  owner: string;
}

export const foreignTableKind = defineKind<Row>({
  kind: 'foreign_table',
  label: { one: 'foreign table', many: 'foreign tables' },
  query: 'introspect/foreign_table_list',
  catalog: 'pg_class',
  attributes: [
    { name: 'server', label: 'server', remedy: 'recreated' },
    { name: 'options', label: 'options', usual: [], remedy: 'altered' },
    { name: 'partitionOf', label: 'partition of', remedy: 'recreated' },
    { name: 'partitionBound', label: 'partition bound', remedy: 'recreated' },
    { name: 'inherits', label: 'inherits', usual: [], remedy: 'recreated' },
  ],
  aside: ['owner'],
  grantedAs: 'TABLE',
  fromRow: (row) => {
    const parents = row.parent_names.map((name, at) => objectId(row.parents_foreign[at] === true ? 'foreign_table' : 'table', row.parent_schemas[at] ?? '', name));
    return {
      id: objectId('foreign_table', row.schema, row.name), kind: 'foreign_table', schema: row.schema, name: row.name, parent: null, position: null,
      attributes: { server: row.server, options: row.options, partitionOf: row.partition ? (parents[0] ?? null) : null, partitionBound: row.partition_bound, inherits: row.partition ? [] : parents },
      aside: { owner: row.owner },
    };
  },
  create: (object, family) => {
    const inherits = listOf(object, 'inherits');
    // What it only inherits it must not declare, or it would keep it when the parent drops it.
    const columns = family.filter((child) => child.kind === 'column' && (inherits.length === 0 || child.attributes.local === true)).toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0));
    const partitionOf = textOf(object, 'partitionOf');
    return [
      { stage: 'table', sql: `CREATE FOREIGN TABLE ${qualified(object)} (${columns.map((column) => `\n  ${foreignColumn(column)}`).join(',')}\n)${inherits.length > 0 ? ` INHERITS (${inherits.map(qualifiedId).join(', ')})` : ''} SERVER ${ident(String(object.attributes.server))}${optionsClause(object)}` },
      ...columns.flatMap((column) => columnSettings(column, object).map((sql) => ({ stage: 'table' as const, sql }))),
      ...(partitionOf === null ? [] : [{ stage: 'attachment' as const, sql: `ALTER TABLE ${qualifiedId(partitionOf)} ATTACH PARTITION ${qualified(object)} ${textOf(object, 'partitionBound')}` }]),
    ];
  },
  alter: ({ current, desired }) => [`ALTER FOREIGN TABLE ${qualified(desired)} ${changedOptions(listOf(current, 'options'), listOf(desired, 'options'))}`],
});

/** Options stand between the type and everything else. */
function foreignColumn(column: SchemaObject): string {
  const options = listOf(column, 'foreignOptions');
  if (options.length === 0) return columnDefinition(column);
  const head = `${ident(column.name)} ${textOf(column, 'type')}`;
  return `${head} OPTIONS (${options.join(', ')})${columnDefinition(column).slice(head.length)}`;
}
