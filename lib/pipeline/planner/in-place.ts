import { castIsHarmless, parseType } from '../casts.ts';
import type { Delta } from '../diff.ts';
import type { Check } from '../evidence.ts';
import { tableKey } from '../expectation.ts';
import { reached } from '../script/side.ts';
import type { SchemaObject } from '../snapshot.ts';
import { constraintsOf, isRetyped, list, primaryKeyOf, tableName, text, typesOf, type Workbench } from './input.ts';
import { isRelated } from './plain.ts';

/**
 * Of the tables with columns of another type those that no copy can take the place of (partitioned, a partition, with heirs or an heir, without a primary key, or with a key that a table refers to which does not change with it) and whose values
 * are the same in both types, there and back, with the tables that keys over these columns join to them: the script changes them where they stand, in one transaction. Joined to one whose
 * values are not the same, none of them.
 */
export function retypedInPlace(bench: Workbench, ids: readonly string[]): ReadonlySet<string> {
  const retyped = Map.groupBy(bench.chosen.filter(isRetyped), (delta) => delta.group);
  const joined = new Map(ids.map((id) => [id, joinedTo(bench, id, retyped.get(id) ?? []).filter((other) => ids.includes(other))]));
  const isFit = (id: string) => [...reached([id], (each) => joined.get(each) ?? [])].every((each) => (retyped.get(each) ?? []).every(isSame));
  return reached(ids.filter((id) => cannotBeCopied(bench, id, ids) && isFit(id)), (id) => joined.get(id) ?? []);
}

/** Whether all values of the columns can become what they will be; what they were before they can become again, unless they were written since. */
export function inPlaceChecks(bench: Workbench, deltas: readonly Delta[]): Check[] {
  const mine = deltas.filter((delta) => isRetyped(delta) && !bench.anew.has(delta.group) && delta.desired?.attributes.inherited !== true && bench.current.get(delta.group)?.kind === 'table');
  return [...Map.groupBy(mine, (delta) => delta.group)].flatMap(([id, group]): Check[] => {
    const table = tableName(bench.current.get(id) as SchemaObject);
    return [{ id: `casts:${tableKey(table)}`, kind: 'casts', table, key: primaryKeyOf(bench.currentFamily.get(id) ?? []), casts: group.map((delta) => ({ column: delta.desired?.name ?? '', ...typesOf(delta) })) }];
  });
}

const WHOLE = new Set(['smallint', 'integer', 'bigint']);
const TEXTS = new Set(['text', 'character varying']);
const MOMENTS = new Set(['timestamp without time zone', 'timestamp with time zone']);

/** One type that holds all values of the other as they are; sessions of runs are in UTC. */
function isSame(delta: Delta): boolean {
  const { from, to } = typesOf(delta);
  const [a, b] = [parseType(from), parseType(to)];
  if (delta.attributes.some(({ name }) => name === 'collation' || name === 'generated' || name === 'identity')) return false;
  return [WHOLE, TEXTS].some((alike) => alike.has(a.base) && alike.has(b.base)) || (MOMENTS.has(a.base) && MOMENTS.has(b.base) && a.modifiers.length + b.modifiers.length === 0) || (castIsHarmless(from, to) && castIsHarmless(to, from));
}

function cannotBeCopied(bench: Workbench, id: string, ids: readonly string[]): boolean {
  const table = bench.current.get(id);
  if (!table) return false;
  return isRelated(bench, table) || primaryKeyOf(bench.currentFamily.get(id) ?? []).length === 0 || referringTo(bench, id, bench.chosen.filter((delta) => isRetyped(delta) && delta.group === id)).some((other) => !ids.includes(other));
}

/** Tables at the other ends of foreign keys over columns that change. */
function joinedTo(bench: Workbench, id: string, deltas: readonly Delta[]): string[] {
  const names = namesOf(deltas);
  const out = constraintsOf(bench.currentFamily.get(id) ?? [], 'foreign key').filter((key) => list(key, 'columns').some((name) => names.has(name))).map((key) => text(key, 'references') ?? '');
  return [...out, ...referringTo(bench, id, deltas)];
}

/** Tables whose foreign keys point at columns that change. */
function referringTo(bench: Workbench, id: string, deltas: readonly Delta[]): string[] {
  const names = namesOf(deltas);
  return [...bench.current.values()].filter((key) => key.kind === 'constraint' && text(key, 'references') === id && list(key, 'referencedColumns').some((name) => names.has(name))).map((key) => key.parent ?? '');
}

function namesOf(deltas: readonly Delta[]): ReadonlySet<string> {
  return new Set(deltas.map((delta) => delta.desired?.name ?? ''));
}
