import { expect, test } from 'vitest';
import { rehearsePlanSpec } from '#lib/dal/commands/rehearsals.ts';
import { measurePhaseSpec } from '#lib/dal/commands/review.ts';
import { executePhaseSpec } from '#lib/dal/commands/runs.ts';
import { phaseFactsOf, readPlanFacts } from '#lib/dal/plan-facts.ts';
import { approveObstacles } from '#lib/dal/plan-rules.ts';
import { phaseRehearsalDto, runRehearsed } from '#lib/dal/rehearsal-dto.ts';
import type { Policy } from '#lib/pipeline/policy.ts';
import { findPerson } from '#lib/store/people.ts';
import { latestRehearsal } from '#lib/store/rehearsals.ts';
import { act, done, POLICY } from '#lib/testing/acting.ts';
import { approve, phaseNow } from '#lib/testing/bazaar-plan.ts';
import { ended } from '#lib/testing/journey.ts';
import { createParcels, execute, smallPlan, smallStep, storePlan } from '#lib/testing/small-run.ts';
import { startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';

interface Scene {
  world: World;
  planId: string;
  rehearse: () => Promise<string>;
  /** In a session of its own, closed at once: with nobody in the target, the clone is a quick one. */
  inTarget: (text: string) => Promise<void>;
}

/** A measured plan whose one step goes through while `public.trace` has a row, and a worker that rehearses on the target's own server and demands a proof. */
async function scene(): Promise<Scene> {
  const world = await freshWorld();
  await createParcels(world);
  const step = smallStep('small.1', [execute('needs a trace', `insert into public.parcel select 1, 'x' where not exists (select from public.trace)`), execute('copy', `insert into public.parcel_copy values (1, 'x')`)], [execute('uncopy', 'delete from public.parcel_copy')]);
  const plan = smallPlan([step], { verifications: [] });
  await storePlan(world, plan);
  await done(act(world, 'author', measurePhaseSpec, { planId: plan.id, version: 1, phaseId: 'small' }));
  const server = new URL(world.prod.url('superuser'));
  server.pathname = '/postgres';
  startWorker(world, { rehearsalRequired: ['bazaar_prod'], rehearsal: { url: server.toString(), roomBytes: null, sampleSuffices: [] }, backup: { directory: null, toolFolder: null, restoreUrl: null, environment: { PATH: process.env['PATH'] ?? '' } } });
  return { world, planId: plan.id, inTarget: (text) => runIn(world, text), rehearse: () => rehearsed(world, plan.id) };
}

async function runIn(world: World, text: string): Promise<void> {
  const client = await world.prod.client('operator');
  await client.query(text);
  await client.end();
}

/** How it ended. */
async function rehearsed(world: World, planId: string): Promise<string> {
  await done(act(world, 'author', rehearsePlanSpec, { planId, version: 1 }));
  await expect.poll(async () => (await latestRehearsal(world.db, planId))?.endedAt ?? null, { timeout: 20_000, interval: 50 }).not.toBeNull();
  return (await latestRehearsal(world.db, planId))?.state ?? '';
}

const now = ({ world, planId }: Scene) => phaseNow(world, planId, 'small');
const said = async (one: Scene) => phaseRehearsalDto(await now(one));

const STRICT: Policy = { ...POLICY, rehearsalRequired: ['bazaar_prod'] };
const DEMAND = 'Policy demands for bazaar_prod that a rehearsal of this version has proved “Small phase”';
const NEVER = `${DEMAND}. This version of the plan was never rehearsed to an end. An author or an operator rehearses it first.`;

async function start(one: Scene, policy: Policy) {
  return act(one.world, 'operator', executePhaseSpec, { planId: one.planId, version: 1, phaseId: 'small', digest: (await now(one)).digest ?? '' }, policy);
}

/** As the page lists it. */
async function listed({ world, planId }: Scene, person: 'author' | 'approver') {
  const facts = await readPlanFacts(world.db, planId, STRICT);
  const found = await findPerson(world.db, world.people[person].id);
  return found && approveObstacles(facts, phaseFactsOf(facts, 'small'), found, null).find((obstacle) => obstacle.code === 'rehearsal_needed');
}

test('where policy demands a proof, neither approver nor operator nor worker goes on without one, a policy that came after the signature included; what was signed falls by another verdict and stands beside the same', async () => {
  const one = await scene();
  const { world, planId, inTarget, rehearse } = one;
  expect(await approve(world, 'approver', planId, 'small', STRICT)).toEqual({ status: 'refused', code: 'rehearsal_needed', sentence: NEVER });
  expect([await listed(one, 'author'), await listed(one, 'approver')]).toEqual([{ code: 'rehearsal_needed', sentence: NEVER, move: 'yours' }, { code: 'rehearsal_needed', sentence: NEVER, move: 'clears' }]);

  // Signed and asked for while the web process had no such policy: the worker's own has the last word, and the approval stands.
  await done(approve(world, 'approver', planId, 'small'));
  expect(await said(one)).toEqual({ verdict: null, sentence: 'This version of the plan was never rehearsed to an end.' });
  expect(await start(one, STRICT)).toEqual({ status: 'refused', code: 'rehearsal_needed', sentence: NEVER });
  const loose = await done(start(one, POLICY));
  expect(await ended(world, loose.to?.split('/').at(-1) ?? '')).toMatchObject({ state: 'refused', sentence: NEVER });
  const plain = await now(one);
  expect(plain.valid).toMatchObject([{ rehearsalId: null, rehearsalVerdict: null }]);

  expect(await rehearse()).toBe('failed');
  const failed = await now(one);
  expect(failed.valid).toEqual([]);
  expect(failed.approvals.at(-1)?.voidReason).toMatch(/^“Small phase” was signed without any rehearsal; the rehearsal of version 1 that Author asked for since failed: It stopped on the way forward in “Small phase”/);
  expect(await approve(world, 'approver', planId, 'small', STRICT)).toMatchObject({ status: 'refused', code: 'rehearsal_not_proved', sentence: expect.stringContaining(`${DEMAND}, and the newest failed: It stopped`) });
  await done(approve(world, 'approver', planId, 'small'));
  expect(await said(one)).toMatchObject({ verdict: 'failed' });

  await inTarget(`insert into public.trace values ('there')`);
  expect(await rehearse()).toBe('proved');
  expect((await now(one)).approvals.at(-1)?.voidReason).toMatch(/^“Small phase” was signed with a rehearsal that failed; the rehearsal of version 1 that Author asked for since proved it: Forward and back went through\./);
  await done(approve(world, 'approver', planId, 'small', STRICT));
  const { valid: [signed], digest } = await now(one);
  expect(signed).toMatchObject({ rehearsalVerdict: 'proved', rehearsalId: (await latestRehearsal(world.db, planId))?.id });
  expect(new Set([plain.digest, failed.digest, digest]).size).toBe(3);
  expect(await said(one)).toMatchObject({ verdict: 'proved', by: 'Author', version: 1, since: null });

  expect(await rehearse()).toBe('proved');
  expect((await now(one)).valid.map((approval) => approval.id)).toEqual([signed?.id]);
  expect(await said(one)).toMatchObject({ verdict: 'proved', since: 'The newest rehearsal came to the same: it proved it.' });
  const started = await done(start(one, STRICT));
  const run = await ended(world, started.to?.split('/').at(-1) ?? '');
  expect(run, run.sentence ?? '').toMatchObject({ state: 'applied', proofDemanded: true, rehearsalId: signed?.rehearsalId });

  // What the run page estimates by is what the clone took; a run that was asked for before it has nothing of the kind.
  const { phase } = await now(one);
  expect(await runRehearsed(world.db, run, phase)).toMatchObject({ steps: { 'small.1': { ms: expect.any(Number), locks: expect.arrayContaining([{ mode: 'ROW EXCLUSIVE', table: 'public.parcel_copy' }]) } } });
  expect(await runRehearsed(world.db, { ...run, requestedAt: new Date(run.requestedAt.getTime() - 60_000) }, phase)).toBeNull();
});
