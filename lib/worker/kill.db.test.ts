import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { verifyChain } from '#lib/store/audit.ts';
import { eventsAfter } from '#lib/store/runs.ts';
import { closeAtEnd } from '#lib/testing/database.ts';
import { endedRun, requestSmallRollback, runWhen, startSmallRun, tracedSteps } from '#lib/testing/small-run.ts';
import { spawnWorker, startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';

async function traces(world: World): Promise<unknown> {
  const client = await world.prod.client('superuser');
  const { rows } = await client.query('select t.step, count(*)::int as times, (select count(*)::int from public.parcel_copy c where c.step = t.step) as copied from public.trace t group by t.step order by t.step');
  return rows;
}

const ONCE = [1, 2, 3].map((number) => ({ step: `small.${number}`, times: 1, copied: 3000 }));

/** The lease is not waited for: what a dead worker leaves behind is then met at once, sockets and backends included. */
async function forgetLease(world: World, runId: string): Promise<void> {
  await world.db.updateTable('run').set({ heartbeat_at: null }).where('id', '=', runId).where('ended_at', 'is', null).execute();
}

const FAULTS = [
  'after_claim',
  'before_ledger:small.1', 'before_ledger:small.2',
  'after_ledger:small.1', 'after_ledger:small.3',
  'mid_copy:small.2',
  'before_commit:small.1', 'before_commit:small.3',
  'after_commit:small.1', 'after_commit:small.2', 'after_commit:small.3',
  'between_steps:small.1', 'between_steps:small.2', 'between_steps:small.3',
];

test.each(FAULTS)('a worker killed with SIGKILL at %s: the next one carries the run through, and every effect is there exactly once', async (fault) => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, tracedSteps(3));
  const first = spawnWorker(world, fault);
  expect(await first.ended, first.log()).toBe('SIGKILL');
  await forgetLease(world, runId);
  startWorker(world);
  const run = await endedRun(world, runId);
  expect(run).toMatchObject({ state: 'applied', attempt: 2 });
  expect(await traces(world)).toEqual(ONCE);
  expect((await eventsAfter(world.db, runId, 0)).filter(({ event }) => event.type === 'step_applied')).toHaveLength(3);
  expect((await verifyChain(world.db)).brokenAt).toBeNull();
});

test('a rollback survives SIGKILL after its commit as well: nothing is undone twice', async () => {
  const world = await freshWorld();
  const { plan, runId } = await startSmallRun(world, tracedSteps(3));
  const forward = startWorker(world);
  await endedRun(world, runId);
  await forward.stop();
  const back = await requestSmallRollback(world, plan, runId);
  const first = spawnWorker(world, 'after_commit:small.2');
  expect(await first.ended, first.log()).toBe('SIGKILL');
  await forgetLease(world, back);
  startWorker(world);
  expect(await endedRun(world, back)).toMatchObject({ state: 'applied', attempt: 2 });
  expect(await traces(world)).toEqual([]);
});

test('a killed worker is missed after its lease, without anybody telling', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, tracedSteps(3));
  const onceFile = join(tmpdir(), `countersign-fault-${randomUUID()}`);
  closeAtEnd(() => Promise.resolve(rmSync(onceFile, { force: true })));
  const victim = spawnWorker(world, `between_steps:small.1:${onceFile}`);
  expect(await victim.ended, victim.log()).toBe('SIGKILL');
  const killedAt = Date.now();
  const heir = spawnWorker(world, `between_steps:small.1:${onceFile}`);
  expect(await endedRun(world, runId, 40_000), heir.log()).toMatchObject({ state: 'applied', attempt: 2 });
  expect(Date.now() - killedAt).toBeGreaterThan(5_000);
  expect(await traces(world)).toEqual(ONCE);
});

test('a worker that slept past its lease and wakes up is fenced: it writes nothing more, neither here nor there', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, tracedSteps(3));
  const holder = await world.prod.client('operator');
  await holder.query('begin; lock table public.parcel in row exclusive mode');
  const sleeper = spawnWorker(world);
  await runWhen(world, runId, (run) => run.state === 'running');
  sleeper.child.kill('SIGSTOP');
  await forgetLease(world, runId);
  startWorker(world);
  await holder.query('commit');
  expect(await endedRun(world, runId)).toMatchObject({ state: 'applied', attempt: 2 });
  const before = await eventsAfter(world.db, runId, 0);
  sleeper.child.kill('SIGCONT');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await eventsAfter(world.db, runId, 0)).toEqual(before);
  expect(await traces(world)).toEqual(ONCE);
  expect(sleeper.child.exitCode, sleeper.log()).toBeNull();
});

test('a worker told to stop by SIGTERM ends with exit code 0 and leaves nothing half done', async () => {
  const world = await freshWorld();
  const worker = spawnWorker(world);
  const { runId } = await startSmallRun(world, tracedSteps(3));
  await runWhen(world, runId, (run) => run.state === 'running' || run.endedAt !== null);
  worker.child.kill('SIGTERM');
  expect(await worker.ended, worker.log()).toBe('0');
  startWorker(world);
  expect(await endedRun(world, runId)).toMatchObject({ state: 'applied' });
  expect(await traces(world)).toEqual(ONCE);
});
