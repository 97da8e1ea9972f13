import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { closeRunSession, openKeepSession, tryTargetLock } from '#lib/pg/execute-session.ts';
import type { Statement } from '#lib/pipeline/plan.ts';
import { listApprovals } from '#lib/store/approvals.ts';
import { listAudit, verifyChain } from '#lib/store/audit.ts';
import { wakeWorker } from '#lib/store/queue.ts';
import { eventsAfter, requestCancel } from '#lib/store/runs.ts';
import { closeAtEnd } from '#lib/testing/database.ts';
import { promptly } from '#lib/testing/promptly.ts';
import { endedRun, execute, PARCEL, requestSmallRollback, runWhen, smallStep, startSmallRun, tracedSteps, traces, viewOf } from '#lib/testing/small-run.ts';
import { startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';

async function cancel(world: World, runId: string): Promise<void> {
  await world.db.transaction().execute((trx) => requestCancel(trx, runId, world.people.operator, 'enough'));
}

test('a run applies every step once, verifies, and leaves ledger, events and log that agree', async () => {
  const world = await freshWorld();
  const { plan, runId } = await startSmallRun(world, tracedSteps(3));
  startWorker(world);
  const run = await endedRun(world, runId);
  expect(run).toMatchObject({ state: 'applied', attempt: 1, sentence: 'Applied and verified.' });
  expect(await traces(world)).toEqual({ 'small.1': 1, 'small.2': 1, 'small.3': 1 });
  const view = await viewOf(world, plan, runId);
  expect(view.steps.map((step) => [step.state, step.rows, step.done, step.total])).toEqual(Array.from({ length: 3 }, () => ['applied', 3001, 0, null]));
  expect(view.verification).toEqual([{ label: 'traces', expected: '3', actual: '3', ok: true }]);
  const ledger = await (await world.prod.client('superuser')).query('select step_id, xid::text, rows::int from countersign.step where run_id = $1 order by step_id', [runId]);
  expect(ledger.rows).toEqual(view.steps.map((step) => ({ step_id: step.step, xid: step.xid, rows: 3001 })));
  const audit = (await listAudit(world.db, { planId: plan.id }, 100)).map((entry) => entry.action).toReversed();
  expect(audit).toEqual(['step.started', 'step.applied', 'step.started', 'step.applied', 'step.started', 'step.applied', 'run.verified', 'run.applied']);
  expect((await verifyChain(world.db)).brokenAt).toBeNull();
  const applied = (await listAudit(world.db, { action: 'step.applied' }, 1))[0]?.detail as { rows: number; sql: { sql: string; rows: number }[] };
  expect(applied.rows).toBe(3001);
  expect(applied.sql.map((one) => one.rows)).toEqual([0, 1, 3000, 0]);
});

test('a server that cannot run a DO block any more, as after its programs were replaced under it, is refused before the first step, and the approvals stand', async () => {
  const world = await freshWorld();
  const { plan, runId } = await startSmallRun(world, tracedSteps(1));
  await (await world.prod.client('superuser')).query('DROP EXTENSION plpgsql CASCADE');
  startWorker(world);
  expect(await endedRun(world, runId)).toMatchObject({ state: 'refused', sentence: expect.stringMatching(/cannot run functions \(42704\).*Nothing was changed, and the approvals stand\./) });
  expect(await traces(world)).toEqual({});
  expect((await listApprovals(world.db, plan.id)).map((approval) => approval.voidReason)).toEqual([null]);
});

test('progress of a copy is told with its total', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, tracedSteps(1));
  startWorker(world);
  await endedRun(world, runId);
  const progress = (await eventsAfter(world.db, runId, 0)).flatMap(({ event }) => (event.type === 'progress' ? [event] : []));
  expect(progress.length).toBeGreaterThan(0);
  expect(progress.at(-1)).toMatchObject({ done: 3000, total: 3000, label: 'copy parcels' });
});

test('a rollback takes back what stands, and voids the approval with a sentence', async () => {
  const world = await freshWorld();
  const { plan, runId } = await startSmallRun(world, tracedSteps(2));
  startWorker(world);
  await endedRun(world, runId);
  const back = await requestSmallRollback(world, plan, runId);
  expect(await endedRun(world, back)).toMatchObject({ state: 'applied', sentence: 'Rolled back and verified.' });
  expect(await traces(world)).toEqual({});
  expect((await viewOf(world, plan, back)).steps.map((step) => [step.step, step.state])).toEqual([['small.2', 'rolled_back'], ['small.1', 'rolled_back']]);
  expect((await listApprovals(world.db, plan.id)).map((approval) => approval.voidReason)).toEqual(['Rolled back by Operator; sign again.']);
});

test('an assertion that does not hold rolls the step back, keeps the steps before it, and is named', async () => {
  const world = await freshWorld();
  const off = smallStep('small.2', [execute('trace', "INSERT INTO public.trace (step) VALUES ('small.2')"), { do: 'assert', label: 'traces so far', sql: 'SELECT count(*) FROM public.trace', expect: { from: 'literal', value: '7' } }]);
  const { plan, runId } = await startSmallRun(world, [...tracedSteps(1), off]);
  startWorker(world);
  expect(await endedRun(world, runId)).toMatchObject({ state: 'failed', sentence: '“traces so far” was expected to be 7 and is 2. The step was rolled back; nothing of it stands.' });
  expect(await traces(world)).toEqual({ 'small.1': 1 });
  expect((await viewOf(world, plan, runId)).steps.map((step) => step.state)).toEqual(['applied', 'failed']);
});

test('a refused statement is told by class and constraint, never with a value of a row', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, [smallStep('small.1', [execute('insert a parcel again', "INSERT INTO public.parcel VALUES (1, 'secret')")])]);
  startWorker(world);
  const run = await endedRun(world, runId);
  expect(run.state).toBe('failed');
  expect(run.sentence).toBe('The statement “insert a parcel again” was refused by the database: two rows would have the same key (23505), constraint “parcel_pkey”, table public.parcel. The step was rolled back; nothing of it stands.');
});

test('cancel ends a statement under way within a second, and nothing of the step stands', () => promptly(async (within) => {
  const world = await freshWorld();
  const { plan, runId } = await startSmallRun(world, [...tracedSteps(1), smallStep('small.2', [execute('trace', "INSERT INTO public.trace (step) VALUES ('small.2')"), execute('sleep', 'SELECT pg_sleep(30)')])]);
  startWorker(world);
  await runWhen(world, runId, (run) => run.state === 'running');
  await waitForEvent(world, runId, (event) => event.type === 'statement' && event.label === 'sleep');
  const asked = Date.now();
  await cancel(world, runId);
  expect(await endedRun(world, runId)).toMatchObject({ state: 'cancelled', sentence: 'Cancelled after 1 of 2 steps; what those steps changed stands.' });
  within(1_000, Date.now() - asked);
  expect(await traces(world)).toEqual({ 'small.1': 1 });
  expect((await viewOf(world, plan, runId)).steps.map((step) => step.state)).toEqual(['applied', 'pending']);
}));

test('a wait for a lock is told with the pid in the way, the application is never held up for long, and cancel ends the wait within a second', () => promptly(async (within) => {
  const world = await freshWorld();
  const { plan, runId } = await startSmallRun(world, tracedSteps(1));
  const holder = await world.prod.client('operator');
  await holder.query('begin');
  const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid from public.parcel limit 1');
  startWorker(world);
  await waitForEvent(world, runId, (event) => event.type === 'waiting' && event.waiting.attempt > 2);
  const view = await viewOf(world, plan, runId);
  expect(view.steps[0]).toMatchObject({ state: 'waiting', waiting: { forWhat: 'ACCESS EXCLUSIVE on public.parcel' } });
  expect(view.steps[0]?.waiting?.blockers).toMatchObject([{ pid: rows[0]?.pid, application: 'test', state: 'idle in transaction' }]);
  const other = await world.prod.client('operator');
  const begun = Date.now();
  await other.query('select count(*) from public.parcel');
  within(900, Date.now() - begun);
  const asked = Date.now();
  await cancel(world, runId);
  expect(await endedRun(world, runId)).toMatchObject({ state: 'cancelled', sentence: 'Cancelled; nothing was changed.' });
  within(1_000, Date.now() - asked);
}));

test('a run that waits for a lock goes on by itself when the lock is let go', async () => {
  const world = await freshWorld();
  const { plan, runId } = await startSmallRun(world, tracedSteps(1));
  const holder = await world.prod.client('operator');
  await holder.query('begin; lock table public.parcel in share mode');
  startWorker(world);
  // Measuring reads through the lock; only the step itself has to wait.
  await waitForEvent(world, runId, (event) => event.type === 'waiting');
  await holder.query('commit');
  expect(await endedRun(world, runId)).toMatchObject({ state: 'applied' });
  expect(await traces(world)).toEqual({ 'small.1': 1 });
  expect((await viewOf(world, plan, runId)).steps[0]?.waiting).toBeNull();
});

test('two workers race for a run, and one carries it through', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, tracedSteps(3));
  startWorker(world, { name: 'one' });
  startWorker(world, { name: 'two' });
  expect(await endedRun(world, runId)).toMatchObject({ state: 'applied', attempt: 1 });
  expect(await traces(world)).toEqual({ 'small.1': 1, 'small.2': 1, 'small.3': 1 });
  expect((await eventsAfter(world.db, runId, 0)).filter(({ event }) => event.type === 'claimed')).toHaveLength(1);
});

test('a target that moved since it was signed refuses the run and voids the approval, naming what moved', async () => {
  const world = await freshWorld();
  const { plan, runId } = await startSmallRun(world, tracedSteps(1));
  await (await world.prod.client('operator')).query('alter table public.parcel alter column name drop not null');
  startWorker(world);
  const sentence = 'The definition of public.parcel changed since it was signed.';
  expect(await endedRun(world, runId)).toMatchObject({ state: 'refused', sentence: `Refused before the first step; nothing was changed. What was signed has moved: ${sentence}` });
  expect((await listApprovals(world.db, plan.id)).map((approval) => approval.voidReason?.replace(/since \S+ \S+ UTC/, 'since then'))).toEqual([`${sentence} No plan that ran here since then touches public.parcel: that came from outside.`]);
  expect(await traces(world)).toEqual({});
  expect((await listAudit(world.db, { planId: plan.id }, 10)).map((entry) => entry.action)).toEqual(['run.refused', 'approval.voided']);
});

test('a lock in the way of measuring is no drift: the approval stands', async () => {
  const world = await freshWorld();
  const { plan, runId } = await startSmallRun(world, tracedSteps(1));
  const holder = await world.prod.client('operator');
  await holder.query('begin; lock table public.parcel in access exclusive mode');
  startWorker(world);
  const run = await endedRun(world, runId);
  expect(run.state).toBe('refused');
  expect(run.sentence).toContain('Not everything could be measured again before the run');
  expect((await listApprovals(world.db, plan.id)).map((approval) => approval.voidReason)).toEqual([null]);
});

test('an operator that may not read what the phase measures is told what it takes, and the approval stands', async () => {
  const world = await freshWorld();
  const { plan, runId } = await startSmallRun(world, tracedSteps(1));
  await (await world.prod.client('operator')).query('revoke select on public.parcel from current_user');
  startWorker(world);
  expect(await endedRun(world, runId)).toMatchObject({ state: 'refused', sentence: expect.stringContaining('may not read all rows that this phase measures. Let it act as the role that owns the tables') });
  expect((await listApprovals(world.db, plan.id)).map((approval) => approval.voidReason)).toEqual([null]);
});

test('an approval that was voided after the request refuses the run', async () => {
  const world = await freshWorld();
  const { plan, runId } = await startSmallRun(world, tracedSteps(1));
  await world.db.updateTable('approval').set({ voided_at: new Date(), void_reason: 'test' }).where('plan_id', '=', plan.id).execute();
  startWorker(world);
  expect((await endedRun(world, runId)).sentence).toContain('Fewer than 1 approvals of “Small phase” still stand');
  expect(await traces(world)).toEqual({});
});

test('an operator who lost the role after the request refuses the run', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, tracedSteps(1));
  await world.db.deleteFrom('person_role').where('person_id', '=', world.people.operator.id).where('role', '=', 'operator').execute();
  startWorker(world);
  expect(await endedRun(world, runId)).toMatchObject({ state: 'refused', sentence: 'Operator is not an operator any more, so the run does not start.' });
});

test('a read-only credential given as operator is refused with a sentence', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, tracedSteps(1));
  startWorker(world, { databases: [{ ...world.prod.config, operatorUrl: world.prod.url('reader') }] });
  expect(await endedRun(world, runId)).toMatchObject({ state: 'refused', sentence: 'The operator credential of bazaar_prod is read-only (default_transaction_read_only): it cannot run a plan.' });
});

test('a credential that may log in but not write is refused with a sentence', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, tracedSteps(1));
  const url = new URL(world.prod.url('reader'));
  url.searchParams.set('options', '-c default_transaction_read_only=off');
  startWorker(world, { databases: [{ ...world.prod.config, operatorUrl: url.toString() }] });
  const run = await endedRun(world, runId);
  expect(run).toMatchObject({ state: 'refused' });
  expect(run.sentence).toContain('may not create the schema of the ledger');
});

test('an operator that does not own a table it would alter is refused before anything is changed', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, tracedSteps(1));
  const admin = await world.prod.client('superuser');
  await admin.query('alter table public.parcel owner to postgres; grant all on public.parcel to bazaar_operator; grant select on public.parcel to bazaar_reader');
  startWorker(world);
  expect((await endedRun(world, runId)).sentence).toBe('The operator credential of bazaar_prod does not own public.parcel, and only an owner may alter a table. Let it act as the role that owns them, as the README says under “Your own databases”, then measure and sign again.');
});

test('without an operator credential, or without the database in the configuration, the run ends refused', async () => {
  const world = await freshWorld();
  const { plan, runId } = await startSmallRun(world, tracedSteps(1));
  const worker = startWorker(world, { databases: [{ ...world.prod.config, operatorUrl: null }] });
  expect(await endedRun(world, runId)).toMatchObject({ state: 'refused', sentence: 'No operator credential is configured for bazaar_prod.' });
  await worker.stop();
  expect((await listAudit(world.db, { planId: plan.id }, 10)).map((entry) => entry.action)).toEqual(['run.refused']);
});

test('an unreachable target is tried again and then refused with a sentence', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, tracedSteps(1));
  startWorker(world, { databases: [{ ...world.prod.config, operatorUrl: 'postgres://a:b@127.0.0.1:1/none' }] });
  expect(await endedRun(world, runId)).toMatchObject({ state: 'refused', sentence: 'bazaar_prod cannot be reached: the server is down, the address is wrong, or the connection broke.' });
});

test('another database under the same name is refused', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, tracedSteps(1));
  startWorker(world, { databases: [{ ...world.prod.config, operatorUrl: world.dev.url('operator') }] });
  expect(await endedRun(world, runId)).toMatchObject({ state: 'refused', sentence: 'The address configured for bazaar_prod leads to another database than the one that was signed for.' });
});

test('the role that was signed runs what was signed; another credential for the same database is refused, and the approvals stand', async () => {
  const world = await freshWorld();
  const signed = signedAs(world, 'bazaar_operator');
  const { plan, runId } = await startSmallRun(signed, tracedSteps(1));
  startWorker(world, { databases: [{ ...signed.prod.config, operatorUrl: world.prod.url('superuser') }] });
  expect(await endedRun(world, runId)).toMatchObject({ state: 'refused', sentence: expect.stringMatching(/^The operator credential of bazaar_prod is of the role \w+, and bazaar_operator was signed\./) });
  const ledger = await (await world.prod.client('superuser')).query<{ there: boolean }>("select to_regnamespace('countersign') is not null as there");
  expect(ledger.rows, 'nothing was made by that role').toEqual([{ there: false }]);
  expect((await listApprovals(world.db, plan.id)).map((approval) => approval.voidReason)).toEqual([null]);
  const right = signedAs(await freshWorld(), 'bazaar_operator');
  const asSigned = await startSmallRun(right, tracedSteps(1));
  startWorker(right);
  expect(await endedRun(right, asSigned.runId)).toMatchObject({ state: 'applied' });
});

function signedAs(world: World, operatorRole: string): World {
  return { ...world, prod: { ...world.prod, config: { ...world.prod.config, operatorRole } } };
}

test('the connection of a run is dropped in the middle of a step: while the database takes none, the run says why it cannot be looked up and what there is to do; then it is, and done once', async () => {
  const world = await freshWorld();
  const slow = smallStep('small.2', [execute('trace', "INSERT INTO public.trace (step) VALUES ('small.2')"), execute('sleep', 'SELECT pg_sleep(1)')]);
  const { plan, runId } = await startSmallRun(world, [...tracedSteps(1), slow]);
  startWorker(world);
  await waitForEvent(world, runId, (event) => event.type === 'statement' && event.label === 'sleep');
  const address = new URL(world.prod.url('superuser'));
  const database = address.pathname.slice(1);
  address.pathname = '/postgres';
  const admin = new Client({ connectionString: address.toString(), application_name: 'test' });
  await admin.connect();
  closeAtEnd(() => admin.end());
  await admin.query(`alter database ${database} allow_connections false`);
  await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name like 'countersign run %'", [database]);
  const doubts = async (): Promise<string[]> => (await eventsAfter(world.db, runId, 0)).flatMap(({ event }) => (event.type === 'step_in_doubt' ? [event.sentence] : []));
  await expect.poll(async () => (await doubts()).length, { timeout: 20_000 }).toBeGreaterThan(1);
  expect((await doubts())[1]).toMatch(/^Whether it took effect is not known yet: bazaar_prod takes no connection or closed it.* It is looked up as soon as the database answers: bring it back under the address that the worker has\. Until then nothing else runs on it/);
  await admin.query(`alter database ${database} allow_connections true`);
  expect(await endedRun(world, runId)).toMatchObject({ state: 'applied' });
  expect(await traces(world)).toEqual({ 'small.1': 1, 'small.2': 1 });
  const types = (await eventsAfter(world.db, runId, 0)).map(({ event }) => event.type);
  expect(types).toContain('step_in_doubt');
  expect(types).toContain('step_absent');
  expect((await viewOf(world, plan, runId)).attempt).toBe(1);
});

test('a step that takes its connection down every time ends as failed, not in a circle', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, [smallStep('small.1', [execute('suicide', 'SELECT pg_terminate_backend(pg_backend_pid())')])]);
  startWorker(world);
  const run = await endedRun(world, runId, 60_000);
  expect(run).toMatchObject({ state: 'failed', sentence: 'The connection broke 5 times while this step ran. It has not taken effect, and is not tried again.' });
});

test('the control database drops every connection for a moment: the worker goes on, and nothing is done twice', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, tracedSteps(4));
  startWorker(world);
  const admin = await world.control.client('superuser');
  for (let times = 0; times < 6; times += 1) {
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
    await sleep(120);
  }
  expect(await endedRun(world, runId)).toMatchObject({ state: 'applied' });
  expect(await traces(world)).toEqual({ 'small.1': 1, 'small.2': 1, 'small.3': 1, 'small.4': 1 });
  const applied = (await eventsAfter(world.db, runId, 0)).filter(({ event }) => event.type === 'step_applied');
  expect(applied).toHaveLength(4);
  expect((await verifyChain(world.db)).brokenAt).toBeNull();
});

test('a worker that is stopped gives its run back at once, and the next one finishes it', () => promptly(async (within) => {
  const world = await freshWorld();
  const slow = smallStep('small.2', [execute('trace', "INSERT INTO public.trace (step) VALUES ('small.2')"), execute('sleep', 'SELECT pg_sleep(2)')]);
  const { runId } = await startSmallRun(world, [...tracedSteps(1), slow]);
  const first = startWorker(world);
  await waitForEvent(world, runId, (event) => event.type === 'statement' && event.label === 'sleep');
  const asked = Date.now();
  await first.stop();
  within(1_500, Date.now() - asked);
  expect(await runWhen(world, runId, () => true)).toMatchObject({ state: 'running', workerId: null, heartbeatAt: null });
  startWorker(world);
  expect(await endedRun(world, runId)).toMatchObject({ state: 'applied', attempt: 2 });
  expect(await traces(world)).toEqual({ 'small.1': 1, 'small.2': 1 });
}));

test('two Countersigns never work on one database at once: the second changes nothing while it waits, and its cancel takes less than a second', () => promptly(async (within) => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, tracedSteps(1));
  const other = await world.prod.client('operator');
  await other.query('select pg_advisory_lock(1129531214, 1)');
  startWorker(world);
  await runWhen(world, runId, (run) => run.attempt === 1);
  await sleep(1_500);
  expect(await traces(world)).toEqual({});
  const asked = Date.now();
  await cancel(world, runId);
  expect(await endedRun(world, runId)).toMatchObject({ state: 'cancelled', sentence: 'Cancelled; nothing was changed.' });
  within(1_000, Date.now() - asked);
}));

test('a wake-up in the queue is taken by the worker', async () => {
  const world = await freshWorld();
  startWorker(world);
  await world.db.transaction().execute((trx) => wakeWorker(world.db, trx, '00000000-0000-4000-8000-000000000000'));
  const owner = await world.control.client('owner');
  await expect.poll(async () => (await owner.query("select state::text from pgboss.job where name = 'wake'")).rows, { timeout: 10_000 }).toEqual([{ state: 'completed' }]);
});

test('a worker wakes within a second of the request', async () => {
  const world = await freshWorld();
  startWorker(world);
  await sleep(1_000);
  const { runId } = await startSmallRun(world, tracedSteps(1));
  const events = (await endedRun(world, runId), await eventsAfter(world.db, runId, 0));
  const at = (type: string) => Date.parse(events.find(({ event }) => event.type === type)?.at ?? '');
  expect(at('claimed') - at('requested')).toBeLessThan(1_000);
});

async function waitForEvent(world: World, runId: string, fits: (event: Awaited<ReturnType<typeof eventsAfter>>[number]['event']) => boolean): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if ((await eventsAfter(world.db, runId, 0)).some(({ event }) => fits(event))) return;
    await sleep(25);
  }
  throw new Error(`it did not come: ${JSON.stringify(await eventsAfter(world.db, runId, 0))}`);
}

test('a worker that kept tables in step and fell asleep holds up no run', async () => {
  const world = await freshWorld();
  const asleep = await openKeepSession(world.prod.config, randomUUID());
  closeAtEnd(() => closeRunSession(asleep));
  expect(await tryTargetLock(asleep)).toBe(true);
  const { runId } = await startSmallRun(world, tracedSteps(1));
  startWorker(world);
  expect(await endedRun(world, runId, 15_000)).toMatchObject({ state: 'applied' });
  expect(asleep.lost).toBe(true);
});

const limitIs = (value: string): Statement => ({ do: 'assert', label: 'limit', sql: `SELECT current_setting('statement_timeout')`, expect: { from: 'literal', value } });

test('a step behind which nobody waits may take a day, one that holds the application up a quarter of an hour', async () => {
  const world = await freshWorld();
  const quiet = { ...smallStep('small.1', [limitIs('1d')]), locks: [{ mode: 'SHARE UPDATE EXCLUSIVE' as const, table: PARCEL }] };
  const { runId } = await startSmallRun(world, [quiet, smallStep('small.2', [limitIs('15min')])], { verifications: [] });
  startWorker(world);
  expect(await endedRun(world, runId)).toMatchObject({ state: 'applied' });
});
