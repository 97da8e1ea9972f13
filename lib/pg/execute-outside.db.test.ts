import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { paperOf } from '#lib/pipeline/step-kinds/all.ts';
import type { IndexSpec, OutsideAct } from '#lib/pipeline/step-kinds/outside.ts';
import type { Step } from '#lib/pipeline/plan.ts';
import { benchStep, stepBench, type StepBench } from '#lib/testing/step-bench.ts';
import { cancelBackend } from './execute-session.ts';
import { kindOfStep } from './execute-kinds.ts';
import { readStep, writeCheckpoint } from './ledger.ts';

const ORDERS = `create table public.orders (id integer primary key, customer text not null);
  insert into public.orders select i, 'c' || i % 50 from generate_series(1, 20000) i`;
const INDEX: IndexSpec = { schema: 'public', name: 'orders_customer', table: { schema: 'public', name: 'orders' }, unique: false, using: 'btree (customer)' };
const BUILD = outside({ act: 'create_index', index: INDEX }, { act: 'drop_index', index: INDEX });

function outside(act: OutsideAct, undo?: OutsideAct): Step {
  return benchStep('bench.1', { work: { kind: 'outside', act }, ...(undo ? { undoWork: { kind: 'outside', act: undo } } : {}) });
}

function detach(name: string): Step {
  return { ...outside({ act: 'detach_partition', parent: { schema: 'public', name: 'orders' }, child: { schema: 'public', name } }), id: `bench.${name}` };
}

async function indexes(bench: StepBench): Promise<Record<string, boolean>> {
  const { rows } = await (await bench.database.client()).query<{ name: string; valid: boolean }>("select c.relname as name, i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid where t.relname like 'orders%' order by 1");
  return Object.fromEntries(rows.map((row) => [row.name, row.valid]));
}

/** A backend that dies in the middle of a concurrent build leaves this. */
async function leaveInvalid(bench: StepBench, statement: string): Promise<void> {
  const holder = await bench.database.client('operator');
  await holder.query('begin; select count(*) from public.orders; insert into public.orders values (0, $$x$$)');
  const builder = await bench.database.client('operator');
  await builder.query("set statement_timeout = '400ms'");
  await expect(builder.query(statement)).rejects.toThrow('statement timeout');
  await holder.query('rollback');
}

test.each([14, 15, 18] as const)('on %i an index is built beside running writes, proved in the ledger, and built once', async (major) => {
  const bench = await stepBench(major, ORDERS);
  const writer = await bench.database.client('operator');
  await writer.query('begin; insert into public.orders values (0, $$x$$)');
  const building = bench.run1(BUILD);
  // It waits for this transaction, and a writer does not wait for it.
  const other = await bench.database.client('operator');
  await other.query("set lock_timeout = '300ms'; insert into public.orders values (-1, 'y')");
  await writer.query('commit');
  expect(await building).toMatchObject({ outcome: 'applied', result: { statements: [{ label: 'build index orders_customer' }] } });
  expect(await indexes(bench)).toEqual({ orders_customer: true, orders_pkey: true });
  expect(await bench.run1(BUILD)).toMatchObject({ outcome: 'already_applied' });
  expect(bench.said).toEqual(['build index orders_customer']);
  const undo = paperOf(BUILD).undone(BUILD);
  if (!undo) throw new Error('a built index can be dropped');
  expect(await bench.run1({ ...undo, id: 'bench.undo' })).toMatchObject({ outcome: 'applied' });
  expect(await indexes(bench)).toEqual({ orders_pkey: true });
});

test('an index in a person’s words, which the server writes otherwise, is built and proved all the same', async () => {
  const bench = await stepBench(15, ORDERS);
  const named = { ...INDEX, name: 'orders_named', using: "btree (lower(customer), (id+1)) WHERE customer='x'" };
  const building = outside({ act: 'create_index', index: { ...named, asWritten: true } });
  expect(await bench.run1(building)).toMatchObject({ outcome: 'applied' });
  expect(await indexes(bench)).toEqual({ orders_named: true, orders_pkey: true });
  expect(await bench.run1({ ...outside({ act: 'drop_index', index: named }), id: 'bench.other' }), 'without the mark the definition is compared').toMatchObject({ outcome: 'failed' });
});

test('an index over a function that the search path of the session shows is found again as it was built', async () => {
  const bench = await stepBench(15, `${ORDERS}; create function public.folded(text) returns text language sql immutable as 'select lower($1)'`);
  expect(await bench.run1(outside({ act: 'create_index', index: { ...INDEX, name: 'orders_folded', using: 'btree (public.folded(customer))' } }))).toMatchObject({ outcome: 'applied' });
  expect(await indexes(bench)).toEqual({ orders_folded: true, orders_pkey: true });
});

test.each([14, 15, 18] as const)('on %i an invalid index that a dead attempt left is named, dropped and built again', async (major) => {
  const bench = await stepBench(major, ORDERS);
  await writeCheckpoint(bench.session.client, bench.run.runId, BUILD.id, { intent: 'x' });
  await leaveInvalid(bench, 'create index concurrently orders_customer on public.orders using btree (customer)');
  expect(await indexes(bench)).toEqual({ orders_customer: false, orders_pkey: true });
  await bench.nextAttempt();
  expect(await kindOfStep(BUILD).probe(bench.session, BUILD, bench.run)).toEqual({ found: 'absent', sentence: 'The index orders_customer was left behind invalid; it is dropped and built again.' });
  expect(await bench.run1(BUILD)).toMatchObject({ outcome: 'applied' });
  expect(bench.said).toEqual(['The index orders_customer was left behind invalid; it is dropped and built again.', 'build index orders_customer']);
  expect(await indexes(bench)).toEqual({ orders_customer: true, orders_pkey: true });
});

test('an index that took effect without its ledger row is found, and not built twice', async () => {
  const bench = await stepBench(15, ORDERS);
  await writeCheckpoint(bench.session.client, bench.run.runId, BUILD.id, { intent: 'x' });
  await (await bench.database.client('operator')).query('create index orders_customer on public.orders using btree (customer)');
  expect(await bench.run1(BUILD)).toMatchObject({ outcome: 'applied' });
  expect(bench.said).toEqual([]);
  expect(await readStep(bench.session.client, bench.run.runId, BUILD.id)).not.toBeNull();
});

test('an index of that name which this run did not build is left alone, whatever its definition', async () => {
  const bench = await stepBench(15, ORDERS);
  await (await bench.database.client('operator')).query('create index orders_customer on public.orders using btree (customer)');
  expect(await bench.run1(BUILD)).toMatchObject({ outcome: 'failed', sentence: 'The index is there already, and this run did not build it. Nothing was changed.' });
  await (await bench.database.client('operator')).query('drop index orders_customer; create index orders_customer on public.orders using btree (id)');
  expect(await bench.run1(BUILD)).toMatchObject({ outcome: 'failed', sentence: 'An index public.orders_customer with another definition is there already. Nothing was changed.' });
  expect(await indexes(bench)).toEqual({ orders_customer: true, orders_pkey: true });
});

test('a unique index over equal rows fails by name and leaves nothing behind', async () => {
  const bench = await stepBench(15, ORDERS);
  expect(await bench.run1(outside({ act: 'create_index', index: { ...INDEX, unique: true } }))).toMatchObject({ outcome: 'failed', sentence: expect.stringContaining('two rows would have the same key (23505)') });
  expect(await indexes(bench)).toEqual({ orders_pkey: true });
});

test('a build that is cancelled leaves nothing behind, although the cancel goes on arriving', async () => {
  const bench = await stepBench(15, ORDERS);
  const holder = await bench.database.client('operator');
  await holder.query('begin; insert into public.orders values (0, $$x$$)');
  const monitor = await bench.database.client('operator');
  const state = { stopping: false, shields: 0 };
  const building = bench.run1(BUILD, { stopping: () => state.stopping, shielded: (work) => { state.shields += 1; return work().finally(() => { state.shields -= 1; }); } });
  await expect.poll(async () => (await indexes(bench))['orders_customer']).toBe(false);
  state.stopping = true;
  // As the monitor does, which cancels whatever is under way as long as nothing shields it.
  const cancelling = (async () => {
    for (; state.stopping; await sleep(20)) if (state.shields === 0) await cancelBackend(monitor, bench.session);
  })();
  await expect.poll(() => bench.said.length).toBe(2);
  await holder.query('rollback');
  expect(await building).toEqual({ outcome: 'cancelled' });
  // Its session is closed at the end of the test, and a cancel that is under way then would be a rejection that nobody waits for.
  state.stopping = false;
  await cancelling;
  expect(await indexes(bench)).toEqual({ orders_pkey: true });
});

test('a replaced attempt builds nothing', async () => {
  const bench = await stepBench(15, ORDERS);
  const stale = bench.session;
  const { run } = bench;
  await bench.database.client('operator').then((client) => client.query('update countersign.run set attempt = 2'));
  expect(await bench.run1(BUILD)).toEqual({ outcome: 'fenced' });
  expect([stale, run.attempt]).toEqual([bench.session, 1]);
  expect(await indexes(bench)).toEqual({ orders_pkey: true });
});

test.each([14, 18] as const)('on %i a rebuild that was broken off leaves a copy, which is dropped, and the index is rebuilt', async (major) => {
  const bench = await stepBench(major, `${ORDERS}; create index orders_customer on public.orders using btree (customer)`);
  const rebuild = outside({ act: 'reindex', index: INDEX, table: INDEX.table });
  await writeCheckpoint(bench.session.client, bench.run.runId, rebuild.id, { intent: 'x' });
  await leaveInvalid(bench, 'reindex index concurrently public.orders_customer');
  expect(Object.keys(await indexes(bench))).toContain('orders_customer_ccnew');
  expect(await bench.run1(rebuild)).toMatchObject({ outcome: 'applied' });
  expect(await indexes(bench)).toEqual({ orders_customer: true, orders_pkey: true });
});

test.each([14, 18] as const)('on %i a partition is detached while readers go on, and a detach that was broken off is finished', async (major) => {
  const bench = await stepBench(major, `create table public.orders (id integer, day date) partition by range (day);
    create table public.orders_old partition of public.orders for values from ('2020-01-01') to ('2021-01-01');
    create table public.orders_new partition of public.orders for values from ('2021-01-01') to ('2022-01-01')`);
  expect(await bench.run1(detach('orders_old'))).toMatchObject({ outcome: 'applied' });
  const holder = await bench.database.client('operator');
  await holder.query('begin; select count(*) from public.orders');
  // lock_timeout stays on for this one: a waiting ACCESS EXCLUSIVE would stop the application.
  expect(await bench.run1(detach('orders_new'))).toMatchObject({ outcome: 'lock_timeout' });
  await holder.query('commit');
  expect(await bench.run1(detach('orders_new'))).toMatchObject({ outcome: 'applied' });
  const left = await (await bench.database.client()).query("select count(*)::int as n from pg_inherits");
  expect(left.rows).toEqual([{ n: 0 }]);
});
