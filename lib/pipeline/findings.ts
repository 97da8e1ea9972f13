import type { Finding, Quantity } from './evidence.ts';
import { WHY } from './unknowns.ts';

/** Every finding that preflight can make. Closed, so that a screen can explain each one. */
export const FINDING_CODES = [
  'NOT_MEASURED', 'UNKNOWN', 'TABLE_ABSENT',
  'ORPHANS_UNDECIDED', 'ORPHANS_STOP', 'SET_NULL_IMPOSSIBLE',
  'CAST_FAILURES', 'CAST_COLLISIONS',
  'RULE_BROKEN', 'NOT_EMPTY', 'OVERLAP_CONFLICTS', 'OVERLAP_TIED', 'DEPENDENT_NOT_HANDLED', 'TABLE_CHANGED', 'VIEW_DOES_NOT_FIT', 'NAME_TAKEN', 'EXTENSION_NOT_INSTALLED', 'TABLESPACE_ABSENT', 'OPERATOR_RIGHTS', 'DUMP_NOT_WHOLE', 'DUMP_HOLDS_LOCK',
  'VALUES_CHANGED', 'VALUES_RESPELLED', 'EXTENSION_VERSION', 'VIEWS_MADE_ANEW', 'SUBSCRIBERS_NOTICE', 'ROWS_REMOVED', 'ROWS_SET_NULL', 'ROWS_RE_POINTED', 'ROWS_ONLY_IN_DUPLICATE', 'CONFLICTS_SETTLED', 'ROWS_SET_ASIDE', 'ROWS_TAKEN_ALONG', 'ROWS_CHANGED_ALONG', 'VALUES_LOST', 'ROWS_NOT_MATCHED', 'LOOKS_LIKE_DUPLICATE',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

/** Findings of preflight and of the lint that tell what becomes of rows and values, and what of it no number counts: whoever signs reads them beside the number. */
export const ABOUT_ROWS: ReadonlySet<string> = new Set([
  'VALUES_CHANGED', 'VALUES_LOST', 'ROWS_REMOVED', 'ROWS_SET_NULL', 'ROWS_RE_POINTED', 'CONFLICTS_SETTLED', 'ROWS_SET_ASIDE', 'ROWS_TAKEN_ALONG', 'ROWS_CHANGED_ALONG', 'ROWS_NOT_MATCHED',
  'VALUES_REPLACED', 'COLUMN_DROPPED', 'ROWS_TRUNCATED', 'TRIGGER_FIRES', 'RULE_REWRITES', 'CHANGE_UNCOUNTED',
]);

/** A finding with its code from the closed list. */
export interface JudgedFinding extends Finding {
  code: FindingCode;
}

export function blocking(code: FindingCode, sentence: string, move: Finding['move'] = 'yours'): JudgedFinding {
  return { code, sentence, severity: 'blocking', move };
}

export function toKnow(code: FindingCode, sentence: string): JudgedFinding {
  return { code, sentence, severity: 'to_know', move: 'clears' };
}

/** A number that must be exact: null when it is. `what` begins the sentence, for example `The number of rows of public.user`. */
export function notExact(what: string, table: string, quantity: Quantity): JudgedFinding | null {
  if (quantity.provenance === 'exact') return null;
  if (quantity.provenance === 'estimate') return blocking('UNKNOWN', `${what} is only estimated (${quantity.basis}), and an estimate cannot be signed.`);
  if (quantity.why === WHY.absent) return blocking('TABLE_ABSENT', `${table} does not exist in the target.`);
  return blocking('UNKNOWN', `${what} is unknown: ${quantity.why}.`, quantity.why === WHY.locked ? 'clears' : 'yours');
}
