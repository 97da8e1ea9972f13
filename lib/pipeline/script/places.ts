import { ident, qualified } from '../ddl.ts';
import type { SchemaObject } from '../snapshot.ts';
import { textOf } from '../kinds/relation.ts';
import type { Scope } from './scope.ts';

/** A table's columns in the order that the script leaves them in, and in the wanted one. */
export function columnOrders(scope: Scope, tableId: string): { reached: string[]; wanted: string[] } {
  const inPlace = (side: Scope['before']) => (side.children.get(tableId) ?? []).filter((child) => child.kind === 'column').toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0));
  const wanted = inPlace(scope.after).map((column) => column.name);
  const anew = scope.added.has(tableId) || scope.recreated.has(tableId) || scope.removed.has(tableId);
  const kept = anew ? [] : inPlace(scope.before).filter((column) => wanted.includes(column.name) && !scope.recreated.has(column.id)).map((column) => column.name);
  return { reached: [...kept, ...wanted.filter((name) => !kept.includes(name))], wanted };
}

/**
 * The table whose columns a view names by their place (`FROM public.t x(a, b)`, `public.rows_of_t() x(a, b)`) although the script leaves them in another order: the view
 * would be made without complaint, and read others. null when there is none.
 */
export function readByPlace(scope: Scope, viewId: string): { table: SchemaObject; columns: string } | null {
  const view = scope.after.objects.get(viewId);
  if (view?.kind !== 'view' && view?.kind !== 'materialized_view') return null;
  const text = textOf(view, 'definition') ?? '';
  // The server keeps which columns a query reads, and the table only where it reads whole rows.
  const needs = new Set(scope.after.needs(viewId).map((id) => (id.startsWith('column:') ? (scope.after.objects.get(id)?.parent ?? id) : id)));
  for (const id of needs) {
    const object = scope.after.objects.get(id);
    const read = object === undefined ? [] : object.kind === 'function' ? (givesNames(text, object) ? scope.after.needs(id) : []) : object.kind === 'table' && namedAnew(text, object) ? [id] : [];
    for (const tableId of read) {
      const table = scope.after.objects.get(tableId);
      const { reached, wanted } = columnOrders(scope, tableId);
      if (table?.kind === 'table' && reached.join('\0') !== wanted.join('\0')) return { table, columns: wanted.map(ident).join(', ') };
    }
  }
  return null;
}

const NAMES = String.raw`(?:"(?:[^"]|"")*"|[\w$\u0080-\uffff]+)\(`;

function namedAnew(text: string, table: SchemaObject): boolean {
  return text.split(`${qualified(table)} `).slice(1).some((rest) => new RegExp(`^${NAMES}`).test(rest));
}

/** Lists that only say what the columns are called anyway are not in the text any more. */
function givesNames(text: string, routine: SchemaObject): boolean {
  const name = `${ident(routine.schema)}.${ident(routine.name.slice(0, routine.name.indexOf('(')))}(`;
  return text.includes(name) && new RegExp(`\\)(?: WITH ORDINALITY)? ${NAMES}`).test(text.slice(text.indexOf(name)));
}
