import type { Check, Measurement } from './evidence.ts';
import { tableKey } from './expectation.ts';
import { blocking, notExact, toKnow, type JudgedFinding } from './findings.ts';
import { isArchived } from './overlap.ts';
import type { Phase } from './plan.ts';
import { exactValue } from './unknowns.ts';
import { counted, grouped, listed } from './words.ts';

type OverlapMeasurement = Extract<Measurement, { kind: 'overlap' }>;

/** A table that must be empty to go; one that is not, and looks like another, may be a duplicate of it. */
export function judgeEmpty(phase: Phase, check: Check, measurement: Extract<Measurement, { kind: 'empty' }>): JudgedFinding[] {
  const table = tableKey(measurement.table);
  const missing = notExact(`Whether ${table} is empty`, table, measurement.rows);
  if (missing) return [missing];
  const rows = exactValue(measurement.rows) ?? 0;
  if (rows === 0) return [];
  const like = (check.kind === 'empty' ? (check.like ?? []) : []).map(tableKey);
  if (isArchived(phase, measurement.table)) return [toKnow('ROWS_SET_ASIDE', `${counted(rows, 'row', 'rows')} of ${table} ${rows === 1 ? 'goes' : 'go'} with the table, ${rows === 1 ? 'comes' : 'come'} back on rollback, and ${rows === 1 ? 'is' : 'are'} dropped by clean-up.`)];
  const found = blocking('NOT_EMPTY', `${table} is not empty: it holds ${counted(rows, 'row', 'rows')}.`);
  if (like.length === 0 || phase.overlapDecisions?.[table]) return [found];
  return [found, toKnow('LOOKS_LIKE_DUPLICATE', `${table} has the columns of ${listed(like)}. If it is a duplicate, say so, and its rows are merged there before it goes.`)];
}

/** What a merge meets: rows that come over, and rows of one key that say different things, by the decision on them. */
export function judgeOverlap(phase: Phase, measurement: OverlapMeasurement): JudgedFinding[] {
  const duplicate = tableKey(measurement.duplicate);
  const kept = tableKey(measurement.kept);
  const parts = [measurement.onlyDuplicate, measurement.onlyKept, measurement.same, measurement.conflict];
  const missing = parts.map((part) => notExact(`What ${duplicate} and ${kept} have in common`, `${duplicate} or ${kept}`, part)).find((finding) => finding !== null);
  if (missing) return [missing];
  const alone = exactValue(measurement.onlyDuplicate) ?? 0;
  return [
    ...judgeConflicts(phase, measurement, duplicate, kept),
    ...(alone > 0 ? [toKnow('ROWS_ONLY_IN_DUPLICATE', `${counted(alone, 'row', 'rows')} of ${duplicate} ${alone === 1 ? 'is' : 'are'} missing in ${kept} and will be copied there.`)] : []),
  ];
}

function judgeConflicts(phase: Phase, measurement: OverlapMeasurement, duplicate: string, kept: string): JudgedFinding[] {
  const conflicts = exactValue(measurement.conflict) ?? 0;
  if (conflicts === 0) return [];
  const subject = `${counted(conflicts, 'row', 'rows')} of ${duplicate} ${conflicts === 1 ? 'has' : 'have'} the key of a row of ${kept} and other values`;
  const decision = phase.overlapDecisions?.[duplicate];
  switch (decision?.verdict) {
    case undefined:
    case 'archive':
    case 'not_a_duplicate': return [blocking('OVERLAP_CONFLICTS', `${subject}; decide which values stay.`)];
    case 'stop': return [blocking('OVERLAP_CONFLICTS', `${subject}; the decision is to stop until somebody makes them agree in the database.`)];
    case 'keep_kept': return [toKnow('CONFLICTS_SETTLED', `${subject}: those of ${kept} stay. The others are kept with ${duplicate} until clean-up.`)];
    case 'keep_duplicate': return [toKnow('CONFLICTS_SETTLED', `${subject}: they overwrite those of ${kept}, which are noted until clean-up.`)];
    case 'newest': return newest(measurement, decision.by ?? '', conflicts, duplicate, kept);
  }
}

function newest(measurement: OverlapMeasurement, by: string, conflicts: number, duplicate: string, kept: string): JudgedFinding[] {
  const told = measurement.conflicting?.newest.find((one) => one.column === by);
  if (!told) return [blocking('OVERLAP_TIED', `By ${by} it cannot be told which of ${counted(conflicts, 'conflicting row', 'conflicting rows')} of ${duplicate} and ${kept} is newer. Decide otherwise.`)];
  if (told.tied > 0) return [blocking('OVERLAP_TIED', `${counted(told.tied, 'conflicting row', 'conflicting rows')} of ${duplicate} ${told.tied === 1 ? 'is' : 'are'} neither newer nor older than ${told.tied === 1 ? 'its twin' : 'their twins'} in ${kept} by ${by}. Decide otherwise, or make them agree.`)];
  return [toKnow('CONFLICTS_SETTLED', `Of ${counted(conflicts, 'row', 'rows')} with one key and different values, ${grouped(told.duplicate)} of ${duplicate} ${told.duplicate === 1 ? 'is' : 'are'} newer by ${by} and ${told.duplicate === 1 ? 'overwrites its twin' : 'overwrite their twins'} in ${kept}, where ${grouped(told.kept)} ${told.kept === 1 ? 'stays' : 'stay'}.`)];
}
