import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { BatchesWork } from '#lib/pipeline/step-kinds/batches.ts';
import type { Step } from '#lib/pipeline/plan.ts';
import { eventsAfter, requestCancel, setPace } from '#lib/store/runs.ts';
import { endedRun, execute, runWhen, smallStep, startSmallRun, tracedSteps } from '#lib/testing/small-run.ts';
import { benchStep, stepBench, type StepBench } from '#lib/testing/step-bench.ts';
import { PACING, startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';
import { type Pace, paceOf } from './pace.ts';

/** Three thousand rows, so many at a time, and a twentieth of a second for each batch, or so many seconds. */
const work = (atOnce: number, seconds: number): BatchesWork => ({
  kind: 'batches',
  walks: [{
    label: 'name the parcels',
    sql: `WITH w AS MATERIALIZED (SELECT p.id FROM public.parcel p WHERE ($1::text IS NULL OR p.id > $1::int) AND ($3::text IS NULL OR p.id <= $3::int) ORDER BY p.id LIMIT least($2::int, ${atOnce})),
      u AS (UPDATE public.parcel p SET name = p.name || '+' FROM w WHERE p.id = w.id RETURNING 1), s AS (SELECT pg_sleep(${seconds}) FROM (SELECT count(*) FROM u) done)
      SELECT CASE WHEN (SELECT count(*) FROM w) = ${atOnce} THEN $2::int ELSE 0 END AS rows, (SELECT count(*)::int FROM u) AS changed, (SELECT max(id)::text FROM w) AS last FROM s`,
    totalSql: 'SELECT count(*) FROM public.parcel',
    untilSql: 'SELECT max(id)::text FROM public.parcel',
  }],
  after: [],
});
const naming = (atOnce: number, seconds = 0.05): Step => benchStep('small.1', { work: work(atOnce, seconds), locks: [{ mode: 'ROW EXCLUSIVE', table: { schema: 'public', name: 'parcel' } }] });
const NO_TRACES = { verifications: [] };

async function named(world: World): Promise<{ once: number; more: number }> {
  const { rows } = await (await world.prod.client('superuser')).query<{ once: number; more: number }>("select count(*) filter (where name like '%+')::int as once, count(*) filter (where name like '%++')::int as more from public.parcel");
  return rows[0] ?? { once: -1, more: -1 };
}

async function pace(world: World, runId: string, percent: number): Promise<void> {
  await world.db.transaction().execute((trx) => setPace(trx, runId, world.people.operator, percent, ''));
}

test('a paused run stops within one batch, says who it waits for, and goes on where it was when it is let go', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, [naming(50)], NO_TRACES);
  startWorker(world);
  await expect.poll(async () => (await named(world)).once, { timeout: 20_000 }).toBeGreaterThan(0);
  await pace(world, runId, 0);
  await expect.poll(async () => (await eventsAfter(world.db, runId, 0)).some(({ event }) => event.type === 'waiting' && event.waiting.forWhat === 'a person: the run is paused')).toBe(true);
  const before = await named(world);
  expect(before.once).toBeLessThan(3000);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(await named(world)).toEqual(before);
  await pace(world, runId, 100);
  expect(await endedRun(world, runId)).toMatchObject({ state: 'applied', attempt: 1 });
  expect(await named(world)).toEqual({ once: 3000, more: 0 });
});

test('a run paused before it begins changes nothing, and cancel ends it while it is paused', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, tracedSteps(1));
  await pace(world, runId, 0);
  startWorker(world);
  await runWhen(world, runId, (run) => run.state === 'running');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect((await eventsAfter(world.db, runId, 0)).some(({ event }) => event.type === 'step_started')).toBe(false);
  await world.db.transaction().execute((trx) => requestCancel(trx, runId, world.people.operator, 'enough'));
  expect(await endedRun(world, runId)).toMatchObject({ state: 'cancelled', sentence: 'Cancelled; nothing was changed.' });
});

test('a quarter of the speed takes at least three times as long between two batches as the batches themselves', async () => {
  const world = await freshWorld();
  const { runId } = await startSmallRun(world, [naming(300)], NO_TRACES);
  await pace(world, runId, 25);
  startWorker(world);
  const begun = await runWhen(world, runId, (run) => run.state === 'running');
  expect(begun.state).toBe('running');
  const since = Date.now();
  await endedRun(world, runId, 50_000);
  // 10 batches of at least 50 ms, and three times that in rests between them.
  expect(Date.now() - since).toBeGreaterThan(10 * 50 * 3);
});

test('the fuse: a statement that holds up more sessions than allowed is cancelled, the application goes first, and the step is done later; a batch that it waits for only shortly is followed by a rest', async () => {
  const world = await freshWorld();
  const hold = smallStep('small.1', [execute('lock parcel', 'LOCK TABLE public.parcel IN ACCESS EXCLUSIVE MODE'), execute('trace', "INSERT INTO public.trace (step) VALUES ('small.1')"), execute('work', 'SELECT pg_sleep(4)')]);
  const { runId } = await startSmallRun(world, [hold, { ...naming(300, 0.9), id: 'small.2' }], NO_TRACES);
  startWorker(world, { pacing: { ...PACING, fuseSessions: 2, fuseSeconds: 1 } });
  const waitedFor = async (reason: string) => (await eventsAfter(world.db, runId, 0)).some(({ event }) => event.type === 'waiting' && event.waiting.forWhat.startsWith(reason));
  await expect.poll(async () => (await eventsAfter(world.db, runId, 0)).some(({ event }) => event.type === 'statement' && event.label === 'work'), { timeout: 20_000 }).toBe(true);
  const waited = await Promise.all([1, 2].map(async () => {
    const client = await world.prod.client('operator');
    const since = Date.now();
    await client.query('select count(*) from public.parcel');
    return Date.now() - since;
  }));
  for (const ms of waited) expect(ms).toBeLessThan(3_500);
  await expect.poll(async () => (await eventsAfter(world.db, runId, 0)).some(({ event }) => event.type === 'statement' && event.label === 'name the parcels'), { timeout: 20_000 }).toBe(true);
  await (await world.prod.client('operator')).query(`update public.parcel set name = name where id = 1`);
  expect(await endedRun(world, runId)).toMatchObject({ state: 'applied' });
  expect([await waitedFor('the application: 2 or more sessions'), await waitedFor('the application: 1 session had waited for the last batch')]).toEqual([true, true]);
  const { rows } = await (await world.prod.client('superuser')).query('select count(*)::int as n from public.trace');
  expect(rows).toEqual([{ n: 1 }]);
});

/** What a run asks between two batches, without a run around it. */
async function asked(limits: Partial<typeof PACING>): Promise<{ bench: StepBench; next: () => Promise<number>; told: (string | null)[]; paced: Pace; stop: () => void }> {
  const bench = await stepBench(15, 'create table public.trace (step text)');
  const told: (string | null)[] = [];
  const state = { stopped: false };
  const watch = { reason: () => (state.stopped ? ('cancel' as const) : null), pace: () => 100, answer: () => null, stop: () => Promise.resolve() };
  const paced = paceOf({ watch, limits: { ...PACING, ...limits }, tables: [{ schema: 'public', name: 'trace' }], tell: (reason) => void told.push(reason) });
  const next = async (): Promise<number> => {
    const since = performance.now();
    await paced.betweenBatches(bench.session);
    return performance.now() - since;
  };
  return { bench, next, told, paced, stop: () => void (state.stopped = true) };
}

test('a replica that is further behind than allowed holds the next batch back, by name of the lag, until it has caught up', async () => {
  const { bench, next, told } = await asked({ lagSeconds: 5, walBytesPerSecond: 0 });
  const admin = await bench.database.client();
  const { rows } = await admin.query<{ columns: string }>(`select string_agg(case attname when 'state' then $$'streaming'::text$$ when 'replay_lag' then 'LAG' else 'null::' || format_type(atttypid, atttypmod) end || ' as ' || attname, ', ' order by attnum) as columns from pg_attribute where attrelid = 'pg_catalog.pg_stat_replication'::regclass and attnum > 0`);
  // A replica of its own would take seconds to set up: what the server says of its replicas is all that is looked at.
  const lag = (seconds: number) => admin.query(`set allow_system_table_mods = on; create or replace view pg_catalog.pg_stat_replication as select ${(rows[0]?.columns ?? '').replace('LAG', `make_interval(secs => ${seconds})`)}`);
  await lag(1);
  expect(await next()).toBeLessThan(400);
  await lag(9);
  const [rested] = await Promise.all([next(), sleep(1_000).then(() => lag(1))]);
  expect(rested).toBeGreaterThan(900);
  expect(told).toEqual(['a replica: it is 9 s behind, and 5 s are allowed', null]);
});

test('a batch that wrote more WAL than allowed is followed by a rest that makes up for it, or until a person stops the run; without a limit by none', async () => {
  const write = `insert into public.trace select repeat('x', 100) from generate_series(1, 3000)`;
  const { bench, next, told, stop } = await asked({ lagSeconds: 0, walBytesPerSecond: 200_000 });
  await next();
  await bench.session.client.query(write);
  // Other tests write WAL on this server too: a rest alone would make up for theirs as well.
  setTimeout(stop, 1_500);
  expect(await next()).toBeGreaterThan(1_000);
  expect(told[0]).toMatch(/^its turn: more WAL was written than/);
  const free = await asked({ lagSeconds: 0, walBytesPerSecond: 0 });
  await free.next();
  await free.bench.session.client.query(write);
  expect(await free.next()).toBeLessThan(400);
});

test('a batch for which sessions waited is followed by a rest of its length and by smaller ones, until nobody waits; so is one beside a vacuum of the table, by name', async () => {
  const { bench, next, told, paced } = await asked({ lagSeconds: 0, walBytesPerSecond: 0 });
  await next();
  paced.waitedFor(2);
  await bench.session.client.query('select pg_sleep(0.6)');
  expect(await next()).toBeGreaterThan(500);
  expect([paced.share(), told]).toEqual([0.5, ['the application: 2 sessions had waited for the last batch', null]]);
  for (const share of [0.625, 0.78125]) {
    await next();
    expect(paced.share()).toBe(share);
  }
  const upkeep = await bench.database.client('operator');
  // As VACUUM and autovacuum have it.
  await upkeep.query('begin; lock table public.trace in share update exclusive mode');
  await bench.session.client.query('select pg_sleep(0.6)');
  expect(await next()).toBeGreaterThan(500);
  expect(told.at(-2)).toBe('its turn: a vacuum, or other upkeep, works on public.trace');
  await upkeep.query('rollback');
  await bench.session.client.query('select pg_sleep(0.6)');
  expect(await next()).toBeLessThan(400);
});
