import { expect, test } from 'vitest';
import type { Step } from './plan.ts';
import type { OutsideAct } from './step-kinds/outside.ts';
import { dueTime, leavesSomething, phaseStanding, planStanding, staysForGood, type RunSummary } from './standing.ts';

const phases = [{ id: 'convert', kind: 'convert' }, { id: 'empty', kind: 'empty' }, { id: 'validate', kind: 'validate' }];

function run(phaseId: string, kind: RunSummary['kind'], endedAt: string): RunSummary {
  return { id: `${phaseId}-${kind}-${endedAt}`, phaseId, kind, state: 'applied', doneSteps: [`${phaseId}.1`], endedAt };
}

const all = [run('convert', 'forward', '2026-01-01T10:00:00.000Z'), run('empty', 'forward', '2026-01-02T10:00:00.000Z'), run('validate', 'forward', '2026-01-02T11:00:00.000Z')];

function states(runs: readonly RunSummary[]): Record<string, string> {
  return Object.fromEntries([...planStanding(phases, runs)].map(([id, standing]) => [id, standing.state]));
}

test('a validation counts while everything before it stands', () => {
  expect(states(all)).toEqual({ convert: 'applied', empty: 'applied', validate: 'applied' });
});

test('a validation no longer counts once a phase before it was rolled back, nor after that phase ran again', () => {
  const back = [...all, run('convert', 'rollback', '2026-01-02T12:00:00.000Z')];
  expect(states(back)).toEqual({ convert: 'rolled_back', empty: 'applied', validate: 'pending' });
  expect(states([...back, run('convert', 'forward', '2026-01-02T13:00:00.000Z')])).toMatchObject({ convert: 'applied', validate: 'pending' });
});

test('a phase that was taken back can go forward again, also where some of its steps have nothing to take back', () => {
  const forward = { ...run('convert', 'forward', '2026-01-01T10:00:00.000Z'), doneSteps: ['convert.1', 'convert.2', 'convert.3'] };
  const back = { ...run('convert', 'rollback', '2026-01-01T11:00:00.000Z'), doneSteps: ['convert.2', 'convert.1'] };
  const half = { ...back, state: 'failed' as const, doneSteps: ['convert.2'] };
  expect(planStanding(phases, [forward, back]).get('convert')).toMatchObject({ state: 'rolled_back', standingSteps: [], forwardRunId: null });
  expect(planStanding(phases, [forward, half]).get('convert')).toMatchObject({ state: 'partial', standingSteps: ['convert.1', 'convert.3'] });
});

test('clean-up falls due when the last of the windows closes, not the first', () => {
  const cleanup = { due: { afterPhase: 'convert', hours: 48 }, requires: ['convert', 'empty'] };
  expect(dueTime(cleanup, planStanding(phases, all))).toBe('2026-01-04T10:00:00.000Z');
  expect(dueTime(cleanup, planStanding(phases, all.slice(1)))).toBeNull();
  expect(dueTime({ due: null, requires: [] }, planStanding(phases, all))).toBeNull();
});

const blank: Step = { id: 'w.1', title: 'x', statements: [], undo: [], locks: [], rewrite: false, hazards: [], editable: true };
const asks: Step = { ...blank, statements: [{ do: 'assert', label: 'l', sql: 'SELECT 1', expect: { from: 'any' } }] };
const person: Step = { ...blank, id: 'w.2', work: { kind: 'manual', instruction: 'Stop it.' } };
const changes: Step = { ...blank, id: 'w.3', statements: [{ do: 'execute', label: 'l', sql: 'UPDATE t SET a = 1' }] };

test('questions, dumps and what a person did elsewhere leave nothing to take back; changes do, and so does what a person takes back', () => {
  expect([asks, person].map(leavesSomething)).toEqual([false, false]);
  expect([changes, { ...person, undoWork: person.work }, { ...person, statements: changes.statements }].map((step) => leavesSomething(step as Step))).toEqual([true, true, true]);
});

test('a proof, a copy into a table that another step made and a vacuum leave nothing to take back: a swap that stopped behind its proof is run again', () => {
  const feed: Step = { ...blank, work: { kind: 'feed', feed: { tables: [], errors: { schema: 's', name: 'e' }, direction: 'forward' }, copy: false, until: 0, proof: true, alsoTrue: [] } };
  const outside = (act: OutsideAct): Step => ({ ...blank, work: { kind: 'outside', act } });
  const table = { schema: 'public', name: 't' };
  expect([feed, outside({ act: 'vacuum', table }), outside({ act: 'reindex', table, index: table })].map(leavesSomething)).toEqual([false, false, false]);
  expect(leavesSomething(outside({ act: 'detach_partition', parent: table, child: table }))).toBe(true);
  const stopped: RunSummary = { ...run('w', 'forward', '2026-01-01T10:00:00.000Z'), state: 'failed', doneSteps: ['w.1'] };
  const swap: Step = { ...changes, id: 'w.2', undo: changes.statements };
  for (const proof of [feed, { ...feed, undo: changes.statements }]) expect(phaseStanding([stopped], { steps: [proof, swap] })).toMatchObject({ state: 'pending', standingSteps: [], forwardRunId: null });
  const looksBack = { steps: [{ ...feed, undo: changes.statements }, swap] };
  const through: RunSummary = { ...stopped, state: 'applied', doneSteps: ['w.1', 'w.2'] };
  expect(phaseStanding([through], looksBack).standingSteps, 'its way back belongs to that of the swap').toEqual(['w.1', 'w.2']);
  expect(phaseStanding([through, { ...stopped, kind: 'rollback', doneSteps: ['w.2'] }], looksBack)).toMatchObject({ state: 'partial', standingSteps: ['w.1'] });
});

test('a run that ended behind such steps alone leaves its phase as it was, so that it can be run again; behind a change it is half done', () => {
  const ended: RunSummary = { ...run('w', 'forward', '2026-01-01T10:00:00.000Z'), state: 'failed', doneSteps: ['w.1', 'w.2'] };
  const phase = { steps: [asks, person, changes] };
  expect(phaseStanding([ended], phase)).toMatchObject({ state: 'pending', standingSteps: [], forwardRunId: null });
  expect(phaseStanding([{ ...ended, doneSteps: ['w.1', 'w.2', 'w.3'] }], phase)).toMatchObject({ state: 'partial', standingSteps: ['w.3'] });
});

test('what nothing takes back stands after a rollback of the rest, and no longer once the phase names it as left', () => {
  const undone: Step = { ...changes, id: 'w.1', undo: changes.statements };
  const final: Step = { ...changes, id: 'w.2', hazards: [{ code: 'NOT_REVERSIBLE', sentence: 'gone' }] };
  const rest: Step = { ...changes, id: 'w.3' };
  const forward: RunSummary = { ...run('w', 'forward', '2026-01-01T10:00:00.000Z'), state: 'failed', doneSteps: ['w.1', 'w.2'] };
  const back: RunSummary = { ...run('w', 'rollback', '2026-01-01T11:00:00.000Z'), doneSteps: ['w.1'] };
  expect([undone, final, rest].map(staysForGood)).toEqual([false, true, false]);
  expect(phaseStanding([forward, back], { steps: [undone, final, rest] })).toMatchObject({ state: 'partial', standingSteps: ['w.2'], forwardRunId: forward.id });
  const left = [{ id: 'w.2', title: 'x' }];
  expect(phaseStanding([forward, back], { steps: [undone, rest], left })).toMatchObject({ state: 'rolled_back', standingSteps: [], forwardRunId: null });
  expect(phaseStanding([{ ...forward, doneSteps: ['w.2'] }], { steps: [undone, rest], left })).toMatchObject({ state: 'pending', standingSteps: [] });
});
