import { describe, expect, test } from 'vitest';
import type { Phase, Plan, Step } from '../plan.ts';
import { handPlan } from './new-plan.ts';
import { emptyPhase } from './phases.ts';
import { movedIds, versionDiff } from './version-diff.ts';

function step(id: string, sql: string, more: Partial<Step> = {}): Step {
  return { id, title: `Step ${id}`, statements: [{ do: 'execute', label: sql, sql }], undo: [], locks: [], rewrite: false, hazards: [], editable: true, ...more };
}

function phase(id: string, steps: readonly Step[], more: Partial<Phase> = {}): Phase {
  return { ...emptyPhase(id, `Phase ${id}`), steps, ...more };
}

function planOf(...phases: Phase[]): Plan {
  return { ...handPlan({ id: '6d1f2a30-0000-4000-8000-000000000001', name: 'x', target: 'prod', desired: 'prod', basis: { current: '', desired: '' }, tolerance: { rowsPercent: 5 }, windowHours: 72 }), phases };
}

describe('versionDiff', () => {
  test('of equal versions is nothing', () => {
    expect(versionDiff(planOf(phase('a', [step('a.1', 'A')])), planOf(phase('a', [step('a.1', 'A')])))).toEqual([]);
  });

  test('names what came, went, moved and changed, with both texts', () => {
    const before = planOf(phase('a', [step('a.1', 'A'), step('a.2', 'B'), step('a.5', 'E'), step('a.3', 'C')]));
    const after = planOf(phase('a', [step('a.3', 'C'), step('a.1', 'A2', { undo: [{ do: 'execute', label: 'u', sql: 'undo A' }] }), step('a.5', 'E'), step('a.4', 'D')]));
    expect(versionDiff(before, after)).toMatchObject([{
      id: 'a', number: 1, changes: ['changed'],
      steps: [
        { id: 'a.3', number: 1, changes: ['moved'], texts: [] },
        { id: 'a.1', number: 2, changes: ['changed'], texts: [{ what: 'SQL', before: 'A;', after: 'A2;' }, { what: 'Undo', before: '', after: 'undo A;' }] },
        { id: 'a.4', number: 4, changes: ['added'], texts: [{ what: 'SQL', before: null, after: 'D;' }] },
        { id: 'a.2', number: 2, changes: ['removed'], texts: [{ what: 'SQL', before: 'B;', after: null }] },
      ],
    }]);
  });

  test('follows a step from phase to phase instead of telling its text twice', () => {
    const before = planOf(phase('a', [step('a.1', 'A'), step('a.2', 'B')]), phase('b', []));
    const after = planOf(phase('a', [step('a.1', 'A')]), phase('b', [step('a.2', 'B')]));
    expect(versionDiff(before, after).map((one) => [one.id, one.steps.map((each) => [each.id, each.changes, each.said, each.texts.length])])).toEqual([['b', [['a.2', ['moved'], ['It came from “Phase a”.'], 0]]]]);
  });

  test('names phases that came, went and changed places, and what else of them is different', () => {
    const before = planOf(phase('a', []), phase('b', []), phase('c', [step('c.1', 'C')]));
    const after = planOf(phase('b', [], { due: { afterPhase: 'a', hours: 48 } }), phase('a', [], { title: 'First' }), phase('d', []));
    expect(versionDiff(before, after).map(({ id, changes, said }) => ({ id, changes, said }))).toEqual([
      { id: 'b', changes: ['changed'], said: ['It waits for 48 h.'] },
      { id: 'a', changes: ['moved', 'changed'], said: ['Its title was “Phase a”.'] },
      { id: 'd', changes: ['added'], said: [] },
      { id: 'c', changes: ['removed'], said: [] },
    ]);
  });
});

test('as few as possible count as moved', () => {
  expect([...movedIds(['a', 'b', 'c', 'd'], ['d', 'a', 'b', 'c'])]).toEqual(['d']);
  expect([...movedIds(['a', 'b', 'c'], ['x', 'a', 'c', 'b', 'y'])]).toHaveLength(1);
  expect([...movedIds([], ['a'])]).toEqual([]);
});
