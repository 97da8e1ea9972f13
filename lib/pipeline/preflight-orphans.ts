import type { ForeignKeySpec, Measurement, OrphanSet } from './evidence.ts';
import { tableKey } from './expectation.ts';
import { blocking, notExact, toKnow, type JudgedFinding } from './findings.ts';
import type { Phase } from './plan.ts';
import { exactValue, sumOf } from './unknowns.ts';
import { counted, grouped, listed } from './words.ts';

type OrphanMeasurement = Extract<Measurement, { kind: 'orphans' }>;

/** Findings over the orphan sets of one component: each foreign key by its decision, and the rows that go, once, for all of them. */
export function judgeOrphans(phase: Phase, foreignKeys: readonly ForeignKeySpec[], measurement: OrphanMeasurement): JudgedFinding[] {
  const findings = foreignKeys.flatMap((key) => judgeForeignKey(phase, key, measurement.sets.filter((set) => set.foreignKey === key.id)));
  const removed = removedByDecision(phase, measurement);
  const total = removed ? Object.values(removed).reduce((sum, rows) => sum + rows, 0) : 0;
  if (removed && total > 0) findings.push(toKnow('ROWS_REMOVED', removedSentence(removed, total)));
  return findings;
}

/**
 * Distinct rows that decisions `delete` take away, by table (`schema.name`). A row without two parents is counted once.
 * Null when one of the sets is not known row by row.
 */
export function removedByDecision(phase: Phase, measurement: OrphanMeasurement): Record<string, number> | null {
  const keys = new Map<string, Set<string>>();
  for (const set of measurement.sets) {
    if (phase.orphanDecisions[set.foreignKey]?.verdict !== 'delete') continue;
    if (exactValue(set.rows) !== set.keys.length) return null;
    const table = tableKey(set.child);
    const known = keys.get(table) ?? new Set<string>();
    for (const key of set.keys) known.add(key);
    keys.set(table, known);
  }
  return Object.fromEntries([...keys].map(([table, rows]) => [table, rows.size]));
}

/** `public.exports.project_id`, or with several columns `public.exports (a, b)`. */
export function referenceText(set: { child: OrphanSet['child']; columns: readonly string[] }): string {
  const table = tableKey(set.child);
  return set.columns.length === 1 ? `${table}.${set.columns[0] ?? ''}` : `${table} (${set.columns.join(', ')})`;
}

function judgeForeignKey(phase: Phase, key: ForeignKeySpec, sets: readonly OrphanSet[]): JudgedFinding[] {
  const name = referenceText(key);
  if (sets.length === 0) return [blocking('NOT_MEASURED', `The rows without a parent in ${name} were not measured yet.`)];
  const rows = sumOf(sets.map((set) => set.rows));
  const missing = notExact(`The number of rows without a parent in ${name}`, `${tableKey(key.child)} or ${tableKey(key.parent)}`, rows);
  if (missing) return [missing];
  const total = exactValue(rows) ?? 0;
  if (total === 0) return [];
  switch (phase.orphanDecisions[key.id]?.verdict) {
    case undefined: return [blocking('ORPHANS_UNDECIDED', `${orphansSentence(key, sets, total)}; decide what becomes of ${total === 1 ? 'it' : 'them'}.`)];
    case 'stop': return [blocking('ORPHANS_STOP', `${orphansSentence(key, sets, total)}; the decision is to stop until somebody mends ${total === 1 ? 'it' : 'them'} in the database.`)];
    case 'set_null': return [setNull(key, total)];
    case 're_point': return [toKnow('ROWS_RE_POINTED', `${counted(total, 'row', 'rows')} of ${tableKey(key.child)} will point to ${phase.orphanDecisions[key.id]?.to ?? '?'} of ${tableKey(key.parent)} (${key.columns.join(', ')}).`)];
    case 'delete': return [];
  }
}

function setNull(key: ForeignKeySpec, total: number): JudgedFinding {
  const columns = listed(key.columns);
  const table = tableKey(key.child);
  return key.nullable
    ? toKnow('ROWS_SET_NULL', `${counted(total, 'row', 'rows')} of ${table} ${total === 1 ? 'stays and loses its' : 'stay and lose their'} reference: ${columns} becomes null.`)
    : blocking('SET_NULL_IMPOSSIBLE', `${counted(total, 'row', 'rows')} of ${table} cannot be set to null: ${columns} must have a value in the new schema. Decide otherwise.`);
}

function orphansSentence(key: ForeignKeySpec, sets: readonly OrphanSet[], total: number): string {
  const today = sum(sets.filter((set) => set.depth === 0));
  const later = total - today;
  const child = tableKey(key.child);
  const parent = tableKey(key.parent);
  const columns = key.columns.join(', ');
  if (later === 0) return `${counted(today, 'row', 'rows')} of ${child} ${today === 1 ? 'points' : 'point'} at no row of ${parent} (${columns})`;
  const follow = `when rows of ${parent} are removed`;
  if (today === 0) return `${counted(later, 'row', 'rows')} of ${child} ${later === 1 ? 'loses its' : 'lose their'} parent ${follow} (${columns})`;
  return `${counted(total, 'row', 'rows')} of ${child} ${total === 1 ? 'has' : 'have'} no parent (${columns}): ${grouped(today)} today, ${grouped(later)} more ${follow}`;
}

function removedSentence(removed: Readonly<Record<string, number>>, total: number): string {
  const tables = Object.entries(removed).filter(([, rows]) => rows > 0);
  const only = tables[0];
  const kept = `${total === 1 ? 'It is' : 'They are'} kept in quarantine until clean-up.`;
  if (tables.length === 1 && only) return `${counted(total, 'row', 'rows')} of ${only[0]} will be removed. ${kept}`;
  return `${counted(total, 'row', 'rows')} will be removed: ${listed(tables.map(([table, rows]) => `${grouped(rows)} of ${table}`))}. ${kept}`;
}

function sum(sets: readonly OrphanSet[]): number {
  return sets.reduce((total, set) => total + (exactValue(set.rows) ?? 0), 0);
}
