import type { Evidence, ForeignKeySpec, OrphanSet } from './evidence.ts';
import { tableKey } from './expectation.ts';
import type { Phase, TableName } from './plan.ts';
import { mendsOrphans, orphanKeysOf } from './planner/decide-orphans.ts';
import { ORPHAN_VERDICT_WORDS } from './orphan-words.ts';
import type { Refusal } from './refusal.ts';
import { exactValue, sumOf } from './unknowns.ts';
import { counted, grouped } from './words.ts';

/** A foreign key with rows without a parent that nobody has decided on yet, all of them counted. */
export interface OpenOrphans {
  foreignKey: string;
  child: TableName;
  columns: readonly string[];
  parent: TableName;
  /** Rows whose parent is missing today, and those that lose it when rows of the parent go. */
  today: number;
  along: number;
  /** May all its columns be null in desired? */
  nullable: boolean;
  /** Rows of the child may be counted for another foreign key of it too. */
  shared: boolean;
}

/** What may be decided by one word for several foreign keys of a phase. */
export interface OrphansAlike {
  open: readonly OpenOrphans[];
  /** Foreign keys that are decided on one by one: not all of their rows are counted, or, in a plan of before foreign-keys.ts told them apart, another has the same name. */
  apart: readonly string[];
  /** The phase can take rows out or unlink them; otherwise the only answer is to stop. */
  mends: boolean;
}

/** Null where fewer than two foreign keys could be decided on together. */
export function orphansAlike(phase: Phase, evidence: Evidence | null): OrphansAlike | null {
  const sets = setsOf(evidence);
  const undecided = orphanKeysOf(phase).filter((key) => phase.orphanDecisions[key.id] === undefined && sets.has(key.id));
  const [twins, shared] = [twinsOf(phase), sharedTables(evidence)];
  const counts = undecided.map((key) => ({ key, rows: twins.has(key.id) ? null : rowsOf(sets, key.id) }));
  const open = counts.flatMap(({ key, rows }) => (rows === null || rows === 0 ? [] : [openOf(key, sets.get(key.id) ?? [], shared)]));
  if (open.length < 2) return null;
  return { open, apart: [...new Set(counts.flatMap(({ key, rows }) => (rows === null ? [key.id] : [])))], mends: mendsOrphans(phase) };
}

/** As it stood before whoever decides: so many rows without a parent, today and along. */
export interface SeenOrphans {
  foreignKey: string;
  rows: number;
}

/**
 * Why these foreign keys cannot be decided on together; null: they can. One that was decided on meanwhile, that was counted anew with another result, or of which not all rows are
 * counted keeps all of them from being decided. What a verdict asks of a foreign key is decideOrphans's to refuse.
 */
export function alikeRefusal(phase: Phase, evidence: Evidence | null, seen: readonly SeenOrphans[]): Refusal | null {
  if (seen.length === 0) return { code: 'invalid_input', sentence: 'Choose at least one foreign key.' };
  if (!evidence) return { code: 'evidence_missing', sentence: `“${phase.title}” was not measured since it was last changed. Measure it first, then decide.` };
  const sets = setsOf(evidence);
  const ids = new Set(orphanKeysOf(phase).map((key) => key.id));
  for (const one of seen) {
    const refusal = ids.has(one.foreignKey) ? seenRefusal(phase, sets, one) : { code: 'not_found' as const, sentence: `“${phase.title}” asks about no foreign key ${one.foreignKey}.` };
    if (refusal) return { ...refusal, sentence: `${refusal.sentence} Nothing was decided.` };
  }
  return null;
}

function seenRefusal(phase: Phase, sets: ReadonlyMap<string, readonly OrphanSet[]>, { foreignKey, rows: seen }: SeenOrphans): Refusal | null {
  const decided = phase.orphanDecisions[foreignKey];
  if (decided) return { code: 'plan_changed', sentence: `Somebody has decided on the orphans of ${foreignKey} already: ${ORPHAN_VERDICT_WORDS[decided.verdict]}.` };
  if (twinsOf(phase).has(foreignKey)) return { code: 'cannot_plan', sentence: `Several foreign keys are called ${foreignKey}, so it is decided on by itself.` };
  const rows = rowsOf(sets, foreignKey);
  if (rows === null) return { code: 'evidence_missing', sentence: `How many rows without a parent ${foreignKey} has is not known exactly, so it is decided on by itself.` };
  if (rows !== seen) return { code: 'evidence_moved', sentence: `${foreignKey} was measured again: it has ${counted(rows, 'row', 'rows')} without a parent, and you saw ${grouped(seen)}.` };
  return rows === 0 ? { code: 'invalid_input', sentence: `${foreignKey} has no row without a parent.` } : null;
}

/** Names that several of its foreign keys have: Postgres asks for one name only within a table. */
function twinsOf(phase: Phase): Set<string> {
  const ids = orphanKeysOf(phase).map((key) => key.id);
  return new Set(ids.filter((id, at) => ids.indexOf(id) !== at));
}

function setsOf(evidence: Evidence | null): Map<string, OrphanSet[]> {
  return Map.groupBy((evidence?.measurements ?? []).flatMap((one) => (one.kind === 'orphans' ? one.sets : [])), (set) => set.foreignKey);
}

/** Null where they were not all counted. */
function rowsOf(sets: ReadonlyMap<string, readonly OrphanSet[]>, foreignKey: string): number | null {
  const found = sets.get(foreignKey);
  return found ? exactValue(sumOf(found.map((set) => set.rows))) : null;
}

function openOf(key: ForeignKeySpec, sets: readonly OrphanSet[], shared: ReadonlySet<string>): OpenOrphans {
  return {
    foreignKey: key.id, child: key.child, columns: key.columns, parent: key.parent, nullable: key.nullable, shared: shared.has(tableKey(key.child)),
    today: counting(sets.filter((set) => set.depth === 0)), along: counting(sets.filter((set) => set.depth > 0)),
  };
}

function counting(sets: readonly OrphanSet[]): number {
  return sets.reduce((total, set) => total + (exactValue(set.rows) ?? 0), 0);
}

/** Tables of which the foreign keys together count more rows than there are, or than are known. */
function sharedTables(evidence: Evidence | null): Set<string> {
  return new Set((evidence?.measurements ?? []).flatMap((one) => (one.kind === 'orphans' ? sharedIn(one.sets, one.rowsByTable) : [])));
}

function sharedIn(sets: readonly OrphanSet[], rowsByTable: Readonly<Record<string, number>>): string[] {
  return [...Map.groupBy(sets, (set) => tableKey(set.child))].flatMap(([table, of]) => (exactValue(sumOf(of.map((set) => set.rows))) === rowsByTable[table] ? [] : [table]));
}
