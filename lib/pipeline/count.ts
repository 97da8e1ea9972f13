import type { Check, Evidence } from './evidence.ts';
import { tableKey } from './expectation.ts';
import { WHY } from './unknowns.ts';
import { listed } from './words.ts';

/** How long one question may count while a page or a run waits for it. Longer is an honest "unknown", not a number. */
export const QUESTION_MS = 30_000;
/** How long one question may take when a worker counts without anybody waiting; also of a run whose evidence was counted so. */
export const COUNT_MS = 6 * 3_600_000;

export type CountState = 'queued' | 'running' | 'counted' | 'stopped' | 'failed' | 'refused';

/** How far a count is. */
export interface CountProgress {
  /** Questions that have their answer, of how many. */
  done: number;
  of: number;
  /** What is asked now; null between claim and first question. */
  now: {
    asks: string;
    since: string;
    /** Rows counted so far; null: PostgreSQL tells no progress of such a question. */
    rows: number | null;
    /** What the planner's statistics expect: an estimate, or nothing. */
    expected: number | null;
  } | null;
}

export const NOTHING_COUNTED: CountProgress = { done: 0, of: 0, now: null };

/** Ids of checks of which the budget cut a figure off, or whose figure is only an estimate: what a count can mend. A lock or a missing right it cannot. */
export function cutOff(evidence: Evidence): string[] {
  return evidence.measurements.filter((measurement) => {
    let found = false;
    JSON.stringify(measurement, (_key, value: unknown) => {
      if (typeof value === 'object' && value !== null && 'provenance' in value && (value.provenance === 'estimate' || (value.provenance === 'unknown' && 'why' in value && value.why === WHY.slow))) found = true;
      return value;
    });
    return found;
  }).map((measurement) => measurement.check);
}

/** It took longer than anybody waits for: it is counted again by the worker before the first step, and by nobody in a page. */
export function isBeyondBudget(evidence: Evidence): boolean {
  return evidence.measurements.some((measurement) => measurement.ms > QUESTION_MS);
}

/** For the run that rests on this evidence: what took long when it was signed may take long again. */
export function questionMs(signed: Evidence): number {
  return isBeyondBudget(signed) ? COUNT_MS : QUESTION_MS;
}

/** What a question is about, for whoever watches: `counts the rows of public.orders`. */
export function asks(check: Check): string {
  switch (check.kind) {
    case 'rows': return `counts the rows of ${tableKey(check.table)}`;
    case 'matched': return `counts the rows of ${listed(check.tables.flatMap((one) => (one ? tableKey(one.table) : [])))} that go or change`;
    case 'empty': return `looks whether ${tableKey(check.table)} is empty`;
    case 'orphans': return `looks for rows without a parent in ${listed([...new Set(check.foreignKeys.map((key) => tableKey(key.child)))])}`;
    case 'casts': return `tries every value of ${listed(check.casts.map((cast) => `${tableKey(check.table)}.${cast.column}`))}`;
    case 'overlap': return `compares ${tableKey(check.duplicate)} with ${tableKey(check.kept)}`;
    case 'violations': return `looks for rows of ${tableKey(check.table)} that break a new rule`;
    case 'dump': return 'looks at what a dump will meet';
    case 'dependents': return 'looks at what hangs on the tables';
    case 'extensions': return 'asks which extensions the server has';
    case 'tablespaces': return 'asks which tablespaces the server has';
    case 'free_names': return 'looks whether the new names are free';
  }
}

/** One sentence for people and screen readers; a percentage only while the estimate has not been passed. */
export function countSentence({ done, of, now }: CountProgress): string {
  if (!now) return of === 0 ? 'It begins.' : 'It puts down what it found.';
  const place = of > 1 ? `Question ${done + 1} of ${of}` : 'The only question';
  if (now.rows === null) return `${place}: ${now.asks}. PostgreSQL tells no progress of this.`;
  const rows = now.rows.toLocaleString('en-GB');
  if (now.expected === null || now.expected <= 0) return `${place}: ${now.asks}, ${rows} so far.`;
  if (now.rows > now.expected) return `${place}: ${now.asks}, ${rows} so far; the statistics expected about ${now.expected.toLocaleString('en-GB')}.`;
  return `${place}: ${now.asks}, ${rows} so far, about ${Math.floor((now.rows / now.expected) * 100)}\u00A0% of what the statistics expect.`;
}
