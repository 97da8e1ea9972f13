import { expect, test } from 'vitest';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PlanPageDto } from '#lib/dal/dto/plan.ts';
import type { Phase, Step } from '#lib/pipeline/plan.ts';
import { phaseOf } from '#lib/testing/phase.ts';
import { stepViews, type StepView } from './step-view.ts';

const TABLE = { schema: 'public', name: 'orders' };
const SQL = 'ALTER TABLE public.orders ADD COLUMN note text';
const BACK = 'ALTER TABLE public.orders DROP COLUMN note';

function step(id: string, over: Partial<Step> = {}): Step {
  return { id, title: `Step ${id}`, statements: [{ do: 'execute', sql: SQL, label: 'add note' }], undo: [{ do: 'execute', sql: BACK, label: 'drop note' }], locks: [{ mode: 'ACCESS EXCLUSIVE', table: TABLE }], rewrite: false, hazards: [], editable: true, ...over };
}

/** What the page makes of these steps; papers as the server writes them. */
function views(steps: readonly Step[], over: Partial<Phase> = {}, editable = true): StepView[] {
  const papers = Object.fromEntries(steps.map((one) => [one.id, { sql: one.statements.map(({ label, sql }) => ({ label, sql })), undo: one.undo.length > 0 ? one.undo.map(({ label, sql }) => ({ label, sql })) : null, how: 'one transaction' }]));
  const plan = { plan: { origin: undefined }, rehearsal: { offered: false, last: null }, talk: { threads: [{ id: 't1', stepId: 'a', settled: null }, { id: 't2', stepId: 'a', settled: null }, { id: 't3', stepId: 'b', settled: {} }] } } as unknown as PlanPageDto;
  return stepViews(plan, { phase: phaseOf([], { steps, ...over }), papers } as unknown as PhaseDto, editable);
}

test('what goes to the browser of a step says how much is sent, and nothing of what', () => {
  const [one] = views([step('a')]);
  expect(one).toMatchObject({ number: 1, title: 'Step a', sql: '1 statement', undo: '1 statement', withoutUndo: null, locks: [{ mode: 'ACCESS EXCLUSIVE', tables: 'orders' }], notes: ['one transaction'] });
  expect(JSON.stringify(one)).not.toContain('ALTER TABLE');
});

test('a step without an undo says why there is none', () => {
  const [first, second, third] = views([step('a', { undo: [] }), step('b'), step('c', { undo: [] })]);
  expect([first?.undo, first?.withoutUndo]).toEqual([null, 'No undo needed: the step changes nothing that must come back.']);
  expect(second?.withoutUndo).toBeNull();
  expect(third?.withoutUndo).toBe('No undo of its own: what it does goes when the steps before it are taken back.');
});

test('tools are there for an author, on a step that may be edited, and those that move steps in phases of people alone', () => {
  expect(views([step('a')], {}, false)[0]?.tools).toBeNull();
  expect(views([step('a', { editable: false })])[0]?.tools).toBeNull();
  expect(views([step('a')])[0]?.tools).toEqual({ sql: true, more: null });
  expect(views([step('a'), step('b')], { kind: 'written' }).map((one) => [one.tools?.more?.number, one.tools?.more?.last])).toEqual([[1, false], [2, true]]);
});

test('open threads lead from their step, settled ones do not', () => {
  expect(views([step('a'), step('b')]).map((one) => one.said)).toEqual([{ first: 't1', threads: 2 }, null]);
});
