import { expect, test } from 'vitest';
import { newRun, reduce, slowedTo, type RunEvent } from '#lib/pipeline/run.ts';
import { headStanding, silentFor, SILENT_AFTER_MS } from './head-standing.ts';

const STARTED: RunEvent = { type: 'step_started', step: 'a', attempt: 1, pid: 1, backendStart: '', xid: null };
const BROKE: RunEvent = { type: 'step_in_doubt', step: 'a', sentence: 'The connection broke.' };
const view = (...events: RunEvent[]) => events.map((event, index) => ({ seq: index + 1, at: '2026-01-01T00:00:00Z', event })).reduce(reduce, newRun('rollback', ['a']));
const SEEN = { silentMs: null, workerLost: false, workerHolds: true };

test('a step in doubt is said before the run that goes on, and what hides the run before that', () => {
  expect(headStanding(view(STARTED), SEEN).word).toBe('rolling back');
  expect(headStanding(view(STARTED, BROKE), SEEN)).toEqual({ tone: 'red', word: 'in doubt' });
  expect(headStanding(view(STARTED, BROKE), { ...SEEN, workerLost: true }).word).toBe('worker lost');
  expect(headStanding(view(STARTED, BROKE), { ...SEEN, silentMs: 9_000, workerLost: true }).word).toBe('no answer');
});

test('a slowed run says how fast it goes, also while it rests, and is no run that waits', () => {
  const rest: RunEvent = { type: 'waiting', step: 'a', waiting: { forWhat: slowedTo(25), blockers: [], attempt: 0, attempts: 0, retryInMs: null } };
  const slow = view(STARTED, { type: 'pace_set', by: 'Ola', pace: 25, reason: '' }, rest);
  expect([headStanding(slow, SEEN), slow.steps[0]?.waiting]).toEqual([{ tone: 'orange', word: 'rolling back at 25 %' }, null]);
});

test('a run that its worker gave back is without one, and nothing of it is lost', () => {
  expect(headStanding(view(), { ...SEEN, workerLost: true, workerHolds: false })).toEqual({ tone: 'red', word: 'no worker' });
  expect(headStanding(view(), { ...SEEN, workerHolds: false }).word).toBe('queued');
});

test('an ended run stays what it became, whoever is silent', () => {
  expect(headStanding(view({ type: 'ended', state: 'cancelled', sentence: '' }), { ...SEEN, silentMs: 9_000, workerLost: true }).word).toBe('cancelled');
});

test('a pulse that is late by a second or two is no silence', () => {
  expect([silentFor(null, 0), silentFor(9, null), silentFor(SILENT_AFTER_MS, 0), silentFor(SILENT_AFTER_MS + 1, 0)]).toEqual([null, null, null, SILENT_AFTER_MS + 1]);
});
