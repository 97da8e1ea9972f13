import { expect, test } from 'vitest';
import { type AssertionResult, type Command, expectedOf, newRun, nextCommand, reduce, type RunEvent, type RunKind, type RunView, type StoredRunEvent, TERMINAL_STATES } from './run.ts';

const STEPS = ['a', 'b', 'c'];
const AT = '2026-01-01T00:00:00.000Z';

function told(events: readonly RunEvent[], kind: RunKind = 'forward', steps: readonly string[] = STEPS): RunView {
  return events.map((event, index): StoredRunEvent => ({ seq: index + 1, at: AT, event })).reduce(reduce, newRun(kind, steps));
}

const claimed = (attempt = 1): RunEvent => ({ type: 'claimed', worker: 'w', attempt });
const checked: RunEvent = { type: 'checked', movements: [], facts: { 'rows|rows|': '134' } };
const started = (step: string, attempt = 1): RunEvent => ({ type: 'step_started', step, attempt, pid: 7, backendStart: 't', xid: '900' });
const applied = (step: string): RunEvent => ({ type: 'step_applied', step, rows: 1, ms: 1, xid: '900', assertions: [], found: false });
const absent = (step: string): RunEvent => ({ type: 'step_absent', step, sentence: 'not there' });
const waiting = (step: string, attempt: number): RunEvent => ({ type: 'waiting', step, waiting: { forWhat: 'x', blockers: [], attempt, attempts: 60, retryInMs: 100 } });
const ask: RunEvent = { type: 'cancel_requested', by: 'o', reason: '' };
const fine: RunEvent = { type: 'verified', results: [{ label: 'l', expected: '1', actual: '1', ok: true }] };

test('a fresh run is checked, then its steps are done in order, then it is verified, then it ends', () => {
  expect(nextCommand(told([claimed()]))).toEqual({ do: 'check' });
  expect(nextCommand(told([claimed(), checked]))).toEqual({ do: 'step', step: 'a' });
  expect(nextCommand(told([claimed(), checked, started('a'), applied('a')]))).toEqual({ do: 'step', step: 'b' });
  const all = [claimed(), checked, ...STEPS.flatMap((step) => [started(step), applied(step)])];
  expect(nextCommand(told(all))).toEqual({ do: 'verify' });
  expect(nextCommand(told([...all, fine]))).toEqual({ do: 'end', state: 'applied', sentence: 'Applied and verified.' });
  expect(nextCommand(told([...all, fine, { type: 'ended', state: 'applied', sentence: 'x' }]))).toEqual({ do: 'nothing' });
});

test('a step that was under way when its worker died is looked up before anything else', () => {
  const run = told([claimed(), checked, started('a'), applied('a'), started('b'), claimed(2)]);
  expect(run.steps.map((step) => step.state)).toEqual(['applied', 'in_doubt', 'pending']);
  expect(nextCommand(run)).toEqual({ do: 'resolve', step: 'b' });
  expect(run.steps[1]).toMatchObject({ xid: '900', pid: 7, backendStart: 't' });
});

test('in doubt comes before cancelling: nobody leaves a target whose state is not known', () => {
  expect(nextCommand(told([claimed(), checked, started('a'), ask, claimed(2)]))).toEqual({ do: 'resolve', step: 'a' });
  expect(nextCommand(told([claimed(), checked, started('a'), ask, claimed(2), absent('a')]))).toMatchObject({ do: 'end', state: 'cancelled', sentence: 'Cancelled; nothing was changed.' });
});

test('a second attempt checks again while nothing has been changed, and never after that', () => {
  expect(nextCommand(told([claimed(), checked, claimed(2)]))).toEqual({ do: 'check' });
  expect(nextCommand(told([claimed(), checked, started('a'), applied('a'), claimed(2)]))).toEqual({ do: 'step', step: 'b' });
  expect(told([claimed(), checked, started('a'), applied('a'), claimed(2)])).toMatchObject({ state: 'running', facts: { 'rows|rows|': '134' } });
});

test('a step of several transactions that has begun counts as a change: what it moved must not refuse the next attempt', () => {
  const begun: RunEvent = { type: 'step_started', step: 'a', attempt: 1, pid: 1, backendStart: 'b', xid: null };
  const absent: RunEvent = { type: 'step_absent', step: 'a', sentence: 's' };
  expect(nextCommand(told([claimed(), checked, begun, claimed(2), absent]))).toEqual({ do: 'step', step: 'a' });
});

test('a cancel that comes when every step is done does not stop the verification', () => {
  expect(nextCommand(told([claimed(), checked, ...STEPS.flatMap((step) => [started(step), applied(step)]), ask]))).toEqual({ do: 'verify' });
});

test('movements refuse the run, also when the worker dies between finding and saying so', () => {
  const moved: RunEvent = { type: 'checked', movements: [{ what: 'w', sentence: 'It moved.' }] };
  expect(nextCommand(told([claimed(), moved]))).toEqual({ do: 'end', state: 'refused', sentence: 'Refused before the first step; nothing was changed. What was signed has moved: It moved.' });
  expect(nextCommand(told([claimed(), moved, claimed(2)]))).toEqual({ do: 'end', state: 'refused', sentence: 'Refused before the first step; nothing was changed. What was signed has moved: It moved.' });
});

test('a deviation ends the run as deviated, with the counts', () => {
  const off: RunEvent = { type: 'verified', results: [{ label: 'l', expected: '1', actual: '2', ok: false }] };
  expect(nextCommand(told([claimed(), checked, started('a'), applied('a'), off], 'forward', ['a']))).toMatchObject({ do: 'end', state: 'deviated', sentence: '1 of 1 verifications differ from what was expected.' });
});

test('a rollback reads rolled back where a forward run reads applied', () => {
  expect(told([claimed(), checked, started('a'), applied('a')], 'rollback').steps[0]?.state).toBe('rolled_back');
  expect(nextCommand(told([claimed(), checked, started('a'), applied('a'), fine], 'rollback', ['a']))).toMatchObject({ state: 'applied', sentence: 'Rolled back and verified.' });
});

test('what is brought up to date between two tries for a lock does not end the wait; work within a try does', () => {
  const retried = { seq: 4, at: AT, event: { type: 'waiting', step: 'a', waiting: { forWhat: 'x', blockers: [], attempt: 1, attempts: 60, retryInMs: 400 } } satisfies RunEvent };
  const caughtUp = { seq: 5, at: AT, event: { type: 'progress', step: 'a', label: '3 changed keys wait', done: 0, total: null } satisfies RunEvent };
  const between = [{ seq: 3, at: '2026-01-01T00:00:05.000Z', event: started('a') }, retried, caughtUp].reduce(reduce, told([claimed(), checked]));
  expect(between.steps[0]).toMatchObject({ state: 'waiting', waiting: { attempt: 1 } });
  const again = reduce(between, { seq: 6, at: '2026-01-01T00:00:09.000Z', event: started('a', 2) });
  expect(again.steps[0]).toMatchObject({ state: 'waiting', startedAt: '2026-01-01T00:00:05.000Z', waiting: { attempt: 1, retryInMs: null } });
  expect(reduce(again, { ...caughtUp, seq: 7 }).steps[0]).toMatchObject({ state: 'running', waiting: null });
});

test('one wait over many tries keeps its beginning and stays a wait until the statement came back', () => {
  const first = { seq: 3, at: '2026-01-01T00:00:05.000Z', event: started('a') };
  const run = [first, { seq: 4, at: AT, event: waiting('a', 1) }, { seq: 5, at: '2026-01-01T00:00:09.000Z', event: started('a', 2) }, { seq: 6, at: AT, event: { type: 'statement', step: 'a', index: 0, label: 'lock' } satisfies RunEvent }].reduce(reduce, told([claimed(), checked]));
  expect(run.steps[0]).toMatchObject({ state: 'waiting', startedAt: '2026-01-01T00:00:05.000Z', waiting: { attempt: 1 } });
  expect(reduce(run, { seq: 7, at: AT, event: { type: 'waited', step: 'a' } }).steps[0]).toMatchObject({ state: 'running', waiting: null });
});

test('what is reported late about a step that is over changes nothing', () => {
  const run = told([claimed(), checked, started('a'), applied('a')]);
  for (const late of [waiting('a', 1), { type: 'statement', step: 'a', index: 0, label: 'l' }, { type: 'progress', step: 'a', label: 'l', done: 1, total: 2 }, { type: 'waited', step: 'a' }] satisfies RunEvent[]) {
    expect(reduce(run, { seq: 9, at: AT, event: late }).steps).toEqual(run.steps);
  }
});

test('an ended run stays ended, whatever is told about it, and still counts what it was told', () => {
  const over = told([claimed(), { type: 'ended', state: 'refused', sentence: 'no' }]);
  const after = [claimed(2), started('a'), ask].reduce((run, event) => reduce(run, { seq: run.lastSeq + 1, at: AT, event }), over);
  expect(after).toEqual({ ...over, lastSeq: 5 });
});

/** Small, fast, seeded: the same sequence every time. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

interface Answer {
  events: readonly RunEvent[];
  /** The step that takes effect, unless the worker dies before its start has been recorded: the executor changes nothing before that. */
  lands: string | null;
}

function only(...events: RunEvent[]): Answer {
  return { events, lands: null };
}

/** What a target and its ledger would answer to a command. `effects` counts how often each step really took effect. */
function answer(command: Command, throwDie: (sides: number) => number, effects: ReadonlyMap<string, number>): Answer {
  switch (command.do) {
    case 'check': return only(throwDie(12) === 0 ? { type: 'checked', movements: [{ what: 'w', sentence: 'moved' }] } : checked);
    case 'resolve': return only(effects.has(command.step) ? applied(command.step) : throwDie(10) === 0 ? { type: 'step_in_doubt', step: command.step, sentence: '?' } : absent(command.step));
    case 'verify': return only(throwDie(6) === 0 ? { type: 'verified', results: [{ label: 'l', expected: '1', actual: '2', ok: false }] } : fine);
    case 'end': return only({ type: 'ended', state: command.state, sentence: command.sentence });
    case 'nothing': return only();
    case 'step': return effects.has(command.step) ? only(applied(command.step)) : stepAnswer(command.step, throwDie);
  }
}

function stepAnswer(step: string, throwDie: (sides: number) => number): Answer {
  const begin = throwDie(3) === 0 ? [started(step), waiting(step, 1), started(step, 2)] : [started(step)];
  const end = throwDie(8);
  if (end === 0) return { events: [...begin, { type: 'step_failed', step, sentence: 'no', errorId: null }], lands: null };
  if (end === 1) return { events: [...begin, absent(step)], lands: null };
  const last: RunEvent = end <= 3 ? { type: 'step_in_doubt', step, sentence: '?' } : applied(step);
  return { events: [...begin, last], lands: end === 2 ? null : step };
}

test('whatever happens and wherever the worker dies: every prefix has a next command, no effect comes twice, and the run ends', () => {
  for (let seed = 1; seed <= 400; seed += 1) {
    const throwDie = dice(seed);
    const effects = new Map<string, number>();
    const kind: RunKind = seed % 2 === 0 ? 'forward' : 'rollback';
    const log: RunEvent[] = [{ type: 'requested', by: 'o', reason: '' }, claimed()];
    let attempt = 1;
    for (let rounds = 0; rounds < 400; rounds += 1) {
      const run = told(log, kind);
      const command = nextCommand(run);
      if (command.do === 'nothing') break;
      if (throwDie(40) === 0) log.push(ask);
      const { events, lands } = answer(command, throwDie, effects);
      // The worker may die after any of them: only those before are in the log, and the effect may have landed all the same.
      const cut = throwDie(6) === 0 ? throwDie(events.length + 1) : events.length;
      if (lands !== null && cut > 0) effects.set(lands, (effects.get(lands) ?? 0) + 1);
      log.push(...events.slice(0, cut));
      if (cut < events.length) log.push(claimed((attempt += 1)));
    }
    const end = told(log, kind);
    expect(TERMINAL_STATES, `seed ${seed}`).toContain(end.state);
    for (const times of effects.values()) expect(times, `seed ${seed}`).toBe(1);
    const done = end.steps.filter((step) => step.state === (kind === 'forward' ? 'applied' : 'rolled_back')).map((step) => step.step);
    expect(done, `seed ${seed}`).toEqual([...effects.keys()].sort());
    if (end.state === 'applied') expect(done).toEqual(STEPS);
    expectEveryPrefixSound(log, kind, seed);
  }
});

function expectEveryPrefixSound(log: readonly RunEvent[], kind: RunKind, seed: number): void {
  for (let length = 0; length <= log.length; length += 1) {
    const run = told(log.slice(0, length), kind);
    const command = nextCommand(run);
    expect(['check', 'resolve', 'step', 'verify', 'end', 'nothing'], `seed ${seed}`).toContain(command.do);
    const doubtful = run.steps.some((step) => step.state === 'in_doubt');
    if (doubtful && !TERMINAL_STATES.includes(run.state)) expect(command.do, `seed ${seed}`).toBe('resolve');
    if (command.do === 'step') expect(run.steps.find((step) => step.step === command.step)?.state, `seed ${seed}`).not.toMatch(/applied|rolled_back|in_doubt|failed/);
  }
}

const handStarted: RunEvent = { type: 'step_started', step: 'a', attempt: 1, pid: 7, backendStart: 't', xid: null };
const person: RunEvent = { type: 'waiting', step: 'a', waiting: { forWhat: 'a person: Stop the exporter', blockers: [], attempt: 0, attempts: 0, retryInMs: null } };
const confirmed = (by: string, verdict: 'done' | 'not_done' = 'done'): RunEvent => ({ type: 'confirmed', step: 'a', by, verdict, note: 'stopped' });
const asked = [claimed(), checked, handStarted, person];

test('a step of a person waits until somebody has answered, and the first answer is kept', () => {
  expect(told(asked).steps[0]).toMatchObject({ state: 'waiting', answer: null });
  expect(told([...asked, confirmed('Olga'), confirmed('Otto', 'not_done')]).steps[0]).toMatchObject({ state: 'running', waiting: null, answer: { by: 'Olga', verdict: 'done', note: 'stopped', at: AT } });
});

test('an answer outlives the worker that waited for it, and the target is not checked again after what a person has done', () => {
  const taken = told([...asked, confirmed('Olga'), claimed(2)]);
  expect(taken.steps[0]).toMatchObject({ state: 'in_doubt', answer: { by: 'Olga' } });
  expect(nextCommand(taken)).toEqual({ do: 'resolve', step: 'a' });
  const again = told([...asked, confirmed('Olga'), claimed(2), absent('a')]);
  expect(nextCommand(again)).toEqual({ do: 'step', step: 'a' });
  expect(again.steps[0]?.answer).toMatchObject({ by: 'Olga' });
});

test('an event of a newer worker changes nothing for an older page but the number', () => {
  const unknown = { type: 'of_the_future', step: 'a' } as unknown as RunEvent;
  expect(told([...asked, unknown])).toEqual({ ...told(asked), lastSeq: asked.length + 1 });
});

test('what was only noted is neither as expected nor off', () => {
  const fine: AssertionResult = { label: 'l', expected: 'e', actual: 'a', ok: true };
  expect(expectedOf([fine, { ...fine, ok: false }, { ...fine, noted: true }])).toEqual({ asExpected: 1, of: 2, noted: 1 });
});
