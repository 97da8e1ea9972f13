import type { Change } from '../kinds/kind.ts';
import { listOf, textOf } from '../kinds/relation.ts';
import { parentsKept } from '../kinds/table-alter.ts';
import type { SchemaObject } from '../snapshot.ts';
import type { Scope } from './scope.ts';
import { note, reached } from './side.ts';

/** The action that lets an heir or partition go from its parents; it comes after what goes and before what changes. */
export function leaveKey(tableId: string): string {
  return `leave ${tableId}`;
}

/** Keys of what takes a table from its parents: by itself, or set aside to be made anew. */
export function goneFrom(scope: Scope, tableId: string): string[] {
  return [leaveKey(tableId), ...(scope.recreated.has(tableId) ? [`drop ${tableId}`] : [])];
}

/** The action that puts it under others: after its columns, checks and keys are what the parent asks for, and before the parent gets more. */
export function joinKey(tableId: string): string {
  return `join ${tableId}`;
}

/** A column that is inherited from the same column all the time: what is done to that one is done to it. */
export function staysUnder(scope: Scope, columnId: string): boolean {
  const [before, after] = [scope.before.objects.get(columnId), scope.after.objects.get(columnId)];
  if (!before || !after || scope.altered.get(after.parent ?? '')?.names.has('partitionBound') === true) return false;
  const leaders = scope.before.leaders(before);
  return scope.after.leaders(after).some((leader) => leaders.includes(leader));
}

/** The change as that of a column that nothing is done to through a parent, where that is so. */
export function own(change: Change, under: boolean): Change {
  const as = (column: SchemaObject): SchemaObject => (column.attributes.inherited === under ? column : { ...column, attributes: { ...column.attributes, inherited: under } });
  return { ...change, current: as(change.current), desired: as(change.desired) };
}

/** A column changes when its table, and each that inherited the column, has been let go. */
export function afterLeaving(scope: Scope, column: SchemaObject): string[] {
  return [leaveKey(column.parent ?? ''), ...scope.before.followers(column.id).flatMap((id) => goneFrom(scope, scope.before.objects.get(id)?.parent ?? ''))];
}

/** Keys of what must have been done to a table and its new parents before it is put under them. */
export function beforeJoining(scope: Scope, table: SchemaObject): string[] {
  const parents = [textOf(table, 'partitionOf'), ...listOf(table, 'inherits')].filter((parent) => parent !== null);
  return [...columnsSettled(scope, textOf(table, 'partitionOf') === null ? [] : [table.id, ...parents]), ...keysWhole(scope, table), ...parents.flatMap((parent) => [`create ${parent}`, `alter ${parent}`]), ...(scope.after.children.get(table.id) ?? []).flatMap((child) => {
    const leaders = scope.after.leaders(child);
    const coming = leaders.some((leader) => scope.added.has(leader) || scope.recreated.has(leader));
    const retyped = scope.throughText.has(child.id);
    // What rests on what the parent brings waits for that, and nobody asks for it here.
    const asked = retyped || (leaders.length > 0 && !coming) || (child.kind === 'column' && !coming);
    return [`alter ${child.id}`, ...(asked ? [`create ${child.id}`] : []), ...leaders.flatMap((leader) => [`alter ${leader}`, ...(scope.throughText.has(leader) ? [`create ${leader}`] : [])])];
  })];
}

/** The key or index that a partition brings along is taken for part of its table's only when it is valid: where the partition has partitions, when theirs are part of it. */
function keysWhole({ after, added, recreated }: Scope, table: SchemaObject): string[] {
  const brought = (after.children.get(table.id) ?? []).filter((child) => textOf(child, 'partitionOf') !== null && child.attributes.valid !== false && (added.has(child.id) || recreated.has(child.id)));
  return brought.flatMap((whole) => [...reached([whole.id], after.followers)].filter((id) => id !== whole.id).map((id) => `attach ${id}`));
}

/** A partition has the columns of the table that it is of, no more and no fewer, when it becomes one: those of both have come and gone before. */
function columnsSettled(scope: Scope, tables: readonly string[]): string[] {
  const columns = (side: Scope['before']) => tables.flatMap((id) => side.children.get(id) ?? []).filter((child) => child.kind === 'column');
  return [...columns(scope.before).map(({ id }) => `drop ${id}`), ...columns(scope.after).flatMap(({ id }) => [`alter ${id}`, `create ${id}`])];
}

/** The table stood before, and becomes a partition by the script: its columns are its own until then. */
export function joinsAsPartition(scope: Scope, tableId: string | null): boolean {
  const desired = scope.altered.get(tableId ?? '')?.desired;
  return desired !== undefined && joinsLater(scope, tableId) && textOf(desired, 'partitionOf') !== null;
}

/** What the parent gets comes when those that join it have joined, because it comes to them through the parent. */
export function afterJoining(scope: Scope, object: SchemaObject): string[] {
  const tables = scope.after.followers(object.id).map((id) => scope.after.objects.get(id)?.parent ?? '');
  return tables.filter((id) => object.kind !== 'column' || !joinsAsPartition(scope, id)).map(joinKey);
}

/**
 * Columns of new tables, each with what it waits for: tables that stand, come under its own, and are to have the column from it alone. The server puts a table under another only when
 * it has all columns of that one, and would call them its own. The new table gets such a column when they have joined, and they get it from there. Found from the few tables that
 * join, upwards: a partitioned table has thousands below it.
 */
export function lackedByJoining(scope: Scope): ReadonlyMap<string, readonly string[]> {
  const waits = new Map<string, string[]>();
  const up = (id: string) => [scope.after.objects.get(id)].flatMap((object) => (object ? scope.after.leaders(object) : []));
  for (const [tableId, { names }] of scope.altered) {
    if (!names.has('inherits')) continue;
    for (const column of (scope.after.children.get(tableId) ?? []).filter((child) => isLacking(scope, child))) {
      for (const above of reached(up(column.id), up)) note(waits, above, joinKey(tableId));
    }
  }
  return waits;
}

/** A column that its table does not have yet, and is to have from others alone. */
function isLacking({ before }: Scope, { id, kind, attributes }: SchemaObject): boolean {
  return kind === 'column' && attributes.inherited === true && attributes.local !== true && !before.objects.has(id);
}

/** The table goes from this parent in the script: what it has from there is left to it, and goes only by itself. */
export function leavesParent(scope: Scope, tableId: string | null, parentId: string | null): boolean {
  const change = scope.altered.get(tableId ?? '');
  if (change === undefined || parentId === null) return false;
  if (textOf(change.current, 'partitionOf') === parentId) return change.names.has('partitionOf') || change.names.has('partitionBound');
  return listOf(change.current, 'inherits').includes(parentId) && !parentsKept(change.current, change.desired).includes(parentId);
}

/** An index or key of a partition that is no part of its parent's, though it may be like one that is. */
export function staysApart(object: SchemaObject): boolean {
  return (object.kind === 'index' || (object.kind === 'constraint' && object.attributes.type !== 'check')) && object.attributes.inherited !== true && textOf(object, 'partitionOf') === null;
}

/** When a table becomes a partition, the server makes what is like an index or key of the parent a part of that one: what stays apart comes afterwards. */
export function afterBecomingPartition(object: SchemaObject): string[] {
  return staysApart(object) ? [`attach ${object.parent}`, joinKey(object.parent ?? '')] : [];
}

/** The table stood before, and is put under a parent by the script. */
export function joinsLater(scope: Scope, tableId: string | null): boolean {
  const change = scope.altered.get(tableId ?? '');
  return change !== undefined && ['partitionOf', 'partitionBound', 'inherits'].some((name) => change.names.has(name));
}
