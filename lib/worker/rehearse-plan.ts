import { randomUUID } from 'node:crypto';
import type { BackupEnv, DatabaseConfig } from '#lib/env.ts';
import { CloneLost, RehearsalStopped } from '#lib/pg/execute-rehearse-clone.ts';
import { type Meter, meterOn } from '#lib/pg/execute-rehearse-meter.ts';
import { statePrint } from '#lib/pg/execute-rehearse-print.ts';
import type { RunSession } from '#lib/pg/execute-session.ts';
import type { LedgerRun } from '#lib/pg/ledger.ts';
import { measurePhase } from '#lib/pg/measure.ts';
import { closeSession, connectOperator } from '#lib/pg/session.ts';
import type { Evidence } from '#lib/pipeline/evidence.ts';
import type { Phase, Plan, Step } from '#lib/pipeline/plan.ts';
import { kindOf } from '#lib/pipeline/step-kinds/all.ts';
import { proofOf, type Rehearsed, type RehearsedStep } from '#lib/pipeline/rehearsal.ts';
import { rollbackSteps } from '#lib/pipeline/rollback.ts';
import type { RunKind } from '#lib/pipeline/run.ts';
import { runFacts } from '#lib/pipeline/run-facts.ts';
import type { Teller } from './claimed.ts';
import { type CloneWork, inRunOnClone, stepOnClone, troubleOf } from './clone-steps.ts';
import { verifyRun } from './verify.ts';

export interface PhasesTerms {
  plan: Plan;
  phases: readonly Phase[];
  /** The clone. */
  config: DatabaseConfig;
  backup: BackupEnv;
  worker: string;
  told: Pick<Teller<Rehearsed>, 'content' | 'tell'> & { stopping(): boolean };
}

/** A phase of which steps stand in the clone. */
interface Gone {
  phase: Phase;
  evidence: Evidence;
  facts: Readonly<Record<string, string>>;
  applied: readonly string[];
}

/**
 * The phases forward on the clone, one after the other, by the step kinds that a run uses; then what stands of them back in the opposite order,
 * also after a step that failed; then whether the clone is what it was. Everything is told as it happens. Throws RehearsalStopped when it is to stop.
 */
export async function rehearsePhases(terms: PhasesTerms): Promise<void> {
  const { told } = terms;
  const beside = await connectOperator(terms.config);
  try {
    stage(terms, 'hashing every row of the clone');
    const before = await statePrint(beside);
    const gone: Gone[] = [];
    for (const phase of terms.phases) {
      const one = await goForward(terms, phase);
      gone.push(one);
      if (one.applied.length < phase.steps.length) break;
    }
    let back = true;
    for (const one of gone.toReversed()) back &&= await goBack(terms, one);
    if (!back) return;
    stage(terms, 'hashing every row of the clone again');
    const proof = proofOf(before, await statePrint(beside));
    told.tell({ ...told.content(), proof });
  } finally {
    await closeSession(beside);
  }
}

async function goForward(terms: PhasesTerms, phase: Phase): Promise<Gone> {
  return inRun(terms, phase, 'forward', async (one) => {
    stage(terms, `measuring “${phase.title}”`);
    const evidence = await measurePhase(one.session.client, phase);
    const facts = runFacts(phase, evidence);
    const applied = await runSteps(one, phase.steps, facts);
    if (applied.length === phase.steps.length) await verify(one, evidence, facts);
    return { phase, evidence, facts, applied };
  });
}

/** True when everything that stood was taken back. */
async function goBack(terms: PhasesTerms, { phase, evidence, facts, applied }: Gone): Promise<boolean> {
  const steps = rollbackSteps(phase, applied);
  if (steps.length === 0) return true;
  return inRun(terms, phase, 'rollback', async (one) => {
    const undone = await runSteps(one, steps, facts);
    if (undone.length < steps.length) return false;
    if (applied.length === phase.steps.length) await verify(one, evidence, facts);
    return true;
  });
}

interface OneRun {
  terms: PhasesTerms;
  phase: Phase;
  run: LedgerRun;
  session: RunSession;
  meter: Meter;
}

async function inRun<T>(terms: PhasesTerms, phase: Phase, kind: RunKind, use: (one: OneRun) => Promise<T>): Promise<T> {
  const run: LedgerRun = { runId: randomUUID(), planId: terms.plan.id, phaseId: phase.id, kind, digest: 'rehearsal', attempt: 1 };
  try {
    return await inRunOnClone(workOf(terms), run, (session, beside) => use({ terms, phase, run, session, meter: meterOn(session, beside) }));
  } catch (error) {
    throw terms.told.stopping() ? new RehearsalStopped() : error;
  }
}

function workOf({ config, backup, worker, told }: PhasesTerms): CloneWork {
  return { config, backup, worker, stopping: told.stopping };
}

/** Runs steps until one does not work; tells each with what it took. Returns the ids of those that stand. */
async function runSteps(one: OneRun, steps: readonly Step[], facts: Readonly<Record<string, string>>): Promise<string[]> {
  const { terms: { told }, phase, run } = one;
  const done: string[] = [];
  for (const step of steps) {
    if (told.stopping()) throw new RehearsalStopped();
    if (kindOf(step) === 'manual') {
      told.tell({ ...told.content(), skipped: [...(told.content().skipped ?? []), { phase: phase.id, step: step.id, title: step.title, kind: run.kind }] });
      done.push(step.id);
      continue;
    }
    stage(one.terms, `${run.kind === 'forward' ? 'forward' : 'back'}: ${phase.title}, ${step.title}`);
    const counted = new Map<string, number>();
    const { done: outcome, metered } = await one.meter.measure(() => stepOnClone(workOf(one.terms), one.session, run, step, facts, counted));
    const trouble = troubleOf(outcome);
    if (trouble !== null && told.stopping()) throw new RehearsalStopped();
    if (outcome.outcome === 'in_doubt') throw new CloneLost('the session of a step broke');
    const rows = outcome.outcome === 'applied' ? outcome.result.rows : 0;
    const rehearsed: RehearsedStep = { phase: phase.id, step: step.id, title: step.title, kind: run.kind, rows, counted: [...counted].map(([label, total]) => ({ label, total })), ...metered, trouble };
    told.tell({ ...told.content(), steps: [...told.content().steps, rehearsed] });
    if (trouble !== null) return done;
    done.push(step.id);
  }
  return done;
}

async function verify(one: OneRun, signed: Evidence, facts: Readonly<Record<string, string>>): Promise<void> {
  const { terms: { told, plan }, phase, run } = one;
  stage(one.terms, `verifying “${phase.title}”`);
  const results = await verifyRun(one.session, { run: { kind: run.kind }, phase, plan, signed }, facts);
  told.tell({ ...told.content(), verifications: [...told.content().verifications, ...results.map((result) => ({ ...result, phase: phase.id, kind: run.kind }))] });
}

function stage({ told }: PhasesTerms, text: string): void {
  told.tell({ ...told.content(), stage: text });
}
