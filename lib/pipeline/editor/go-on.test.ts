import { expect, test } from 'vitest';
import type { Phase, Plan, Step } from '../plan.ts';
import { goneOn } from './go-on.ts';
import { freeStepId } from './written.ts';

const table = (name: string) => ({ schema: 'kept', name });
const step = (id: string, name: string): Step => ({ id, title: `Drop ${name}`, statements: [], undo: [], locks: [{ mode: 'ACCESS EXCLUSIVE', table: table(name) }], rewrite: false, hazards: [{ code: 'NOT_REVERSIBLE', sentence: 'gone' }], editable: true });

function plan(kind: Phase['kind']): Plan {
  const phase: Phase = { id: 'p', kind, title: 'P', summary: '', steps: [step('p.1', 'a'), step('p.2', 'b')], checks: ['a', 'b'].map((name) => ({ id: name, kind: 'rows', table: table(name) })), verifications: [], price: [{ table: table('a'), step: 'p.1', sql: '' }], touches: [], requires: [], orphanDecisions: {}, destructive: true, pointOfNoReturn: true, due: null };
  return { id: 'x', name: '', target: 't', desired: 't', basis: { current: '', desired: '' }, keepSchema: 'k', deltaIds: [], decisions: [], tolerance: { rowsPercent: 0 }, windowHours: 1, phases: [phase] };
}

test('what stands leaves the phase and is named by it; its id is never given again', () => {
  const result = goneOn(plan('written'), 'p', ['p.1']);
  const after = result.ok ? result.plan : expect.fail('refused');
  expect(after.phases[0]).toMatchObject({ steps: [{ id: 'p.2' }], left: [{ id: 'p.1', title: 'Drop a' }], price: [] });
  expect(freeStepId({ ...after, phases: after.phases.map((phase) => ({ ...phase, steps: [] })) }, 'p')).toBe('p.2');
});

test('clean-up goes on without counting what it has dropped', () => {
  const result = goneOn(plan('cleanup'), 'p', ['p.1']);
  expect(result.ok ? result.plan.phases[0]?.checks.map(({ id }) => id) : result).toEqual(['b']);
});

test('where nothing is left to run, and in phases that follow from differences, there is nothing to go on with', () => {
  expect([goneOn(plan('written'), 'p', ['p.1', 'p.2']).ok, goneOn(plan('written'), 'p', []).ok, goneOn(plan('convert'), 'p', ['p.1']).ok]).toEqual([false, false, false]);
});
