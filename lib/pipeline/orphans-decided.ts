import type { Check, Evidence, ForeignKeySpec, Measurement, OrphanSet, Quantity } from './evidence.ts';
import { rowsGo, tableKey } from './expectation.ts';
import type { Phase } from './plan.ts';
import { exact, exactValue, sumOf, unknown, WHY } from './unknowns.ts';
import { keysDigest } from './casts.ts';

type Decided = Pick<Phase, 'orphanDecisions'>;
type OrphanFacts = Extract<Measurement, { kind: 'orphans' }>;

/**
 * Evidence of a phase as it is to be read under other decisions on the same foreign keys. Which rows have no parent today does not depend on decisions; which lose
 * it because their parents go does. Where nothing of the parents goes any more, nothing follows from them; where something else goes, what
 * follows is unknown until it is measured again. All else stays as it was measured.
 */
export function underDecisions(before: Decided, after: Phase, evidence: Evidence): Evidence {
  const measurements = evidence.measurements.map((one) => {
    const check = after.checks.find((asked) => asked.id === one.check);
    return one.kind === 'orphans' && check?.kind === 'orphans' ? followed(before, after, check.foreignKeys, one) : one;
  });
  return { ...evidence, measurements };
}

/** Distinct rows over all sets: a row without two parents counts once. */
export function orphanTotals(sets: readonly OrphanSet[]): { rowsTotal: Quantity; rowsByTable: Record<string, number> } {
  const byTable = new Map<string, Set<string>>();
  for (const set of sets) {
    const table = tableKey(set.child);
    byTable.set(table, new Set([...(byTable.get(table) ?? []), ...set.keys]));
  }
  const rowsByTable = Object.fromEntries([...byTable].map(([table, keys]) => [table, keys.size]));
  const missing = sumOf(sets.map((set) => set.rows));
  return { rowsTotal: missing.provenance === 'exact' ? exact(Object.values(rowsByTable).reduce((sum, rows) => sum + rows, 0)) : missing, rowsByTable };
}

/** A set of which nothing is known but how many rows it has, or why not even that. */
export function emptyOrphanSet(spec: ForeignKeySpec, depth: number, rows: Quantity): OrphanSet {
  return { foreignKey: spec.id, child: spec.child, columns: spec.columns, parent: spec.parent, depth, rows, keys: [], keysDigest: keysDigest([]), firstRows: [], missing: [] };
}

function followed(before: Decided, after: Decided, asked: Extract<Check, { kind: 'orphans' }>['foreignKeys'], facts: OrphanFacts): OrphanFacts {
  const keys = asked.map((spec) => keyOf(before, after, spec, facts.sets));
  const turned = keys.filter((key) => key.went !== key.goes && (key.today || key.later));
  if (turned.length === 0) return facts;
  const reach: Reach = { grows: turned.some((key) => key.goes), losing: losing(keys, turned.some((key) => key.goes)) };
  const moved = new Set(turned.map((key) => key.child));
  for (let size = -1; size < moved.size; ) {
    size = moved.size;
    for (const key of keys) if (moved.has(key.parent) && fate(key, reach) !== 'as it was' && (key.went || key.goes)) moved.add(key.child);
  }
  const fates = new Map(keys.filter((key) => moved.has(key.parent)).map((key) => [key.spec.id, fate(key, reach)]));
  const kept = facts.sets.filter((set) => set.depth === 0 || (fates.get(set.foreignKey) ?? 'as it was') === 'as it was');
  const open = keys.filter((key) => fates.get(key.spec.id) === 'unknown').map((key) => emptyOrphanSet(key.spec, 1, unknown(WHY.decidedSince)));
  const sets = [...kept, ...open].toSorted((a, b) => a.depth - b.depth);
  return { ...facts, sets, ...orphanTotals(sets) };
}

/** A foreign key, and what became of its orphans before and after. */
interface Key {
  spec: ForeignKeySpec;
  child: string;
  parent: string;
  went: boolean;
  goes: boolean;
  /** Are there rows without a parent today, and rows that lost it because parents went? Unknown counts as yes. */
  today: boolean;
  later: boolean;
}

interface Reach {
  /** Do rows go now that stayed when it was measured? */
  grows: boolean;
  /** Tables that lose rows now. */
  losing: ReadonlySet<string>;
}

function keyOf(before: Decided, after: Decided, spec: ForeignKeySpec, sets: readonly OrphanSet[]): Key {
  const own = sets.filter((set) => set.foreignKey === spec.id);
  return {
    spec, child: tableKey(spec.child), parent: tableKey(spec.parent), went: rowsGo(before, spec.id), goes: rowsGo(after, spec.id),
    today: own.some((set) => set.depth === 0 && exactValue(set.rows) !== 0), later: own.some((set) => set.depth > 0 && exactValue(set.rows) !== 0),
  };
}

function losing(keys: readonly Key[], grows: boolean): Set<string> {
  const tables = new Set(keys.filter((key) => key.goes && key.today).map((key) => key.child));
  for (let size = -1; size < tables.size; ) {
    size = tables.size;
    for (const key of keys) if (key.goes && tables.has(key.parent) && (grows || key.later)) tables.add(key.child);
  }
  return tables;
}

/** What is to be thought of the rows that lose their parent, where other rows of the parent go than when it was measured. */
function fate(key: Key, { grows, losing: tables }: Reach): 'as it was' | 'none' | 'unknown' {
  if (!tables.has(key.parent)) return key.later ? 'none' : 'as it was';
  return grows || key.later ? 'unknown' : 'as it was';
}
