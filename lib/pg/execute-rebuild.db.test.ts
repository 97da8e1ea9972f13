import { describe, expect, test } from 'vitest';
import { cleanUp } from '#lib/testing/carried-scene.ts';
import { closeAtEnd, freshDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { MIRROR_TABLES, openSceneRun, phaseOf, rowsDifferent, SCENE_ROWS, SCENE_TABLES, scenePhase, scenePlan, sceneStep, SILENT } from '#lib/testing/rebuild-scene.ts';
import { startWriters, type Writers } from '#lib/testing/rebuild-writers.ts';
import type { Major } from '#lib/cli/server-account.ts';
import type { Plan, Step } from '#lib/pipeline/plan.ts';
import { judge } from '#lib/pipeline/preflight.ts';
import { STEP_LIMITS } from './execute-kind.ts';
import { closeRunSession } from './execute-session.ts';
import { measurePhase } from './measure.ts';

interface Scene {
  prod: TestDatabase;
  plan: Plan;
}

async function scene(major: Major = 15, rows = 2_000, writePauseSeconds = -1): Promise<Scene> {
  const [prod, dev] = await Promise.all([freshDatabase({ major }), freshDatabase({ major })]);
  await (await prod.client('operator')).query(SCENE_TABLES('text') + MIRROR_TABLES + SCENE_ROWS(rows));
  await (await dev.client('operator')).query(SCENE_TABLES('uuid') + MIRROR_TABLES);
  return { prod, plan: await scenePlan({ prod: { ...prod.config, name: 'prod' }, dev: { ...dev.config, name: 'dev' } }, writePauseSeconds) };
}

async function load(prod: TestDatabase, seed: number, writers = 3): Promise<Writers> {
  const started = await startWriters(prod.url('operator'), { writers, rows: 2_000, seed });
  closeAtEnd(async () => void (await started.stop()));
  return started;
}

describe.each([14, 15, 18] as const)('on Postgres %i', (major) => {
  test('no write is lost over a conversion, its rollback, and going forward again, under load', async () => {
    const { prod, plan } = await scene(major);
    expect(plan.phases.map((phase) => phase.id)).toEqual(['backup', 'convert', 'convert-swap', 'validate', 'cleanup']);
    await scenePhase(prod.config, plan, 'backup', 'forward');
    const before = await shapeOf(prod);
    const writers = await load(prod, major);
    await scenePhase(prod.config, plan, 'convert', 'forward');
    await scenePhase(prod.config, plan, 'convert-swap', 'forward');
    expect(await typeOfId(prod)).toBe('uuid');
    await someMore(writers);
    await scenePhase(prod.config, plan, 'convert-swap', 'rollback');
    expect(await typeOfId(prod)).toBe('text');
    await scenePhase(prod.config, plan, 'convert-swap', 'forward');
    await someMore(writers);
    await scenePhase(prod.config, plan, 'convert-swap', 'rollback');
    await scenePhase(prod.config, plan, 'convert', 'rollback');
    expect((await writers.stop()).errors).toEqual([]);
    expect(await rowsDifferent(prod.url())).toBe(0);
    expect(await shapeOf(prod)).toEqual(before);
  });
});

test('the mode follows from the estimated pause, and the plan says why', async () => {
  const { prod, plan } = await scene();
  expect(plan.phases[1]?.summary).toMatch(/^In one transaction export and analytics would block writers for an estimated under 1 s, over the -1 s that a pause may take/);
  const dev = await freshDatabase();
  await (await dev.client('operator')).query(SCENE_TABLES('uuid') + MIRROR_TABLES);
  const small = await scenePlan({ prod: { ...prod.config, name: 'prod' }, dev: { ...dev.config, name: 'dev' } }, 5);
  expect(small.phases.map((phase) => phase.id)).toEqual(['backup', 'convert', 'validate', 'cleanup']);
  expect(small.phases[1]?.summary).toContain('Estimated pause for writers: under 1 s, within the 5 s that a pause may take, so it is done in one transaction.');
  await (await dev.client('operator')).query('ALTER TABLE public.export ADD COLUMN extra text');
  const wider = await scenePlan({ prod: { ...prod.config, name: 'prod' }, dev: { ...dev.config, name: 'dev' } });
  expect(wider.phases.map((phase) => phase.id)).not.toContain('convert-swap');
  expect(wider.phases[1]?.summary).toContain('it is planned so nevertheless, because export gets or loses a column in the same plan, whose values could not go back: plan that apart.');
});

test('clean-up stops following and drops everything that the rebuild made, and the application goes on', async () => {
  const { prod, plan } = await scene();
  for (const phase of ['backup', 'convert', 'convert-swap']) await scenePhase(prod.config, plan, phase, 'forward');
  const client = await prod.client('operator');
  const kept = phaseOf(plan, 'cleanup');
  const one = await openSceneRun(prod.config, plan, 'cleanup', 'forward');
  closeAtEnd(() => closeRunSession(one.session));
  for (const step of kept.steps) {
    const counted = step.statements.flatMap((statement) => (statement.do === 'assert' ? [statement.sql] : []))[0];
    const rows = counted ? String((await client.query<{ count: string }>(counted)).rows[0]?.count) : null;
    expect(await sceneStep(one, step, { evidenced: () => rows }), step.title).toMatchObject({ outcome: 'applied' });
  }
  await client.query(`UPDATE public.export SET note = 'after'; TRUNCATE public.analytics`);
  const { rows } = await client.query(`SELECT (SELECT count(*)::int FROM pg_namespace WHERE nspname LIKE 'countersign\\_%') AS schemas, (SELECT count(*)::int FROM pg_trigger WHERE tgname LIKE 'zz%') AS triggers`);
  expect(rows).toEqual([{ schemas: 0, triggers: 0 }]);
});

test('an id that is spelled in another way keeps its spelling over swap and rollback, with the rows that refer to it', async () => {
  const { prod, plan } = await scene();
  const client = await prod.client('operator');
  await client.query(`INSERT INTO public.export (id, project_id, slug) VALUES ('{AAAAAAAA-0000-4000-8000-000000000001}', 1, 'odd'), ('BBBBBBBB-0000-4000-8000-000000000002', 1, 'odd too');
    INSERT INTO public.analytics (id, export_id, kind) VALUES ('cccccccc-0000-4000-8000-000000000003', '{AAAAAAAA-0000-4000-8000-000000000001}', 'view')`);
  for (const phase of ['backup', 'convert', 'convert-swap']) await scenePhase(prod.config, plan, phase, 'forward');
  await client.query(`UPDATE public.export SET note = 'after' WHERE slug LIKE 'odd%'; INSERT INTO public.analytics (id, export_id, kind) VALUES ('dddddddd-0000-4000-8000-000000000004', 'aaaaaaaa-0000-4000-8000-000000000001', 'new')`);
  await scenePhase(prod.config, plan, 'convert-swap', 'rollback');
  const { rows } = await client.query(`SELECT id, note FROM public.export WHERE slug LIKE 'odd%' UNION ALL SELECT export_id, kind FROM public.analytics WHERE id ~ '^(c{8}|d{8})' ORDER BY 1, 2`);
  expect(rows).toEqual([
    { id: 'BBBBBBBB-0000-4000-8000-000000000002', note: 'after' },
    { id: '{AAAAAAAA-0000-4000-8000-000000000001}', note: 'after' },
    { id: '{AAAAAAAA-0000-4000-8000-000000000001}', note: 'new' },
    { id: '{AAAAAAAA-0000-4000-8000-000000000001}', note: 'view' },
  ]);
});

test('a row that does not convert is named and stops the swap, never the application; mended, it goes on', async () => {
  const { prod, plan } = await scene();
  const client = await prod.client('operator');
  await client.query(`INSERT INTO public.export (id, project_id, slug) VALUES ('no uuid at all', 1, 'bad')`);
  await scenePhase(prod.config, plan, 'backup', 'forward');
  await scenePhase(prod.config, plan, 'convert', 'forward');
  await expect(scenePhase(prod.config, plan, 'convert-swap', 'forward')).rejects.toThrow('1 row does not go over: export [\\\"no uuid at all\\\"] (22P02). Mend it in the live table');
  expect(await typeOfId(prod)).toBe('text');
  // A swap whose condition never comes true, as where rows change as fast as they are brought over, ends by itself.
  const swap = phaseOf(plan, 'convert-swap').steps.find((step) => step.work?.kind === 'swap');
  if (swap?.work?.kind !== 'swap') throw new Error('the phase has no swap');
  const outrun = await openSceneRun(prod.config, plan, 'convert-swap', 'forward');
  closeAtEnd(() => closeRunSession(outrun.session));
  expect(await sceneStep(outrun, { ...swap, work: { ...swap.work, until: -1 } }, { limits: { ...STEP_LIMITS, catchUpMs: 0 } })).toMatchObject({ outcome: 'failed', sentence: expect.stringMatching(/^Rows change as fast as they are brought over: .*what is built stays in step\. Try again when fewer write/) });
  await closeRunSession(outrun.session);
  await client.query(`UPDATE public.export SET id = '99999999-0000-4000-8000-000000000009' WHERE slug = 'bad'`);
  await scenePhase(prod.config, plan, 'convert-swap', 'forward');
  expect(await typeOfId(prod)).toBe('uuid');
});

test('many rows that do not convert stop the swap by name, no transaction has more parts than the server keeps in mind, and mended it goes on and loses nothing', async () => {
  const { prod, plan } = await scene(18);
  const client = await prod.client('superuser');
  await client.query(`INSERT INTO public.export (id, project_id, slug) SELECT md5('bad ' || i) || ' is none', 1, 'bad ' || i FROM generate_series(1, 120) i`);
  await scenePhase(prod.config, plan, 'backup', 'forward');
  let [most, over] = [0, false];
  const looking = new AbortController();
  const watch = (async () => {
    while (!looking.signal.aborted) {
      const { rows } = await client.query<{ most: number; over: boolean }>('SELECT max(s.subxact_count)::int AS most, bool_or(s.subxact_overflowed) AS over FROM pg_stat_get_backend_idset() b(id), pg_stat_get_backend_subxact(b.id) s');
      most = Math.max(most, rows[0]?.most ?? 0);
      over ||= rows[0]?.over ?? false;
    }
  })();
  await scenePhase(prod.config, plan, 'convert', 'forward');
  looking.abort();
  await watch;
  expect(over).toBe(false);
  expect(most).toBeGreaterThan(5);
  await expect(scenePhase(prod.config, plan, 'convert-swap', 'forward')).rejects.toThrow(/\d+ rows do not go over: .* is none/);
  await client.query(`DELETE FROM public.export WHERE slug LIKE 'bad %'`);
  await scenePhase(prod.config, plan, 'convert-swap', 'forward');
  expect([await typeOfId(prod), await rowsDifferent(prod.url())]).toEqual(['uuid', 0]);
});

test('two texts that are one uuid are found by the proof: the tables stay as they are', async () => {
  const { prod, plan } = await scene();
  const client = await prod.client('operator');
  await client.query(`INSERT INTO public.export (id, project_id) VALUES ('EEEEEEEE-0000-4000-8000-000000000001', 1), ('eeeeeeee-0000-4000-8000-000000000001', 1)`);
  await scenePhase(prod.config, plan, 'backup', 'forward');
  await scenePhase(prod.config, plan, 'convert', 'forward');
  await expect(scenePhase(prod.config, plan, 'convert-swap', 'forward')).rejects.toThrow(/export is not the same on both sides: 2002 rows.*2001 rows.*eeeeeeee-0000-4000-8000-000000000001/);
  expect(await typeOfId(prod)).toBe('text');
});

test('TRUNCATE of a followed table is refused with a sentence, and the table is whole', async () => {
  const { prod, plan } = await scene();
  await scenePhase(prod.config, plan, 'backup', 'forward');
  await scenePhase(prod.config, plan, 'convert', 'forward');
  const client = await prod.client('operator');
  await expect(client.query('TRUNCATE public.analytics')).rejects.toThrow('analytics is being migrated by Countersign and cannot be truncated now');
});

test.each([
  ['a trigger that somebody dropped', 'DROP TRIGGER zz_countersign_update ON public.export', /triggers that follow export.*expected to be 4 and is 3/],
  ['a trigger that somebody disabled', 'ALTER TABLE public.analytics DISABLE TRIGGER USER', /triggers that follow analytics.*expected to be 4 and is 0/],
  ['a column that somebody added', 'ALTER TABLE public.export ADD COLUMN extra text', /columns of export.*extra text null/],
])('%s stops the swap by name', async (_what, sql, sentence) => {
  const { prod, plan } = await scene();
  await scenePhase(prod.config, plan, 'backup', 'forward');
  await scenePhase(prod.config, plan, 'convert', 'forward');
  await (await prod.client('operator')).query(sql);
  await expect(scenePhase(prod.config, plan, 'convert-swap', 'forward')).rejects.toThrow(sentence);
  expect(await typeOfId(prod)).toBe('text');
});

test.each([
  ['a log that somebody dropped', (schema: string) => [`DROP TABLE ${schema}.export__log`], /a table does not exist/],
  ['a key that somebody renamed, and renamed back', () => ['ALTER TABLE public.export RENAME COLUMN id TO ident', 'ALTER TABLE public.export RENAME COLUMN ident TO id'], /Writes to export could not be noted, because somebody had changed its columns/],
])('%s does not fail the application, stops the swap by name, and lets the way back go', async (_what, changes, sentence) => {
  const { prod, plan } = await scene();
  await scenePhase(prod.config, plan, 'backup', 'forward');
  await scenePhase(prod.config, plan, 'convert', 'forward');
  const client = await prod.client('operator');
  const [change, back] = changes(`${plan.keepSchema}_new`);
  await client.query(change ?? '');
  expect((await client.query(`UPDATE public.export SET note = 'meanwhile' WHERE slug = 'slug 7'`)).rowCount).toBe(1);
  if (back) await client.query(back);
  await expect(scenePhase(prod.config, plan, 'convert-swap', 'forward')).rejects.toThrow(sentence);
  // It stays so: what was written meanwhile is known to nobody.
  await expect(scenePhase(prod.config, plan, 'convert-swap', 'forward')).rejects.toThrow(sentence);
  await client.query(`DELETE FROM public.analytics WHERE export_id = (SELECT id FROM public.export WHERE slug = 'slug 9')`);
  await client.query(`UPDATE public.export SET note = 'still' WHERE slug = 'slug 8'`);
  await scenePhase(prod.config, plan, 'convert', 'rollback');
  expect((await client.query(`SELECT note FROM public.export WHERE slug IN ('slug 7', 'slug 8') ORDER BY slug`)).rows).toEqual([{ note: 'meanwhile' }, { note: 'still' }]);
});

const failed = (sentence: RegExp) => ({ outcome: 'failed', sentence: expect.stringMatching(sentence) });

test('a full disk, a right that is taken away and a column that is renamed end the copy by name, while the application writes; mended, its next attempt goes on and loses nothing', async () => {
  const { prod, plan } = await scene();
  await scenePhase(prod.config, plan, 'backup', 'forward');
  const superuser = await prod.client();
  const { rows } = await superuser.query<{ name: string }>(`SELECT pg_get_userbyid(relowner) AS name FROM pg_class WHERE oid = 'public.export'::regclass`);
  const writers = await startWriters(prod.url(), { writers: 2, rows: 2_000, seed: 3, pauseMs: 5 });
  const { steps } = phaseOf(plan, 'convert');
  let run = await openSceneRun(prod.config, plan, 'convert', 'forward');
  closeAtEnd(async () => void (await Promise.all([writers.stop(), closeRunSession(run.session)])));
  const copy = steps.findIndex((step) => step.work?.kind === 'feed');
  for (const step of steps.slice(0, copy)) expect(await sceneStep(run, step)).toMatchObject({ outcome: 'applied' });

  /** The next attempt; what befalls it comes before its batch of that number. */
  async function copied(harm: string, at: number): Promise<unknown> {
    await closeRunSession(run.session);
    run = await openSceneRun(prod.config, plan, 'convert', 'forward', run.run);
    let batches = 0;
    return sceneStep(run, steps[copy] as Step, { pace: async () => void ((batches += 1) === at && (await superuser.query(harm))) });
  }
  await superuser.query(`ALTER DATABASE ${prod.name} SET work_mem = '64kB'; ALTER DATABASE ${prod.name} SET temp_file_limit = 0`);
  expect(await copied('', 0)).toMatchObject(failed(/\(53400\).* What was copied stands, and the live tables are as they were/));
  await superuser.query(`ALTER DATABASE ${prod.name} RESET ALL`);
  expect(await copied('ALTER TABLE public.export OWNER TO CURRENT_USER', 2)).toMatchObject(failed(/the operator lacks the right for it \(42501\)/));
  await superuser.query(`ALTER TABLE public.export OWNER TO ${rows[0]?.name ?? ''}`);
  const { errors, committed } = await writers.stop();
  expect([errors, committed > 20]).toEqual([[], true]);
  expect(await copied('ALTER TABLE public.export RENAME COLUMN note TO remark', 1)).toMatchObject(failed(/a column does not exist \(42703\)/));
  await superuser.query('ALTER TABLE public.export RENAME COLUMN remark TO note');
  expect(await copied('', 0)).toMatchObject({ outcome: 'applied' });
  for (const step of steps.slice(copy + 1)) expect(await sceneStep(run, step)).toMatchObject({ outcome: 'applied' });
  await closeRunSession(run.session);
  await scenePhase(prod.config, plan, 'convert-swap', 'forward');
  expect([await typeOfId(prod), await rowsDifferent(prod.url())]).toEqual(['uuid', 0]);
});

test('a unique index that somebody adds to the new table while it is filled takes no row away in silence: the row that collides is named and stops the swap, until the index is gone', async () => {
  const { prod, plan } = await scene(15, 300);
  await scenePhase(prod.config, plan, 'backup', 'forward');
  const { steps } = phaseOf(plan, 'convert');
  const one = await openSceneRun(prod.config, plan, 'convert', 'forward');
  const client = await prod.client();
  for (const step of steps) {
    if (step.work?.kind === 'feed' && step.work.copy) await client.query(`CREATE UNIQUE INDEX beside ON ${plan.keepSchema}_new.export ((CASE WHEN slug IN ('slug 7', 'slug 8') THEN 1 END))`);
    expect(await sceneStep(one, step)).toMatchObject({ outcome: 'applied' });
  }
  await closeRunSession(one.session);
  await expect(scenePhase(prod.config, plan, 'convert-swap', 'forward')).rejects.toThrow(/1 row does not go over: export \[.*\] \(23505\)/);
  expect([await typeOfId(prod), (await client.query('SELECT FROM public.export')).rowCount]).toEqual(['text', 300]);
  await client.query(`DROP INDEX ${plan.keepSchema}_new.beside`);
  await scenePhase(prod.config, plan, 'convert-swap', 'forward');
  expect([await typeOfId(prod), (await client.query('SELECT FROM public.export')).rowCount, await rowsDifferent(prod.url())]).toEqual(['uuid', 300, 0]);
});

test('the new tables are vacuumed before the swap, and a bulk write that commits while it waits for its lock is brought over before the next try, not under the lock', async () => {
  const { prod, plan } = await scene();
  for (const phase of ['backup', 'convert']) await scenePhase(prod.config, plan, phase, 'forward');
  const { rows: built } = await (await prod.client()).query('SELECT c.relname AS name, c.relallvisible = c.relpages AND c.relpages > 0 AS visible, age(c.relfrozenxid) < 200 AS frozen FROM pg_class c WHERE c.relnamespace = to_regnamespace($1) AND c.relname IN (\'export\', \'analytics\') ORDER BY 1', [`${plan.keepSchema}_new`]);
  expect(built).toEqual(['analytics', 'export'].map((name) => ({ name, visible: true, frozen: true })));
  const { steps } = phaseOf(plan, 'convert-swap');
  const at = steps.findIndex((step) => step.work?.kind === 'swap');
  const one = await openSceneRun(prod.config, plan, 'convert-swap', 'forward');
  closeAtEnd(() => closeRunSession(one.session));
  for (const step of steps.slice(0, at)) expect(await sceneStep(one, step)).toMatchObject({ outcome: 'applied' });
  const bulk = await prod.client();
  const write = `UPDATE public.export SET note = 'bulk'; UPDATE public.export SET note = note || '!'; UPDATE public.export SET note = note || '!'`;
  const touched = `UPDATE public.mirror_export SET note = 'bulk!!'`;
  await bulk.query(`BEGIN; ${write}; ${touched}`);
  const swap = steps[at] as Step;
  const tried = await sceneStep(one, swap, { reach: (point) => { if (point === 'after_ledger') setTimeout(() => void bulk.query('COMMIT'), 100); } }, SILENT, 1);
  expect(tried).toMatchObject({ outcome: 'lock_timeout', forWhat: 'a moment in which at most 5,000 changed keys wait' });
  expect(await typeOfId(prod)).toBe('text');
  expect(await sceneStep(one, swap)).toMatchObject({ outcome: 'applied' });
  expect([await typeOfId(prod), await rowsDifferent(prod.url())]).toEqual(['uuid', 0]);
});

test('who dropped our triggers, or their functions, has stopped the swap by name, and can still go back, or clean up', async () => {
  const { prod, plan } = await scene();
  await scenePhase(prod.config, plan, 'backup', 'forward');
  const before = await shapeOf(prod);
  const client = await prod.client();
  for (const harm of ['DROP TRIGGER zz_countersign_update ON public.export', `DROP FUNCTION ${plan.keepSchema}_new.export__note() CASCADE`]) {
    await scenePhase(prod.config, plan, 'convert', 'forward');
    await client.query(harm);
    await expect(scenePhase(prod.config, plan, 'convert-swap', 'forward')).rejects.toThrow(/triggers that follow export.* expected to be 4 and is [13]/);
    await scenePhase(prod.config, plan, 'convert', 'rollback');
    expect(await shapeOf(prod)).toEqual(before);
  }
  await scenePhase(prod.config, plan, 'convert', 'forward');
  await scenePhase(prod.config, plan, 'convert-swap', 'forward');
  await client.query('DROP TRIGGER zz_countersign_update ON public.export');
  await cleanUp({ prod, client, plan });
  expect(await typeOfId(prod)).toBe('uuid');
});

test('a column that somebody added after the swap stops the way back by name, with its values; without it the way back goes', async () => {
  const { prod, plan } = await scene();
  for (const phase of ['backup', 'convert', 'convert-swap']) await scenePhase(prod.config, plan, phase, 'forward');
  const client = await prod.client('operator');
  await client.query(`ALTER TABLE public.export ADD COLUMN colour text; UPDATE public.export SET colour = 'red'`);
  await expect(scenePhase(prod.config, plan, 'convert-swap', 'rollback')).rejects.toThrow(/columns of export.*colour text/);
  expect((await client.query(`SELECT count(*)::int AS n FROM public.export WHERE colour = 'red'`)).rows).toEqual([{ n: 2_000 }]);
  await client.query('ALTER TABLE public.export DROP COLUMN colour; ALTER TABLE public.export ALTER COLUMN note SET NOT NULL');
  await scenePhase(prod.config, plan, 'convert-swap', 'rollback');
  expect(await typeOfId(prod)).toBe('text');
});

test('in one transaction, too, a column that somebody added before the lock, or after the swap, stops the way there and the way back by name', async () => {
  const { prod, plan } = await scene(15, 200, 3_600);
  expect(plan.phases.map((phase) => phase.id)).toEqual(['backup', 'convert', 'validate', 'cleanup']);
  const client = await prod.client('operator');
  await scenePhase(prod.config, plan, 'backup', 'forward');
  const one = await openSceneRun(prod.config, plan, 'convert', 'forward');
  const [beside, ...rest] = phaseOf(plan, 'convert').steps;
  expect(await sceneStep(one, beside as Step)).toMatchObject({ outcome: 'applied' });
  await client.query(`ALTER TABLE public.export ADD COLUMN colour text DEFAULT 'red'`);
  const convert = phaseOf(plan, 'convert');
  expect(judge(convert, await measurePhase(client, convert)).filter(({ code }) => code === 'TABLE_CHANGED'), 'known before anybody signs').toMatchObject([{ code: 'TABLE_CHANGED', sentence: 'The columns of public.export are not those that this plan was made for: “colour text null” came. Put them back, or make the plan anew from a new comparison.' }]);
  expect(await sceneStep(one, rest[0] as Step)).toMatchObject({ outcome: 'assertion_failed', sentence: expect.stringMatching(/columns of export.*colour text/) });
  await client.query('ALTER TABLE public.export DROP COLUMN colour');
  for (const step of rest) expect(await sceneStep(one, step)).toMatchObject({ outcome: 'applied' });
  await closeRunSession(one.session);
  await client.query(`ALTER TABLE public.export ADD COLUMN colour text DEFAULT 'red'`);
  await expect(scenePhase(prod.config, plan, 'convert', 'rollback')).rejects.toThrow(/columns of export.*colour text/);
  await client.query('ALTER TABLE public.export DROP COLUMN colour');
  await scenePhase(prod.config, plan, 'convert', 'rollback');
  expect(await typeOfId(prod)).toBe('text');
});

test('rows written past the triggers are found by the proof, and named', async () => {
  const { prod, plan } = await scene();
  await scenePhase(prod.config, plan, 'backup', 'forward');
  await scenePhase(prod.config, plan, 'convert', 'forward');
  const client = await prod.client('operator');
  await client.query(`BEGIN; ALTER TABLE public.export DISABLE TRIGGER USER; UPDATE public.export SET note = 'unseen' WHERE slug = 'slug 7'; ALTER TABLE public.export ENABLE ALWAYS TRIGGER zz_countersign_insert, ENABLE ALWAYS TRIGGER zz_countersign_update, ENABLE ALWAYS TRIGGER zz_countersign_delete, ENABLE ALWAYS TRIGGER zz_countersign_truncate; COMMIT`);
  const { rows } = await client.query<{ id: string }>(`SELECT id FROM public.export WHERE slug = 'slug 7'`);
  await expect(scenePhase(prod.config, plan, 'convert-swap', 'forward')).rejects.toThrow(rows[0]?.id ?? 'no row');
});

async function typeOfId(prod: TestDatabase): Promise<string> {
  const { rows } = await (await prod.client()).query<{ type: string }>("select format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = 'public.export'::regclass and attname = 'id'");
  return rows[0]?.type ?? '';
}

/** Everything of the two tables that an application or a DBA would miss. */
async function shapeOf(prod: TestDatabase): Promise<unknown> {
  const { rows } = await (await prod.client()).query(`
    select c.relname, pg_get_userbyid(c.relowner) as owner, c.relacl::text,
      (select array_agg(attname || ' ' || format_type(atttypid, atttypmod) || attnotnull order by attnum) from pg_attribute a where a.attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
      (select array_agg(conname || ' ' || convalidated || ' ' || pg_get_constraintdef(oid) order by conname) from pg_constraint where conrelid = c.oid) as constraints,
      (select array_agg(pg_get_indexdef(indexrelid) || indisvalid order by 1) from (select indexrelid, indisvalid from pg_index where indrelid = c.oid order by indexrelid) i) as indexes,
      (select array_agg(tgname order by 1) from pg_trigger where tgrelid = c.oid and not tgisinternal) as triggers
    from pg_class c where c.oid in ('public.export'::regclass, 'public.analytics'::regclass) order by 1`);
  return rows;
}

async function someMore(writers: Writers): Promise<void> {
  const before = writers.committed();
  while (writers.committed() < before + 150 && writers.errors().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
}
