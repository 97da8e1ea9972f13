import { expect, test } from 'vitest';
import { phaseOf, publicTable } from '#lib/testing/phase.ts';
import { COUNT_MS, countSentence, cutOff, isBeyondBudget, QUESTION_MS, questionMs } from './count.ts';
import type { Evidence, Measurement, Quantity } from './evidence.ts';
import { judge } from './preflight.ts';
import { exact, unknown, WHY } from './unknowns.ts';

const T = publicTable('t');
const rows = (check: string, quantity: Quantity, ms = 1): Measurement => ({ check, ms, kind: 'rows', table: T, rows: quantity });

function evidence(measurements: readonly Measurement[]): Evidence {
  return { phaseId: 'convert', measuredAt: '', ms: 1, target: { systemIdentifier: '7', timeline: 1, databaseOid: 5, database: 'prod', serverVersion: 150_018 }, fingerprints: {}, measurements };
}

test('what the budget cut off or what is estimated can be counted; a lock, a missing right and too many rows to sign cannot', () => {
  const found = evidence([
    rows('slow', unknown(WHY.slow)), rows('estimate', { provenance: 'estimate', value: 9, basis: 'statistics' }), rows('fine', exact(0)), rows('locked', unknown(WHY.locked)), rows('rights', unknown(WHY.noRights)),
    { check: 'violations', ms: 1, kind: 'violations', table: T, rules: [{ name: 'r', what: 'check', rows: exact(1) }, { name: 'q', what: 'check', rows: unknown(WHY.slow) }] },
    { check: 'orphans', ms: 1, kind: 'orphans', sets: [], rowsTotal: unknown(`${WHY.tooMany} (12000)`), rowsByTable: {} },
  ]);
  expect(cutOff(found)).toEqual(['slow', 'estimate', 'violations']);
  expect(judge(phaseOf([{ id: 'slow', kind: 'rows', table: T }]), found)).toMatchObject([{ code: 'UNKNOWN', severity: 'blocking' }]);
});

test('what took long when it was signed may take long before the run, and is not asked for while somebody waits', () => {
  const [quick, long] = [evidence([rows('a', exact(1), QUESTION_MS)]), evidence([rows('a', exact(1), QUESTION_MS + 1)])];
  expect([isBeyondBudget(quick), questionMs(quick)]).toEqual([false, QUESTION_MS]);
  expect([isBeyondBudget(long), questionMs(long)]).toEqual([true, COUNT_MS]);
});

test('progress has a share only of an estimate that it has not passed, and none where the server tells none', () => {
  const now = { asks: 'counts the rows of public.t', since: '', rows: 612_000, expected: 1_000_000 };
  const sentence = (change: Partial<typeof now> | { rows: null } | { expected: null }) => countSentence({ done: 1, of: 4, now: { ...now, ...change } });
  expect(sentence({})).toBe('Question 2 of 4: counts the rows of public.t, 612,000 so far, about 61\u00A0% of what the statistics expect.');
  expect(sentence({ rows: 1_012_000 })).toBe('Question 2 of 4: counts the rows of public.t, 1,012,000 so far; the statistics expected about 1,000,000.');
  expect(sentence({ expected: null })).toBe('Question 2 of 4: counts the rows of public.t, 612,000 so far.');
  expect(sentence({ rows: null })).toBe('Question 2 of 4: counts the rows of public.t. PostgreSQL tells no progress of this.');
  expect(countSentence({ done: 0, of: 0, now: null })).toBe('It begins.');
});
