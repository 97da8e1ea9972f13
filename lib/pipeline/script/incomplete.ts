import type { Change } from '../kinds/kind.ts';
import { textOf } from '../kinds/relation.ts';
import type { SchemaObject } from '../snapshot.ts';
import { joinKey, joinsLater } from './heirs.ts';
import type { Scope } from './scope.ts';
import type { Side } from './side.ts';

// A key or index that was made for a partitioned table ONLY is invalid until every partition has a part of it. It is never made otherwise than after all partitions have
// joined, because each that joins would be given the part that it is to lack.
// @see https://www.postgresql.org/docs/current/sql-altertable.html (ADD table_constraint), https://www.postgresql.org/docs/current/ddl-partitioning.html

/** Keys of what puts the table's partitions in their places. */
export function afterPartitions(after: Side, tableId: string): string[] {
  return partitionsOf(after, tableId).flatMap((id) => [`attach ${id}`, joinKey(id)]);
}

/** Whether every partition has a valid part, which alone makes it valid. A foreign table never has one. */
export function isComplete(side: Side, whole: SchemaObject): boolean {
  return side.tables.filter((table) => textOf(table, 'partitionOf') === whole.parent).every((table) => {
    const part = partIn(side, table.id, whole);
    return part !== undefined && part.attributes.valid !== false;
  });
}

/** A part that is let go while its table stays a partition; and a whole that some partition is to lack, or that no part which still comes would make valid. */
export function isMadeAnew(scope: Scope, { current, desired, names }: Change): boolean {
  if (current.kind !== 'constraint' && current.kind !== 'index') return false;
  if (names.has('partitionOf') && textOf(current, 'partitionOf') !== null && textOf(desired, 'partitionOf') === null && !joinsLater(scope, desired.parent)) return true;
  if (!names.has('valid')) return false;
  return desired.attributes.valid === false || !partitionsOf(scope.after, desired.parent ?? '').some((id) => {
    const part = partIn(scope.after, id, desired);
    const before = scope.before.objects.get(part?.id ?? '');
    return part !== undefined && (before === undefined || textOf(before, 'partitionOf') !== desired.id);
  });
}

/** One that stands is made anew where a table joins that is to have no part of it. */
export function remakeIncomplete(scope: Scope): void {
  const joining = [...scope.added, ...[...scope.altered.keys()].filter((id) => joinsLater(scope, id))].flatMap((id) => scope.after.objects.get(id) ?? []);
  for (const table of joining) {
    const parent = table.kind === 'table' ? textOf(table, 'partitionOf') : null;
    for (const whole of parent === null ? [] : (scope.after.children.get(parent) ?? [])) {
      if (whole.attributes.valid === false && scope.before.objects.has(whole.id) && !scope.recreated.has(whole.id) && partIn(scope.after, table.id, whole) === undefined) scope.recreated.set(whole.id, table.id);
    }
  }
}

function partIn(side: Side, tableId: string, whole: SchemaObject): SchemaObject | undefined {
  return (side.children.get(tableId) ?? []).find((child) => textOf(child, 'partitionOf') === whole.id);
}

/** Tables; foreign ones are partitions without indexes. */
export function partitionsOf(side: Side, tableId: string): string[] {
  return side.tables.filter((table) => table.kind === 'table' && textOf(table, 'partitionOf') === tableId).map(({ id }) => id);
}
