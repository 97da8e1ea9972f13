import { qualified, storageParameters } from '../ddl.ts';
import { listOf, textOf } from '../kinds/relation.ts';
import type { SchemaObject } from '../snapshot.ts';
import type { Action } from './order.ts';
import { RANK } from './rank.ts';
import type { Scope } from './scope.ts';

/** Columns of a table that stays which come, change or are made anew. */
export function columnsTouched(scope: Scope, tableId: string): SchemaObject[] {
  return (scope.after.children.get(tableId) ?? []).filter((child) => child.kind === 'column' && isTouched(scope, child.id));
}

function isTouched(scope: Scope, id: string): boolean {
  return scope.added.has(id) || scope.altered.has(id) || scope.recreated.has(id) || scope.throughText.has(id);
}

/** Keys of the actions after which the columns are as wanted. */
export function afterColumns(columns: readonly SchemaObject[]): string[] {
  return columns.flatMap((column) => [`create ${column.id}`, `alter ${column.id}`]);
}

/**
 * A table that is written anew while none of its values could be long gets no toast table, and what was set for that is forgotten: it is said again when the
 * columns are as wanted. Not where a column that nothing is done to keeps the toast table in place.
 */
export function toastActions(scope: Scope): Action[] {
  const tables = new Set([...scope.altered.keys(), ...scope.added, ...scope.recreated.keys(), ...scope.throughText].flatMap((id) => scope.after.objects.get(id)?.parent ?? []));
  return [...tables].flatMap((id): Action[] => {
    const [before, after] = [scope.before.objects.get(id), scope.after.objects.get(id)];
    if (before?.kind !== 'table' || !after || scope.recreated.has(id)) return [];
    const parameters = listOf(after, 'options').filter((option) => option.startsWith('toast.') && listOf(before, 'options').includes(option));
    const columns = columnsTouched(scope, id);
    const kept = (scope.after.children.get(id) ?? []).some((child) => child.kind === 'column' && !isTouched(scope, child.id) && mayBeLong(child));
    if (parameters.length === 0 || columns.length === 0 || kept) return [];
    return [{ key: `parameters again ${id}`, objectId: id, rank: RANK.late, sql: [`ALTER TABLE ${qualified(after)} SET (${storageParameters(parameters)})`], drops: [], creates: [], alters: [], after: afterColumns(columns) }];
  });
}

/** Values of this column alone make the server give the table a toast table: their type has no end, and they may be stored outside. */
function mayBeLong(column: SchemaObject): boolean {
  const storage = textOf(column, 'storage') ?? String(column.aside?.usualStorage ?? 'PLAIN');
  return storage.toUpperCase() !== 'PLAIN' && textOf(column, 'type')?.includes('(') === false;
}
