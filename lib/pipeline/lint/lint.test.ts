import { expect, test } from 'vitest';
import { factsOf, planOf } from '#lib/testing/lint-scene.ts';
import type { Plan, Step } from '../plan.ts';
import { lintPlan } from './lint.ts';
import { RULES } from './rules.ts';

const OPEN: Step = { id: 'w.9', title: 'Fill in', statements: [], undo: [], locks: [], rewrite: false, hazards: [], editable: true, work: { kind: 'open', text: '(...)', language: 'sql', why: 'placeholder', sentence: 'The columns are left out.', at: { line: 7, column: 3 } } };

function assertion(label: string, from: 'unsaid' | 'any') {
  return { do: 'assert' as const, label, sql: 'SELECT 1', expect: { from } };
}

function withSteps(plan: Plan, ...steps: Step[]): Plan {
  return { ...plan, phases: plan.phases.map((phase) => ({ ...phase, steps: [...phase.steps, ...steps] })) };
}

test('no two rules have one code, and each says what it is about in one sentence', () => {
  expect(new Set(RULES.map((rule) => rule.code)).size).toBe(RULES.length);
  for (const { code, about } of RULES) expect(`${code} ${about}`).toMatch(/^[A-Z][A-Z_]+ [A-Za-z“].*[.]$/);
});

test('an open step blocks at its place in the text', async () => {
  const found = await lintPlan(withSteps(planOf('SELECT 1'), OPEN), factsOf());
  expect(found.filter(({ code }) => code === 'STEP_OPEN')).toMatchObject([{ severity: 'blocking', sentence: 'The columns are left out.', stepId: 'w.9', at: { line: 7, column: 3 } }]);
});

test('a question without an answer blocks, in a step and after the phase; one that is only noted does not', async () => {
  const plan = withSteps(planOf('SELECT 1'), { ...OPEN, work: undefined, statements: [assertion('rows', 'unsaid'), assertion('look', 'any')] } as Step);
  const asked = { ...plan, phases: plan.phases.map((phase) => ({ ...phase, verifications: [{ label: 'after', sql: 'SELECT 1', expect: { from: 'unsaid' as const } }] })) };
  expect((await lintPlan(asked, factsOf())).filter(({ code }) => code === 'ANSWER_UNSAID').map(({ stepId, sentence }) => [stepId, /“(.*)”/.exec(sentence)?.[1]])).toEqual([[null, 'after'], ['w.9', 'rows']]);
});

test('what a person lets stand no longer blocks and says why; an open step stays', async () => {
  const plan = withSteps(planOf('CREATE INDEX i ON orders (a)', 'CREATE INDEX i ON orders (b)'), OPEN);
  const before = (await lintPlan(plan, factsOf())).filter(({ severity }) => severity === 'blocking');
  expect(new Set(before.map(({ id }) => id)).size, 'each has an id of its own').toBe(before.length);
  const decided = { ...plan, phases: plan.phases.map((phase) => ({ ...phase, findingDecisions: Object.fromEntries(before.map(({ id }) => [id, { verdict: 'accepted' as const, reason: 'At night.' }])) })) };
  const after = await lintPlan(decided, factsOf());
  expect(after.filter(({ severity }) => severity === 'blocking').map(({ code }) => code)).toEqual(['STEP_OPEN']);
  expect(after.find(({ code }) => code === 'INDEX_HOLDS_UP_WRITES')?.sentence).toMatch(/ Let stand: “At night\.”$/);
});

test('findings come in the order of the plan', async () => {
  const found = await lintPlan(withSteps(planOf('CREATE INDEX b ON orders (a)', 'CREATE INDEX a ON orders (b)'), OPEN), factsOf());
  expect(found.filter(({ severity }) => severity === 'blocking').map(({ id }) => id.split(' ').slice(-1)[0])).toEqual(['b', 'a', 'w.9']);
});
