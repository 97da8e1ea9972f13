import { expect, test } from 'vitest';
import { introspect } from '#lib/pg/introspect.ts';
import { measurePhase } from '#lib/pg/measure.ts';
import { withReader } from '#lib/pg/session.ts';
import type { Evidence } from '#lib/pipeline/evidence.ts';
import type { LintFacts } from '#lib/pipeline/lint/finding.ts';
import type { FormId } from '#lib/pipeline/lint/forms.ts';
import { lintPlan } from '#lib/pipeline/lint/lint.ts';
import { applySafer } from '#lib/pipeline/lint/safer/safer.ts';
import { findPhase, type Phase, type Plan } from '#lib/pipeline/plan.ts';
import { decideOrphans } from '#lib/pipeline/planner/decide-orphans.ts';
import type { PlanResult } from '#lib/pipeline/planner/make-plan.ts';
import { judge } from '#lib/pipeline/preflight.ts';
import { factsOf, writtenPhase, writtenPlan, writtenStep } from '#lib/testing/lint-scene.ts';
import { endedRun, requestForward, requestRollback, signPhase, storePlan } from '#lib/testing/small-run.ts';
import { startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';
import { randomUUID } from 'node:crypto';

/** As a team would write it: a copy beside the table, a swap by names, drops, and an update of everything. */
function byHand(): Plan {
  const exports = '"bazaar-vid_exports"';
  return {
    ...writtenPlan(
      writtenPhase('written.1', [
        writtenStep('written.1.1', ['CREATE TABLE exports_v2 (id uuid PRIMARY KEY, user_id varchar(255) NOT NULL, project_id uuid NOT NULL, render_id text NOT NULL, status text)']),
        writtenStep('written.1.2', [`INSERT INTO exports_v2 SELECT id::uuid, user_id, project_id::uuid, render_id, status FROM ${exports}`]),
        writtenStep('written.1.3', ['ALTER TABLE exports_v2 ADD CONSTRAINT v2_project FOREIGN KEY (project_id) REFERENCES "bazaar-vid_project" (id)']),
        writtenStep('written.1.4', [`ALTER TABLE ${exports} RENAME TO exports_before`, `ALTER TABLE exports_v2 RENAME TO "bazaar-vid_exports"`]),
      ]),
      writtenPhase('written.2', [writtenStep('written.2.1', ['DROP TABLE "bazaar-vid_patch"'])]),
      writtenPhase('written.3', [writtenStep('written.3.1', [`UPDATE ${exports} SET error = 'none' WHERE error IS NULL`])]),
    ),
    id: randomUUID(), target: 'bazaar_prod', desired: 'bazaar_dev',
  };
}

function ok(result: PlanResult): Plan {
  if (!result.ok) throw new Error(result.refusals.map((one) => one.sentence).join('\n'));
  return result.plan;
}

async function press(plan: Plan, form: FormId, facts: LintFacts): Promise<Plan> {
  const finding = (await lintPlan(plan, facts)).find((one) => one.safer?.form === form);
  if (!finding) throw new Error(`nothing offers ${form}`);
  return ok(await applySafer(plan, finding, facts));
}

function phaseOf(plan: Plan, id: string): Phase {
  const phase = findPhase(plan, id);
  if (!phase) throw new Error(`no phase ${id} among ${plan.phases.map((one) => one.id).join(', ')}`);
  return phase;
}

async function forward(world: World, plan: Plan, id: string) {
  const phase = phaseOf(plan, id);
  const run = await endedRun(world, await requestForward(world, plan, phase, await signPhase(world, plan, phase)));
  expect(run, `${id}: ${run.sentence ?? ''}`).toMatchObject({ state: 'applied' });
  return run;
}

async function figures(world: World): Promise<unknown> {
  const { rows } = await (await world.prod.client('superuser')).query(`select
    (select count(*)::int from "bazaar-vid_exports") as exports, (select count(*)::int from "bazaar-vid_export_analytics") as analytics,
    (select format_type(atttypid, atttypmod) from pg_attribute where attrelid = '"bazaar-vid_exports"'::regclass and attname = 'id') as type,
    (select count(*)::int from "bazaar-vid_exports" where error = 'none') as told, to_regclass('public."bazaar-vid_patch"') is not null as patch`);
  return rows[0];
}

test('a migration by hand, made safer by a press each, is measured and runs to the figures of a generated one, and the update comes back', async () => {
  const world = await freshWorld();
  const [current, desired] = await Promise.all([introspect(await world.prod.client('reader')), introspect(await world.dev.client('reader'))]);
  const facts = factsOf({ major: 15, current, desired });
  const text = byHand();
  const codes = new Set((await lintPlan(text, facts)).map((one) => one.code));
  for (const code of ['SWAP_LOSES_WRITES', 'UNLIKE_DESIRED', 'CAST_MAY_FAIL', 'FOREIGN_KEY_OVER_ORPHANS', 'DROPS_TABLE_FOR_GOOD']) expect([...codes]).toContain(code);

  const converted = await press(text, 'engine_conversion', facts);
  const aside = await press(converted, 'set_aside_instead_of_drop', facts);
  const update = { id: 'UPDATE', code: 'UPDATE', sentence: '', severity: 'blocking' as const, move: 'yours' as const, phaseId: 'written.3', stepId: 'written.3.1', statement: 0, at: null, safer: { form: 'batched_update', label: '', sentence: '' } };
  const open = ok(await applySafer(aside, update, facts));
  expect(open.phases.map((phase) => phase.id)).toEqual(['backup', 'convert', 'empty', 'written.3', 'validate', 'cleanup-notes', 'cleanup']);

  const measured = await withReader(world.prod.config, (client) => measurePhase(client, phaseOf(open, 'convert')));
  expect(orphans(measured)).toEqual({ 'public.bazaar-vid_exports': 2, 'public.bazaar-vid_export_analytics': 6 });
  const keys = phaseOf(open, 'convert').checks.flatMap((check) => (check.kind === 'orphans' ? check.foreignKeys.map((key) => key.id) : []));
  const plan = ok(decideOrphans(open, keys, { verdict: 'delete', reason: 'the project was deleted' }, current, desired));
  expect(judge(phaseOf(plan, 'convert'), measured).filter((finding) => finding.severity === 'blocking')).toEqual([]);

  await storePlan(world, plan);
  startWorker(world);
  const untold = await figures(world) as { told: number };
  for (const id of ['backup', 'convert', 'empty']) await forward(world, plan, id);
  const run = await forward(world, plan, 'written.3');
  expect(await figures(world)).toEqual({ exports: 132, analytics: 373, type: 'uuid', told: 132, patch: false });
  const back = await endedRun(world, await requestRollback(world, plan, phaseOf(plan, 'written.3'), run.id));
  expect(back, back.sentence ?? '').toMatchObject({ state: 'applied' });
  expect(untold.told).toBe(0);
  expect(await figures(world)).toMatchObject({ told: 0, exports: 132 });
});

function orphans(evidence: Evidence): unknown {
  return evidence.measurements.flatMap((one) => (one.kind === 'orphans' ? [one.rowsByTable] : []))[0];
}
