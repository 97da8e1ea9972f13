import { expect, test } from 'vitest';
import type { RunEvent } from './run.ts';
import { workedMs } from './run-time.ts';

const waits = (forWhat: string): RunEvent => ({ type: 'waiting', step: 'a', waiting: { forWhat, blockers: [], attempt: 0, attempts: 0, retryInMs: null } });
const at = (...events: [number, RunEvent][]) => workedMs(events.map(([seconds, event], index) => ({ seq: index + 1, at: new Date(seconds * 1_000).toISOString(), event })));
const CLAIMED: RunEvent = { type: 'claimed', worker: 'w', attempt: 1 };
const CHECKED: RunEvent = { type: 'checked', movements: [] };
const WAITED: RunEvent = { type: 'waited', step: 'a' };
const ENDED: RunEvent = { type: 'ended', state: 'applied', sentence: '' };
const pace = (to: number): RunEvent => ({ type: 'pace_set', by: 'Ola', pace: to, reason: '' });

test('what a run took leaves out the time for which a person had paused it, and the queue before it', () => {
  expect(at([0, CLAIMED], [60, CHECKED], [62, pace(0)], [63, waits('a person: the run is paused')], [700, pace(25)], [701, WAITED], [710, ENDED])).toBe(12_000);
});

test('waits for a lock count, for a person and for a worker they do not', () => {
  expect(at([0, CHECKED], [10, waits('ACCESS EXCLUSIVE on public.a')], [40, WAITED], [41, ENDED])).toBe(41_000);
  expect(at([0, CHECKED], [10, waits('a person: drain the pool')], [400, { type: 'confirmed', step: 'a', by: 'Ola', verdict: 'done', note: '' }], [401, ENDED])).toBe(11_000);
  expect(at([0, CHECKED], [10, WAITED], [3_600, CLAIMED], [3_602, ENDED])).toBe(12_000);
});

test('a run that has not ended has no time yet', () => {
  expect(at([0, CHECKED], [10, WAITED])).toBeNull();
});
