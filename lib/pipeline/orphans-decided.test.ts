import { expect, test } from 'vitest';
import { foreignKey, phaseOf } from '#lib/testing/phase.ts';
import type { Evidence, ForeignKeySpec, OrphanSet } from './evidence.ts';
import { emptyOrphanSet, orphanTotals, underDecisions } from './orphans-decided.ts';
import type { OrphanDecision, Phase } from './plan.ts';
import { exact } from './unknowns.ts';

/** order → customer, order → shop, line → order, mark → line. */
const KEYS = [foreignKey('customer', 'order', 'customer_id', 'customer'), foreignKey('shop', 'order', 'shop_id', 'shop'), foreignKey('line', 'line', 'order_id', 'order'), foreignKey('mark', 'mark', 'line_id', 'line')];
const [CUSTOMER, SHOP, LINE, MARK] = KEYS as [ForeignKeySpec, ForeignKeySpec, ForeignKeySpec, ForeignKeySpec];

const set = (key: ForeignKeySpec, depth: number, ...keys: string[]): OrphanSet => ({ ...emptyOrphanSet(key, depth, exact(keys.length)), keys });
const today = (...sets: OrphanSet[]) => [...KEYS.filter((key) => !sets.some((one) => one.foreignKey === key.id && one.depth === 0)).map((key) => set(key, 0)), ...sets];

function phase(decisions: Record<string, OrphanDecision['verdict']>): Phase {
  return phaseOf([{ id: 'orphans', kind: 'orphans', foreignKeys: KEYS, keys: {} }], { orphanDecisions: Object.fromEntries(Object.entries(decisions).map(([key, verdict]) => [key, { verdict, reason: 'r' }])) });
}

/** What is known of each foreign key below the first level: its rows, or that they are unknown. */
function after(before: Parameters<typeof phase>[0], then: Parameters<typeof phase>[0], sets: readonly OrphanSet[]): Record<string, unknown> {
  const evidence = { measurements: [{ check: 'orphans', ms: 1, kind: 'orphans', sets, ...orphanTotals(sets) }] } as unknown as Evidence;
  const [facts] = underDecisions(phase(before), phase(then), evidence).measurements;
  if (facts?.kind !== 'orphans') throw new Error('the orphans are gone');
  expect(facts.sets.filter((one) => one.depth === 0).map((one) => one.foreignKey).sort()).toEqual(['customer', 'line', 'mark', 'shop']);
  return { ...Object.fromEntries(facts.sets.filter((one) => one.depth > 0).map((one) => [one.foreignKey, one.rows.provenance === 'exact' ? one.rows.value : one.rows.provenance])), byTable: facts.rowsByTable };
}

const CASCADE = today(set(CUSTOMER, 0, '1', '2'), set(LINE, 1, 'a', 'b'), set(MARK, 2, 'm'));

test('rows that stay take nothing along, through all levels', () => {
  expect(after({}, { customer: 'set_null' }, CASCADE)).toEqual({ byTable: { 'public.order': 2, 'public.line': 0, 'public.mark': 0 } });
  expect(after({ customer: 'delete' }, { customer: 're_point' }, CASCADE)).toMatchObject({ byTable: { 'public.line': 0 } });
});

test('a decision between ways in which rows go, or stay, moves nothing', () => {
  expect(after({}, { customer: 'delete' }, CASCADE)).toMatchObject({ line: 2, mark: 1 });
  expect(after({ customer: 'delete' }, { customer: 'stop' }, CASCADE)).toMatchObject({ line: 2, mark: 1 });
});

test('where rows of the parent go by another foreign key too, what follows is unknown, and so is what follows from that', () => {
  const both = today(set(CUSTOMER, 0, '1'), set(SHOP, 0, '2'), set(LINE, 1, 'a', 'b'), set(MARK, 2, 'm'));
  expect(after({}, { customer: 'set_null' }, both)).toMatchObject({ line: 'unknown', mark: 'unknown' });
  expect(after({}, { customer: 'set_null', shop: 'set_null' }, both)).toEqual({ byTable: { 'public.order': 2, 'public.line': 0, 'public.mark': 0 } });
});

test('rows that go after all may take others along, which nobody has counted; rows that nothing hangs on do not', () => {
  expect(after({ customer: 'set_null' }, { customer: 'delete' }, today(set(CUSTOMER, 0, '1')))).toMatchObject({ line: 'unknown', mark: 'unknown' });
  expect(after({ mark: 'set_null' }, { mark: 'delete' }, today(set(MARK, 0, 'm')))).toEqual({ byTable: { 'public.order': 0, 'public.line': 0, 'public.mark': 1 } });
  expect(after({ customer: 'set_null' }, { customer: 'delete' }, today())).toMatchObject({ byTable: { 'public.line': 0 } });
});

test('what the parent loses by another foreign key takes along what it took, where nothing followed from the rest', () => {
  const apart = today(set(CUSTOMER, 0, '1'), set(LINE, 0, 'x'), set(MARK, 1, 'm'));
  expect(after({}, { customer: 'set_null' }, apart)).toMatchObject({ mark: 1 });
});
