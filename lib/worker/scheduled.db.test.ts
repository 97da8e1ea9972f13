import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { answerGlassSpec, breakGlassSpec } from '#lib/dal/commands/break-glass.ts';
import { changePolicySpec } from '#lib/dal/commands/policy.ts';
import { measurePhaseSpec, withdrawApprovalSpec } from '#lib/dal/commands/review.ts';
import { cancelRunSpec, executePhaseSpec } from '#lib/dal/commands/runs.ts';
import { moveStartSpec, schedulePhaseSpec, stopStartSpec } from '#lib/dal/commands/starts.ts';
import { notStartedDto } from '#lib/dal/start-dto.ts';
import type { Plan } from '#lib/pipeline/plan.ts';
import { NO_DEMANDS, type PolicyDocument, type Weekday } from '#lib/pipeline/policy-document.ts';
import { actBySession } from '#lib/store/acting.ts';
import { mailReaders } from '#lib/store/notices.ts';
import { voidApprovals } from '#lib/store/approvals.ts';
import { listGlasses } from '#lib/store/break-glass.ts';
import { currentPolicy } from '#lib/store/policy.ts';
import { eventsAfter, listRuns } from '#lib/store/runs.ts';
import { listStarts, scheduleStart } from '#lib/store/scheduled-starts.ts';
import { act, done } from '#lib/testing/acting.ts';
import { approve, phaseNow } from '#lib/testing/bazaar-plan.ts';
import { ended } from '#lib/testing/journey.ts';
import { createParcels, requestForward, requestSmallRollback, smallPlan, storePlan, tracedSteps } from '#lib/testing/small-run.ts';
import { startWorker } from '#lib/testing/worker-process.ts';
import { noticeDue } from './notify/spread.ts';
import { noticeNearStarts } from './notify/turns.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';

const TERMS = { approvals: 1, approvalsDestructive: 1, rehearsalRequired: [] };

/** A measured and approved plan of one phase. */
async function scene(signed = true): Promise<{ world: World; plan: Plan }> {
  const world = await freshWorld();
  await createParcels(world);
  const plan = smallPlan(tracedSteps(1));
  await storePlan(world, plan);
  await done(act(world, 'author', measurePhaseSpec, { planId: plan.id, version: 1, phaseId: 'small' }));
  if (signed) await done(approve(world, 'approver', plan.id, 'small'));
  return { world, plan };
}

async function lay(world: World, change: Partial<PolicyDocument>, person: 'admin' | 'operator' = 'admin') {
  const number = (await currentPolicy(world.db))?.number ?? 0;
  return act(world, person, changePolicySpec, { number, reason: 'for a test', document: JSON.stringify({ ...NO_DEMANDS, ...change }) });
}

async function fields(world: World, plan: Plan) {
  const one = await phaseNow(world, plan.id, 'small');
  return { planId: plan.id, version: 1, phaseId: 'small', digest: one.digest ?? '' };
}

async function signedTerms(world: World, plan: Plan) {
  const one = await phaseNow(world, plan.id, 'small');
  return { digest: one.digest ?? '', evidenceId: one.evidence?.id ?? '' };
}

const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();
/** A day of the week on which it is not, nor the night before. */
const inThreeDays = ((((new Date().getUTCDay() + 6) % 7) + 3) % 7 + 1) as Weekday;
const CLOSED: PolicyDocument['windows'] = [{ database: 'bazaar_prod', days: [inThreeDays], from: '10:00', to: '11:00', zone: 'UTC' }];
const FROZEN: PolicyDocument['freezes'] = [{ from: hours(-1), to: hours(1), why: 'Christmas business', databases: ['bazaar_prod'] }];

/** Signed by the approver that long ago, to be started that many hours from now. */
async function signedBefore(world: World, plan: Plan, startIn: number): Promise<void> {
  const { digest, evidenceId } = await signedTerms(world, plan);
  await world.db.transaction().execute(async (trx) => {
    await actBySession(trx, world.people.approver.id);
    await trx.insertInto('approval').values({ plan_id: plan.id, version: 1, phase_id: 'small', digest, evidence_id: evidenceId, rehearsal_id: null, person_id: world.people.approver.id, signed_at: new Date(hours(-2)), expires_at: new Date(hours(50)), start_by: new Date(hours(startIn)), void_reason: null }).execute();
  });
}

test('what is signed must be started within the hours that policy gives, else it is signed again; a run that waited too long changes nothing', async () => {
  const { world, plan } = await scene(false);
  const [phase] = plan.phases;
  if (!phase) throw new Error('the plan has a phase');
  await done(lay(world, { executionHours: 1 }));
  await signedBefore(world, plan, -0.5);
  const late = { status: 'refused', code: 'execution_over', sentence: expect.stringMatching(/^It had to be started by \S+ \S+ UTC, within the hours that policy gives after the last signature\. It must be asked for and signed again\./) };
  expect(await act(world, 'operator', executePhaseSpec, await fields(world, plan))).toMatchObject(late);
  await expect(requestForward(world, plan, phase, await signedTerms(world, plan))).rejects.toMatchObject({ code: 'CS037' });
  expect(await phaseNow(world, plan.id, 'small')).toMatchObject({ valid: [], over: [{ person: 'Approver' }], signers: { length: 2 } });

  await done(approve(world, 'approver', plan.id, 'small'));
  const [before, again] = (await phaseNow(world, plan.id, 'small')).approvals;
  expect([before?.voidReason, again?.voidedAt]).toEqual([late.sentence, null]);
  expect((again?.startBy?.getTime() ?? 0) - (again?.signedAt.getTime() ?? 0)).toBe(3_600_000);
  expect(await act(world, 'operator', schedulePhaseSpec, { ...(await fields(world, plan)), startAt: hours(2) })).toMatchObject({ status: 'refused', code: 'execution_over', sentence: expect.stringMatching(/^It must be started by /) });

  await done(act(world, 'approver', withdrawApprovalSpec, { approvalId: again?.id ?? '', reason: 'for the test' }));
  await signedBefore(world, plan, 0.7 / 3_600);
  const waited = await requestForward(world, plan, phase, await signedTerms(world, plan));
  await new Promise((resolve) => setTimeout(resolve, 800));
  startWorker(world);
  expect(await ended(world, waited)).toMatchObject({ state: 'refused', sentence: expect.stringContaining('signed again. Nothing was changed.') });
  await done(approve(world, 'approver', plan.id, 'small'));
  const started = await done(act(world, 'operator', executePhaseSpec, await fields(world, plan)));
  expect(await ended(world, started.to?.split('/').at(-1) ?? '')).toMatchObject({ state: 'applied' });
});

test('a freeze is a constraint: no code path starts a run forward in it, and a way back is open', async () => {
  const { world, plan } = await scene();
  const phase = plan.phases[0];
  if (!phase) throw new Error('the plan has a phase');
  startWorker(world);
  const started = await done(act(world, 'operator', executePhaseSpec, await fields(world, plan)));
  const runId = started.to?.split('/').at(-1) ?? '';
  expect(await ended(world, runId)).toMatchObject({ state: 'applied' });

  expect(await lay(world, { freezes: FROZEN }, 'operator')).toMatchObject({ status: 'refused', code: 'not_allowed' });
  await done(lay(world, { freezes: FROZEN, windows: CLOSED, approvals: 2 }));
  expect(await act(world, 'admin', changePolicySpec, { number: 0, reason: 'seen an old page', document: JSON.stringify(NO_DEMANDS) })).toMatchObject({ status: 'refused', code: 'policy_changed' });
  expect(await lay(world, { freezes: FROZEN, windows: CLOSED, approvals: 2 })).toMatchObject({ status: 'refused', sentence: 'This says the same as the policy that counts now.' });
  await expect(world.db.updateTable('policy_version').set({ reason: 'other' }).execute()).rejects.toThrow(/permission denied|append-only/);

  await expect(requestForward(world, plan, phase, await signedTerms(world, plan))).rejects.toMatchObject({ code: 'CS032' });
  const back = await requestSmallRollback(world, plan, runId);
  expect(await ended(world, back)).toMatchObject({ state: 'applied', kind: 'rollback' });

  // Signed once, as it had to be when it was signed: two are demanded of what starts from now on.
  await done(lay(world, { approvals: 2 }));
  await done(approve(world, 'approver', plan.id, 'small'));
  await expect(requestForward(world, plan, phase, await signedTerms(world, plan))).rejects.toMatchObject({ code: 'CS006' });
  expect(await act(world, 'operator', executePhaseSpec, await fields(world, plan))).toMatchObject({ status: 'refused', code: 'approval_missing' });

  // A window is no constraint of the control database: the command refuses, and the worker has the last word before the first step.
  await done(lay(world, { windows: CLOSED }));
  expect(await act(world, 'operator', executePhaseSpec, await fields(world, plan))).toMatchObject({ status: 'refused', code: 'outside_maintenance', sentence: expect.stringMatching(/^Outside the maintenance window of bazaar_prod: opens \w{3} .* 10:00 UTC/) });
  const forced = await requestForward(world, plan, phase, await signedTerms(world, plan));
  expect(await ended(world, forced)).toMatchObject({ state: 'refused', sentence: expect.stringContaining('Nothing was changed, and the approvals stand.') });
  expect((await phaseNow(world, plan.id, 'small')).valid).toHaveLength(1);

  // For how long a lock that was never rehearsed keeps writers waiting is not known, and not known is not short.
  await done(lay(world, { writeBlockSeconds: 60 }));
  expect(await act(world, 'operator', executePhaseSpec, await fields(world, plan))).toMatchObject({ status: 'refused', code: 'write_block' });
  const unrehearsed = await requestForward(world, plan, phase, await signedTerms(world, plan));
  expect(await ended(world, unrehearsed)).toMatchObject({ state: 'refused', sentence: expect.stringContaining('would keep them waiting is not known') });
});

test('what is scheduled starts at its instant on the word of its operator; it is moved, stopped, and refused when its approval is void or its target moved', async () => {
  const { world, plan } = await scene();
  const last = async () => (await listStarts(world.db, plan.id)).at(-1);
  const ends = async () => {
    await expect.poll(async () => (await last())?.state, { timeout: 10_000, interval: 50 }).not.toBe('waiting');
    return last();
  };
  expect(await act(world, 'author', schedulePhaseSpec, { ...(await fields(world, plan)), startAt: hours(1) })).toMatchObject({ status: 'refused', code: 'not_allowed' });
  expect(await act(world, 'operator', schedulePhaseSpec, { ...(await fields(world, plan)), startAt: hours(-1) })).toMatchObject({ status: 'refused', code: 'invalid_input' });
  expect(await act(world, 'operator', schedulePhaseSpec, { ...(await fields(world, plan)), startAt: hours(100) })).toMatchObject({ status: 'refused', code: 'approval_expired' });
  const told = async () => (await world.db.selectFrom('notice').select(['event', 'reason']).where('event', 'in', ['start_wanted', 'start_near']).orderBy('at').execute()).map(({ event, reason }) => `${event}: ${reason.replace(/At \S+ \S+ UTC/, 'At its hour')}`);
  await done(lay(world, { windows: CLOSED }));
  await noticeDue({ db: world.db, policy: TERMS });
  expect(await told(), 'nobody is called while the window is closed').toEqual([]);
  expect(await act(world, 'operator', schedulePhaseSpec, { ...(await fields(world, plan)), startAt: hours(1) })).toMatchObject({ status: 'refused', code: 'outside_maintenance' });
  await done(lay(world, {}));
  for (let looks = 0; looks < 2; looks += 1) await noticeDue({ db: world.db, policy: TERMS });
  expect(await told()).toEqual(['start_wanted: Signed by Approver.']);

  await done(act(world, 'operator', schedulePhaseSpec, { ...(await fields(world, plan)), startAt: hours(2), reason: 'after the batch' }));
  await noticeNearStarts({ db: world.db, policy: { ...TERMS, approvals: 2 } }, new Date(hours(1.8)));
  expect((await told()).slice(1)).toEqual(['start_near: At its hour. As things stand it would not start: 1 of 2 approvals of what was scheduled stand.']);
  // It holds no target, but a second one of the phase, or a run by hand beside it, would be two words about one thing.
  expect(await act(world, 'operator', executePhaseSpec, await fields(world, plan))).toMatchObject({ status: 'refused', code: 'start_scheduled' });
  expect(await act(world, 'operator', schedulePhaseSpec, { ...(await fields(world, plan)), startAt: hours(3) })).toMatchObject({ status: 'refused', code: 'start_scheduled' });
  await done(act(world, 'operator', stopStartSpec, { startId: (await last())?.id ?? '', reason: 'the batch is late' }));
  expect(await last()).toMatchObject({ state: 'stopped', sentence: 'Stopped by Operator: the batch is late.' });
  expect(await act(world, 'operator', moveStartSpec, { startId: (await last())?.id ?? '', startAt: hours(1) })).toMatchObject({ status: 'refused', sentence: 'It waits no more. Stopped by Operator: the batch is late.' });
  await expect(world.db.transaction().execute(async (trx) => scheduleStart(trx, { ...(await fields(world, plan)), version: 1, target: plan.target, startAt: new Date(Date.now() + 500), reason: '', by: world.people.operator.id }))).rejects.toMatchObject({ code: 'CS011' });

  await done(act(world, 'operator', schedulePhaseSpec, { ...(await fields(world, plan)), startAt: new Date(Date.now() + 500).toISOString() }));
  const { valid } = await phaseNow(world, plan.id, 'small');
  await world.db.transaction().execute((trx) => voidApprovals(trx, valid.map((approval) => approval.id), 'the approver thought again.'));
  // Two look at the same clock: one start is one run.
  startWorker(world);
  startWorker(world, { name: 'second' });
  expect(await ends()).toMatchObject({ state: 'refused', sentence: 'The approval of Approver is void: the approver thought again.' });
  expect((await phaseNow(world, plan.id, 'small')).notStarted).toMatchObject({ state: 'refused' });
  expect(await world.db.selectFrom('notice').select('reason').where('event', '=', 'run_failed').execute()).toEqual([{ reason: 'It was scheduled and did not start: The approval of Approver is void: the approver thought again.' }]);
  expect(await listRuns(world.db)).toEqual([]);

  // What moved in the target shows when the run that it became looks at it, and is told as what did not start.
  await done(approve(world, 'approver', plan.id, 'small'));
  const client = await world.prod.client('operator');
  await client.query('alter table public.parcel add column note text');
  await done(act(world, 'operator', schedulePhaseSpec, { ...(await fields(world, plan)), startAt: new Date(Date.now() + 1_000).toISOString() }));
  expect(await ends()).toMatchObject({ state: 'started' });
  expect(await ended(world, (await listRuns(world.db)).at(-1)?.id ?? '')).toMatchObject({ state: 'refused' });
  expect(notStartedDto(await phaseNow(world, plan.id, 'small'))).toMatchObject({ by: 'Operator', sentence: expect.stringMatching(/^Refused before the first step; nothing was changed\. .*parcel/) });

  await done(act(world, 'author', measurePhaseSpec, { planId: plan.id, version: 1, phaseId: 'small' }));
  await done(approve(world, 'approver', plan.id, 'small'));
  await done(act(world, 'operator', schedulePhaseSpec, { ...(await fields(world, plan)), startAt: hours(2) }));
  const at = Date.now() + 1_000;
  await done(act(world, 'operator', moveStartSpec, { startId: (await last())?.id ?? '', startAt: new Date(at).toISOString() }));
  expect(await ends()).toMatchObject({ state: 'started', by: { name: 'Operator' } });
  const run = (await listRuns(world.db)).at(-1);
  expect(run?.requestedAt.getTime()).toBeGreaterThanOrEqual(at);
  expect(await ended(world, run?.id ?? '')).toMatchObject({ state: 'applied', requestedBy: 'Operator' });
  const words = (await listStarts(world.db, plan.id)).map((start) => start.state);
  expect(words).toEqual(['stopped', 'refused', 'started', 'moved', 'started']);
  expect(await listRuns(world.db)).toHaveLength(2);
  expect(notStartedDto(await phaseNow(world, plan.id, 'small'))).toBeNull();
});

test('a start that was scheduled waits for a replica that is behind and says so; a person stops it, and the next one begins when the replica has caught up', async () => {
  const { world, plan } = await scene();
  startWorker(world);
  const server = await world.prod.client('superuser');
  // A replica of its own would take seconds to set up: what the server says of its replicas is all that is looked at.
  const lag = (seconds: number) => server.query(`set allow_system_table_mods = on; create or replace view pg_catalog.pg_stat_replication as
    select 1 as pid, null::oid as usesysid, null::name as usename, 'east'::text as application_name, null::inet as client_addr, null::text as client_hostname, null::integer as client_port, null::timestamptz as backend_start, null::xid as backend_xmin,
      'streaming'::text as state, null::pg_lsn as sent_lsn, null::pg_lsn as write_lsn, null::pg_lsn as flush_lsn, null::pg_lsn as replay_lsn, null::interval as write_lag, null::interval as flush_lag, make_interval(secs => ${seconds}) as replay_lag,
      null::integer as sync_priority, null::text as sync_state, null::timestamptz as reply_time`);
  const begun = async () => {
    await done(act(world, 'operator', schedulePhaseSpec, { ...(await fields(world, plan)), startAt: new Date(Date.now() + 1_000).toISOString() }));
    await expect.poll(async () => (await listRuns(world.db, { active: true })).length, { timeout: 10_000, interval: 50 }).toBe(1);
    return (await listRuns(world.db, { active: true }))[0]?.id ?? '';
  };
  const heldIn = async (run: string) => (await eventsAfter(world.db, run, 0)).flatMap(({ event }) => (event.type === 'held' ? [event.why] : []));
  await lag(9);
  const stopped = await begun();
  await expect.poll(() => heldIn(stopped), { timeout: 10_000, interval: 50 }).toEqual([expect.stringMatching(/^The replica east is 9\.0 s behind, and 5 s are allowed/)]);
  await done(act(world, 'operator', cancelRunSpec, { runId: stopped, reason: 'not tonight' }));
  expect(await ended(world, stopped)).toMatchObject({ state: 'cancelled', sentence: 'Cancelled; nothing was changed.' });
  const run = await begun();
  await expect.poll(() => heldIn(run), { timeout: 10_000, interval: 50 }).toHaveLength(1);
  await lag(1);
  expect(await ended(world, run)).toMatchObject({ state: 'applied', attempt: 1 });
  expect(await heldIn(run)).toHaveLength(1);
});

test('break-glass stands in for signatures alone: policy, a reason, an operator who wrote nothing of it and what was measured are asked as ever, everybody is told, and a second person answers once', async () => {
  const { world, plan } = await scene(false);
  const { author, operator, approver } = world.people;
  const pressed = async (reason = 'Checkout is down, and nobody else is awake.') => ({ ...(await fields(world, plan)), reason });
  const runOf = (state: { to?: string }) => ended(world, state.to?.split('/').at(-1) ?? '');
  await world.db.insertInto('person_role').values([{ person_id: author.id, role: 'operator' }, { person_id: operator.id, role: 'approver' }]).execute();
  expect(await act(world, 'operator', breakGlassSpec, await pressed())).toMatchObject({ status: 'refused', code: 'glass_not_allowed' });
  await done(lay(world, { breakGlass: true }));
  expect(await act(world, 'operator', breakGlassSpec, await pressed(' '))).toMatchObject({ status: 'refused', code: 'reason_required' });
  expect(await act(world, 'author', breakGlassSpec, await pressed())).toMatchObject({ status: 'refused', code: 'own_plan' });
  expect(await act(world, 'approver', breakGlassSpec, await pressed())).toMatchObject({ status: 'refused', code: 'not_allowed' });
  await done(lay(world, { breakGlass: true, freezes: FROZEN }));
  expect(await act(world, 'operator', breakGlassSpec, await pressed())).toMatchObject({ status: 'refused', code: 'frozen' });
  await done(lay(world, { breakGlass: true }));

  startWorker(world);
  const client = await world.prod.client('operator');
  await client.query("insert into public.parcel select i, 'new' from generate_series(3001, 6000) i");
  expect(await runOf(await done(act(world, 'operator', breakGlassSpec, await pressed())))).toMatchObject({ state: 'refused' });
  await done(act(world, 'author', measurePhaseSpec, { planId: plan.id, version: 1, phaseId: 'small' }));
  const run = await runOf(await done(act(world, 'operator', breakGlassSpec, await pressed())));
  const glasses = await listGlasses(world.db, plan.id);
  expect([run.state, run.breakGlassId, run.reason]).toEqual(['applied', glasses[1]?.id, 'Break-glass: Checkout is down, and nobody else is awake.']);

  const told = await world.db.selectFrom('notice').select(['id', 'event']).where('event', '=', 'break_glass').execute();
  const heard = await mailReaders(world.db, { id: told[0]?.id ?? '', event: 'break_glass', planId: plan.id, personId: operator.id, forPersonId: null });
  expect([told.length, heard.length]).toEqual([2, Object.keys(world.people).length]);

  const answer = { glassId: glasses[1]?.id ?? '', verdict: 'countersigned' };
  expect(await act(world, 'operator', answerGlassSpec, answer)).toMatchObject({ status: 'refused', code: 'own_plan' });
  expect(await act(world, 'approver', answerGlassSpec, { ...answer, verdict: 'rejected' })).toMatchObject({ status: 'refused', code: 'reason_required' });
  await done(act(world, 'approver', answerGlassSpec, answer));
  expect(await act(world, 'approver2', answerGlassSpec, answer)).toMatchObject({ status: 'refused', code: 'glass_answered' });
  expect((await listGlasses(world.db, plan.id)).map(({ state, answer: given }) => [state, given?.by ?? null])).toEqual([['open', null], ['countersigned', 'Approver']]);
  await expect(world.db.updateTable('break_glass').set({ state: 'rejected', comment: 'no' }).where('id', '=', answer.glassId).execute()).rejects.toMatchObject({ code: expect.stringMatching(/^CS/) });
  await expect(world.db.transaction().execute((trx) => sql`select set_config('countersign.signed_in', ${approver.id}, true)`.execute(trx).then(() => trx.updateTable('break_glass').set({ state: 'countersigned', answered_by: approver.id, answered_at: new Date(), comment: '', reason: 'other' }).where('state', '=', 'open').execute()))).rejects.toThrow(/permission denied/);
});
