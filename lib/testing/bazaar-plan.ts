import { createPlanSpec, decideOrphansSpec } from '#lib/dal/commands/plans.ts';
import { readAgainSpec } from '#lib/dal/commands/compare.ts';
import { approvePhaseSpec } from '#lib/dal/commands/review.ts';
import { phaseFactsOf, readPlanFacts, type PhaseFacts } from '#lib/dal/plan-facts.ts';
import { differences, isNoise } from '#lib/pipeline/noise.ts';
import { latestSnapshot } from '#lib/store/snapshots.ts';
import { act, done, POLICY } from './acting.ts';
import type { PersonName, World } from './world.ts';

export const SIDES = { current: 'bazaar_prod', desired: 'bazaar_dev' };
const FOREIGN_SCHEMAS = ['auth', 'neon_auth', 'pgrst'];
const LEGACY = ['bazaar-vid_project_memory', 'bazaar-vid_metric', 'bazaar-vid_agent_message'];

/** The differences that the team of the runbooks chose. */
export async function chosenDeltas(world: World): Promise<string[]> {
  const [current, desired] = await Promise.all([latestSnapshot(world.db, SIDES.current), latestSnapshot(world.db, SIDES.desired)]);
  if (!current || !desired) throw new Error('the databases were not read yet');
  return differences(current.snapshot, desired.snapshot)
    .filter((delta) => !isNoise(delta) && delta.kind !== 'schema' && !FOREIGN_SCHEMAS.includes((delta.desired ?? delta.current)?.schema ?? '') && !LEGACY.includes((delta.desired ?? delta.current)?.name ?? ''))
    .map((delta) => delta.id);
}

/** A plan made by the author through the commands, measured; orphans undecided. Returns its id. */
export async function makeBazaarPlan(world: World, windowHours = '72', policy = POLICY): Promise<string> {
  await done(act(world, 'author', readAgainSpec, SIDES));
  const made = await done(act(world, 'author', createPlanSpec, { ...SIDES, deltaId: await chosenDeltas(world), name: 'Bazaar', windowHours }, policy));
  return made.to?.split('/').at(-1) ?? '';
}

/** The same with all orphans decided: delete. */
export async function makeDecidedPlan(world: World, policy = POLICY): Promise<string> {
  const planId = await makeBazaarPlan(world, '72', policy);
  for (const foreignKey of await foreignKeysOf(world, planId)) {
    const { version } = (await facts(world, planId)).stored;
    await done(act(world, 'author', decideOrphansSpec, { planId, version, phaseId: 'convert', foreignKey, verdict: 'delete', reason: 'the project was deleted' }));
  }
  return planId;
}

export function facts(world: World, planId: string) {
  return readPlanFacts(world.db, planId, POLICY);
}

export async function phaseNow(world: World, planId: string, phaseId: string): Promise<PhaseFacts & { version: number }> {
  const now = await facts(world, planId);
  return { ...phaseFactsOf(now, phaseId), version: now.stored.version };
}

/** Approves what the phase says now, typing the number it asks for. */
export async function approve(world: World, person: PersonName, planId: string, phaseId: string, policy = POLICY) {
  const one = await phaseNow(world, planId, phaseId);
  return act(world, person, approvePhaseSpec, { planId, version: one.version, phaseId, digest: one.digest ?? '', comment: '', ...(one.numberToType === null ? {} : { typedNumber: one.numberToType }) }, policy);
}

async function foreignKeysOf(world: World, planId: string): Promise<string[]> {
  const convert = await phaseNow(world, planId, 'convert');
  return convert.phase.checks.flatMap((check) => (check.kind === 'orphans' ? check.foreignKeys.map((key) => key.id) : []));
}
