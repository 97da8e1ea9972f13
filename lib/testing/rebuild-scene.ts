import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { DatabaseConfig } from '#lib/env.ts';
import { STEP_LIMITS, type StepContext, type StepOutcome, type StepReport } from '#lib/pg/execute-kind.ts';
import { kindOfStep } from '#lib/pg/execute-kinds.ts';
import { closeRunSession, openRunSession, type RunSession, tryTargetLock } from '#lib/pg/execute-session.ts';
import { introspect } from '#lib/pg/introspect.ts';
import { installLedger, type LedgerRun, takeOverRun } from '#lib/pg/ledger.ts';
import { withReader } from '#lib/pg/session.ts';
import { diff } from '#lib/pipeline/diff.ts';
import type { Phase, Plan, Step } from '#lib/pipeline/plan.ts';
import { makePlan } from '#lib/pipeline/planner/make-plan.ts';
import { rollbackSteps } from '#lib/pipeline/rollback.ts';
import type { RunKind } from '#lib/pipeline/run.ts';

/** Exports and their analytics with ids as text, which are to become uuids; and a plain mirror of both that no migration touches. */
export const SCENE_TABLES = (id: 'text' | 'uuid'): string => `
  CREATE TABLE public.project (id integer PRIMARY KEY, name text NOT NULL);
  CREATE TABLE public.export (
    id ${id} PRIMARY KEY, project_id integer NOT NULL CONSTRAINT export_project_fk REFERENCES public.project (id) ON DELETE CASCADE,
    slug text, note text, amount numeric(12,2) NOT NULL DEFAULT 0, created_at timestamptz NOT NULL DEFAULT now(), CONSTRAINT export_amount CHECK (amount >= 0));
  CREATE UNIQUE INDEX export_slug ON public.export (slug);
  CREATE INDEX export_project ON public.export (project_id);
  CREATE TABLE public.analytics (
    id ${id} PRIMARY KEY, export_id ${id} NOT NULL CONSTRAINT analytics_export_fk REFERENCES public.export (id) ON DELETE CASCADE,
    kind text NOT NULL, amount integer, seen_at timestamptz NOT NULL DEFAULT now());
  CREATE INDEX analytics_export ON public.analytics (export_id);`;

/** What an application may write through instead. */
export const SCENE_VIEWS = `
  CREATE VIEW public.live_export AS SELECT * FROM public.export;
  CREATE VIEW public.live_analytics AS SELECT * FROM public.analytics;`;

export const MIRROR_TABLES = `
  CREATE TABLE public.mirror_export (id text PRIMARY KEY, project_id integer, slug text, note text, amount numeric(12,2), created_at timestamptz);
  CREATE TABLE public.mirror_analytics (id text PRIMARY KEY, export_id text, kind text, amount integer, seen_at timestamptz);
  CREATE INDEX mirror_analytics_export ON public.mirror_analytics (export_id);`;

/** Rows 1 … n of both tables and of their mirrors; the ids can be computed from the number. */
export const SCENE_ROWS = (rows: number): string => `
  INSERT INTO public.project SELECT i, 'project ' || i FROM generate_series(1, 100) i;
  INSERT INTO public.export SELECT md5('e' || i)::uuid::text, 1 + i % 100, 'slug ' || i, 'note ' || i, i % 1000, '2026-01-01'::timestamptz + i * interval '1 second' FROM generate_series(1, ${rows}) i;
  INSERT INTO public.analytics SELECT md5('a' || i)::uuid::text, md5('e' || i)::uuid::text, 'view', i, '2026-01-01'::timestamptz + i * interval '1 second' FROM generate_series(1, ${rows}) i;
  INSERT INTO public.mirror_export SELECT * FROM public.export;
  INSERT INTO public.mirror_analytics SELECT * FROM public.analytics;
  ANALYZE;`;

export interface SceneConfigs {
  prod: DatabaseConfig;
  dev: DatabaseConfig;
}

/** A plan that converts both tables beside the live ones, whatever their size. */
export async function scenePlan({ prod, dev }: SceneConfigs, writePauseSeconds = -1): Promise<Plan> {
  const [current, desiredSnapshot] = await Promise.all([withReader(prod, (client) => introspect(client)), withReader(dev, (client) => introspect(client))]);
  const deltaIds = diff(current, desiredSnapshot).filter((delta) => delta.kind === 'column' && ['table:public.export', 'table:public.analytics'].includes(delta.group)).map((delta) => delta.id);
  const result = makePlan({
    // Until a worker has come up the writers add rows as fast as the machine lets them; how many is not what these tests are about.
    id: randomUUID(), name: 'Ids become uuids', target: prod.name, desired: dev.name, current, desiredSnapshot, deltaIds, decisions: [], windowHours: 24, tolerance: { rowsPercent: 100 }, writePauseSeconds,
  });
  if (!result.ok) throw new Error(result.refusals.map((one) => one.sentence).join('\n'));
  return result.plan;
}

export function phaseOf(plan: Plan, id: string): Phase {
  const phase = plan.phases.find((one) => one.id === id);
  if (!phase) throw new Error(`the plan has no phase ${id}: ${plan.phases.map((one) => one.id).join(', ')}`);
  return phase;
}

export interface SceneRun {
  session: RunSession;
  run: LedgerRun;
}

/** The session of a run as the worker opens it: alone on the database, with the ledger there and earlier attempts fenced. */
export async function openSceneRun(config: DatabaseConfig, plan: Plan, phaseId: string, kind: RunKind, again?: LedgerRun): Promise<SceneRun> {
  const run: LedgerRun = again ? { ...again, attempt: again.attempt + 1 } : { runId: randomUUID(), planId: plan.id, phaseId, kind, digest: 'scene', attempt: 1 };
  const session = await openRunSession(config, run.runId, run.attempt);
  for (let tries = 0; !(await tryTargetLock(session)); tries += 1) {
    if (tries > 100) throw new Error('the lock of the database is not let go');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await installLedger(session.client);
  if (!(await takeOverRun(session.client, run))) throw new Error('the run was taken over');
  return { session, run };
}

export function stepsOf(phase: Phase, kind: RunKind): readonly Step[] {
  return kind === 'forward' ? phase.steps : rollbackSteps(phase, phase.steps.map((step) => step.id));
}

export const SILENT: StepReport = { started: () => Promise.resolve(), statement: () => undefined, returned: () => undefined, progress: () => undefined };

function sceneContext(run: LedgerRun, change: Partial<StepContext> = {}): StepContext {
  const config: DatabaseConfig = { name: 'scene', environment: 'development', readerUrl: '', operatorUrl: null };
  return {
    run, worker: 'scene', limits: STEP_LIMITS, evidenced: () => null, stopping: () => false, pace: () => Promise.resolve(), person: () => Promise.resolve(null), fused: () => false, shielded: (work) => work(),
    beside: { config, backup: { directory: null, toolFolder: null, restoreUrl: null, environment: {} } }, reach: () => undefined, ...change,
  };
}

/** One step with its tries for the locks, as the worker does it. */
export async function sceneStep({ session, run }: SceneRun, step: Step, change: Partial<StepContext> = {}, report: StepReport = SILENT, most = 61, gaveWay: (forWhat: string) => void = () => undefined): Promise<StepOutcome> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await kindOfStep(step).run(session, step, sceneContext(run, { tries: () => tries, ...change }), report);
    if (outcome.outcome !== 'lock_timeout' || tries >= most) return outcome;
    gaveWay(outcome.forWhat);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export interface Ran {
  step: Step;
  outcome: StepOutcome;
  ms: number;
  /** What each try that was given up had waited for. */
  gaveWay: readonly string[];
}

/** All steps of a phase, one after the other; throws what a step did not apply. */
export async function scenePhase(config: DatabaseConfig, plan: Plan, phaseId: string, kind: RunKind, told: (one: Ran) => void = () => undefined, report: StepReport = SILENT): Promise<Ran[]> {
  const one = await openSceneRun(config, plan, phaseId, kind);
  const ran: Ran[] = [];
  try {
    for (const step of stepsOf(phaseOf(plan, phaseId), kind)) {
      const begun = performance.now();
      const gaveWay: string[] = [];
      const outcome = await sceneStep(one, step, {}, report, undefined, (forWhat) => gaveWay.push(forWhat));
      if (outcome.outcome !== 'applied') throw new Error(`${step.id} ${step.title}: ${JSON.stringify(outcome)}`);
      const done = { step, outcome, ms: Math.round(performance.now() - begun), gaveWay };
      ran.push(done);
      told(done);
    }
    return ran;
  } finally {
    await closeRunSession(one.session);
  }
}

/** Milliseconds from the moment the locks were had to just before COMMIT. */
export function holdOf(ran: Ran): number {
  if (ran.outcome.outcome !== 'applied') return Number.NaN;
  return ran.outcome.result.statements.slice(1).reduce((sum, statement) => sum + statement.ms, 0);
}

/** Rows in one of the two but not in the other, over both tables and their mirrors. */
export async function rowsDifferent(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ n: number }>(`
      WITH e AS (SELECT id::text, project_id, slug, note, amount, created_at FROM public.export), me AS (SELECT * FROM public.mirror_export),
           a AS (SELECT id::text, export_id::text, kind, amount, seen_at FROM public.analytics), ma AS (SELECT * FROM public.mirror_analytics)
      SELECT ((SELECT count(*) FROM (SELECT * FROM e EXCEPT SELECT * FROM me) x) + (SELECT count(*) FROM (SELECT * FROM me EXCEPT SELECT * FROM e) x)
            + (SELECT count(*) FROM (SELECT * FROM a EXCEPT SELECT * FROM ma) x) + (SELECT count(*) FROM (SELECT * FROM ma EXCEPT SELECT * FROM a) x))::int AS n`);
    return rows[0]?.n ?? -1;
  } finally {
    await client.end();
  }
}
