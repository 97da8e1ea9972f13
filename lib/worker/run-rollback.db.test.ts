import { expect, test } from 'vitest';
import { endedRun, requestSmallRollback, startSmallRun, tracedSteps, traces } from '#lib/testing/small-run.ts';
import { startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld } from '#lib/testing/world.ts';

/** What was written since is lost. */
const PRICE = [{ table: { schema: 'public', name: 'parcel' }, step: 'small.1', sql: 'select (select count(*) from public.parcel) - 3000 as inserted, 0::bigint as changed, 0::bigint as deleted' }];

test('a rollback that would lose more than was confirmed is refused', async () => {
  const world = await freshWorld();
  const { plan, runId } = await startSmallRun(world, tracedSteps(1), { price: PRICE });
  const first = startWorker(world);
  await endedRun(world, runId);
  await first.stop();
  const back = await requestSmallRollback(world, plan, runId);
  await (await world.prod.client('operator')).query("insert into public.parcel values (5000, 'late')");
  startWorker(world);
  expect(await endedRun(world, back)).toMatchObject({ state: 'refused', sentence: 'Rolling back “Small phase” would now lose 1 row (public.parcel), and 0 were confirmed. Look at the price again.' });
  expect(await traces(world)).toEqual({ 'small.1': 1 });
});

test('a rollback that was confirmed under load goes on while the application writes as before, and is refused after a burst that nobody has seen', async () => {
  const world = await freshWorld();
  const { plan, runId } = await startSmallRun(world, tracedSteps(1), { price: PRICE });
  const operator = await world.prod.client('operator');
  const write = (from: number, rows: number) => operator.query(`insert into public.parcel select $1::int + n, 'late' from generate_series(1, $2::int) n`, [from, rows]);
  const first = startWorker(world);
  await endedRun(world, runId);
  await first.stop();
  await write(5_000, 200);
  const hasty = await requestSmallRollback(world, plan, runId);
  await write(10_000, 200_000);
  const second = startWorker(world);
  expect(await endedRun(world, hasty)).toMatchObject({ state: 'refused', sentence: 'Rolling back “Small phase” would now lose 200,200 rows (public.parcel), and 200 were confirmed. Look at the price again.' });
  await second.stop();
  const back = await requestSmallRollback(world, plan, runId);
  await write(300_000, 500);
  startWorker(world);
  expect((await endedRun(world, back)).state).not.toBe('refused');
  expect(await traces(world), 'all of it was taken back').toEqual({});
});
