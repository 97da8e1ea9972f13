import { addNotNull, comesFromParents, setNotNull } from '../kinds/not-null.ts';
import { listOf, textOf } from '../kinds/relation.ts';
import type { SchemaObject } from '../snapshot.ts';
import { refuse, type Scope, spoken } from './scope.ts';
import { reached, type Side } from './side.ts';

// NOT NULL … NOT VALID, which Postgres has from 18 on: rows that were there were not asked. A table that is made under a parent that asks has no such rows, and gets the constraint as
// valid: where it is to have it NOT VALID too, the parent gets its own when its heirs are there.

/**
 * NOT NULL that is not simply so comes as a constraint of its own; what heirs get from their parent's comes with that, and is nothing that they say. A partition must
 * have it before it is attached.
 */
export function flagged(after: Side, columns: readonly SchemaObject[]): string[] {
  const isPartition = ({ parent }: SchemaObject) => textOf(after.objects.get(parent ?? '') ?? { attributes: {} }, 'partitionOf') !== null;
  return columns.filter((column) => isFlagged(column) && unaskedHeirs(after, column).length === 0 && (!comesFromParents(column) || isPartition(column))).map(addNotNull);
}

export function isFlagged(column: SchemaObject): boolean {
  return column.attributes.nullable === false && listOf(column, 'notNullFlags').length > 0;
}

function isUnasked(column: SchemaObject): boolean {
  return column.attributes.nullable === false && listOf(column, 'notNullFlags').join() === 'NOT VALID';
}

function heirsOf(after: Side, column: SchemaObject): SchemaObject[] {
  return after.followers(column.id).flatMap((id) => after.objects.get(id) ?? []).filter((heir) => listOf(after.objects.get(heir.parent ?? '') ?? heir, 'inherits').length > 0);
}

function unaskedHeirs(after: Side, column: SchemaObject): SchemaObject[] {
  return isUnasked(column) ? heirsOf(after, column).filter(isUnasked) : [];
}

/** The constraint of a parent behind its heirs, and before it what an heir has more than that, where every row was asked: the server does not make more of one that it has from the parent. */
export function askedLate(after: Side, columns: readonly SchemaObject[]): { column: SchemaObject; sql: string[]; behind: string[] }[] {
  return columns.filter((column) => unaskedHeirs(after, column).length > 0).map((column) => ({ column, sql: [...askedOf(heirsOf(after, column)), addNotNull(column)], behind: behindHeirs(after, column) }));
}

function askedOf(heirs: readonly SchemaObject[]): string[] {
  return heirs.filter((heir) => heir.attributes.nullable === false && !isFlagged(heir)).map(setNotNull);
}

function behindHeirs(after: Side, column: SchemaObject): string[] {
  const below = [...reached([column.id], after.followers)];
  return [...below.flatMap((id) => [`create ${after.objects.get(id)?.parent}`]), ...below.filter((id) => id !== column.id).map((id) => `ask ${id}`)];
}

/** The same where the parent stands and asks from now on: the new heirs that it waits for, and what those that ask all rows say. */
export function askedOfNewHeirs({ after, added }: Scope, column: SchemaObject, names: ReadonlySet<string>): { sql: string[]; behind: string[] } {
  const heirs = names.has('nullable') ? [...reached([column.id], after.followers)].flatMap((id) => after.objects.get(id) ?? []).filter((heir) => added.has(heir.parent ?? '')) : [];
  if (!isUnasked(column) || !heirs.some(isUnasked)) return { sql: [], behind: [] };
  return { sql: askedOf(heirs), behind: behindHeirs(after, column) };
}

/** A parent that asks already asks a new heir too, and is not made to ask anew for it; nor does a partitioned table ask fewer rows than its partitions. */
export function refuseUnasked(scope: Scope): void {
  const { added, before, after, altered } = scope;
  for (const { current, desired, names } of altered.values()) {
    if (!names.has('notNullFlags') || !isUnasked(desired) || current.attributes.nullable !== false || after.objects.get(desired.parent ?? '')?.attributes.partitioned !== true) continue;
    const asks = after.followers(desired.id).flatMap((id) => after.objects.get(id) ?? []).find((part) => part.attributes.nullable === false && !isUnasked(part));
    if (asks) refuse(scope, desired.id, `${spoken(desired)} is NOT NULL … NOT VALID on the desired side, while ${spoken(asks)} of its partition asks every row: the constraint comes to all partitions as it is on their table. Leave it valid, or take it from all of them first.`);
  }
  for (const id of added) {
    const table = after.objects.get(id);
    if (table?.kind !== 'table' || listOf(table, 'inherits').length === 0) continue;
    for (const column of after.children.get(id) ?? []) {
      if (column.kind !== 'column' || !isUnasked(column) || !comesFromParents(column)) continue;
      const leader = after.leaders(column).find((each) => isUnasked(after.objects.get(each) ?? column) && before.objects.get(each)?.attributes.nullable === false && !added.has(after.objects.get(each)?.parent ?? '') && !altered.has(each));
      if (leader !== undefined) refuse(scope, column.id, `${spoken(column)} is NOT NULL … NOT VALID on the desired side, and a new table gets it valid from ${spoken(after.objects.get(leader) ?? column)}, which is so already. Validate it there, or leave the table out.`);
    }
  }
}
