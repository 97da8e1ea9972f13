import { textOf } from '../kinds/relation.ts';
import type { SchemaObject } from '../snapshot.ts';
import { isTextAside, mentions, partitionsBelow, tablesAnew } from './anew.ts';
import { refuse, type Scope, spoken } from './scope.ts';

/** What no rows come over from, or to. */
export function refuseWithRows(scope: Scope): void {
  for (const table of tablesAnew(scope)) {
    const wanted = scope.after.objects.get(table.id) ?? table;
    for (const below of partitionsBelow(scope.after, table.id)) {
      if (textOf(below, 'partitionOf') === table.id && wanted.attributes.partitioned !== true) refuse(scope, below.id, `${spoken(below)} stays a partition of ${spoken(wanted)}, which is not partitioned any more.`);
    }
    for (const below of partitionsBelow(scope.before, table.id)) {
      if (below.kind === 'foreign_table' && scope.removed.has(below.id)) refuse(scope, table.id, `${spoken(table)} is made anew, and its rows in ${spoken(below)}, which goes, are on another server: they would not come over.`);
    }
    refuseKeysAside(scope, table);
  }
}

/** By what rows are placed they cannot be put aside as text. */
function refuseKeysAside(scope: Scope, table: SchemaObject): void {
  const key = textOf(table, 'partitionKey') ?? '';
  for (const column of scope.before.children.get(table.id) ?? []) {
    if (column.kind === 'column' && mentions(key, column.name) && isTextAside(scope, column.id)) refuse(scope, column.id, `${spoken(column)} is part of the partition key of its table, and its type is made anew: no statement takes rows out of the one and into the other.`);
  }
  for (const id of scope.before.needs(table.id)) {
    if (scope.recreated.has(id) && scope.before.objects.get(id)?.parent !== table.id && !id.startsWith('table:')) refuse(scope, table.id, `${spoken(table)} is made anew, and so is ${id.replace(':', ' ')}, by which its rows are placed.`);
  }
}
