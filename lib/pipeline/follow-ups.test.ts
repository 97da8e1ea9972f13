import { expect, test } from 'vitest';
import { followUpsOf, isDue, type KeptFollowUp } from './follow-ups.ts';
import type { Phase, Plan } from './plan.ts';
import type { PhaseStanding } from './standing.ts';

function phase(id: string, kind: Phase['kind'], due: Phase['due'] = null): Phase {
  return { id, kind, title: `Phase ${id}`, summary: '', steps: [], checks: [], verifications: [], price: [], touches: [], requires: [], orphanDecisions: {}, destructive: false, pointOfNoReturn: false, due };
}

const PHASES = [phase('convert', 'convert'), phase('empty', 'empty'), phase('cleanup', 'cleanup', { afterPhase: 'empty', hours: 48 })];
const PLAN: Plan = {
  id: 'p', name: 'Sprint', target: 'prod', desired: 'dev', basis: { current: '', desired: '' }, keepSchema: 'k', deltaIds: [], tolerance: { rowsPercent: 10 }, windowHours: 24, phases: PHASES,
  decisions: [{ deltaId: 'add:schema:auth', verdict: 'later', reason: 'not now' }], followUps: [{ id: '7', title: 'Look at the old tables', hours: 72 }, { id: '8', title: 'Tell support', hours: null }],
};

/** How phases stand, by when they were applied. */
function standing(applied: Readonly<Record<string, string>>): Map<string, PhaseStanding> {
  return new Map(PHASES.map(({ id }) => [id, { state: applied[id] ? 'applied' : 'pending', standingSteps: [], forwardRunId: applied[id] ? `run-${id}` : null, appliedAt: applied[id] ?? null, activeRunId: null }]));
}

const HALF = standing({ convert: '2026-01-01T00:00:00.000Z' });
const DONE = standing({ convert: '2026-01-01T00:00:00.000Z', empty: '2026-01-01T02:00:00.000Z' });
const spelled = (standings: Map<string, PhaseStanding>, kept: KeptFollowUp[] = []) => followUpsOf(PLAN, standings, kept).map((one) => `${one.key}: ${one.state} ${one.dueAt?.slice(0, 16) ?? '-'}`);

function kept(key: string, more: Partial<KeptFollowUp> = {}): KeptFollowUp {
  return { key, title: 'Said by hand', dueAt: null, owner: null, addedBy: 'Ada', state: 'open', end: null, ...more };
}

test('what a text or a decision leaves to do counts from the last phase, and has no time while one is missing', () => {
  expect(spelled(HALF)).toEqual(['reconnect run-convert: open 2026-01-01T01:00', 'phase cleanup: open -', 'text 7: open -', 'text 8: open -', 'later add:schema:auth: open -']);
  expect(spelled(DONE)).toEqual(['reconnect run-convert: open 2026-01-01T01:00', 'text 8: open 2026-01-02T02:00', 'later add:schema:auth: open 2026-01-02T02:00', 'phase cleanup: open 2026-01-03T02:00', 'text 7: open 2026-01-04T02:00']);
});

test('an item of a phase closes itself when the phase has run, and is open again when the phase was taken back', () => {
  const all = followUpsOf(PLAN, standing({ convert: '2026-01-01T00:00:00.000Z', empty: '2026-01-01T02:00:00.000Z', cleanup: '2026-01-04T00:00:00.000Z' }), []);
  expect(all.find((one) => one.key === 'phase cleanup')).toMatchObject({ state: 'done', end: { by: null, at: '2026-01-04T00:00:00.000Z' } });
  expect(followUpsOf(PLAN, DONE, []).find((one) => one.key === 'phase cleanup')).toMatchObject({ state: 'open', end: null });
});

test('what a person said stands beside the item, whatever time the item has now; what a person added is there without the plan', () => {
  const end = { by: 'Ola', at: '2026-01-05T00:00:00.000Z', note: 'told them' };
  const all = followUpsOf(PLAN, DONE, [kept('text 8', { state: 'done', end, owner: { id: 'o', name: 'Ola' } }), kept('hand 1', { dueAt: '2026-01-01T01:30:00.000Z' })]);
  expect(all.find((one) => one.key === 'text 8')).toMatchObject({ title: 'Tell support', state: 'done', end, owner: { name: 'Ola' }, addedBy: null });
  expect(all.find((one) => one.key === 'hand 1')).toMatchObject({ title: 'Said by hand', state: 'open', addedBy: 'Ada' });
  expect(all.at(-1)?.key).toBe('text 8');
});

test('of what the plan does not ask for any more, only what has ended is kept', () => {
  const end = { by: 'Ola', at: '2026-01-05T00:00:00.000Z', note: 'gone' };
  expect(spelled(DONE, [kept('text gone', { state: 'dropped', end }), kept('text forgotten')]).filter((line) => line.includes('text gone') || line.includes('forgotten'))).toEqual(['text gone: dropped -']);
});

test('an item without a time is never due, one that has ended neither', () => {
  const now = new Date('2026-02-01T00:00:00Z');
  expect([isDue({ state: 'open', dueAt: null }, now), isDue({ state: 'done', dueAt: '2026-01-01T00:00:00Z' }, now), isDue({ state: 'open', dueAt: '2026-01-01T00:00:00Z' }, now), isDue({ state: 'open', dueAt: '2026-03-01T00:00:00Z' }, now)]).toEqual([false, false, true, false]);
});
