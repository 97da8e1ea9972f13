import { ident, qualified } from '../ddl.ts';
import type { Delta } from '../diff.ts';
import type { Check, Rule } from '../evidence.ts';
import { tableKey } from '../expectation.ts';
import type { Scripted } from '../script/side.ts';
import type { SchemaObject } from '../snapshot.ts';
import { constraintsOf, indexesOf, list, refuse, tableName, text, type Workbench } from './input.ts';
import { spoken } from './names.ts';

/** Partitions that leave their place, for another parent or for other bounds: they are detached and attached again. */
function movedPartitions(deltas: readonly Delta[]): { current: SchemaObject; desired: SchemaObject }[] {
  return deltas.flatMap(({ kind, change, current, desired }) => (kind === 'table' && change === 'change' && current && desired && text(current, 'partitionOf') !== null && ['partitionOf', 'partitionBound'].some((name) => text(current, name) !== text(desired, name)) ? [{ current, desired }] : []));
}

/** An index that its partitioned table has, and not all of its partitions, is built on whatever is attached: the way back would leave it there. */
export function refuseHalfIndexes(bench: Workbench, deltas: readonly Delta[]): void {
  for (const { current, desired } of movedPartitions(deltas)) {
    for (const parent of new Set([text(current, 'partitionOf'), text(desired, 'partitionOf')])) refuseHalfIndex(bench, current, parent);
  }
}

/** The same of one partition that leaves this parent and comes back. */
export function refuseHalfIndex(bench: Workbench, partition: SchemaObject, parentId: string | null): void {
  const parent = bench.current.get(parentId ?? '');
  const family = parent ? (bench.currentFamily.get(parent.id) ?? []) : [];
  const half = [...constraintsOf(family), ...indexesOf(family)].find((index) => index.attributes.valid === false && !(bench.currentFamily.get(partition.id) ?? []).some((part) => text(part, 'partitionOf') === index.id));
  if (parent && half) refuse(bench, `The index ${half.name} of ${spoken(tableName(parent))} is not on all of its partitions, and attaching ${spoken(tableName(partition))} again would build it there. Build it on all of them, or drop it, in a plan of its own first.`);
}

/** Rows of other tables that refer, by a key onto the whole partitioned table, to rows of a partition that leaves it: the server lets none go that is referred to. */
export function referredChecks(bench: Workbench, deltas: readonly Delta[], done: Required<Scripted>): Check[] {
  const stays = new Set(done.objects.map(({ id }) => id));
  return movedPartitions(deltas).flatMap(({ current }): Check[] => {
    const above: string[] = [];
    for (let id = text(current, 'partitionOf'); id !== null; id = text(bench.current.get(id) ?? current, 'partitionOf')) {
      if (above.includes(id)) break;
      above.push(id);
    }
    const rules = [...bench.current.values()].flatMap((key): Rule[] => {
      const child = key.kind === 'constraint' && stays.has(key.id) && above.includes(text(key, 'references') ?? '') ? bench.current.get(key.parent ?? '') : undefined;
      if (child?.kind !== 'table' || text(child, 'partitionOf') !== null) return [];
      const columns = list(key, 'columns');
      const on = list(key, 'referencedColumns').map((column, at) => `c.${ident(columns[at] ?? '')} = p.${ident(column)}`).join(' AND ');
      return [{ name: `${key.name} of ${tableKey(tableName(child))}, when ${tableKey(tableName(current))} leaves its place`, what: 'check', sql: `SELECT count(*) FROM ${qualified(tableName(child))} c JOIN ${qualified(tableName(current))} p ON ${on}` }];
    });
    return rules.length === 0 ? [] : [{ id: `referred:${tableKey(tableName(current))}`, kind: 'violations', table: tableName(current), rules }];
  });
}
