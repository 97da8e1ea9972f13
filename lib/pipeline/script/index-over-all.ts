import { textOf } from '../kinds/relation.ts';
import type { SchemaObject } from '../snapshot.ts';
import type { Side } from './side.ts';

/**
 * Of a partitioned table with a foreign table among its partitions an index cannot be made alone and be given those of the partitions: a foreign table can have none, and the server
 * would wait for it for ever. It is made over all partitions, and finds the indexes of the others, which come before.
 * @see https://www.postgresql.org/docs/current/sql-createindex.html (ONLY), https://www.postgresql.org/docs/current/sql-alterindex.html (ATTACH PARTITION)
 */
export function isMadeOverAll(after: Side, index: SchemaObject | undefined): boolean {
  return index?.kind === 'index' && index.attributes.valid === true && after.tables.some((table) => table.kind === 'foreign_table' && textOf(table, 'partitionOf') === index.parent);
}

/** What comes before it: the indexes that it will be made of, each whole, with those of its own partitions. */
export function partsBefore(after: Side, index: SchemaObject): string[] {
  const below = (part: SchemaObject): string[] => partsOf(after, part).flatMap((each) => [`attach ${each.id}`, ...below(each)]);
  return partsOf(after, index).flatMap((part) => [`create ${part.id}`, ...below(part)]);
}

/** What an index of a partition rests on, but for the one that only comes when it is there. */
export function withoutWhole(after: Side, id: string, needs: readonly string[]): readonly string[] {
  const part = after.objects.get(id);
  const whole = part ? textOf(part, 'partitionOf') : null;
  return whole !== null && isMadeOverAll(after, after.objects.get(whole)) ? needs.filter((each) => each !== whole) : needs;
}

function partsOf(after: Side, index: SchemaObject): SchemaObject[] {
  return after.tables.filter((table) => textOf(table, 'partitionOf') === index.parent).flatMap((table) => after.children.get(table.id) ?? []).filter((part) => part.kind === 'index' && textOf(part, 'partitionOf') === index.id);
}
