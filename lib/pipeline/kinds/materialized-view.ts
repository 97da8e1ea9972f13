import { qualified, storageParameters } from '../ddl.ts';
import { canonicalQuery } from '../query-text.ts';
import { type RowFunction, withoutRowAliases } from '../row-aliases.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { defineKind } from './kind.ts';
import { listOf, textOf } from './relation.ts';

interface Row {
  schema: string;
  name: string;
  definition: string;
  row_functions: readonly RowFunction[] | null;
  filled: boolean;
  options: string[];
  access_method: string | null;
  column_settings: string[];
  clustered_on: string | null;
  owner: string;
}

export const materializedViewKind = defineKind<Row>({
  kind: 'materialized_view',
  label: { one: 'materialized view', many: 'materialized views' },
  query: 'introspect/materialized_view_list',
  catalog: 'pg_class',
  attributes: [
    { name: 'definition', label: 'query' },
    { name: 'options', label: 'storage parameters', usual: [] },
    { name: 'accessMethod', label: 'access method' },
    { name: 'columnSettings', label: 'settings of its columns', usual: [] },
  ],
  aside: ['owner'],
  grantedAs: 'TABLE',
  fromRow: (row) => ({
    id: objectId('materialized_view', row.schema, row.name), kind: 'materialized_view', schema: row.schema, name: row.name, parent: null, position: null,
    attributes: { definition: canonicalQuery(withoutRowAliases(row.definition, row.row_functions ?? [])), options: row.options.toSorted(), accessMethod: row.access_method, columnSettings: row.column_settings },
    aside: { owner: row.owner, ...(row.filled ? {} : { filled: false }) },
  }),
  create: (object) => [{ stage: 'view', sql: createView(object) }, ...listOf(object, 'columnSettings').map((setting) => ({ stage: 'view' as const, sql: alterColumn(object, setting) }))],
});

function createView(object: SchemaObject): string {
  const options = listOf(object, 'options');
  const method = textOf(object, 'accessMethod');
  return `CREATE MATERIALIZED VIEW ${qualified(object)}${method ? ` USING ${method}` : ''}${options.length > 0 ? ` WITH (${storageParameters(options)})` : ''} AS\n${String(object.attributes.definition)}`;
}

function alterColumn(object: SchemaObject, setting: string): string {
  return `ALTER MATERIALIZED VIEW ${qualified(object)} ALTER COLUMN ${setting}`;
}
