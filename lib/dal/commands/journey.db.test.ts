import { expect, test } from 'vitest';
import { allPhaseFacts } from '#lib/dal/plan-facts.ts';
import { planSentence } from '#lib/dal/plan-sentences.ts';
import { priceRollback } from '#lib/dal/rollback-price.ts';
import { act, done } from '#lib/testing/acting.ts';
import { approve, facts, makeDecidedPlan, phaseNow } from '#lib/testing/bazaar-plan.ts';
import { carryOut, env, rollBack } from '#lib/testing/journey.ts';
import { startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';
import { measurePhaseSpec } from './review.ts';
import { executePhaseSpec, rollBackPhaseSpec } from './runs.ts';

async function count(world: World, table: string): Promise<number> {
  const client = await world.prod.client('superuser');
  return Number((await client.query(`select count(*) as n from ${table}`)).rows[0].n);
}

test('a conversion is approved, carried out by the worker, priced, rolled back, and runs again once it is signed again', async () => {
  const world = await freshWorld();
  startWorker(world);
  const planId = await makeDecidedPlan(world);
  await carryOut(world, planId, 'backup');
  const first = await carryOut(world, planId, 'convert');
  expect(await count(world, '"bazaar-vid_exports"')).toBe(132);
  const convert = await phaseNow(world, planId, 'convert');
  expect(convert.standing.state).toBe('applied');
  const hourBefore = new Date((convert.windowClosesAt?.getTime() ?? 0) - 3_600_000);
  const now = await facts(world, planId);
  expect(planSentence(allPhaseFacts(now))).not.toContain('rollback window');
  expect(planSentence(allPhaseFacts({ ...now, now: hourBefore }))).toMatch(/ The rollback window of phase \d closes [^.]+\.$/);

  expect(await act(world, 'operator', rollBackPhaseSpec, { runId: first, digest: 'f'.repeat(64), reason: 'x' })).toMatchObject({ status: 'refused', code: 'price_moved' });
  expect(await act(world, 'approver', rollBackPhaseSpec, { runId: first, digest: 'f'.repeat(64), reason: 'x' })).toMatchObject({ status: 'refused', code: 'not_allowed' });
  const priced = await priceRollback({ db: world.db, env: env(world) }, first);
  expect(priced.price).toMatchObject({ verdict: 'lossless' });
  await rollBack(world, first);
  expect(await count(world, '"bazaar-vid_exports"')).toBe(134);
  expect(await count(world, '"bazaar-vid_export_analytics"')).toBe(379);
  expect((await phaseNow(world, planId, 'convert')).standing.state).toBe('rolled_back');

  // Going back is a verdict on what was signed: a second person looks again before the next try.
  const again = await phaseNow(world, planId, 'convert');
  expect(again.valid).toEqual([]);
  expect(await act(world, 'operator', executePhaseSpec, { planId, version: again.version, phaseId: 'convert', digest: again.digest ?? '' })).toMatchObject({ status: 'refused', code: 'approval_void', sentence: expect.stringContaining('Rolled back by Operator') });
  await carryOut(world, planId, 'convert');
  expect(await count(world, '"bazaar-vid_export_analytics"')).toBe(373);
}, 120_000);

test('rows written since are named in the price, and typed before they are lost; more of them are lost only as fast as they came', async () => {
  const world = await freshWorld();
  startWorker(world);
  const planId = await makeDecidedPlan(world);
  await carryOut(world, planId, 'backup');
  const runId = await carryOut(world, planId, 'convert');
  const client = await world.prod.client('superuser');
  await client.query(`delete from "bazaar-vid_export_analytics" where id in (select id from "bazaar-vid_export_analytics" limit 2)`);
  const priced = await priceRollback({ db: world.db, env: env(world) }, runId);
  expect(priced.price).toMatchObject({ verdict: 'loses', lost: { provenance: 'exact', value: 2 } });
  const press = (typedNumber: string) => act(world, 'operator', rollBackPhaseSpec, { runId, digest: priced.digest, reason: 'slow', typedNumber });
  expect(await press('')).toMatchObject({ status: 'refused', code: 'wrong_number' });
  expect(await press('3')).toMatchObject({ status: 'refused', code: 'wrong_number' });
  await client.query(`delete from "bazaar-vid_export_analytics" where id in (select id from "bazaar-vid_export_analytics" limit 20)`);
  expect(await press('2'), 'nobody has seen these twenty').toMatchObject({ status: 'refused', code: 'price_moved' });
  const soonAfter = new Date((priced.run.endedAt?.getTime() ?? 0) + 10).toISOString();
  await rollBack(world, runId, '2', soonAfter);
}, 120_000);

test('every phase up to the clean-up is carried out in order, and the clean-up waits for the window', async () => {
  const world = await freshWorld();
  startWorker(world);
  const planId = await makeDecidedPlan(world);
  for (const phase of (await facts(world, planId)).stored.plan.phases) {
    if (phase.kind !== 'cleanup') await carryOut(world, planId, phase.id);
  }
  const cleanup = await phaseNow(world, planId, 'cleanup');
  await done(act(world, 'author', measurePhaseSpec, { planId, version: cleanup.version, phaseId: 'cleanup' }));
  await done(approve(world, 'approver', planId, 'cleanup'));
  const ready = await phaseNow(world, planId, 'cleanup');
  expect(await act(world, 'operator', executePhaseSpec, { planId, version: ready.version, phaseId: 'cleanup', digest: ready.digest ?? '' })).toMatchObject({ status: 'refused', code: 'phase_not_due' });
}, 120_000);
