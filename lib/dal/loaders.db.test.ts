import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DatabaseConfig } from '#lib/env.ts';
import { OPEN_DIFFERENCES } from '#lib/pipeline/compare-list.ts';
import { fingerprint } from '#lib/pipeline/snapshot.ts';
import { createPerson } from '#lib/store/people.ts';
import { contentOf, latestReading, type Reading } from '#lib/store/snapshots.ts';
import { act, done, POLICY } from '#lib/testing/acting.ts';
import { approve, makeBazaarPlan, makeDecidedPlan, phaseNow, SIDES } from '#lib/testing/bazaar-plan.ts';
import { freshWorld, type PersonName, type World } from '#lib/testing/world.ts';
import { decideDeltaSpec, readAgainSpec } from './commands/compare.ts';
import { executePhaseSpec } from './commands/runs.ts';
import { route } from './gate.ts';
import { readingsKept } from './keeping.ts';
import { answerExport } from './compare-export.ts';
import type { CompareListDto, CompareOpenDto } from './dto/compare.ts';
import { comparisonOf } from './comparison.ts';
import { answerList, answerOpen, compareObject, loadCompare } from './load-compare.ts';
import { loadDatabases } from './load-databases.ts';
import { loadHistory } from './load-history.ts';
import { loadHome } from './load-home.ts';
import { exportLog, loadLog } from './load-log.ts';
import { answerPrice, loadPlan, loadRollbackPrice } from './load-plan.ts';
import { answerReport, loadReport } from './load-report.ts';
import { loadRun } from './load-run.ts';
import { loadPolicy } from './load-policy.ts';
import { loadPeople, loadViewer } from './load-viewer.ts';
import { loadPulse } from './run-feed.ts';

type Real = { databaseNamed: (name: string, env?: { databases: readonly DatabaseConfig[] }) => DatabaseConfig };

const stage = vi.hoisted((): { world: World | null; personId: string | null } => ({ world: null, personId: null }));
vi.mock('./session.ts', () => ({ sessionPersonId: async () => stage.personId }));
function env() {
  return { databases: stage.world?.databases ?? [], policy: POLICY, sources: stage.world?.sources ?? { scratchUrl: null, migrations: [] }, demo: false, oidc: null };
}
vi.mock('./control.ts', async () => {
  const real = await vi.importActual<Real>('./control.ts');
  return { control: () => stage.world?.db, configuration: env, databaseNamed: (name: string, given?: { databases: readonly DatabaseConfig[] }) => real.databaseNamed(name, given ?? env()) };
});

let world: World;
beforeEach(async () => {
  world = await freshWorld();
  stage.world = world;
  as('viewer');
});

afterEach(() => readingsKept(world.db));

function as(person: PersonName | null): void {
  stage.personId = person === null ? null : world.people[person].id;
}

const NOBODY = '00000000-0000-4000-8000-000000000000';

describe('without a session', () => {
  test('every loader sends to the sign-in page, every route answers 401', async () => {
    as(null);
    expect(await loadViewer()).toBeNull();
    const loaders = [() => loadHome(), () => loadCompare({}), () => loadPlan(NOBODY), () => loadRun(NOBODY), () => loadReport(NOBODY), () => loadLog({}), () => loadDatabases(), () => loadPeople(), () => loadPolicy(), () => loadRollbackPrice(NOBODY), () => loadPulse(NOBODY)];
    for (const loader of loaders) await expect(loader()).rejects.toMatchObject({ digest: expect.stringContaining('NEXT_REDIRECT;replace;/sign-in') });
    const answer = await route((context) => exportLog(context))(new Request('http://x/api/log/export'), { params: Promise.resolve({}) });
    expect(answer.status).toBe(401);
  });

  test('a disabled person is nobody', async () => {
    await world.db.updateTable('person').set({ disabled_at: new Date() }).where('id', '=', world.people.viewer.id).execute();
    expect(await loadViewer()).toBeNull();
  });
});

test('an unknown id, one that is no uuid, and the people page for who is no admin are 404; to admins it says who made whose account', async () => {
  for (const id of [NOBODY, 'no-uuid', "'; drop table plan; --"]) {
    for (const loader of [loadPlan, loadRun, loadReport, loadRollbackPrice, loadPulse]) await expect(loader(id)).rejects.toMatchObject({ digest: expect.stringContaining('404') });
  }
  await expect(loadPeople()).rejects.toMatchObject({ digest: expect.stringContaining('404') });
  as('admin');
  const made = await world.db.transaction().execute(async (trx) => {
    await sql`select set_config('countersign.signed_in', ${world.people.admin.id}, true)`.execute(trx);
    return createPerson(trx, { name: 'Made', email: 'made@demo.test', roles: ['approver'], password: 'a-temporary-one' });
  });
  const { people } = await loadPeople();
  expect(people).toHaveLength(7);
  expect(people.filter(({ madeBy }) => madeBy.length > 0)).toMatchObject([{ id: made, madeBy: [{ what: 'account', by: world.people.admin.name }] }]);
});

test('comparing reads what was never read, counts, opens one table, and folds away what was decided', async () => {
  const first = await loadCompare({});
  if ('refused' in first) throw new Error(first.refused.sentence);
  expect(first.current.name).toBe('bazaar_prod');
  const { objects, identical, onlyCurrent, onlyDesired, different } = first.totals;
  expect(identical + onlyCurrent + onlyDesired + different).toBe(objects);
  // The head of the page and the line that folds them say one number.
  expect(first.totals.whole.identical).toBe(first.list.identical);
  await done(act(world, 'author', decideDeltaSpec, { ...SIDES, deltaId: ['add:schema:auth'], verdict: 'not_needed', reason: 'we use NextAuth' }));
  const second = await loadCompare({ ...SIDES, object: 'table:public.bazaar-vid_exports' });
  if ('refused' in second) throw new Error(second.refused.sentence);
  expect(second.totals.decided).toBe(1);
  expect(second.detail?.rows.find((row) => row.name === 'project_id')).toMatchObject({ change: 'change', current: { type: 'text' }, desired: { type: 'uuid' } });
  expect(second.detail?.currentText).toContain('CREATE TABLE');
  expect(second.detail?.statements.map((statement) => statement.sql)).toContainEqual(expect.stringMatching(/^ALTER TABLE public."bazaar-vid_exports" ALTER COLUMN project_id TYPE uuid/));
  expect(second.list.lines[second.list.at ?? -1]).toMatchObject({ line: 'object', id: 'table:public.bazaar-vid_exports' });
  expect(second.list.decided).toBe(1);
});

test('two databases that were never read are shown before they are kept, read once for all who look; a command waits until they are', async () => {
  const readings = () => world.db.selectFrom('snapshot').select(['id', 'database_name', 'fingerprint']).execute();
  const stamps = await world.db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('drift bazaar_prod', 0))`.execute(trx);
    const looks = await Promise.all([loadCompare({}), loadCompare({})]);
    expect(looks[0]).toMatchObject({ current: { name: 'bazaar_prod' }, desired: { name: 'bazaar_dev' }, list: { total: expect.any(Number) } });
    await vi.waitFor(async () => expect((await readings()).map((one) => one.database_name)).toEqual(['bazaar_dev']), { timeout: 15_000 });
    const again = await loadCompare({});
    let isDecided = false;
    const deciding = act(world, 'author', decideDeltaSpec, { ...SIDES, deltaId: ['add:schema:nobody'], verdict: 'later', reason: 'waits' }).then(() => { isDecided = true; });
    await sleep(300);
    expect(isDecided).toBe(false);
    return { deciding, stamps: [...looks, again].map((look) => ('refused' in look ? '' : look.stamp)) };
  });
  await stamps.deciding;
  const kept = await readings();
  expect(kept.map((one) => one.database_name).toSorted()).toEqual(['bazaar_dev', 'bazaar_prod']);
  const [prod, dev] = ['bazaar_prod', 'bazaar_dev'].map((name) => kept.find((one) => one.database_name === name));
  expect(new Set(stamps.stamps)).toEqual(new Set([stamps.stamps[0]]));
  expect(stamps.stamps[0]?.startsWith(`${prod?.id}.${dev?.id}.`)).toBe(true);
  for (const one of kept) expect(fingerprint((await contentOf(world.db, one.id)).objects)).toBe(one.fingerprint);
});

const names = (lines: CompareListDto['lines']) => lines.map((line) => (line.line === 'schema' ? line.schema : line.id));
const asRoute = async (answer: Parameters<typeof route>[0], path = '/') => (await route(answer)(new Request(`http://x${path}`), { params: Promise.resolve({}) })).json();

test('the parts of a comparison are cut from one list: stretches join without a gap, and what is open can be had at once', async () => {
  const all = { ...SIDES, filter: { ...OPEN_DIFFERENCES, all: true } };
  const first = await loadCompare(all);
  if ('refused' in first) throw new Error(first.refused.sentence);
  expect(first.list.total).toBe(first.list.lines.length);
  const rest: CompareListDto = await asRoute((context) => answerList(context, all, 7));
  expect(rest).toMatchObject({ stamp: first.stamp, from: 7, total: first.list.total });
  expect(names(rest.lines)).toEqual(names(first.list.lines.slice(7)));
  expect(first.list.byHazard).toBeNull();
  expect(rest.byHazard).toMatchObject({ loses: 8, rewrites: 4, refused: 0 });
  const { ids }: CompareOpenDto = await asRoute((context) => answerOpen(context, SIDES));
  expect(ids).toHaveLength(first.list.open);
  expect(await asRoute(async (context) => Response.json(await compareObject(context, { ...SIDES, object: 'table:public.nobody' })))).toMatchObject({ refused: { code: 'not_found' } });
});

const exported = async (format: string, filter = OPEN_DIFFERENCES) => (await route((context) => answerExport(context, { ...SIDES, filter }, format))(new Request('http://x/'), { params: Promise.resolve({}) })).text();

test('a comparison is exported as what the filter shows: SQL that says what it leaves out, Markdown, JSON', async () => {
  const whole = await exported('sql');
  expect(whole).toMatch(/^-- turns bazaar_prod into bazaar_dev\n/);
  expect(whole).toContain('CREATE SCHEMA neon_auth');
  const part = await exported('sql', { ...OPEN_DIFFERENCES, kind: 'schema' });
  expect(part).toMatch(/Part of the comparison: 3 of \d+ differences/);
  expect(part.match(/^CREATE .*$/gm)).toEqual(['CREATE SCHEMA auth;', 'CREATE SCHEMA neon_auth;', 'CREATE SCHEMA pgrst;']);
  expect(JSON.parse(await exported('json', { ...OPEN_DIFFERENCES, q: 'nothing is called so' }))).toMatchObject({ identical: false, differences: [] });
  expect(await exported('markdown')).toContain('## `bazaar_prod` → `bazaar_dev`');
  expect(JSON.parse(await exported('pdf'))).toMatchObject({ refused: { code: 'invalid_input' } });
});

test('a pair of readings is compared once, and again after a new reading', async () => {
  await loadCompare(SIDES);
  await readingsKept(world.db);
  const readings = async () => [await latestReading(world.db, SIDES.current), await latestReading(world.db, SIDES.desired)].filter((one) => one !== null) as [Reading, Reading];
  const once = await comparisonOf(world.db, ...(await readings()), []);
  expect(await comparisonOf(world.db, ...(await readings()), [])).toBe(once);
  await done(act(world, 'viewer', readAgainSpec, SIDES));
  expect(await comparisonOf(world.db, ...(await readings()), [])).not.toBe(once);
});

async function takenAt(): Promise<{ current: string; desired: string }> {
  const dto = await loadCompare(SIDES);
  if ('refused' in dto) throw new Error(dto.refused.sentence);
  return { current: dto.current.takenAt, desired: dto.desired.takenAt };
}

test('comparing reads a database again when a run has changed it since', async () => {
  const planId = await makeDecidedPlan(world);
  const before = await takenAt();
  expect(await takenAt()).toEqual(before);
  await done(approve(world, 'approver', planId, 'backup'));
  const one = await phaseNow(world, planId, 'backup');
  await done(act(world, 'operator', executePhaseSpec, { planId, version: one.version, phaseId: 'backup', digest: one.digest ?? '' }));
  await world.db.updateTable('run').set({ state: 'applied', ended_at: new Date() }).execute();
  const after = await takenAt();
  expect(after.desired).toBe(before.desired);
  expect(Date.parse(after.current)).toBeGreaterThan(Date.parse(before.current));
  expect(await takenAt()).toEqual(after);
});

test('comparing with a database that does not answer says so, and which others there are', async () => {
  stage.world = { ...world, databases: [world.databases[0], { name: 'away', environment: 'development', readerUrl: 'postgres://x:y@127.0.0.1:9/x', operatorUrl: null }].filter((one) => one !== undefined) };
  expect(await loadCompare({ current: 'bazaar_prod', desired: 'away' })).toMatchObject({ refused: { code: 'database_unreachable' }, databases: ['bazaar_prod', 'away'] });
  expect((await loadDatabases()).map((database) => database.reader.ok)).toEqual([true, false]);
});

test('a plan shows each viewer what they may do and why not', async () => {
  const planId = await makeDecidedPlan(world);
  as('author');
  const author = await loadPlan(planId);
  expect(author.phases[0]?.approveBlockers).toMatchObject([{ code: 'own_plan' }]);
  expect(author.verdict.rowsLost).toEqual({ provenance: 'exact', value: 8 });
  expect(author.sentence).toBe('Phase 1, “Backup”, waits for a second person: Approver or Approver2 may sign.'.replace('Backup', author.phases[0]?.phase.title ?? ''));
  as('approver');
  const approver = await loadPlan(planId);
  expect(approver.phases[0]?.approveBlockers).toBeNull();
  expect(approver.phases[0]?.executeBlockers?.map((blocker) => blocker.code)).toEqual(['not_allowed', 'approval_missing']);
  expect(approver.mayEdit).toBe(false);
  await done(approve(world, 'approver', planId, 'backup'));
  as('operator');
  const operator = await loadPlan(planId);
  expect(operator.phases[0]?.executeBlockers).toBeNull();
  expect([operator.sentence, operator.phases[0]?.sentence]).toEqual([`Phase 1, “${operator.phases[0]?.phase.title ?? ''}”, is approved and waits for the operator: Operator may start it.`, 'Approved; waits for the operator: Operator may start it.']);
  expect(operator.phases[1]?.executeBlockers?.map((blocker) => blocker.code)).toContain('phase_not_next');
  expect(operator.phases[0]?.approvals.map(({ stands }) => stands)).toEqual([true]);
  const owner = await world.control.client('owner');
  await owner.query(`alter table approval disable trigger user; update approval set expires_at = now() - interval '1 minute', signed_at = signed_at - interval '80 hours'; alter table approval enable trigger user`);
  const late = (await loadPlan(planId)).phases[0];
  expect([late?.approvals.map(({ stands, voidedAt }) => [stands, voidedAt]), late?.executeBlockers?.map(({ code }) => code)], 'what is out of time counts for nobody').toEqual([[[false, null]], ['approval_expired']]);
});

test('home says whose turn it is: author, approver, operator', async () => {
  const planId = await makeBazaarPlan(world);
  as('approver');
  const seen = await loadPlan(planId);
  const convert = seen.phases.find((one) => one.phase.id === 'convert');
  expect(convert?.approveBlockers?.map((blocker) => blocker.move), 'what an author decides is not the approver’s to do').toEqual(['author', 'author']);
  expect([convert?.asksAuthor, convert?.sentence]).toEqual([true, expect.stringMatching(/^Waits for the author: 2 rows .* Phase 1, .* comes first\.$/)]);
  expect(seen.verdict.rowsLost, 'eight rows wait for a decision: none is known to stay').toEqual({ provenance: 'unknown', why: 'what becomes of rows in phase 2 is not decided yet' });
  expect(seen.sentence, 'whose turn it is, and what an author need not wait with').toMatch(/^Phase 1, .* may sign\. Phase 2 waits for the author\.$/);
  expect((await loadHome()).waiting.map((item) => item.phaseId)).toContain('backup');
  expect((await loadHome()).waiting.map((item) => item.phaseId)).not.toContain('convert');
  as('operator');
  expect((await loadHome()).waiting).toEqual([]);
  await done(approve(world, 'approver', planId, 'backup'));
  expect((await loadHome()).waiting).toMatchObject([{ phaseId: 'backup', turn: 'start', sentence: 'Approved; waits for you to start it.', href: `/plans/${planId}?phase=backup` }]);
  as('viewer');
  expect(await loadHome()).toMatchObject({ waiting: [], running: [], plans: [{ phasesDone: 0, phaseCount: 7, author: 'Author' }] });
});

test('a database that is not declared any more: its plans keep plan page and report, its own page says so', async () => {
  const planId = await makeBazaarPlan(world);
  stage.world = { ...world, databases: [] };
  expect(await loadPlan(planId)).toMatchObject({ plan: { target: 'bazaar_prod' } });
  expect(await loadReport(planId)).toMatchObject({ finished: false, tables: { before: 31, now: { provenance: 'unknown', why: 'bazaar_prod is not declared here any more' } } });
  expect(await loadHistory('bazaar_prod')).toMatchObject({ refused: { code: 'database_unknown' } });
});

test('a run that waits for a worker is shown with its steps and SQL, on home too; its price is a refusal while nothing stands', async () => {
  const planId = await makeDecidedPlan(world);
  await done(approve(world, 'approver', planId, 'backup'));
  const one = await phaseNow(world, planId, 'backup');
  const started = await done(act(world, 'operator', executePhaseSpec, { planId, version: one.version, phaseId: 'backup', digest: one.digest ?? '' }));
  const runId = started.to?.split('/').at(-1) ?? '';
  const run = await loadRun(runId);
  expect(run).toMatchObject({ planName: 'Bazaar', phaseNumber: 1, requestedBy: 'Operator', mayCancel: false, endedAt: null, view: { state: 'queued' } });
  expect(run.steps[0]?.sql.length).toBeGreaterThan(0);
  expect(run.events.map((stored) => stored.event.type)).toEqual(['requested']);
  expect((await loadHome()).running).toMatchObject([{ href: `/runs/${runId}`, state: 'queued' }]);
  expect((await loadLog({ action: 'approve phase' })).entries).toMatchObject([{ planName: 'Bazaar', about: 'phase 1, Back up bazaar-vid_exports and bazaar-vid_export_analytics' }]);
  expect(await loadPulse(runId)).toMatchObject({ workerHolds: false, workerLost: true, targetAnswers: true, blockedByUs: [] });
  expect(await loadRollbackPrice(runId)).toMatchObject({ refused: { code: 'nothing_to_roll_back' } });
  const answer = await route<{ runId: string }>((context, params) => answerPrice(context, params.runId))(new Request('http://x/'), { params: Promise.resolve({ runId }) });
  expect([answer.status, await answer.json()]).toMatchObject([409, { refused: { code: 'nothing_to_roll_back' } }]);
});

test('the report of a plan that has not begun counts 31 tables before and now, as a page and as Markdown', async () => {
  const planId = await makeDecidedPlan(world);
  expect(await loadReport(planId)).toMatchObject({ finished: false, tables: { before: 31, now: { provenance: 'exact', value: 31 } } });
  const answer = await route<{ planId: string }>((context, params) => answerReport(context, params.planId))(new Request('http://x/'), { params: Promise.resolve({ planId }) });
  expect(answer.headers.get('content-type')).toContain('text/markdown');
  expect(await answer.text()).toMatch(/^# Bazaar\n/);
});

test('the log filters, pages, and is exported whole with its hashes', async () => {
  await makeDecidedPlan(world);
  const log = await loadLog({});
  expect(log.actions).toContain('create plan');
  const [last] = log.entries;
  expect((await loadLog({ before: String(last?.seq) })).entries[0]?.seq).toBe((last?.seq ?? 0) - 1);
  expect((await loadLog({ action: 'create plan' })).entries).toHaveLength(1);
  expect((await loadLog({ actor: 'nobody at all' })).entries).toEqual([]);
  const answer = await route((context) => exportLog(context))(new Request('http://x/api/log/export'), { params: Promise.resolve({}) });
  const lines = (await answer.text()).trim().split('\n').map((line) => JSON.parse(line) as { seq: number; hash: string });
  expect(lines).toHaveLength(log.total);
  expect(lines.at(-1)).toMatchObject({ seq: last?.seq, hash: last?.hash });
});
