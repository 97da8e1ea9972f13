import type { TableName } from '#lib/pipeline/plan.ts';

/** A table as a person reads it: the schema is said only where it is not the usual one. */
export function tableText(table: TableName): string {
  return table.schema === 'public' ? table.name : `${table.schema}.${table.name}`;
}

/** `schema.name`, under which decisions name a table. */
export function tableId(table: TableName): string {
  return `${table.schema}.${table.name}`;
}
