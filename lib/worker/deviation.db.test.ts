import { expect, test } from 'vitest';
import { createParcels, endedRun, requestForward, requestSmallRollback, signPhase, smallPlan, startSmallRun, storePlan, tracedSteps, viewOf } from '#lib/testing/small-run.ts';
import { startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld } from '#lib/testing/world.ts';
import type { Assertion } from '#lib/pipeline/plan.ts';

const wrong: Assertion = { label: 'traces', sql: 'SELECT count(*) FROM public.trace', expect: { from: 'literal', value: '7' } };

test('what differs from the promise after commit ends the run as deviated, with expected and actual, and can be rolled back', async () => {
  const world = await freshWorld();
  const { plan, runId } = await startSmallRun(world, tracedSteps(2), { verifications: [wrong] });
  startWorker(world);
  expect(await endedRun(world, runId)).toMatchObject({ state: 'deviated', sentence: '1 of 1 verifications differ from what was expected.' });
  expect((await viewOf(world, plan, runId)).verification).toEqual([{ label: 'traces', expected: '7', actual: '2', ok: false }]);
  const back = await requestSmallRollback(world, plan, runId);
  expect(await endedRun(world, back)).toMatchObject({ state: 'applied', sentence: 'Rolled back and verified.' });
});

test('a verification whose query the database refuses is a deviation that says so, not a broken run', async () => {
  const world = await freshWorld();
  await createParcels(world);
  const plan = smallPlan(tracedSteps(1), { verifications: [{ label: 'gone', sql: 'SELECT count(*) FROM public.no_such_table', expect: { from: 'literal', value: '0' } }] });
  await storePlan(world, plan);
  const phase = plan.phases[0];
  if (!phase) throw new Error('a small plan has one phase');
  const runId = await requestForward(world, plan, phase, await signPhase(world, plan, phase));
  startWorker(world);
  expect((await endedRun(world, runId)).state).toBe('deviated');
  expect((await viewOf(world, plan, runId)).verification).toEqual([{ label: 'gone', expected: '0', actual: 'the query was refused (42P01)', ok: false }]);
});
