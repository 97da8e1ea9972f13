import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import type { DatabaseConfig } from '#lib/env.ts';
import { closeRunSession, openRunSession, type RunSession } from '#lib/pg/execute-session.ts';
import { introspect, readTouched, type Touched } from '#lib/pg/introspect.ts';
import { installLedger, type LedgerRun, takeOverRun } from '#lib/pg/ledger.ts';
import { measurePhase } from '#lib/pg/measure.ts';
import { canonical } from '#lib/pipeline/digest.ts';
import type { Delta } from '#lib/pipeline/diff.ts';
import { differences } from '#lib/pipeline/noise.ts';
import type { Phase, Plan, Step } from '#lib/pipeline/plan.ts';
import { makePlan, type PlanResult } from '#lib/pipeline/planner/make-plan.ts';
import { judge } from '#lib/pipeline/preflight.ts';
import type { Rename } from '#lib/pipeline/rename.ts';
import { differencesRenamed, foldRenames } from '#lib/pipeline/renames.ts';
import { factKey, runFacts } from '#lib/pipeline/run-facts.ts';
import { rollbackSteps } from '#lib/pipeline/rollback.ts';
import { fingerprint, type Snapshot } from '#lib/pipeline/snapshot.ts';
import { kindsTouched, touchedPrints } from '#lib/pipeline/touches.ts';
import { sceneStep } from './rebuild-scene.ts';

/** A database with what it says of itself: each direction leaves both as they were, so that one reading serves both. */
export interface PlanSide {
  /** What the run's session is opened with; its operator may do everything. */
  config: DatabaseConfig;
  client: Client;
  snapshot: Snapshot;
}

export async function planSide(config: DatabaseConfig, client: Client): Promise<PlanSide> {
  const snapshot = await introspect(client);
  // Of a phase that touches the parent, the child is read too.
  for (const { id, kind, parent } of snapshot.objects) if (parent !== null && !kindsTouched([parent])?.has(kind)) throw new Error(`${id} hangs on ${parent}, and kindsTouched does not know`);
  return { config, client, snapshot };
}

export interface PlanOutcome {
  outcome: 'done' | 'refused' | 'blocked' | 'failed';
  why: string;
}

/** What is looked at beside the schema: anything that must be there again when all is taken back, such as rows; `forward` says what of it is wrong when all phases stand. */
export interface Beside<T> {
  before(): Promise<T>;
  forward(before: T, plan: Plan): Promise<string | null>;
  back(before: T): Promise<string | null>;
}

export function planOf(current: Snapshot, desiredSnapshot: Snapshot, deltaIds: readonly string[], renames: readonly Rename[] = []): PlanResult {
  return makePlan({ id: randomUUID(), name: 'p', target: 'a', desired: 'b', current, desiredSnapshot, deltaIds: [...deltaIds], renames: [...renames], decisions: [], windowHours: 1, tolerance: { rowsPercent: 0 } });
}

/**
 * As author, preflight, worker and rollback do it one after the other: a plan of these differences (all, when none are given) runs forward until none of them is left,
 * and back until all is as it was. The target is as before when it ends well.
 */
export async function thereAndBack<T>(target: PlanSide, { snapshot: desiredSnapshot }: PlanSide, { renames = [], chosen, beside }: { renames?: readonly Rename[]; chosen?: readonly string[]; beside?: Beside<T> } = {}): Promise<PlanOutcome> {
  const { snapshot: current } = target;
  const deltaIds = chosen ?? inPlans(differencesRenamed(foldRenames(current, desiredSnapshot, renames), desiredSnapshot));
  const result = planOf(current, desiredSnapshot, deltaIds, renames);
  if (!result.ok) return { outcome: 'refused', why: result.refusals.map((refusal) => refusal.sentence).join(' ') };
  const before = await beside?.before();
  return inSession(target.config, (session) => proven(target, desiredSnapshot, { plan: result.plan, deltaIds, session, before, ...(beside ? { beside } : {}) }));
}

interface Proving<T> {
  plan: Plan;
  deltaIds: readonly string[];
  session: RunSession;
  beside?: Beside<T>;
  before: T | undefined;
}

async function proven<T>(target: PlanSide, desiredSnapshot: Snapshot, { plan, deltaIds, session, beside, before }: Proving<T>): Promise<PlanOutcome> {
  const { client, snapshot: current } = target;
  const went = await forward(target, plan, session);
  if (went.failure !== null) return { outcome: 'failed', why: went.failure };
  if (went.blocked === '') {
    const left = leftOf(went.reached, desiredSnapshot, plan).filter((id) => deltaIds.includes(id));
    if (left.length > 0) return { outcome: 'failed', why: `left: ${left.join(', ')}` };
    const wrong = before === undefined ? null : await beside?.forward(before, plan);
    if (wrong) return { outcome: 'failed', why: `forward: ${wrong}` };
  }
  for (const phase of went.standing.toReversed()) {
    const failure = await run(session, plan, phase, 'rollback', rollbackSteps(phase, phase.steps.map((step) => step.id)));
    if (failure) return { outcome: 'failed', why: `back, ${phase.id}: ${failure}` };
  }
  const back = await introspect(client);
  const moved = inPlans(differences(back, current));
  if (moved.length > 0 || fingerprint(back.objects) !== fingerprint(current.objects)) return { outcome: 'failed', why: `not back: ${moved.join(', ')}` };
  const wrong = before === undefined ? null : await beside?.back(before);
  if (wrong) return { outcome: 'failed', why: `back: ${wrong}` };
  return went.blocked === '' ? { outcome: 'done', why: '' } : { outcome: 'blocked', why: went.blocked };
}

/** All phases, clean-up too. Returns what differs then; throws what stopped it. */
export async function forwardForGood(target: PlanSide, { snapshot: desired }: PlanSide, chosen: readonly string[]): Promise<string[]> {
  const result = planOf(target.snapshot, desired, chosen);
  if (!result.ok) throw new Error(result.refusals.map(({ sentence }) => sentence).join(' '));
  await inSession(target.config, async (session) => {
    const went = await forward(target, result.plan, session);
    if (went.failure !== null || went.blocked !== '') throw new Error(went.failure ?? went.blocked);
    for (const phase of result.plan.phases.filter(({ kind }) => kind === 'cleanup')) {
      const failure = await run(session, result.plan, phase, 'forward', phase.steps, runFacts(phase, await measurePhase(target.client, phase)));
      if (failure) throw new Error(failure);
    }
  });
  const kept = await target.client.query<{ name: string }>(`select nspname::text as name from pg_namespace where nspname like 'countersign\\_%' and nspname <> 'countersign_ledger'`);
  return [...inPlans(differences(await introspect(target.client), desired)).filter((id) => chosen.includes(id)), ...kept.rows.map(({ name }) => `schema ${name} is left`)];
}

interface Forward {
  standing: readonly Phase[];
  reached: Snapshot;
  /** What preflight says against the next phase; empty: nothing. */
  blocked: string;
  failure: string | null;
}

/** Every phase but clean-up, measured and judged as before a run, and compared with what it expects. */
async function forward({ client, snapshot: current }: PlanSide, plan: Plan, session: RunSession): Promise<Forward> {
  const phases = plan.phases.filter((phase) => phase.kind !== 'cleanup');
  const standing: Phase[] = [];
  let reached = current;
  for (const phase of phases) {
    const evidence = await measurePhase(client, phase);
    // Measuring reads only what the fingerprints of a phase are made of.
    if (standing.length === 0 && canonical(evidence.fingerprints) !== canonical(touchedPrints(current, phase.touches))) return { standing, reached, blocked: '', failure: `${phase.id}: measured other fingerprints than those of the whole reading` };
    const blocked = judge(phase, evidence).find((finding) => finding.severity === 'blocking')?.sentence ?? '';
    if (blocked !== '') return { standing, reached, blocked, failure: null };
    const broken = await run(session, plan, phase, 'forward', phase.steps, runFacts(phase, evidence));
    if (broken) return { standing, reached, blocked: '', failure: `forward, ${phase.id}: ${broken}` };
    const last = phase === phases.at(-1);
    if (last) reached = await introspect(client);
    const expected = Object.keys(phase.expects ?? {});
    const failure = expected.length === 0 ? null : deviation(last ? reached : await readTouched(client, expected), phase);
    if (failure) return { standing, reached, blocked: '', failure: `forward, ${phase.id}: ${failure}` };
    standing.push(phase);
  }
  return { standing, reached, blocked: '', failure: null };
}

function deviation(reached: Touched, { expects = {} }: Phase): string | null {
  const now = touchedPrints(reached, Object.keys(expects));
  const off = Object.keys(expects).filter((id) => now[id] !== expects[id]);
  return off.length > 0 ? `deviates in ${off.join(', ')}` : null;
}

/** What differs still. Columns that nothing could give back go in clean-up; what is said of them goes with them. */
function leftOf(now: Snapshot, wanted: Snapshot, plan: Plan): string[] {
  const late = plan.phases.filter((phase) => phase.kind === 'cleanup').flatMap((phase) => phase.touches.map((id) => id.replace('remove:', '')));
  return inPlans(differences(now, wanted)).filter((id) => !late.some((column) => id.includes(column)));
}

/** All but the order of columns, which no plan takes. */
export function inPlans(deltas: readonly Delta[]): string[] {
  return deltas.filter((delta) => !delta.attributes.some(({ name }) => name === 'columnOrder')).map((delta) => delta.id);
}

/** One session for all phases, where a worker opens one for each: a new one has to learn the catalogs anew, and that is most of what a small phase takes. */
async function inSession<T>(config: DatabaseConfig, use: (session: RunSession) => Promise<T>): Promise<T> {
  const session = await openRunSession(config, randomUUID(), 1);
  try {
    await installLedger(session.client);
    return await use(session);
  } finally {
    await closeRunSession(session);
  }
}

async function run(session: RunSession, plan: Plan, phase: Phase, kind: LedgerRun['kind'], steps: readonly Step[], facts: Readonly<Record<string, string>> = {}): Promise<string | null> {
  const ledger: LedgerRun = { runId: randomUUID(), planId: plan.id, phaseId: phase.id, kind, digest: 'd', attempt: 1 };
  await takeOverRun(session.client, ledger);
  for (const step of steps) {
    const outcome = await sceneStep({ session, run: ledger }, step, { evidenced: (expectation) => facts[factKey(expectation)] ?? null });
    if (outcome.outcome !== 'applied') return `${step.title}: ${JSON.stringify(outcome)}`;
  }
  return null;
}
