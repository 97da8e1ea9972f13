import { describe, expect, test } from 'vitest';
import { differences } from '#lib/pipeline/noise.ts';
import type { Plan } from '#lib/pipeline/plan.ts';
import { rollbackSteps } from '#lib/pipeline/rollback.ts';
import type { Major } from '#lib/cli/server-account.ts';
import { cleanUp } from '#lib/testing/carried-scene.ts';
import { COLUMN_TABLES, columnPlan, planned } from '#lib/testing/columns-scene.ts';
import { closeAtEnd, freshDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { openSceneRun, phaseOf, rowsDifferent, SCENE_ROWS, scenePhase, sceneStep, stepsOf } from '#lib/testing/rebuild-scene.ts';
import { startWriters } from '#lib/testing/rebuild-writers.ts';
import { checkAssertion } from './assertion.ts';
import type { StepPoint } from './execute-kind.ts';
import { closeRunSession } from './execute-session.ts';
import { introspect } from './introspect.ts';
import { measurePrice } from './price.ts';

interface Scene {
  prod: TestDatabase;
  dev: TestDatabase;
  plan: Plan;
}

async function scene(major: Major): Promise<Scene> {
  const [prod, dev] = await Promise.all([freshDatabase({ major }), freshDatabase({ major })]);
  await (await prod.client('operator')).query(COLUMN_TABLES('now') + SCENE_ROWS(400));
  await (await dev.client('operator')).query(COLUMN_TABLES('wanted'));
  return { prod, dev, plan: planned(await columnPlan({ prod: { ...prod.config, name: 'prod' }, dev: { ...dev.config, name: 'dev' } })) };
}

async function verified({ prod, plan }: Scene, phase: string): Promise<void> {
  const client = await prod.client('operator');
  for (const assertion of phaseOf(plan, phase).verifications) expect(await checkAssertion((query) => client.query({ ...query, rowMode: 'array' }), assertion, () => null)).toMatchObject({ ok: true });
}

describe.each([14, 15, 18] as const)('on Postgres %i', (major) => {
  test('columns change places inside a table on which others depend by its number, there, back and there again under writers, with its connection lost on each way: no write is lost, and only the order of columns differs at the end', async () => {
    const one = await scene(major);
    const { prod, dev, plan } = one;
    expect(plan.phases.map((phase) => phase.id)).toEqual(['backup', 'convert', 'convert-swap', 'validate', 'cleanup']);
    const client = await prod.client('operator');
    const before = await introspect(client);
    await scenePhase(prod.config, plan, 'backup', 'forward');
    const writers = await startWriters(prod.url('operator'), { writers: 2, rows: 400, seed: major });
    closeAtEnd(async () => void (await writers.stop()));
    await cut(one, 'convert', 'forward', 'convert.3', 'before_batch_commit');
    await verified(one, 'convert');
    expect(differences(await introspect(client), before)).toEqual([]);
    await cut(one, 'convert-swap', 'forward', 'convert-swap.4', 'before_commit');
    await verified(one, 'convert-swap');
    expect(await typesOf(prod)).toBe('slug character varying(80), amount bigint');
    await someMore(writers);
    await cut(one, 'convert-swap', 'rollback', 'convert-swap.4', 'after_commit');
    expect(await typesOf(prod)).toBe('slug text, amount numeric(12,2)');
    const back = await introspect(client);
    expect({ differences: differences(back, before), satellites: back.satellites, dependencies: back.dependencies, carried: back.carried }).toEqual({ differences: [], satellites: before.satellites, dependencies: before.dependencies, carried: before.carried });
    await scenePhase(prod.config, plan, 'convert-swap', 'forward');
    await someMore(writers);
    expect((await writers.stop()).errors).toEqual([]);
    expect(await rowsDifferent(prod.url())).toBe(0);
    await cleanUp({ prod, client, plan });
    const left = differences(await introspect(client), await introspect(await dev.client()));
    expect(left.flatMap((delta) => delta.attributes.map(({ name }) => `${delta.objectId} ${name}`))).toEqual(['table:public.export columnOrder']);
    const { rows } = await client.query(`SELECT (SELECT count(*)::int FROM pg_namespace WHERE nspname LIKE 'countersign\\_%') AS schemas, (SELECT count(*)::int FROM pg_attribute WHERE attname LIKE 'countersign%') AS columns`);
    expect(rows).toEqual([{ schemas: 0, columns: 0 }]);
  });
});

test.each([
  ['a trigger that somebody dropped', () => ['DROP TRIGGER zz_countersign_columns ON public.export'], /not the same on both sides.*meanwhile/],
  ['a function that somebody dropped with its trigger', (schema: string) => [`DROP FUNCTION ${schema}.export__fill() CASCADE`], /not the same on both sides.*meanwhile/],
  ['a log that somebody dropped', (schema: string) => [`DROP TABLE ${schema}.export__log`], /a table does not exist/],
  ['a converted column that somebody renamed, and renamed back', () => ['ALTER TABLE public.export RENAME COLUMN slug TO handle', 'ALTER TABLE public.export RENAME COLUMN handle TO slug'], /Writes to export could not be noted/],
])('%s does not fail the application, stops the swap by name, and lets the way back go', async (_what, changes, sentence) => {
  const { prod, plan } = await scene(15);
  const client = await prod.client('operator');
  for (const phase of ['backup', 'convert']) await scenePhase(prod.config, plan, phase, 'forward');
  const [change, back] = changes(`${plan.keepSchema}_new`);
  await client.query(change ?? '');
  await client.query(`INSERT INTO public.export (id, project_id, amount) VALUES ('meanwhile', 1, 1)`);
  if (back) await client.query(back);
  await expect(scenePhase(prod.config, plan, 'convert-swap', 'forward')).rejects.toThrow(sentence);
  await client.query(`UPDATE public.export SET note = 'still' WHERE id = 'meanwhile'`);
  await scenePhase(prod.config, plan, 'convert', 'rollback');
  expect([await typesOf(prod), (await client.query(`SELECT note FROM public.export WHERE id = 'meanwhile'`)).rows]).toEqual(['slug text, amount numeric(12,2)', [{ note: 'still' }]]);
});

test('a value that does not go over, or back, never stops the application; it is named, and stops the swap and the way back until it is mended', async () => {
  const { prod, plan } = await scene(15);
  const client = await prod.client('operator');
  await client.query(`INSERT INTO public.export (id, project_id, slug) VALUES ('long before', 1, repeat('x', 81))`);
  for (const phase of ['backup', 'convert']) await scenePhase(prod.config, plan, phase, 'forward');
  await client.query(`INSERT INTO public.export (id, project_id, slug, amount) VALUES ('long since', 1, repeat('y', 81), 1)`);
  await expect(scenePhase(prod.config, plan, 'convert-swap', 'forward')).rejects.toThrow(/2 rows do not go over: export \[\\"long before\\"\] \(22001\), export \[\\"long since\\"\] \(22001\)\. Mend them/);
  await client.query(`UPDATE public.export SET slug = left(slug, 80) WHERE id LIKE 'long %'`);
  await client.query('ALTER TABLE public.export DISABLE TRIGGER USER');
  await expect(scenePhase(prod.config, plan, 'convert-swap', 'forward')).rejects.toThrow(/trigger that keeps both columns of export in step.*expected to be 1 and is 0/);
  await client.query('ALTER TABLE public.export ENABLE ALWAYS TRIGGER zz_countersign_columns; CREATE POLICY by_slug ON public.export USING (slug IS NOT NULL)');
  await expect(scenePhase(prod.config, plan, 'convert-swap', 'forward')).rejects.toThrow(/what else names slug, amount of export.*expected to be nothing and is policy by_slug on public.export/);
  await client.query('DROP POLICY by_slug ON public.export');
  await undo(prod, plan, 'convert-swap.1', 'convert-swap.2', 'convert-swap.3');
  await scenePhase(prod.config, plan, 'convert-swap', 'forward');
  await client.query(`UPDATE public.export SET amount = 99999999999 WHERE id = 'long since'; UPDATE public.export SET note = 'after' WHERE id = 'long before'`);
  await expect(scenePhase(prod.config, plan, 'convert-swap', 'rollback')).rejects.toThrow(/rows of export with a value that the old columns cannot hold.*expected to be 0 and is 1/);
  expect(await measurePrice(client, phaseOf(plan, 'convert-swap'), plan.phases.flatMap((phase) => phase.steps.map((step) => step.id)))).toMatchObject({ verdict: 'loses', sentence: '1 row has a value that does not fit the old columns. The rollback stops at it and leaves the new columns in place: change it first.' });
  await client.query(`UPDATE public.export SET amount = 12 WHERE id = 'long since'`);
  await undo(prod, plan, ...phaseOf(plan, 'convert-swap').steps.map((step) => step.id));
  expect((await client.query(`SELECT id, amount, note FROM public.export WHERE id LIKE 'long %' ORDER BY id`)).rows).toEqual([{ id: 'long before', amount: '0.00', note: 'after' }, { id: 'long since', amount: '12.00', note: null }]);
});

/** The phase as a worker does it whose connection breaks at one point of one step, and another that goes on. */
async function cut({ prod, plan }: Scene, phaseId: string, kind: 'forward' | 'rollback', stepId: string, at: StepPoint): Promise<void> {
  let one = await openSceneRun(prod.config, plan, phaseId, kind);
  let broken = 0;
  for (const step of stepsOf(phaseOf(plan, phaseId), kind)) {
    const outcome = await sceneStep(one, step, { reach: (point) => { if (step.id === stepId && point === at && broken++ === 0) void closeRunSession(one.session); } });
    if (!one.session.lost) {
      expect(outcome, step.title).toMatchObject({ outcome: 'applied' });
      continue;
    }
    one = await openSceneRun(prod.config, plan, phaseId, kind, one.run);
    expect(await sceneStep(one, step), step.title).toMatchObject({ outcome: at === 'after_commit' ? 'already_applied' : 'applied' });
  }
  expect(broken).toBeGreaterThan(0);
  await closeRunSession(one.session);
}

/** The way back of a phase of which these steps stand. */
async function undo(prod: TestDatabase, plan: Plan, ...stepIds: readonly string[]): Promise<void> {
  const one = await openSceneRun(prod.config, plan, 'convert-swap', 'rollback');
  for (const step of rollbackSteps(phaseOf(plan, 'convert-swap'), stepIds)) expect(await sceneStep(one, step), step.title).toMatchObject({ outcome: 'applied' });
  await closeRunSession(one.session);
}

async function typesOf(prod: TestDatabase): Promise<string> {
  const { rows } = await (await prod.client()).query<{ types: string }>(`SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attname DESC) AS types FROM pg_attribute WHERE attrelid = 'public.export'::regclass AND attname IN ('slug', 'amount')`);
  return rows[0]?.types ?? '';
}

async function someMore(writers: { committed(): number; errors(): readonly string[] }): Promise<void> {
  const before = writers.committed();
  while (writers.committed() < before + 40 && writers.errors().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
}
