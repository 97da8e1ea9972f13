import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { measurePhaseSpec } from '#lib/dal/commands/review.ts';
import { executePhaseSpec, rollBackPhaseSpec } from '#lib/dal/commands/runs.ts';
import { priceRollback } from '#lib/dal/rollback-price.ts';
import { loadRun, verificationsOf } from '#lib/store/runs.ts';
import { act, done, POLICY } from './acting.ts';
import { approve, phaseNow } from './bazaar-plan.ts';
import type { World } from './world.ts';

// What author, approver, operator and worker do with one phase, as they do it. A worker must be there.

export const env = (world: World) => ({ databases: world.databases, policy: POLICY, sources: { scratchUrl: null, migrations: [] } });

export async function ended(world: World, runId: string) {
  for (let tries = 0; tries < 400; tries += 1) {
    const run = await loadRun(world.db, runId);
    if (run?.endedAt) return run;
    await sleep(50);
  }
  throw new Error(`run ${runId} did not end: ${JSON.stringify(await loadRun(world.db, runId))}`);
}

/** Measures, signs and runs. Returns the run, which was applied. */
export async function carryOut(world: World, planId: string, phaseId: string): Promise<string> {
  const { version, measuredAt } = await phaseNow(world, planId, phaseId);
  if (measuredAt) await done(act(world, 'author', measurePhaseSpec, { planId, version, phaseId }));
  const before = await phaseNow(world, planId, phaseId);
  if (before.valid.length === 0) await done(approve(world, 'approver', planId, phaseId));
  const one = await phaseNow(world, planId, phaseId);
  const started = await done(act(world, 'operator', executePhaseSpec, { planId, version, phaseId, digest: one.digest ?? '' }));
  const run = await ended(world, started.to?.split('/').at(-1) ?? '');
  const wrong = (await verificationsOf(world.db, [run])).get(run.id)?.filter((one) => !one.ok) ?? [];
  expect(run, `${run.sentence ?? ''} ${wrong.map((one) => `${one.label}: ${one.actual}`).join('; ')}`).toMatchObject({ state: 'applied' });
  return run.id;
}

export async function rollBack(world: World, runId: string, typedNumber = '', seenAt?: string): Promise<void> {
  const priced = await priceRollback({ db: world.db, env: env(world) }, runId);
  const started = await done(act(world, 'operator', rollBackPhaseSpec, { runId, digest: priced.digest, reason: 'the application is slow', typedNumber, ...(seenAt === undefined ? {} : { seenAt }) }));
  const run = await ended(world, started.to?.split('/').at(-1) ?? '');
  expect(run, run.sentence ?? '').toMatchObject({ state: 'applied', kind: 'rollback' });
}
