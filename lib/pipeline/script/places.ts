import { ident, qualified } from '../ddl.ts';
import type { SchemaObject } from '../snapshot.ts';
import { textOf } from '../kinds/relation.ts';
import { TOKEN } from '../query-text.ts';
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
 * The table whose columns a view names by their place (`FROM public.t x(a, b)`, `public.rows_of_t() x(a, b)`, `(public.t JOIN public.u …) x(a, b)`) although the script leaves them
 * in another order: the view would be made without complaint, and read others. null when there is none.
 */
export function readByPlace(scope: Scope, viewId: string): { table: SchemaObject; columns: string } | null {
  for (const tableId of tablesByPlace(scope, viewId)) {
    const table = scope.after.objects.get(tableId);
    const { reached, wanted } = columnOrders(scope, tableId);
    if (table?.kind === 'table' && reached.join('\0') !== wanted.join('\0')) return { table, columns: wanted.map(ident).join(', ') };
  }
  return null;
}

/** New columns that a view names by their place: it reads none of them, and cannot be said before they are there. */
export function columnsByPlace(scope: Scope, viewId: string): string[] {
  return tablesByPlace(scope, viewId).flatMap((id) => scope.after.children.get(id) ?? []).filter((child) => child.kind === 'column' && scope.added.has(child.id)).map(({ id }) => id);
}

function tablesByPlace(scope: Scope, viewId: string): string[] {
  const view = scope.after.objects.get(viewId);
  if (view?.kind !== 'view' && view?.kind !== 'materialized_view') return [];
  const text = textOf(view, 'definition') ?? '';
  if (!NAMED.test(text)) return [];
  const joins = joinsNamed(text);
  // The server keeps which columns a query reads, and the table only where it reads whole rows.
  const needs = new Set(scope.after.needs(viewId).map((id) => (id.startsWith('column:') ? (scope.after.objects.get(id)?.parent ?? id) : id)));
  return [...needs].flatMap((id) => {
    const object = scope.after.objects.get(id);
    if (object === undefined) return [];
    if (object.kind === 'function') return givesNames(text, object) ? [...scope.after.needs(id)] : [];
    return object.kind === 'table' && (namedAnew(text, object) || joins.some((join) => join.includes(qualified(object)))) ? [id] : [];
  });
}

const NAMES = String.raw`(?:"(?:[^"]|"")*"|[\w$\u0080-\uffff]+)\(`;
const NAMED = new RegExp(` ${NAMES}`);
const NAMED_HERE = new RegExp(`^ ${NAMES}`);

function namedAnew(text: string, table: SchemaObject): boolean {
  return text.split(`${qualified(table)} `).slice(1).some((rest) => new RegExp(`^${NAMES}`).test(rest));
}

/** The joins of a query, as they stand in brackets, whose columns are named anew as one: `(a JOIN b …) j(x, y)`. */
function joinsNamed(text: string): string[] {
  if (!text.includes(' JOIN ')) return [];
  const open: number[] = [];
  let [at, named] = [0, [] as string[]];
  for (const token of text.match(TOKEN) ?? []) {
    if (token === '(') open.push(at);
    if (token === ')') {
      const join = text.slice((open.pop() ?? 0) + 1, at);
      if (join.includes(' JOIN ') && !/^\s*(?:SELECT|WITH) /.test(join) && NAMED_HERE.test(text.slice(at + 1))) named = [...named, join];
    }
    at += token.length;
  }
  return named;
}

/** Lists that only say what the columns are called anyway are not in the text any more. */
function givesNames(text: string, routine: SchemaObject): boolean {
  const name = `${ident(routine.schema)}.${ident(routine.name.slice(0, routine.name.indexOf('(')))}(`;
  return text.includes(name) && new RegExp(`\\)(?: WITH ORDINALITY)? ${NAMES}`).test(text.slice(text.indexOf(name)));
}
