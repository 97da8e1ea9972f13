import { expect, test } from 'vitest';
import type { IndexSpec } from '#lib/pipeline/step-kinds/outside.ts';
import type { Step } from '#lib/pipeline/plan.ts';
import { eventsAfter, requestCancel } from '#lib/store/runs.ts';
import { endedRun, requestSmallRollback, runWhen, startSmallRun } from '#lib/testing/small-run.ts';
import { benchStep } from '#lib/testing/step-bench.ts';
import { spawnWorker, startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';

const INDEX: IndexSpec = { schema: 'public', name: 'parcel_name', table: { schema: 'public', name: 'parcel' }, unique: false, using: 'btree (name)' };
const BUILD: Step = benchStep('small.1', { work: { kind: 'outside', act: { act: 'create_index', index: INDEX } }, undoWork: { kind: 'outside', act: { act: 'drop_index', index: INDEX } } });
const NO_TRACES = { verifications: [] };

async function indexes(world: World): Promise<unknown> {
  const { rows } = await (await world.prod.client()).query("select c.relname as name, i.indisvalid as valid, c.oid::text as oid from pg_index i join pg_class c on c.oid = i.indexrelid where c.relname like 'parcel_name%'");
  return rows;
}

async function forgetLease(world: World, runId: string): Promise<void> {
  await world.db.updateTable('run').set({ heartbeat_at: null }).where('id', '=', runId).where('ended_at', 'is', null).execute();
}

/** Keeps a concurrent build waiting until it is let go. */
async function holdBuild(world: World): Promise<{ letGo: () => Promise<void> }> {
  const holder = await world.prod.client('operator');
  await holder.query(`begin; insert into public.parcel values (0, 'held')`);
  return { letGo: async () => { await holder.query('rollback'); } };
}

async function building(world: World): Promise<void> {
  await expect.poll(() => indexes(world), { timeout: 15_000 }).toMatchObject([{ valid: false }]);
}

test('an index build is told while it waits for older transactions, ends valid, and is dropped by the rollback', async () => {
  const world = await freshWorld();
  const { plan, runId } = await startSmallRun(world, [BUILD], NO_TRACES);
  startWorker(world);
  await expect.poll(async () => (await eventsAfter(world.db, runId, 0)).some(({ event }) => event.type === 'checked')).toBe(true);
  expect(await endedRun(world, runId)).toMatchObject({ state: 'applied' });
  expect(await indexes(world)).toMatchObject([{ valid: true }]);
  const held = await holdBuild(world);
  const back = await requestSmallRollback(world, plan, runId);
  await runWhen(world, back, (run) => run.state === 'running');
  await expect.poll(async () => (await eventsAfter(world.db, back, 0)).some(({ event }) => event.type === 'waiting' && event.waiting.blockers.length === 1)).toBe(true);
  await held.letGo();
  expect(await endedRun(world, back)).toMatchObject({ state: 'applied', sentence: 'Rolled back and verified.' });
  expect(await indexes(world)).toEqual([]);
});

test.each(['before_ledger', 'after_ledger', 'before_commit', 'after_commit'])('a worker killed at %s of an index build: the next one has one valid index in the end', async (fault) => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, [BUILD], NO_TRACES);
  const first = spawnWorker(world, `${fault}:small.1`);
  expect(await first.ended, first.log()).toBe('SIGKILL');
  await forgetLease(world, runId);
  startWorker(world);
  expect(await endedRun(world, runId)).toMatchObject({ state: 'applied', attempt: 2 });
  expect(await indexes(world)).toMatchObject([{ name: 'parcel_name', valid: true }]);
});

test('a build whose worker was killed goes on in the database, and the next worker waits for it instead of beginning anew', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, [BUILD], NO_TRACES);
  const held = await holdBuild(world);
  const first = spawnWorker(world);
  await building(world);
  const before = await indexes(world);
  first.child.kill('SIGKILL');
  await first.ended;
  await forgetLease(world, runId);
  startWorker(world);
  // Longer than the patience with an ordinary zombie.
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  expect(await indexes(world)).toEqual(before);
  await held.letGo();
  expect(await endedRun(world, runId)).toMatchObject({ state: 'applied', attempt: 2 });
  expect(await indexes(world)).toMatchObject([{ oid: (before as { oid: string }[])[0]?.oid, valid: true }]);
});

test('a cancelled build leaves no invalid index', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, [BUILD], NO_TRACES);
  const held = await holdBuild(world);
  startWorker(world);
  await building(world);
  await world.db.transaction().execute((trx) => requestCancel(trx, runId, world.people.operator, 'enough'));
  // The invalid index is dropped concurrently, which waits for the same transaction.
  await expect.poll(async () => (await eventsAfter(world.db, runId, 0)).some(({ event }) => event.type === 'statement' && event.label.includes('left behind invalid'))).toBe(true);
  await held.letGo();
  expect(await endedRun(world, runId)).toMatchObject({ state: 'cancelled', sentence: 'Cancelled; nothing was changed.' });
  expect(await indexes(world)).toEqual([]);
});
