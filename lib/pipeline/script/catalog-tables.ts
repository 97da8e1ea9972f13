import { qualified, storageParameters } from '../ddl.ts';
import { listOf } from '../kinds/relation.ts';
import { CATALOG_PARAMETER } from '../kinds/table-alter.ts';
import type { Action } from './order.ts';
import { RANK } from './rank.ts';
import type { Scope } from './scope.ts';
import { afterColumns, columnsTouched } from './toast.ts';

/**
 * The rows of a table that logical decoding reads as a catalog are never written anew: it is none before anything else is done to it, and becomes one at the very end. One that stays a
 * catalog is none in between where its rows may be written.
 */
export function catalogActions(scope: Scope): Action[] {
  const tables = new Set([...scope.altered.keys(), ...scope.added, ...scope.recreated.keys(), ...scope.throughText].map((id) => (id.startsWith('table:') ? id : (scope.after.objects.get(id)?.parent ?? id))));
  return [...tables].flatMap((id): Action[] => {
    const [before, after] = [scope.before.objects.get(id), scope.after.objects.get(id)];
    if (before?.kind !== 'table' || !after || scope.removed.has(id) || scope.recreated.has(id)) return [];
    const [from, to] = [before, after].map((table) => listOf(table, 'options').find((option) => option.startsWith(`${CATALOG_PARAMETER}=`)) ?? null);
    const names = scope.altered.get(id)?.names;
    const columns = columnsTouched(scope, id);
    const given = from !== null && from !== undefined && (from !== to || columns.length > 0 || names?.has('persistence') === true || names?.has('accessMethod') === true);
    const base = { objectId: id, drops: [], creates: [], alters: [] };
    return [
      ...(given ? [{ ...base, key: `no catalog ${id}`, rank: RANK.retype, sql: [`ALTER TABLE ${qualified(after)} RESET (${CATALOG_PARAMETER})`], after: [] }] : []),
      ...(to && (given || from !== to) ? [{ ...base, key: `catalog ${id}`, rank: RANK.last, sql: [`ALTER TABLE ${qualified(after)} SET (${storageParameters([to])})`], after: [`alter ${id}`, ...afterColumns(columns)] }] : []),
    ];
  });
}

/** A statement of the table's own change that is one of those above. */
export function isOfCatalog(statement: string): boolean {
  return statement.includes(`ET (${CATALOG_PARAMETER}`);
}
