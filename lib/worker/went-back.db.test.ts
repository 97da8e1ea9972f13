import { expect, test } from 'vitest';
import { priceRollback } from '#lib/dal/rollback-price.ts';
import { ledgerDoubt } from '#lib/pipeline/rollback.ts';
import { env } from '#lib/testing/journey.ts';
import { endedRun, requestSmallRollback, startSmallRun, tracedSteps } from '#lib/testing/small-run.ts';
import { spawnWorker, startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';

/** What a standby lacks that had not received the last commit when it was promoted: the step's effect and its row in the ledger, together. */
async function losesStep(world: World, runId: string, step: string): Promise<void> {
  const server = await world.prod.client();
  await server.query(`BEGIN; DELETE FROM public.trace WHERE step = '${step}'; DELETE FROM public.parcel_copy WHERE step = '${step}'; DELETE FROM countersign.step WHERE run_id = '${runId}' AND step_id = '${step}'; COMMIT`);
}

async function traces(world: World): Promise<string[]> {
  return (await (await world.prod.client()).query<{ step: string }>('SELECT step FROM public.trace ORDER BY 1')).rows.map((row) => row.step);
}

async function killedBetween(world: World, runId: string, step: string): Promise<void> {
  const worker = spawnWorker(world, `between_steps:${step}`);
  expect(await worker.ended, worker.log()).toBe('SIGKILL');
  await losesStep(world, runId, step);
  await world.db.updateTable('run').set({ heartbeat_at: null }).where('id', '=', runId).execute();
  startWorker(world);
}

test('a server that went back between two steps gets no further step: the run ends and names what the server does not know', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, tracedSteps(3));
  await killedBetween(world, runId, 'small.1');
  expect(await endedRun(world, runId)).toMatchObject({ state: 'failed', sentence: expect.stringMatching(/no row of small\.1, which was applied.*nothing more was changed/i) });
  expect(await traces(world)).toEqual([]);
});

test('nor does it count as done when it went back after the last step', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, tracedSteps(1), { verifications: [] });
  await killedBetween(world, runId, 'small.1');
  expect(await endedRun(world, runId)).toMatchObject({ state: 'failed', sentence: expect.stringContaining('small.1') });
});

test('a way back does not go on either on a server that went back', async () => {
  const world = await freshWorld();
  const { plan, runId } = await startSmallRun(world, tracedSteps(2));
  const forward = startWorker(world);
  await endedRun(world, runId);
  await forward.stop();
  const back = await requestSmallRollback(world, plan, runId);
  await killedBetween(world, back, 'small.2');
  expect(await endedRun(world, back)).toMatchObject({ state: 'failed', sentence: expect.stringContaining('small.2') });
});

test('before a rollback is pressed it is said that the server does not know what was applied, or, where nobody may read that, that it failed over since', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, tracedSteps(2));
  const worker = startWorker(world);
  await endedRun(world, runId);
  await worker.stop();
  const doubt = async (): Promise<string | null> => (await priceRollback({ db: world.db, env: env(world) }, runId)).doubt;
  expect(await doubt()).toBeNull();
  await losesStep(world, runId, 'small.2');
  expect(await doubt()).toMatch(/^The ledger of the database has no row of 1 step that was applied: “Step small\.2”\. A standby was promoted without the last commits/);
  expect(ledgerDoubt({ timeline: 2, missing: null }, 1)).toMatch(/^The server failed over or was restored since this was applied \(its timeline was 1 and is 2\)/);
  expect(ledgerDoubt({ timeline: 2, missing: [] }, 1)).toBeNull();
});
