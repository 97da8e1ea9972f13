import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import type { BackupEnv, RehearsalEnv } from '#lib/env.ts';
import { readAgainSpec } from '#lib/dal/commands/compare.ts';
import { planByRehearsalSpec } from '#lib/dal/commands/rehearsed-pause.ts';
import { rehearsePlanSpec, stopRehearsalSpec } from '#lib/dal/commands/rehearsals.ts';
import { rehearsalDto } from '#lib/dal/rehearsal-dto.ts';
import { findDumpTools } from '#lib/pg/execute-dump-tools.ts';
import { statePrint } from '#lib/pg/execute-rehearse-print.ts';
import type { Phase, Plan } from '#lib/pipeline/plan.ts';
import { claimOldest } from '#lib/store/lease.ts';
import { findPerson } from '#lib/store/people.ts';
import { latestRehearsal, type StoredRehearsal } from '#lib/store/rehearsals.ts';
import { act, done, POLICY } from '#lib/testing/acting.ts';
import { facts, makeDecidedPlan, phaseNow } from '#lib/testing/bazaar-plan.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { MIRROR_TABLES, SCENE_ROWS, SCENE_TABLES, scenePlan } from '#lib/testing/rebuild-scene.ts';
import { labelled } from '#lib/testing/security-label.ts';
import { createParcels, execute, smallPlan, signPhase, smallStep, storePlan, tracedSteps } from '#lib/testing/small-run.ts';
import { startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';

const PATH = process.env['PATH'] ?? '';
const TOOLS: BackupEnv = { directory: null, toolFolder: null, restoreUrl: null, environment: { PATH } };

/** The target's own server, as a superuser. */
function here(world: World, change: Partial<RehearsalEnv> = {}): RehearsalEnv {
  return { url: postgresOf(world), roomBytes: null, sampleSuffices: [], ...change };
}

function postgresOf(world: World): string {
  const url = new URL(world.prod.url('superuser'));
  url.pathname = '/postgres';
  return url.toString();
}

async function onPostgres<T>(world: World, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: postgresOf(world) });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function clonesOf(world: World): Promise<string[]> {
  return onPostgres(world, async (client) => (await client.query<{ name: string }>(`select datname as name from pg_database where datname like 'countersign_rehearsal_%'`)).rows.map(({ name }) => name));
}

/** None is left. Tests of other files rehearse on the same server at times, and drop theirs within seconds. */
async function noClones(world: World): Promise<void> {
  await expect.poll(() => clonesOf(world), { timeout: 20_000 }).toEqual([]);
}

/** Asked for by the author, carried out by a worker of this process, to its end. */
async function rehearsed(world: World, planId: string, rehearsal: RehearsalEnv = here(world), backup: BackupEnv = TOOLS): Promise<StoredRehearsal> {
  await done(act(world, 'author', rehearsePlanSpec, { planId, version: (await facts(world, planId)).stored.version }));
  const worker = startWorker(world, { rehearsal, backup });
  for (let tries = 0; tries < 900; tries += 1) {
    const now = await latestRehearsal(world.db, planId);
    if (now?.endedAt) {
      await worker.stop();
      return now;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(JSON.stringify(await latestRehearsal(world.db, planId)));
}

/** What the page says of the newest rehearsal. */
async function outdatedNow(world: World, planId: string): Promise<string | null | undefined> {
  const person = await findPerson(world.db, world.people.author.id);
  return person && (await rehearsalDto(world.db, await facts(world, planId), person)).last?.outdated;
}

async function smallWorld(change: (plan: Plan) => Plan): Promise<{ world: World; plan: Plan }> {
  const world = await freshWorld();
  await createParcels(world);
  const plan = change(smallPlan(tracedSteps(2)));
  await storePlan(world, plan);
  return { world, plan };
}

test('a plan that converts keys and removes orphans goes forward and back on a clone made by template, and the clone is what it was, while the target was only read; a pause longer than it was planned for is planned anew as it was measured', async () => {
  const world = await freshWorld();
  // So few rows are estimated to take some milliseconds.
  const planId = await makeDecidedPlan(world, { ...POLICY, writePauseSeconds: 0.012 });
  expect((await phaseNow(world, planId, 'convert')).phase.summary).toContain('Estimated pause for writers: under 1 s, within');
  const reader = await world.prod.client('superuser');
  const before = await statePrint(reader);
  await reader.end();
  const rehearsal = await rehearsed(world, planId);
  expect(rehearsal.sentence).toContain('Forward and back went through. The clone is again what it was');
  expect(rehearsal).toMatchObject({ state: 'proved', version: (await facts(world, planId)).stored.version, content: { clone: { by: 'template' }, targetFingerprint: before.fingerprint, proof: { differences: [], fingerprintBefore: before.fingerprint } } });
  const { steps, verifications, left } = rehearsal.content;
  expect(verifications.length).toBeGreaterThan(5);
  expect(left.map((one) => one.why)).toContain('it cannot be taken back');
  const { plan } = (await facts(world, planId)).stored;
  const forward = steps.filter((step) => step.kind === 'forward');
  expect(forward.map((step) => step.step)).toEqual(plan.phases.filter((phase) => !left.some((one) => one.phase === phase.id)).flatMap((phase) => phase.steps.map((step) => step.id)));
  // What the plan claims to lock is locked, and nothing stronger on tables that it does not name.
  const converting = forward.find((step) => step.phase === 'convert' && step.rewritten.length > 0);
  expect(converting?.locks[0]?.mode).toBe('ACCESS EXCLUSIVE');
  expect(converting?.walBytes).toBeGreaterThan(10_000);
  expect(steps.some((step) => step.kind === 'rollback' && step.phase === 'convert')).toBe(true);
  await noClones(world);
  const again = await world.prod.client('superuser');
  expect(await statePrint(again)).toEqual(before);
  // It speaks of this schema: after another was read, the page says so.
  expect(await outdatedNow(world, planId)).toBeNull();
  await again.query('create table public.later (id integer)');
  await done(act(world, 'author', readAgainSpec, { current: 'bazaar_prod', desired: 'bazaar_dev' }));
  expect(await outdatedNow(world, planId)).toBe('The target has another schema since.');
  const pressed = async () => act(world, 'author', planByRehearsalSpec, { planId, version: (await facts(world, planId)).stored.version, phaseId: 'convert' });
  expect(await pressed()).toMatchObject({ status: 'refused', code: 'invalid_input' });
  await again.query('drop table public.later');
  await done(act(world, 'author', readAgainSpec, { current: 'bazaar_prod', desired: 'bazaar_dev' }));
  await done(pressed());
  const { phases } = (await facts(world, planId)).stored.plan;
  expect(phases.map((phase) => phase.id)).toContain('convert-swap');
  expect(phases.find((phase) => phase.id === 'convert')?.summary).toContain('blocked writers in a rehearsal for under 1 s, over the 0.012 s that a pause may take, so the new tables are filled beside the live ones.');
  expect(await pressed()).toMatchObject({ status: 'refused', code: 'invalid_input' });
  // What was measured of the old steps is not said of the new ones that have their numbers.
  const person = await findPerson(world.db, world.people.author.id);
  const shown = person && (await rehearsalDto(world.db, await facts(world, planId), person)).last?.steps;
  expect(Object.keys(shown ?? {}).filter((step) => step.startsWith('convert') || step.startsWith('backup'))).toEqual(plan.phases.find((phase) => phase.id === 'backup')?.steps.map((step) => step.id));
});

test.each([14, 18] as const)('tables that are rebuilt beside the live ones, in batches and with a swap, are rehearsed by the same steps on Postgres %s', async (major) => {
  const world = await freshWorld({ major });
  const [prod, dev] = [await world.prod.client('operator'), await world.dev.client('operator')];
  await prod.query(SCENE_TABLES('text') + MIRROR_TABLES + SCENE_ROWS(500));
  await dev.query(SCENE_TABLES('uuid') + MIRROR_TABLES);
  await prod.end();
  const plan = await scenePlan({ prod: world.prod.config, dev: world.dev.config });
  await storePlan(world, plan);
  const rehearsal = await rehearsed(world, plan.id);
  expect(rehearsal.sentence).toContain('Forward and back went through. The clone is again what it was');
  expect(rehearsal).toMatchObject({ state: 'proved', content: { clone: { by: 'template' } } });
  const swap = rehearsal.content.steps.find((step) => step.kind === 'forward' && step.rewritten.includes('public.export'));
  expect(swap?.locks).toContainEqual({ mode: 'ACCESS EXCLUSIVE', table: 'public.export' });
  expect(rehearsal.content.steps.find((step) => step.step === swap?.step && step.kind === 'rollback')?.rewritten).toContain('public.export');
});

test('while somebody is in the target it is dumped and restored instead, without labels that the rehearsal server cannot read; a step that fails on the clone is named with phase, step and reason, and what stood is taken back', async () => {
  const { world, plan } = await smallWorld((small) => ({ ...small, phases: [
    ...small.phases.map((phase) => ({ ...phase, id: 'first', title: 'First phase' })),
    ...smallPlan([smallStep('second.1', [execute('once', `insert into public.trace (step) values ('second')`)], [execute('undo', `delete from public.trace where step = 'second'`)]), smallStep('second.2', [execute('twice', 'insert into public.parcel (id, name) values (1, $$x$$)')])]).phases.map((phase) => ({ ...phase, id: 'second', title: 'Second phase', verifications: [] })),
  ] }));
  await world.prod.client('operator');
  await (await world.prod.client('superuser')).query(labelled('public.parcel'));
  const rehearsal = await rehearsed(world, plan.id);
  if (typeof (await findDumpTools(15, { configured: null, path: PATH })) === 'string') return expect(rehearsal.sentence).toContain('Install the client tools of PostgreSQL 15');
  expect(rehearsal.sentence).toContain('It stopped on the way forward in “Second phase”, step “Step second.2”: The statement “twice” was refused by the database: two rows would have the same key (23505)');
  expect(rehearsal.sentence).toContain('The clone is again what it was');
  expect(rehearsal).toMatchObject({ state: 'failed', content: { clone: { by: 'dump', leftOut: ['The clone was made without security labels: the rehearsal server has not loaded anon.'] }, proof: { differences: [] } } });
  expect(rehearsal.content.steps.map((step) => [step.step, step.kind, step.trouble === null])).toEqual([
    ['small.1', 'forward', true], ['small.2', 'forward', true], ['second.1', 'forward', true], ['second.2', 'forward', false], ['second.1', 'rollback', true], ['small.2', 'rollback', true], ['small.1', 'rollback', true],
  ]);
  expect(rehearsal.content.steps[0]).toMatchObject({ rows: 3001, locks: expect.arrayContaining([{ mode: 'ACCESS EXCLUSIVE', table: 'public.parcel' }, { mode: 'ROW EXCLUSIVE', table: 'public.trace' }]) });
  return noClones(world);
});

/** 20 MB that no sample takes; rows that refer to the last of their table, one without a parent for a key that is planned, and a value of every sort. */
const LARGE = `create type public.mood as enum ('glad', 'sad');
  create table public.box (id text primary key);
  create table public.item (id integer primary key, box_id text, next_id integer references public.item deferrable initially deferred, pad text);
  alter table public.item alter column pad set storage external;
  insert into public.box select gen_random_uuid() from generate_series(1, 1500);
  insert into public.item select i, b.id, 4001 - i, case when i between 1500 and 2499 then repeat('x', 20000) end from generate_series(1, 4000) i join (select row_number() over () as n, id from public.box) b on b.n = i % 1500 + 1;
  update public.item set box_id = '00000000-0000-4000-8000-000000000000' where id = 2000;
  create function public.stop() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
  create trigger no_more before insert on public.item for each row execute function public.stop();
  create view public.items as select id, box_id from public.item;
  create table public.sorts (id integer generated always as identity primary key, b bytea, n numeric, j jsonb, at timestamptz, many text[], m public.mood, c char(4), twice numeric generated always as (n * 2) stored, nothing text);
  insert into public.sorts (b, n, j, at, many, m, c) values ('\\x00ff', 1.50, '{"a": [1, null]}', 'infinity', '{a,"b c",null}', 'sad', 'ab'), (null, 'NaN', 'null', '2026-01-01 00:00:00.123456+02', '{}', null, null);
  analyze`;

test('where no whole clone has room, the schema with a sample of the rows is rehearsed on: closed under its keys, with what the phases will find, stated, and no proof where policy demands one', async () => {
  const { world, plan } = await smallWorld((small) => ({ ...small, phases: small.phases.map((phase) => ({ ...phase, touches: ['table:public.item', 'table:public.sorts'],
    checks: [...phase.checks, { id: 'orphans', kind: 'orphans' as const, keys: { 'public.item': ['id'] }, foreignKeys: [{ id: 'item_box', child: { schema: 'public', name: 'item' }, columns: ['box_id'], parent: { schema: 'public', name: 'box' }, parentColumns: ['id'], types: ['uuid'], onDelete: 'NO ACTION', nullable: true }] }],
    verifications: [
      { label: 'rows without a box', sql: 'SELECT count(*)::text FROM public.item i WHERE NOT EXISTS (SELECT FROM public.box b WHERE b.id = i.box_id)', expect: { from: 'literal' as const, value: '1' } },
      { label: 'keys that hold', sql: `SELECT count(*)::text FROM pg_constraint WHERE conrelid = 'public.item'::regclass AND contype = 'f' AND convalidated`, expect: { from: 'literal' as const, value: '1' } },
      { label: 'values of every sort', sql: 'SELECT md5(string_agg(s::text, $$;$$ ORDER BY id)) FROM public.sorts s', expect: { from: 'any' as const } },
    ] })) }));
  const prod = await world.prod.client('superuser');
  await prod.query(LARGE);
  const { rows: [sorts] } = await prod.query<{ sum: string }>('SELECT md5(string_agg(s::text, $$;$$ ORDER BY id)) AS sum FROM public.sorts s');
  const rehearsal = await rehearsed(world, plan.id, here(world, { roomBytes: 70e6 }));
  expect(rehearsal.content.verifications.filter((one) => one.kind === 'forward').map((one) => one.actual)).toEqual(['1', '1', sorts?.sum]);
  const sample = rehearsal.content.clone?.sample;
  expect(sample).toMatchObject({ why: expect.stringMatching(/and the rehearsal server has 70\.0 MB left for it\.$/), missed: [], lacking: [] });
  expect(sample?.tables.filter(({ table }) => /item|sorts/.test(table))).toEqual([{ table: 'public.item', rows: 2002, of: 4_000, exact: false }, { table: 'public.sorts', rows: 2, of: 2, exact: true }]);
  expect(rehearsal.sentence).toContain('It was a sample: 2,002 of about 4,000 rows of public.item');
  // The control database itself does not take it for a proof.
  await expect(signPhase(world, plan, plan.phases[0] as Phase, true)).rejects.toMatchObject({ code: 'CS010' });
  await noClones(world);
});

test('an undo that leaves a row behind is found: the clone is not what it was, and the table is named', async () => {
  const { world, plan } = await smallWorld((small) => ({ ...small, phases: small.phases.map((phase) => ({ ...phase, steps: phase.steps.map((step) => ({ ...step, undo: step.undo.slice(0, 1) })) })) }));
  const rehearsal = await rehearsed(world, plan.id);
  expect(rehearsal.state).toBe('differs');
  expect(rehearsal.sentence).toContain('The clone is not what it was: public.parcel_copy has 6000 rows and had 0.');
});

test.each([
  ['no server is configured', { url: null }, 'COUNTERSIGN_REHEARSAL_URL is not set for the worker'],
  ['the disk has no room', { roomBytes: 1_000_000 }, 'and the rehearsal server has 1.0 MB left for it'],
  ['it runs another major version', { url: 'other' }, 'The rehearsal server runs Postgres 14, and bazaar_prod runs 15.'],
])('refused by name before anything is cloned: %s', async (_what, change, sentence) => {
  const { world, plan } = await smallWorld((small) => small);
  const url = 'url' in change && change.url === 'other' ? (await freshDatabase({ major: 14 })).url('superuser') : undefined;
  const rehearsal = await rehearsed(world, plan.id, here(world, url === undefined ? change : { url }));
  expect(rehearsal).toMatchObject({ state: 'refused', sentence: expect.stringContaining(sentence) });
  expect(rehearsal.content.clone).toBeNull();
});

/** A long statement, unless a session says that it is awake. */
const ASLEEP = `do $$ begin if not exists (select from pg_stat_activity where application_name = 'awake' and datname = 'postgres') then perform pg_sleep(50); end if; end $$`;

test('a worker that is stopped in the middle does not wait for the statement, drops the clone and gives the rehearsal back; the next begins it anew', async () => {
  const { world, plan } = await smallWorld((small) => ({ ...small, phases: small.phases.map((phase) => ({ ...phase, steps: [...phase.steps, smallStep('small.3', [execute('sleep', ASLEEP)])], verifications: [] })) }));
  await done(act(world, 'operator', rehearsePlanSpec, { planId: plan.id, version: 1 }));
  const first = startWorker(world, { rehearsal: here(world), backup: TOOLS });
  await expect.poll(async () => (await latestRehearsal(world.db, plan.id))?.content.stage, { timeout: 20_000 }).toBe('forward: Small phase, Step small.3');
  const begun = performance.now();
  await first.stop();
  expect(performance.now() - begun).toBeLessThan(15_000);
  await noClones(world);
  expect(await latestRehearsal(world.db, plan.id)).toMatchObject({ state: 'queued', attempt: 1, endedAt: null });
  expect(await world.db.selectFrom('rehearsal').select('lost').execute()).toEqual([{ lost: 0 }]);
  await onPostgres(world, async (awake) => {
    await awake.query(`set application_name = 'awake'`);
    const second = startWorker(world, { rehearsal: here(world), backup: TOOLS });
    await expect.poll(async () => (await latestRehearsal(world.db, plan.id))?.state, { timeout: 20_000 }).toBe('proved');
    await second.stop();
  });
  expect(await latestRehearsal(world.db, plan.id)).toMatchObject({ attempt: 2 });
});

test('a person stops a rehearsal in the middle of a long statement: it does not wait for the statement, and the clone is gone', async () => {
  const { world, plan } = await smallWorld((small) => ({ ...small, phases: small.phases.map((phase) => ({ ...phase, steps: [...phase.steps, smallStep('small.3', [execute('sleep', ASLEEP)])], verifications: [] })) }));
  await done(act(world, 'operator', rehearsePlanSpec, { planId: plan.id, version: 1 }));
  const worker = startWorker(world, { rehearsal: here(world), backup: TOOLS });
  await expect.poll(async () => (await latestRehearsal(world.db, plan.id))?.content.stage, { timeout: 20_000 }).toBe('forward: Small phase, Step small.3');
  expect(await act(world, 'approver', stopRehearsalSpec, { planId: plan.id })).toMatchObject({ status: 'refused', code: 'not_allowed' });
  await done(act(world, 'author', stopRehearsalSpec, { planId: plan.id }));
  // Long before the statement would have ended.
  await expect.poll(async () => (await latestRehearsal(world.db, plan.id))?.endedAt, { timeout: 20_000 }).not.toBeNull();
  await noClones(world);
  const { author } = world.people;
  expect(await latestRehearsal(world.db, plan.id)).toMatchObject({ state: 'refused', attempt: 1, stoppedBy: author.name, sentence: `${author.name} stopped it before it came to an end. Its clone was dropped, and it says nothing about the plan.` });
  expect(await act(world, 'author', stopRehearsalSpec, { planId: plan.id })).toMatchObject({ status: 'refused', code: 'run_ended' });
  await worker.stop();
});

test('a rehearsal that no worker has begun ends when it is stopped; one whose worker was killed is ended by the next, which drops what that one left', async () => {
  const { world, plan } = await smallWorld((small) => small);
  await done(act(world, 'author', rehearsePlanSpec, { planId: plan.id, version: 1 }));
  await done(act(world, 'operator', stopRehearsalSpec, { planId: plan.id }));
  expect(await latestRehearsal(world.db, plan.id)).toMatchObject({ state: 'refused', stoppedBy: world.people.operator.name, attempt: 0 });
  await done(act(world, 'author', rehearsePlanSpec, { planId: plan.id, version: 1 }));
  const claim = await claimOldest(world.db, 'rehearsal', randomUUID());
  await done(act(world, 'author', stopRehearsalSpec, { planId: plan.id }));
  await expect(world.db.updateTable('rehearsal').set({ cancel_requested_by: world.people.operator.id }).where('id', '=', claim?.id ?? '').execute()).rejects.toMatchObject({ code: 'CS001' });
  expect(await latestRehearsal(world.db, plan.id)).toMatchObject({ state: 'running', stoppedBy: world.people.author.name });
  await onPostgres(world, (client) => client.query(`create database countersign_rehearsal_${randomUUID().slice(0, 8)}`));
  await world.db.updateTable('rehearsal').set({ heartbeat_at: null }).where('id', '=', claim?.id ?? '').execute();
  const worker = startWorker(world, { rehearsal: here(world), backup: TOOLS });
  await expect.poll(async () => (await latestRehearsal(world.db, plan.id))?.endedAt, { timeout: 20_000 }).not.toBeNull();
  await worker.stop();
  await noClones(world);
  expect(await latestRehearsal(world.db, plan.id)).toMatchObject({ state: 'refused', attempt: 2 });
});

test('a rehearsal that its worker could not read is let go of: its lease is not renewed, and the next attempt carries it out', async () => {
  const { world, plan } = await smallWorld((small) => small);
  await done(act(world, 'author', rehearsePlanSpec, { planId: plan.id, version: 1 }));
  const owner = await world.control.client();
  await owner.query('alter table person rename to person_away');
  const lease = () => world.db.selectFrom('rehearsal').select(['heartbeat_at', 'worker_id', 'attempt']).where('plan_id', '=', plan.id).executeTakeFirstOrThrow();
  const worker = startWorker(world);
  await expect.poll(async () => (await lease()).worker_id).not.toBeNull();
  const taken = await lease();
  // A held lease is renewed every two seconds.
  await new Promise((resolve) => setTimeout(resolve, 2_600));
  expect(await lease()).toEqual(taken);
  await owner.query('alter table person_away rename to person');
  await world.db.updateTable('rehearsal').set({ heartbeat_at: null }).where('plan_id', '=', plan.id).execute();
  await expect.poll(async () => (await latestRehearsal(world.db, plan.id))?.endedAt, { timeout: 20_000 }).not.toBeNull();
  await worker.stop();
});

test('a clone that a killed worker left is dropped when a worker starts, one that is in use is not', async () => {
  const { world, plan } = await smallWorld((small) => small);
  const left = `countersign_rehearsal_${randomUUID().slice(0, 8)}`;
  await onPostgres(world, async (client) => {
    await client.query(`create database ${left}`);
    await client.query('select pg_advisory_lock(7266393)');
    const early = startWorker(world, { rehearsal: here(world) });
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await clonesOf(world)).toContain(left);
    await early.stop();
  });
  const worker = startWorker(world, { rehearsal: here(world) });
  await noClones(world);
  await worker.stop();
  expect(await latestRehearsal(world.db, plan.id)).toBeNull();
});

test('only an author or an operator rehearses, and a plan once at a time', async () => {
  const { world, plan } = await smallWorld((small) => small);
  const ask = (person: 'author' | 'operator' | 'approver' | 'viewer') => act(world, person, rehearsePlanSpec, { planId: plan.id, version: 1 });
  expect(await ask('viewer')).toMatchObject({ status: 'refused', code: 'not_allowed' });
  expect(await ask('approver')).toMatchObject({ status: 'refused', code: 'not_allowed' });
  expect(await ask('operator')).toMatchObject({ status: 'done' });
  expect(await ask('author')).toMatchObject({ status: 'refused', code: 'rehearsal_under_way' });
});
