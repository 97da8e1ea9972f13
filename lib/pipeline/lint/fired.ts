import type { TableName } from '../plan.ts';
import { objectId } from '../snapshot.ts';
import { type Detour, movedBy } from '../sql-facts/detours.ts';
import type { Existing } from '../sql-facts/existing.ts';
import type { Written } from '../sql-facts/routine-body.ts';
import { reachOf } from './reach.ts';
import type { Seen } from './seen.ts';

const WAYS = new WeakMap<Seen, readonly Detour[]>();

/**
 * All that runs because of a statement besides itself, each once: what stands between it and its rows, triggers of the tables that its foreign keys reach, and whatever fires because of what those
 * write, to a fixpoint. What an UPDATE in a function changes by a key's ON UPDATE is not followed: its columns are not known.
 */
export function waysOf(seen: Seen): readonly Detour[] {
  const known = WAYS.get(seen) ?? followed(seen);
  WAYS.set(seen, known);
  return known;
}

function followed({ statement: { kind }, facts, existing }: Seen): readonly Detour[] {
  if (!existing) return facts.through;
  const ways = new Map<string, Detour>();
  const open: Written[] = [];
  const met = new Set<string>();
  const take = (detours: readonly Detour[]) => {
    for (const one of detours) {
      if (ways.has(keyOf(one))) continue;
      ways.set(keyOf(one), one);
      if (one.by === 'trigger' || one.by === 'function') open.push(...one.body.writes);
    }
  };
  take(facts.through);
  const [table] = facts.tables;
  if (kind === 'DeleteStmt' && table) open.push(...takenAlong(existing, table));
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const key = `${next.event} ${next.table.schema}.${next.table.name}`;
    if (met.has(key)) continue;
    met.add(key);
    take(movedBy(existing, next).detours);
    if (next.event === 'DELETE') open.push(...takenAlong(existing, next.table));
  }
  return [...ways.values()];
}

function keyOf(one: Detour): string {
  switch (one.by) {
    case 'view': return `view ${named(one.view)}`;
    case 'rule': return `rule ${named(one.of)} ${one.rule}`;
    case 'trigger': return `trigger ${named(one.of)} ${one.trigger}`;
    case 'function': return `function ${one.routine.id}`;
  }
}

function named({ schema, name }: TableName): string {
  return `${schema}.${name}`;
}

/** Rows that go or change with those of a table, by its foreign keys. */
function takenAlong(existing: Existing, table: TableName): Written[] {
  if (!existing.objects.has(objectId('table', table.schema, table.name))) return [];
  const { reach } = reachOf([{ table, act: 'goes', columns: [] }], existing);
  return reach.states.slice(1).flatMap(({ table: at, act }) => {
    const reached = reach.tables[at];
    return reached ? [{ table: reached, event: act === 'goes' ? ('DELETE' as const) : ('UPDATE' as const) }] : [];
  });
}
