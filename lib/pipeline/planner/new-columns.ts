import { ident, qualified } from '../ddl.ts';
import { defaultId } from '../script/side.ts';
import type { SchemaObject } from '../snapshot.ts';
import { isSteady } from '../sql-facts/volatile.ts';
import { columnsOf, familyAfter, list, tableName, text, type Workbench } from './input.ts';

/** Columns that a table gets in this plan. */
export function newColumnsOf(bench: Workbench, tableId: string): SchemaObject[] {
  const old = new Set(columnsOf(bench.currentFamily.get(tableId) ?? []).map((column) => column.name));
  return columnsOf(familyAfter(bench, tableId)).filter((column) => !old.has(column.name));
}

/**
 * What stands in a new column in the rows that are there, as SQL over such a row; `NULL` where nothing does. null: it is another value for each row, or rests on something
 * that the target does not have yet.
 */
export function valueInRows(bench: Workbench, column: SchemaObject): string | null {
  const { dependencies = {} } = bench.input.desiredSnapshot;
  const needs = [column.id, defaultId(column.id)].flatMap((id) => dependencies[id] ?? []).filter((id) => id !== column.id && id !== column.parent);
  if (text(column, 'identity') !== null || needs.some((id) => !bench.current.has(id) || /^(?:function|sequence):/.test(id))) return null;
  const domain = needs.flatMap((id) => bench.desired.get(id) ?? []).map((each) => (each.kind === 'domain' ? text(each, 'default') : null)).find((value) => value !== null);
  const value = text(column, 'generated')?.replace(/ (STORED|VIRTUAL)$/, '') ?? text(column, 'default') ?? domain ?? null;
  const named = newColumnsOf(bench, column.parent ?? '').some((other) => other.id !== column.id && value?.includes(other.name) === true);
  return value === null ? 'NULL' : named || !isSteadyText(value) ? null : value;
}

function isSteadyText(value: string): boolean {
  return [...value.replaceAll(/'(?:[^']|'')*'/g, "''").matchAll(/([\w$]+)\(/g)].every(([, name = '']) => isSteady(name));
}

/** The rows of a table with what new columns bring, as far as that is known. */
export function rowsAfter(bench: Workbench, table: SchemaObject): string {
  const brought = newColumnsOf(bench, table.id).flatMap((column) => { const value = valueInRows(bench, column); return value === null ? [] : [`, (${value})::${text(column, 'type') ?? 'text'} AS ${ident(column.name)}`]; });
  return `SELECT t.*${brought.join('')} FROM ${qualified(tableName(table))} t`;
}

/** What the table will have, without what is said of columns of which nobody knows yet what stands in them. */
export function knownAfter(bench: Workbench, tableId: string): SchemaObject[] {
  const unknown = newColumnsOf(bench, tableId).filter((column) => valueInRows(bench, column) === null);
  return familyAfter(bench, tableId).filter((object) => (object.kind === 'column' ? !unknown.includes(object) : !unknown.some((column) => rests(object, column.name))));
}

/** An index may name columns in an expression or a condition. */
function rests(object: SchemaObject, column: string): boolean {
  return list(object, 'columns').includes(column) || (object.kind === 'index' && (text(object, 'using') ?? '').includes(column));
}
