import { expect, test } from 'vitest';
import { rehearsePlanSpec } from '#lib/dal/commands/rehearsals.ts';
import { measurePhaseSpec, withdrawApprovalSpec } from '#lib/dal/commands/review.ts';
import { executePhaseSpec } from '#lib/dal/commands/runs.ts';
import { phaseRehearsalDto, runRehearsed } from '#lib/dal/rehearsal-dto.ts';
import type { Policy } from '#lib/pipeline/policy.ts';
import { latestRehearsal } from '#lib/store/rehearsals.ts';
import { loadRun } from '#lib/store/runs.ts';
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

/** A measured plan whose one step goes through while `public.trace` has a row, and a worker that rehearses on the target's own server. */
async function scene(rehearsalRequired: readonly string[] = []): Promise<Scene> {
  const world = await freshWorld();
  await createParcels(world);
  const step = smallStep('small.1', [execute('needs a trace', `insert into public.parcel select 1, 'x' where not exists (select from public.trace)`), execute('copy', `insert into public.parcel_copy values (1, 'x')`)], [execute('uncopy', 'delete from public.parcel_copy')]);
  const plan = smallPlan([step], { verifications: [] });
  await storePlan(world, plan);
  await done(act(world, 'author', measurePhaseSpec, { planId: plan.id, version: 1, phaseId: 'small' }));
  const server = new URL(world.prod.url('superuser'));
  server.pathname = '/postgres';
  startWorker(world, { rehearsalRequired, rehearsal: { url: server.toString(), roomBytes: null }, backup: { directory: null, toolFolder: null, restoreUrl: null, environment: { PATH: process.env['PATH'] ?? '' } } });
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

test('what a rehearsal found is signed: the same verdict leaves an approval alone, another one voids it by name, and the worker runs what was signed with it', async () => {
  const one = await scene();
  const { world, planId, inTarget, rehearse } = one;
  await done(approve(world, 'approver', planId, 'small'));
  const [plain] = (await now(one)).valid;
  expect(plain).toMatchObject({ rehearsalId: null, rehearsalVerdict: null });
  expect(await said(one)).toEqual({ verdict: null, sentence: 'This version of the plan was never rehearsed to an end.' });

  // A proof that comes later is no reason to sign again.
  await inTarget(`insert into public.trace values ('there')`);
  expect(await rehearse()).toBe('proved');
  expect((await now(one)).valid.map((approval) => approval.id)).toEqual([plain?.id]);
  expect(await said(one)).toEqual({ verdict: null, sentence: 'It was signed without a rehearsal; since then one proved it.' });

  await done(act(world, 'approver', withdrawApprovalSpec, { approvalId: plain?.id ?? '', reason: '' }));
  await done(approve(world, 'approver', planId, 'small'));
  const [signed] = (await now(one)).valid;
  expect(signed).toMatchObject({ rehearsalVerdict: 'proved', rehearsalId: (await latestRehearsal(world.db, planId))?.id });
  expect(signed?.digest).not.toBe(plain?.digest);
  expect(await said(one)).toMatchObject({ verdict: 'proved', by: 'Author', version: 1, since: null });

  expect(await rehearse()).toBe('proved');
  expect((await now(one)).valid.map((approval) => approval.id)).toEqual([signed?.id]);
  expect(await said(one)).toMatchObject({ verdict: 'proved', since: 'The newest rehearsal came to the same: it proved it.' });

  await inTarget('delete from public.trace');
  expect(await rehearse()).toBe('failed');
  const after = await now(one);
  expect(after.valid).toEqual([]);
  expect(after.approvals.at(-1)?.voidReason).toMatch(/^“Small phase” was signed with a rehearsal that proved it; the rehearsal of version 1 that Author asked for since failed: It stopped on the way forward in “Small phase”/);
  expect(await said(one)).toMatchObject({ verdict: 'failed' });

  // Whoever signs beside a failed one signs that it failed; and it runs, as nothing forbids it.
  await done(approve(world, 'approver2', planId, 'small'));
  await inTarget(`insert into public.trace values ('there')`);
  const { digest, valid } = await now(one);
  expect(valid.map((approval) => approval.rehearsalVerdict)).toEqual(['failed']);
  const started = await done(act(world, 'operator', executePhaseSpec, { planId, version: 1, phaseId: 'small', digest: digest ?? '' }));
  const run = await ended(world, started.to?.split('/').at(-1) ?? '');
  expect(run, run.sentence ?? '').toMatchObject({ state: 'applied' });
  expect((await loadRun(world.db, run.id))?.rehearsalId).toBe(valid[0]?.rehearsalId);
});

test('where policy demands a proof, neither approver nor operator nor worker goes on without one, a policy that came later included; with it the phase runs', async () => {
  const one = await scene(['bazaar_prod']);
  const { world, planId, inTarget, rehearse } = one;
  const strict = { ...POLICY, rehearsalRequired: ['bazaar_prod'] };
  const start = async (policy: Policy = strict) => act(world, 'operator', executePhaseSpec, { planId, version: 1, phaseId: 'small', digest: (await now(one)).digest ?? '' }, policy);
  const demand = 'Policy demands for bazaar_prod that a rehearsal of this version has proved “Small phase”. This version of the plan was never rehearsed to an end. Rehearse the plan first.';
  await inTarget(`insert into public.trace values ('there')`);
  expect(await approve(world, 'approver', planId, 'small', strict)).toEqual({ status: 'refused', code: 'rehearsal_needed', sentence: demand });

  // Signed and asked for while the web process had no such policy: the worker's own has the last word, and the approval stands.
  await done(approve(world, 'approver', planId, 'small'));
  expect(await start()).toEqual({ status: 'refused', code: 'rehearsal_needed', sentence: demand });
  const loose = await done(start(POLICY));
  expect(await ended(world, loose.to?.split('/').at(-1) ?? '')).toMatchObject({ state: 'refused', sentence: demand });
  expect((await now(one)).valid).toHaveLength(1);

  expect(await rehearse()).toBe('proved');
  const proved = await done(start());
  const run = await ended(world, proved.to?.split('/').at(-1) ?? '');
  expect(run, run.sentence ?? '').toMatchObject({ state: 'applied', proofDemanded: true });

  // What the run page estimates by is what the clone took; a run that was asked for before it has nothing of the kind.
  const { phase } = await now(one);
  expect(await runRehearsed(world.db, run, phase)).toMatchObject({ steps: { 'small.1': { ms: expect.any(Number), locks: expect.arrayContaining([{ mode: 'ROW EXCLUSIVE', table: 'public.parcel_copy' }]) } } });
  expect(await runRehearsed(world.db, { ...run, requestedAt: new Date(run.requestedAt.getTime() - 60_000) }, phase)).toBeNull();
});
