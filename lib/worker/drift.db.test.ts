import { beforeEach, expect, test } from 'vitest';
import { act, done } from '#lib/testing/acting.ts';
import { answerDriftSpec } from '#lib/dal/commands/drift.ts';
import { introspect } from '#lib/pg/introspect.ts';
import { withReader } from '#lib/pg/session.ts';
import { historyReadings, historyRuns } from '#lib/store/history.ts';
import { claimDriftCheck, driftChecks, keepReading, listDrift } from '#lib/store/drift.ts';
import { makeDecidedPlan } from '#lib/testing/bazaar-plan.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';
import { checkDrift } from './drift.ts';

const HOUR = 3_600_000;
let world: World;
beforeEach(async () => { world = await freshWorld(); });

async function read(): Promise<void> {
  const snapshot = await withReader(world.prod.config, (client) => introspect(client));
  await world.db.transaction().execute((trx) => keepReading(trx, 'bazaar_prod', snapshot, world.people.author.id));
}

/** As if everything that happened were two hours old. */
async function twoHoursLater(): Promise<void> {
  const owner = await world.control.client('owner');
  await owner.query("update snapshot set taken_at = taken_at - interval '2 hours'");
  await owner.query("alter table run disable trigger user; update run set requested_at = requested_at - interval '2 hours', ended_at = ended_at - interval '2 hours'; alter table run enable trigger user");
  await owner.query("update drift_check set checked_at = checked_at - interval '2 hours'");
}

const check = () => checkDrift(world.db, world.prod.config, HOUR);
const found = () => listDrift(world.db, ['bazaar_prod'], { days: 7 });

test('a database is looked at when an interval has passed since anybody looked, by one worker, and kept only when it changed', async () => {
  expect(await check()).toBe('not due');
  await read();
  expect(await check()).toBe('not due');
  await twoHoursLater();
  expect(await Promise.all([claimDriftCheck(world.db, 'bazaar_prod', HOUR), claimDriftCheck(world.db, 'bazaar_prod', HOUR)])).toEqual(expect.arrayContaining([true, false]));
  await twoHoursLater();
  expect(await check()).toBe('same');
  expect(await found()).toEqual([]);
  expect((await world.db.selectFrom('snapshot').select('id').execute()).length).toBe(1);
});

test('what changed outside every plan is found with its names, grants too, and leaves when somebody says that it is known', async () => {
  await read();
  await twoHoursLater();
  const client = await world.prod.client('operator');
  await client.query('create table hotfix (id int); grant select on hotfix to bazaar_reader; create index on "bazaar-vid_exports" (project_id)');
  expect(await check()).toBe('changed');
  const [drift] = await found();
  expect(drift).toMatchObject({ database: 'bazaar_prod', differences: 2, outside: 2, runs: [], names: ['+ index public.bazaar-vid_exports.bazaar-vid_exports_project_id_idx', '+ table public.hotfix'] });
  expect(await act(world, 'viewer', answerDriftSpec, { driftId: drift?.id ?? '', reason: 'x' })).toMatchObject({ code: 'not_allowed' });
  expect(await act(world, 'operator', answerDriftSpec, { driftId: drift?.id ?? '', reason: ' ' })).toMatchObject({ code: 'reason_required' });
  await done(act(world, 'operator', answerDriftSpec, { driftId: drift?.id ?? '', reason: 'the hotfix of last night' }));
  expect(await found()).toEqual([]);
  expect(await act(world, 'operator', answerDriftSpec, { driftId: drift?.id ?? '', reason: 'again' })).toMatchObject({ code: 'not_found' });
  const log = await world.db.selectFrom('audit_entry').select('action').execute();
  expect(log.map(({ action }) => action)).toEqual(expect.arrayContaining(['drift found', 'answer drift']));
  await twoHoursLater();
  await client.query('revoke select on hotfix from bazaar_reader');
  expect(await check()).toBe('changed');
  expect((await found())[0]?.names).toEqual(['~ grant TABLE public.hotfix']);
});

test('what the phase of a plan was to change is told with its plan and its operator, and only the rest is drift', async () => {
  const planId = await makeDecidedPlan(world);
  const { phases } = (await world.db.selectFrom('plan_version').select('document').where('plan_id', '=', planId).executeTakeFirstOrThrow()).document;
  const phase = phases.find((one) => one.kind === 'convert');
  const touched = phase?.touches.find((id) => id.startsWith('table:'));
  expect(touched).toMatch(/^table:public\.bazaar-vid_/);
  await twoHoursLater();
  // The run is written by hand: how it came about is not what is asked here.
  const owner = await world.control.client('owner');
  await owner.query('alter table run disable trigger user');
  await owner.query("insert into run (plan_id, version, phase_id, kind, target_database, state, digest, approvals_needed, requested_by, requested_at, ended_at) values ($1, 1, $2, 'forward', 'bazaar_prod', 'applied', repeat('0', 64), 1, $3, now() - interval '1 hour', now() - interval '50 minutes')", [planId, phase?.id, world.people.operator.id]);
  await owner.query('alter table run enable trigger user');
  const client = await world.prod.client('operator');
  const table = `public."${touched?.slice('table:public.'.length)}"`;
  await client.query(`alter table ${table} add column by_plan int`);
  expect(await check()).toBe('changed');
  expect((await found())[0]).toMatchObject({ differences: 1, outside: 0, runs: [{ planName: 'Bazaar', by: 'Operator', kind: 'forward', phaseTitle: phase?.title }] });
  await twoHoursLater();
  await client.query('create table stranger ()');
  expect(await check()).toBe('changed');
  expect((await found())[0]).toMatchObject({ differences: 1, outside: 1, runs: [] });
});

test('a database is looked at again as soon as a run on it has ended, and its history tells the run and what it left behind', async () => {
  const planId = await makeDecidedPlan(world);
  const owner = await world.control.client('owner');
  await owner.query('alter table run disable trigger user');
  await owner.query("insert into run (plan_id, version, phase_id, kind, target_database, state, digest, approvals_needed, requested_by, requested_at, ended_at) values ($1, 1, 'convert', 'forward', 'bazaar_prod', 'applied', repeat('0', 64), 1, $2, clock_timestamp(), clock_timestamp() + interval '1 millisecond')", [planId, world.people.operator.id]);
  await owner.query('alter table run enable trigger user');
  await (await world.prod.client('operator')).query('alter table "bazaar-vid_exports" add column by_plan int');
  expect(await check()).toBe('changed');
  expect(await check()).toBe('not due');
  const [after, before] = await historyReadings(world.db, 'bazaar_prod', 10);
  expect(after).toMatchObject({ by: null, drift: { differences: 1, outside: 0, names: ['+ column public.bazaar-vid_exports.by_plan'] } });
  expect(before).toMatchObject({ by: 'Author', drift: null });
  const [run] = await historyRuns(world.db, 'bazaar_prod', 10);
  expect(run).toMatchObject({ planId, planName: 'Bazaar', phaseId: 'convert', phaseTitle: expect.stringContaining('exports'), state: 'applied', by: 'Operator' });
  expect(run?.requestedAt.getTime()).toBeLessThan(after?.takenAt.getTime() ?? 0);
});

test('a database that does not answer is noted with a sentence, and no drift is invented', async () => {
  await read();
  await twoHoursLater();
  const away = { ...world.prod.config, name: 'bazaar_prod', readerUrl: 'postgres://x:y@127.0.0.1:9/x' };
  expect(await checkDrift(world.db, away, HOUR)).toBe('trouble');
  expect((await driftChecks(world.db, ['bazaar_prod']))[0]).toMatchObject({ trouble: expect.stringContaining('bazaar_prod cannot be reached') });
  await read();
  expect((await driftChecks(world.db, ['bazaar_prod']))[0]).toMatchObject({ trouble: null });
  expect(await found()).toEqual([]);
});

test('a drift is answered once and is otherwise never changed or removed', async () => {
  await read();
  await twoHoursLater();
  await (await world.prod.client('operator')).query('create table hotfix ()');
  await check();
  const app = await world.control.client('app');
  await expect(app.query('update drift set outside = 0')).rejects.toMatchObject({ code: 'CS001' });
  await expect((await world.control.client('owner')).query('delete from drift')).rejects.toMatchObject({ code: 'CS001' });
});
