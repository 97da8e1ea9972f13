import { describe, expect, test } from 'vitest';
import type { Delta } from './diff.ts';
import { draftDifferences, draftOutdated, draftStep, draftVerdict, NOTHING_CHECKED, restToCheck, stepWithout } from './draft-check.ts';
import type { Phase, Step } from './plan.ts';
import type { PhaseState } from './standing.ts';

function delta(id: string, attributes: Delta['attributes'] = []): Delta {
  const [change = '', ...rest] = id.split(':');
  const objectId = rest.join(':');
  return { id, change: change as Delta['change'], kind: 'column', objectId, group: objectId, current: null, desired: null, attributes, carries: [] };
}
const PLAN = { target: 'prod', keepSchema: 'countersign_1', phases: [{ id: 'one' }, { id: 'two' }] as unknown as Phase[], deltaIds: ['change:column:public.t.a'] };
const type = (current: string) => [{ name: 'type', current, desired: 'uuid' }];
const counts = (change: Partial<typeof NOTHING_CHECKED.counts>) => ({ broken: null, passed: [], counts: { ...NOTHING_CHECKED.counts, ...change } });

const passed = (...whys: ('open' | 'manual' | 'kept' | 'dump' | 'rows')[]) => ({ ...counts({}), passed: whys.map((why, at) => ({ phase: 'two', step: `two.${at}`, title: 's', why })) });

describe('what differs after the plan', () => {
  test('is told apart: decided by people, brought by the plan, meant and not settled, and left as it was', () => {
    const before = [delta('change:column:public.t.a', type('text')), delta('change:column:public.t.b', type('text')), delta('add:schema:auth'), delta('change:column:public.t.c', type('text'))];
    const after = [delta('add:schema:auth'), delta('change:column:public.t.a', type('text')), delta('change:column:public.t.b', type('text')), delta('change:column:public.t.c', type('bigint')), delta('remove:column:public.t.n')];
    const { counts: found, differences } = draftDifferences(before, after, PLAN, new Map([['add:schema:auth', 'not_needed']]));
    expect(found).toEqual({ decided: 1, brought: 2, unsettled: 1, left: 1 });
    expect(differences.map(({ deltaId, cause }) => [cause, deltaId])).toEqual([
      ['brought', 'change:column:public.t.c'], ['brought', 'remove:column:public.t.n'], ['unsettled', 'change:column:public.t.a'], ['left', 'change:column:public.t.b'], ['decided', 'add:schema:auth'],
    ]);
    expect(differences[0]?.attributes).toEqual([{ name: 'type', made: 'bigint', wanted: 'uuid' }]);
  });
});

const isRows = (sql: string) => sql.startsWith('INSERT');

describe('the sentence', () => {
  test.each([
    [{}, 'equal', 'After this plan prod equals dev.'],
    [{ decided: 1 }, 'equal', 'After this plan prod equals dev except for 1 difference that people decided on.'],
    [{ left: 3, decided: 2 }, 'differs', 'After this plan prod equals dev except for 3 differences that it does not cover. 2 more were decided.'],
    [{ brought: 1, unsettled: 1, left: 1 }, 'differs', 'After this plan prod equals dev except for 3 differences: 1 that it brings itself, 1 that it was made for and does not settle, 1 that it does not cover.'],
  ] as const)('of %j says so', (change, state, sentence) => {
    expect(draftVerdict(PLAN, 'dev', counts(change))).toEqual({ state, sentence });
  });

  test('says what was left out: steps that are open or a person’s, and what is kept aside while clean-up is still to come', () => {
    expect(draftVerdict(PLAN, 'dev', passed('open', 'manual', 'dump', 'rows'))).toEqual({ state: 'equal', sentence: 'After this plan prod equals dev. Not in this: 2 steps that are open or a person’s to do.' });
    expect(draftVerdict(PLAN, 'dev', { ...passed('kept'), standing: ['one'] }).sentence).toBe('After the rest of this plan, phase 2, prod equals dev. What applied phases keep aside in countersign_1 still stands and is not compared: 1 step over it was not tried.');
  });

  test('of a plan that has begun speaks of the phases that are left', () => {
    expect(draftVerdict(PLAN, 'dev', { ...counts({ left: 1 }), standing: ['one'] }).sentence).toBe('After the rest of this plan, phase 2, prod equals dev except for 1 difference that it does not cover.');
  });

  test('of a step that does not work names phase, step and reason, and claims nothing about the rest', () => {
    const broken = { phase: 'two', step: 'two.1', title: 'Add the key', sentence: 'The statement “key” was refused by the database: a table does not exist (42P01).' };
    expect(draftVerdict(PLAN, 'dev', { ...counts({ left: 4 }), broken })).toEqual({ state: 'failed', sentence: `On an empty clone of prod this plan stops in phase 2, step “Add the key”: ${broken.sentence}` });
  });
});

describe('what is carried out', () => {
  const phases = [{ id: 'one', title: 'First' }, { id: 'two', title: 'Second' }, { id: 'three', title: 'Third' }];
  const at = (...states: PhaseState[]) => restToCheck(phases, new Map(states.map((state, index) => [phases[index]?.id ?? '', { state }])));

  test('are the phases that do not stand, on the target with the others', () => {
    expect(at()).toEqual({ standing: [], rest: ['one', 'two', 'three'] });
    expect(at('applied', 'deviated', 'rolled_back')).toEqual({ standing: ['one', 'two'], rest: ['three'] });
  });

  test.each([
    [['applied', 'running'], '“Second” is running: the draft can be checked when the run has ended.'],
    [['applied', 'partial'], '“Second” ended in the middle, and a draft check begins behind whole phases. Roll it back, or go on after what stands; then check again.'],
    [['applied', 'applied', 'applied'], 'Every phase of this plan has been applied: compare the two sides instead.'],
  ] as const)('is nothing where phases are %j, and why is said', (states, not) => {
    expect(at(...states)).toEqual({ not });
  });
});

test('a check is outdated by another version, another side, a run, or another schema of either side, and by nothing else', () => {
  const check = { version: 2, desired: 'dev', content: { target: { fingerprint: 'a', takenAt: '' }, desired: { fingerprint: 'b', takenAt: '' } } };
  const now = { version: 2, desired: 'dev', targetFingerprint: 'a', desiredFingerprint: 'b', standing: [] };
  expect(draftOutdated(check, now)).toBeNull();
  expect(draftOutdated(check, { ...now, version: 3 })).toBe('It was of version 2; the plan is at version 3.');
  expect(draftOutdated(check, { ...now, desired: 'other' })).toBe('It was made with dev.');
  expect(draftOutdated(check, { ...now, standing: ['one'] })).toBe('A phase of this plan has been run since.');
  const behind = { ...check, content: { ...check.content, standing: ['one'] } };
  expect(draftOutdated(behind, { ...now, standing: ['one'] })).toBeNull();
  expect(draftOutdated(behind, { ...now, standing: ['one', 'two'] })).toBe('A phase of this plan has been run since.');
  expect(draftOutdated(behind, now)).toBe('A phase of this plan has been rolled back since.');
  expect(draftOutdated(check, { ...now, targetFingerprint: 'c' })).toBe('The target has another schema since.');
  expect(draftOutdated(check, { ...now, desiredFingerprint: 'c' })).toBe('dev has another schema since.');
  expect(draftOutdated(check, { ...now, targetFingerprint: null, desiredFingerprint: null })).toBeNull();
});

describe('on a clone without rows', () => {
  const step: Step = {
    id: 's', title: 'S', undo: [], locks: [], rewrite: false, hazards: [], editable: true,
    statements: [{ do: 'execute', label: 'table', sql: 'CREATE TABLE t ()' }, { do: 'execute', label: 'row', sql: 'INSERT INTO t DEFAULT VALUES' }, { do: 'assert', label: 'rows', sql: 'SELECT 1', expect: { from: 'literal', value: '134' } }],
  };

  test('what people expect of an answer is asked and not compared; what the planner expects is compared', () => {
    const written = draftStep({ kind: 'written' }, step);
    expect('run' in written && written.run.statements[2]).toMatchObject({ do: 'assert', expect: { from: 'any' } });
    expect(draftStep({ kind: 'convert' }, step)).toEqual({ run: step });
  });

  test('steps of people, open steps and dumps are passed over by name', () => {
    expect(draftStep({ kind: 'written' }, { ...step, work: { kind: 'open', text: '', language: '', why: 'placeholder', sentence: '', at: { line: 1, column: 1 } } })).toEqual({ pass: 'open' });
  });

  test('a step whose rows cannot be written is tried without them, and only where something else is left', () => {
    expect(stepWithout(step, isRows)?.statements.map(({ label }) => label)).toEqual(['table', 'rows']);
    expect(stepWithout({ ...step, statements: step.statements.slice(1, 2) }, isRows)).toBeNull();
    expect(stepWithout({ ...step, statements: step.statements.slice(0, 1) }, isRows)).toBeNull();
  });
});
