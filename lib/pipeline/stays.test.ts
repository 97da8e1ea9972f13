import { expect, test } from 'vitest';
import { phaseOf } from '#lib/testing/phase.ts';
import type { Phase, Step } from './plan.ts';
import { rollbackWords, stayingSteps, staysSentence, staysWhole } from './stays.ts';

const change = [{ do: 'execute' as const, label: 'x', sql: 'UPDATE t SET a = 1' }];
const step = (title: string, over: Partial<Step> = {}): Step => ({ id: title, title, statements: change, undo: change, locks: [], rewrite: false, hazards: [], editable: false, ...over });
const final = (title: string): Step => step(title, { undo: [], hazards: [{ code: 'NOT_REVERSIBLE', sentence: 'The values are kept nowhere.' }] });
const phase = (title: string, steps: readonly Step[], over: Partial<Phase> = {}) => phaseOf([], { title, steps, ...over });

test('a plan says of which phases nothing, or only a part, is taken back, and never that a rollback is possible for them', () => {
  const [back, none, part] = [phase('a', [step('s')]), phase('b', [final('f')]), phase('c', [step('s'), final('f')])];
  const cleanup = phase('Drop 3 tables', [final('f')], { pointOfNoReturn: true });
  expect(rollbackWords([back, back])).toBe('possible for every phase');
  expect(rollbackWords([back, cleanup])).toBe('possible until phase 2, “Drop 3 tables”');
  expect(rollbackWords([cleanup, back])).toBe('none from phase 1, “Drop 3 tables”, on');
  expect(rollbackWords([back, none])).toBe('not for phase 2');
  expect(rollbackWords([none, back, none, part, cleanup])).toBe('not for phases 1 and 3, only in part for phase 4, else until phase 5, “Drop 3 tables”');
});

test('a step says why it stays; one whose effect goes with another, a question, and a phase that cannot go back at all are not listed', () => {
  const asks = step('asks', { statements: [{ do: 'assert', label: 'l', sql: 'SELECT 1', expect: { from: 'literal', value: '1' } }], undo: [] });
  const rides = step('copy into the new table', { undo: [] });
  expect(stayingSteps(phase('p', [step('a'), rides, asks, final('f')]))).toEqual([{ id: 'f', title: 'f', why: 'The values are kept nowhere.' }]);
  expect(stayingSteps(phase('p', [final('f')], { pointOfNoReturn: true }))).toEqual([]);
  expect([staysWhole(phase('p', [asks, final('f')])), staysWhole(phase('p', [step('a'), final('f')])), staysWhole(phase('p', [asks]))]).toEqual([true, false, false]);
});

test('the sentence names three and counts the rest', () => {
  expect(staysSentence([])).toBe('');
  expect(staysSentence([final('a'), final('b')])).toBe(' Nothing takes back “a” and “b”.');
  expect(staysSentence(['a', 'b', 'c', 'd', 'e'].map(final))).toBe(' Nothing takes back “a”, “b”, “c” and 2 more.');
});
