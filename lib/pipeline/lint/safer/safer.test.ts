import { describe, expect, test } from 'vitest';
import { factsOf, planOf, reading, readIndex, readForeignKey, readTable } from '#lib/testing/lint-scene.ts';
import type { Plan, Step } from '../../plan.ts';
import { paperOf } from '../../step-kinds/all.ts';
import type { LintFacts } from '../finding.ts';
import type { FormId } from '../forms.ts';
import { lintPlan } from '../lint.ts';
import { applySafer } from './safer.ts';

const orders = readTable('orders', { id: 'uuid', customer: 'text', state: 'text' }, readIndex('orders', 'orders_state', ['state']));
const customers = readTable('customers', { id: 'text' });
const current = reading(...orders, ...customers);
const facts = (more: Partial<LintFacts> = {}) => factsOf({ current, desired: current, ...more });

/** Lints, takes the offer of the first finding with this form, and lints again: that finding must be gone. */
async function pressed(plan: Plan, form: FormId, given: LintFacts = facts()): Promise<Plan> {
  const finding = (await lintPlan(plan, given)).find((one) => one.safer?.form === form);
  if (!finding) throw new Error(`no finding offers ${form}: ${(await lintPlan(plan, given)).map((one) => `${one.code} ${one.safer?.form ?? ''}`).join(', ')}`);
  const result = await applySafer(plan, finding, given);
  if (!result.ok) throw new Error(result.refusals.map((one) => one.sentence).join(' '));
  const again = await lintPlan(result.plan, given);
  expect(again.filter((one) => one.code === finding.code).map((one) => one.sentence)).toEqual([]);
  return result.plan;
}

const steps = (plan: Plan): readonly Step[] => plan.phases.flatMap((phase) => phase.steps);
const said = (plan: Plan) => steps(plan).flatMap((step) => paperOf(step).sql(step).map(({ sql }) => sql));
const undone = (plan: Plan) => steps(plan).map((step) => paperOf(step).undone(step)).map((step) => (step ? paperOf(step).sql(step).map(({ sql }) => sql).join('; ') : null));

describe('one press', () => {
  test('builds an index concurrently, keeps the step’s id and lines, and takes it back concurrently', async () => {
    const plan = planOf('SELECT 1', 'CREATE INDEX orders_customer ON orders (customer, "id" DESC)');
    const before = { ...plan, phases: plan.phases.map((phase) => ({ ...phase, steps: phase.steps.map((step) => ({ ...step, source: { from: 7, to: 9 } })) })) };
    const after = await pressed(before, 'concurrently');
    expect(steps(after).map((step) => step.id)).toEqual(['written.1', 'written.2']);
    expect(steps(after)[1]).toMatchObject({ source: { from: 7, to: 9 }, work: { kind: 'outside' } });
    expect(said(after)[1]).toBe('CREATE INDEX CONCURRENTLY orders_customer ON public.orders USING btree (customer, id DESC)');
    expect(undone(after)[1]).toBe('DROP INDEX CONCURRENTLY public.orders_customer');
  });

  test('drops an index concurrently, and builds it again on the way back', async () => {
    const after = await pressed(planOf('DROP INDEX orders_state'), 'concurrently');
    expect([said(after)[0], undone(after)[0]]).toEqual(['DROP INDEX CONCURRENTLY public.orders_state', 'CREATE INDEX CONCURRENTLY orders_state ON public.orders USING btree (state)']);
  });

  test('cuts a transaction in three around an index, and what stood in it stays in its order', async () => {
    const after = await pressed(planOf(["UPDATE orders SET state = 'a' WHERE id IS NULL", 'CREATE INDEX i ON orders (customer)', "UPDATE orders SET state = 'b' WHERE id IS NULL"]), 'concurrently');
    expect(said(after).map((sql) => sql.split(' ').slice(0, 2).join(' '))).toEqual(['UPDATE orders', 'CREATE INDEX', 'UPDATE orders']);
    expect(new Set(steps(after).map((step) => step.id)).size).toBe(3);
  });

  test('adds a foreign key for new rows first and validates it behind', async () => {
    const after = await pressed(planOf('ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (customer) REFERENCES customers (id) -- all of them'), 'not_valid_then_validate');
    expect(said(after)).toEqual(['ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (customer) REFERENCES customers (id) -- all of them\nNOT VALID', 'ALTER TABLE public.orders VALIDATE CONSTRAINT f']);
    expect(steps(after).map((step) => step.locks.map((lock) => `${lock.mode} ${lock.table.name}`))).toEqual([['SHARE ROW EXCLUSIVE orders', 'SHARE ROW EXCLUSIVE customers'], ['SHARE UPDATE EXCLUSIVE orders', 'ROW SHARE customers']]);
    expect(undone(after)[0]).toBe('ALTER TABLE public.orders DROP CONSTRAINT IF EXISTS f');
  });

  test('gives a check without a name the one that the server would give', async () => {
    const after = await pressed(planOf("ALTER TABLE orders ADD CHECK (state <> '')"), 'not_valid_then_validate');
    expect(said(after)).toEqual(["ALTER TABLE orders ADD CONSTRAINT orders_check CHECK (state <> '')\nNOT VALID", 'ALTER TABLE public.orders VALIDATE CONSTRAINT orders_check']);
  });

  test('proves NOT NULL by a check', async () => {
    const after = await pressed(planOf('ALTER TABLE orders ALTER COLUMN state SET NOT NULL'), 'not_null_by_check');
    expect(said(after).map((sql) => sql.replace(/^ALTER TABLE public.orders /, ''))).toEqual(['ADD CONSTRAINT orders_state_countersign_not_null CHECK (state IS NOT NULL) NOT VALID', 'VALIDATE CONSTRAINT orders_state_countersign_not_null', 'ALTER COLUMN state SET NOT NULL', 'DROP CONSTRAINT orders_state_countersign_not_null']);
  });

  test('adds a column empty and fills it in batches', async () => {
    const after = await pressed(planOf('ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid() NOT NULL'), 'column_then_default');
    expect(steps(after).map((step) => step.work?.kind ?? 'sql')).toEqual(['sql', 'batches', 'sql', 'sql', 'sql']);
    expect(said(after).slice(0, 2)).toEqual(['ALTER TABLE public.orders ADD COLUMN token uuid', 'ALTER TABLE public.orders ALTER COLUMN token SET DEFAULT gen_random_uuid()']);
    expect(undone(after)[0]).toBe('ALTER TABLE public.orders DROP COLUMN token');
  });

  test('lets a key take over an index that was built first', async () => {
    const after = await pressed(planOf('ALTER TABLE orders ADD CONSTRAINT orders_u UNIQUE (customer, state)'), 'unique_by_index');
    expect(said(after)).toEqual(['CREATE UNIQUE INDEX CONCURRENTLY orders_u ON public.orders USING btree (customer, state)', 'ALTER TABLE public.orders ADD CONSTRAINT orders_u UNIQUE USING INDEX orders_u']);
  });

  test('updates in batches, notes what stood in the rows, and drops the note after the window', async () => {
    const after = await pressed(planOf("UPDATE orders AS o SET state = 'new', customer = o.customer || '!'"), 'batched_update');
    expect(steps(after).slice(0, 2).map((step) => step.work?.kind ?? 'sql')).toEqual(['sql', 'batches']);
    expect(steps(after)[0]).toMatchObject({ undoWork: { kind: 'batches' } });
    expect(said(after)[1]).toContain("SELECT o.id, o.state, o.customer, o.state AS countersign_now_1");
    expect(after.phases.map((phase) => [phase.id, phase.due])).toEqual([['written', null], ['cleanup-notes', { afterPhase: 'written', hours: 48 }]]);
  });

  test('replaces a loop that skips rows by batches that do not', async () => {
    const loop = "DO $$ DECLARE n int := 0; BEGIN LOOP UPDATE orders SET state = 'x' WHERE id IN (SELECT id FROM orders WHERE state IS NULL LIMIT 1000 OFFSET n); EXIT WHEN NOT FOUND; n := n + 1000; END LOOP; END $$";
    const after = await pressed(planOf(loop), 'batched_update');
    expect(said(after)[1]).toContain('WHERE (state IS NULL)');
    expect(said(after).join('\n')).not.toContain('OFFSET');
  });

  test('drops with RESTRICT, and names the table that was meant instead of passing over it', async () => {
    expect(said(await pressed(planOf('DROP TABLE customers CASCADE'), 'drop_restrict'))[0]).toBe('DROP TABLE customers RESTRICT');
    expect(said(await pressed(planOf('CREATE TABLE IF NOT EXISTS orders (id int)'), 'qualified_if_exists'))[0]).toBe('CREATE TABLE public.orders (id int)');
  });

  test('decides about rows without a parent before a key is added', async () => {
    const desired = reading(...readTable('orders', { id: 'uuid', customer: 'text', state: 'text' }, readIndex('orders', 'orders_state', ['state']), readForeignKey('orders', 'f', 'customer', 'customers')), ...customers);
    const after = await pressed(planOf('ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (customer) REFERENCES customers (id)'), 'engine_foreign_key', facts({ desired }));
    expect(after.phases.map((phase) => phase.id)).toEqual(['alter', 'validate']);
    expect(after.phases[0]?.checks.map((check) => check.kind)).toContain('orphans');
  });
});

const refused = async (plan: Plan, form: FormId, given = facts()) => {
  const result = await applySafer(plan, { id: '', code: 'X', sentence: '', severity: 'blocking', move: 'yours', phaseId: 'written', stepId: 'written.1', statement: 0, at: null, safer: { form, label: '', sentence: '' } }, given);
  return result.ok ? 'done' : (result.refusals[0]?.sentence ?? '');
};

describe('what cannot be made safer in one press says why', () => {
  test('several things in one statement, a table without a key, a join, a step that changed since', async () => {
    expect(await refused(planOf('ALTER TABLE orders ADD CHECK (true), ADD COLUMN x int'), 'not_valid_then_validate')).toContain('several things at once');
    expect(await refused(planOf("UPDATE bare SET x = 1"), 'batched_update', facts({ current: reading(...readTable('bare', { x: 'integer' })) }))).toContain('no primary key');
    expect(await refused(planOf('UPDATE orders SET state = c.id FROM customers c WHERE c.id = customer'), 'batched_update')).toContain('joins other tables');
    expect(await refused(planOf('SELECT 1'), 'concurrently')).toContain('Only indexes');
    expect(await refused(planOf(), 'concurrently')).toContain('no longer');
  });
});
