import { describe, expect, test } from 'vitest';
import { newRun, reduce, slowedTo } from '#lib/pipeline/run.ts';
import type { RunEvent, StoredRunEvent } from '#lib/pipeline/run.ts';
import { lastStatement, logLines, paceToResume, presentStep, runningSentence, shortLocks, spoken, waitingSentence, workerText } from './run-words.ts';

function stored(list: readonly RunEvent[]): StoredRunEvent[] {
  return list.map((event, index) => ({ seq: index + 1, at: '2025-08-01T09:52:00Z', event }));
}
const START: RunEvent = { type: 'step_started', step: 'convert.1', attempt: 1, pid: 77, backendStart: '', xid: null };
const progress = (done: number): RunEvent => ({ type: 'progress', step: 'convert.1', label: 'copy', done, total: 1_000 });
const WAITING = { forWhat: 'ACCESS EXCLUSIVE on public.exports', blockers: [{ pid: 4711, application: 'reports', state: 'active', seconds: 38, query: 'select' }], attempt: 6, attempts: 40, retryInMs: 400 };

describe('logLines', () => {
  test('newest first, and of one progress only the last', () => {
    expect(logLines(stored([START, progress(100), progress(200), { type: 'statement', step: 'convert.1', index: 1, label: 'swap' }])).map((line) => line.text)).toEqual(['swap', 'copy: 200 of 1,000', 'started, backend pid 77']);
  });
});

const paced = (...paces: number[]) => paceToResume(stored(paces.map((pace) => ({ type: 'pace_set', by: 'Ola', pace, reason: '' }))));

test('a paused run goes on as slowly as it was told before the pause', () => {
  expect([paced(), paced(0), paced(10, 0), paced(10, 0, 100, 0)]).toEqual([100, 100, 10, 100]);
});

const rest = (forWhat: string): RunEvent => ({ type: 'waiting', step: 'convert.1', waiting: { forWhat, blockers: [], attempt: 0, attempts: 0, retryInMs: null } });

test('the rests of a slowed run are no news, and another wait among them is', () => {
  const on: RunEvent = { type: 'waited', step: 'convert.1' };
  const slow = (done: number): RunEvent[] => [rest(slowedTo(25)), on, progress(done)];
  expect(logLines(stored([START, ...slow(1), ...slow(2), rest(slowedTo(25)), rest('a replica: behind'), on, ...slow(3)])).map((line) => line.text)).toEqual(['copy: 3 of 1,000', 'waits no longer', 'waits for a replica: behind', 'copy: 2 of 1,000', 'started, backend pid 77']);
});

const wait = (attempt: number): RunEvent => ({ type: 'waiting', step: 'convert.1', waiting: { ...WAITING, attempt } });

describe('tries for a lock', () => {
  test('only the last stands, and what came before the first stays', () => {
    const lock: RunEvent = { type: 'statement', step: 'convert.1', index: 0, label: 'lock' };
    const lines = logLines(stored([START, lock, wait(1), START, lock, wait(2), START, lock, wait(3), { type: 'waited', step: 'convert.1' }, { type: 'statement', step: 'convert.1', index: 1, label: 'copy' }]));
    expect(lines.map((line) => line.text.replace(/waits for.*try/, 'try'))).toEqual(['copy', 'waits no longer', 'try 3 of 40', 'lock', 'started, backend pid 77']);
  });
  test('what is brought up to date before each try does not keep the tries apart', () => {
    const caughtUp: RunEvent = { type: 'progress', step: 'convert.1', label: '3 changed keys wait', done: 0, total: null };
    const lines = logLines(stored([caughtUp, START, wait(1), caughtUp, START, wait(2), caughtUp, START, { type: 'step_applied', step: 'convert.1', rows: 0, ms: 5, xid: '1', assertions: [], found: false }]));
    expect(lines.map((line) => line.text.replace(/waits for.*try/, 'try'))).toEqual(['committed, 5 ms', 'started, backend pid 77', 'try 2 of 40', 'started, backend pid 77', '3 changed keys wait: 0 rows']);
  });
  test('several locks are said once per mode', () => {
    expect(shortLocks('ACCESS EXCLUSIVE on public.a, ACCESS EXCLUSIVE on s.b, SHARE on public.c')).toBe('ACCESS EXCLUSIVE on a, s.b; SHARE on c');
    expect(shortLocks('a free worker')).toBe('a free worker');
  });
});

describe('what a page says while a run waits, and when it failed', () => {
  test('between two tries the statement stands, so that the page does not move', () => {
    const queued = newRun('forward', ['convert.1']);
    const lock: RunEvent = { type: 'statement', step: 'convert.1', index: 0, label: 'lock' };
    const events = stored([START, lock, wait(1), { ...START, attempt: 2 }]);
    const [step] = events.reduce(reduce, queued).steps;
    expect([step?.statement, step && lastStatement(events, step)]).toEqual([null, 'lock']);
    const first = stored([START]);
    const [begun] = first.reduce(reduce, queued).steps;
    expect(begun && lastStatement(first, begun)).toBeNull();
  });
  test('why a step failed is said once in the log', () => {
    const lines = logLines(stored([START, { type: 'step_failed', step: 'convert.1', sentence: 'No lock.', errorId: null }, { type: 'ended', state: 'failed', sentence: 'No lock.' }]));
    expect(lines.map((line) => line.text)).toEqual(['ended: failed', 'No lock.', 'started, backend pid 77']);
  });
  test('home names who holds the lock, and never calls a run running that nobody carries on', () => {
    const run = { state: 'running', kind: 'forward', waiting: WAITING, workerLost: false } as const;
    expect(runningSentence(run)).toBe('Waits for ACCESS EXCLUSIVE on exports, held by pid 4711 (reports, active, 38 s).');
    expect(runningSentence({ ...run, workerLost: true })).toBe('Its worker is lost; it goes on as soon as one reports.');
    expect(runningSentence({ ...run, state: 'queued', waiting: null, workerLost: true })).toBe('Waits for a worker.');
    expect(runningSentence({ ...run, kind: 'rollback', waiting: null })).toBe('Rolling back; waits for nothing.');
  });
});

describe('who carries the run on', () => {
  const at = '2025-08-01T09:52:00.000Z';
  const after = (ms: number) => Date.parse(at) + ms;
  test('of the worker that has it, how long ago it was seen', () => {
    const held = { workerHolds: true, workerSeenAt: at };
    expect([400, 3_000, 9_000].map((ms) => workerText(held, after(ms)))).toEqual(['alive', 'alive 3 s ago', 'last seen 9 s ago']);
  });
  test('of a run that none has, never that its worker is alive', () => {
    const free = { workerHolds: false, workerSeenAt: at };
    expect([400, 9_000].map((ms) => workerText(free, after(ms)))).toEqual(['none has the run; one is free', 'none runs; one was seen 9 s ago']);
    expect(workerText({ workerHolds: false, workerSeenAt: null }, after(0))).toBe('none has been seen yet');
  });
});

describe('words of a run', () => {
  test('waiting names lock, holder, age and try', () => {
    expect(waitingSentence(WAITING)).toBe('ACCESS EXCLUSIVE on exports, held by pid 4711 (reports, active, 38 s); next try in 400 ms, try 6 of 40');
  });
  test('the present step is the one at work, then the next one', () => {
    const queued = newRun('forward', ['convert.1', 'convert.2']);
    expect(presentStep(queued)?.step).toBe('convert.1');
    const applied = stored([START, { type: 'step_applied', step: 'convert.1', rows: 1, ms: 1, xid: '1', assertions: [], found: false }]).reduce(reduce, queued);
    expect(presentStep(applied)?.step).toBe('convert.2');
  });
  test('what is read out moves in quarters', () => {
    const view = stored([START, progress(610)]).reduce(reduce, newRun('forward', ['convert.1']));
    expect(spoken(view, 'running', new Map([['convert.1', 'copy the rows']]), 61)).toBe('The run is running. Step 1 of 1, copy the rows. 50 percent.');
  });
});
