import { existsSync, readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { answerReport } from '#lib/dal/load-report.ts';
import { mayStand } from '#lib/dal/lint.ts';
import { findPerson } from '#lib/store/people.ts';
import { findPlanText } from '#lib/store/plan-texts.ts';
import { act, done, POLICY } from '#lib/testing/acting.ts';
import { facts, phaseNow } from '#lib/testing/bazaar-plan.ts';
import { BAZAAR_RUNBOOK } from '#lib/testing/bazaar-runbook.ts';
import { carryOut } from '#lib/testing/journey.ts';
import { startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';
import { editPlanSpec } from './plan-edits.ts';
import { decideOrphansSpec } from './plans.ts';
import { measurePhaseSpec } from './review.ts';
import { acceptFindingSpec, importRunbookSpec, takePassageSpec, useSaferFormSpec } from './runbooks.ts';

type Real = { databaseNamed: (name: string, env: unknown) => unknown };
const stage = vi.hoisted((): { world: World | null } => ({ world: null }));
function configured() {
  return { databases: stage.world?.databases ?? [], policy: POLICY, sources: { scratchUrl: null, migrations: [] } };
}
vi.mock('../control.ts', async () => {
  const real = await vi.importActual<Real>('../control.ts');
  return { control: () => stage.world?.db, configuration: configured, databaseNamed: (name: string, given?: unknown) => real.databaseNamed(name, given ?? configured()) };
});

/** Not part of this repository; read where it lies beside it. */
const ORIGINAL = new URL('../../../../shared/runbooks/bazaar-migration-plan.md', import.meta.url);

/** One of them: they say the same, and each takes its time. With how many tables there are afterwards: the team's own adds ten, and ours none. */
const TEXTS: readonly (readonly [string, string, number])[] = [existsSync(ORIGINAL) ? ['of a team', readFileSync(ORIGINAL, 'utf8'), 36] : ['written here', BAZAAR_RUNBOOK, 26]];

async function imported(world: World, text: string): Promise<string> {
  const made = await done(act(world, 'author', importRunbookSpec, { target: 'bazaar_prod', desired: 'bazaar_dev', name: 'Sprint', textName: 'sprint.md', text, windowHours: '48' }));
  return made.to?.split('/').at(-1) ?? '';
}

/** Presses what is offered until nothing is offered any more: the large forms first, because they take away what others are about. */
async function pressEveryOffer(world: World, planId: string): Promise<string[]> {
  const pressed: string[] = [];
  for (let presses = 0; presses < 60; presses += 1) {
    const { stored, lint } = await facts(world, planId);
    const offers = (lint?.findings ?? []).filter((finding) => finding.safer && finding.severity === 'blocking');
    const next = offers.find((finding) => finding.safer?.form === 'engine_conversion') ?? offers.find((finding) => finding.safer?.form === 'set_aside_instead_of_drop') ?? offers[0];
    if (!next) return pressed;
    await done(act(world, 'author', useSaferFormSpec, { planId, version: stored.version, findingId: next.id }));
    pressed.push(`${next.code} ${next.safer?.form ?? ''}`);
  }
  throw new Error(`offers without end: ${pressed.join(', ')}`);
}

/** What no form mends: a person says it, removes it, or lets it stand. */
async function answerTheRest(world: World, planId: string): Promise<void> {
  for (let answers = 0; answers < 60; answers += 1) {
    const { stored, lint } = await facts(world, planId);
    const version = stored.version;
    const finding = lint?.findings.find((one) => one.severity === 'blocking');
    if (!finding) return;
    if (mayStand(finding)) await done(act(world, 'author', acceptFindingSpec, { planId, version, findingId: finding.id, reason: 'looked at it' }));
    else if (finding.code === 'ANSWER_UNSAID') await done(act(world, 'author', editPlanSpec, { planId, version, operation: 'expect', phaseId: finding.phaseId, stepId: finding.stepId ?? '', statement: finding.statement ?? 0, expect: 'any' }));
    else await done(act(world, 'author', editPlanSpec, { planId, version, operation: 'remove_step', phaseId: finding.phaseId, stepId: finding.stepId ?? '' }));
  }
  throw new Error('findings without end');
}

test.each(TEXTS)('a runbook %s, mended by one press each, runs to the figures of the generated plan: 134 → 132, 379 → 373', async (_where, text, tables) => {
  const world = await freshWorld();
  stage.world = world;
  startWorker(world);
  const planId = await imported(world, text);
  const pressed = await pressEveryOffer(world, planId);
  expect(pressed.some((one) => one.endsWith('engine_conversion'))).toBe(true);
  await answerTheRest(world, planId);
  for (const key of await undecided(world, planId)) {
    const { version } = (await facts(world, planId)).stored;
    await done(act(world, 'author', decideOrphansSpec, { planId, version, phaseId: 'convert', foreignKey: key, verdict: 'delete', reason: 'the project was deleted' }));
  }
  await dropHandWork(world, planId);
  for (const phase of (await facts(world, planId)).stored.plan.phases) {
    if (phase.due !== null) continue;
    await done(act(world, 'author', measurePhaseSpec, { planId, version: (await facts(world, planId)).stored.version, phaseId: phase.id }));
    await carryOut(world, planId, phase.id);
  }
  const client = await world.prod.client('superuser');
  const count = async (table: string) => Number((await client.query(`select count(*) as n from ${table}`)).rows[0].n);
  expect([await count('"bazaar-vid_exports"'), await count('"bazaar-vid_export_analytics"')]).toEqual([132, 373]);
  const types = await client.query(`select column_name || ' ' || data_type as column from information_schema.columns where table_schema = 'public' and table_name = 'bazaar-vid_exports' and column_name in ('id', 'user_id', 'project_id') order by 1`);
  expect(types.rows.map((row) => row.column)).toEqual(['id uuid', 'project_id uuid', 'user_id character varying']);
  const gone = await client.query(`select count(*) as n from information_schema.tables where table_schema = 'public' and table_name in ('api_usage_metric', 'bazaar-vid_component_error', 'bazaar-vid_patch', 'bazaar-vid_scene_plan', 'bazaar-vid_scene_specs')`);
  expect(Number(gone.rows[0].n)).toBe(0);
  const viewer = await findPerson(world.db, world.people.viewer.id);
  if (!viewer) throw new Error('no viewer');
  const report = await (await answerReport({ db: world.db, person: viewer, request: new Request('http://x/') }, planId)).text();
  expect(report).toContain('**Sprint is done and verified on bazaar\\_prod.**');
  expect(report).toContain('`bazaar-vid_exports`: 134 → 132 rows (2 set aside as orphans)');
  expect(report).toMatch(/^ {2}- ~ column project_id: type `text` → `uuid`$/m);
  expect(report).toContain(`\n- in all: tables 31 → ${tables}, columns`);
  expect(report).not.toContain('not of this plan');
}, 120_000);

async function undecided(world: World, planId: string): Promise<string[]> {
  const convert = await phaseNow(world, planId, 'convert');
  return convert.phase.checks.flatMap((check) => (check.kind === 'orphans' ? check.foreignKeys.map((key) => key.id) : []));
}

/** A test has neither a pg_dump nor hands: those steps are taken out, and phases with nothing left in them. */
async function dropHandWork(world: World, planId: string): Promise<void> {
  for (;;) {
    const { plan, version } = (await facts(world, planId)).stored;
    const step = plan.phases.flatMap((phase) => phase.steps.map((one) => ({ phase, one }))).find(({ one }) => one.work?.kind === 'manual' || one.work?.kind === 'dump');
    const empty = plan.phases.find((phase) => phase.steps.length === 0);
    if (empty) await done(act(world, 'author', editPlanSpec, { planId, version, operation: 'remove_phase', phaseId: empty.id }));
    else if (step && step.phase.steps.length === 1) await done(act(world, 'author', editPlanSpec, { planId, version, operation: 'remove_phase', phaseId: step.phase.id }));
    else if (step) await done(act(world, 'author', editPlanSpec, { planId, version, operation: 'remove_step', phaseId: step.phase.id, stepId: step.one.id }));
    else return;
  }
}

test('a batch loop that a text tells under troubleshooting is read on demand, found to skip rows, and becomes the engine’s own batches', async () => {
  const world = await freshWorld();
  const planId = await imported(world, BAZAAR_RUNBOOK);
  const { plan } = (await facts(world, planId)).stored;
  const text = plan.origin?.from === 'runbook' ? await findPlanText(world.db, plan.origin.text) : null;
  const note = text?.notes.find((one) => one.take !== undefined && one.sentence.includes('Troubleshooting'));
  expect(await act(world, 'approver', takePassageSpec, { planId, version: 1, line: String(note?.take) })).toMatchObject({ status: 'refused', code: 'not_allowed' });
  await done(act(world, 'author', takePassageSpec, { planId, version: 1, line: String(note?.take) }));
  expect(await act(world, 'author', takePassageSpec, { planId, version: 2, line: String(note?.take) })).toMatchObject({ status: 'refused', code: 'invalid_input', sentence: expect.stringContaining('stands in the plan already') });
  const skips = (await facts(world, planId)).lint?.findings.find((finding) => finding.safer?.form === 'batched_update');
  expect(skips).toMatchObject({ severity: 'blocking', sentence: expect.stringContaining('never updated') });
  await done(act(world, 'author', useSaferFormSpec, { planId, version: 2, findingId: skips?.id ?? '' }));
  const after = await facts(world, planId);
  expect(after.stored.plan.phases.flatMap((phase) => phase.steps).some((step) => step.work?.kind === 'batches')).toBe(true);
  expect(after.lint?.findings.some((finding) => finding.code === skips?.code)).toBe(false);
});
