import 'server-only';
import { otherwiseNow } from '#lib/pg/kept.ts';
import { measurePrice } from '#lib/pg/price.ts';
import { seeLedger } from '#lib/pg/seen-ledger.ts';
import { withReader } from '#lib/pg/session.ts';
import { digestOf } from '#lib/pipeline/digest.ts';
import { columnsBefore } from '#lib/pipeline/followed.ts';
import { findPhase, type Phase, type Step } from '#lib/pipeline/plan.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { ledgerDoubt, rollbackSteps, type RollbackPrice } from '#lib/pipeline/rollback.ts';
import { workedMs } from '#lib/pipeline/run-time.ts';
import { staysForGood } from '#lib/pipeline/standing.ts';
import { paperOf } from '#lib/pipeline/step-kinds/all.ts';
import { findEvidence } from '#lib/store/evidence.ts';
import { findVersion } from '#lib/store/plans.ts';
import { eventsAfter, type StoredRun } from '#lib/store/runs.ts';
import { databaseNamed } from './control.ts';
import type { RollbackPriceDto } from './dto/run.ts';
import { foundRun } from './found-run.ts';
import type { CommandContext } from './perform.ts';
import { phaseFactsOf, readPlanFacts, type PhaseFacts } from './plan-facts.ts';

/** A rollback as it would be now: of which run, by which steps, at what price. */
export interface PricedRollback {
  run: StoredRun;
  one: PhaseFacts;
  phase: Phase;
  steps: readonly Step[];
  price: RollbackPrice;
  /** Over what would be done and the kind of loss. The exact number of rows is left out: it grows with every write, and is typed instead. */
  digest: string;
  /** Why the database may not have what the way forward did. */
  doubt: string | null;
  /** By what the way back would stop as the tables are now. */
  stops: string | null;
  /** Titles of what stands and stays. */
  stays: readonly string[];
  /** How long the way forward was at work; null: it has not ended. */
  forwardMs: number | null;
}

const PRICE_MS = 20_000;

/** Measures what going back would cost. The text of the phase is the one that ran, whatever version is in force now. */
export async function priceRollback({ db, env }: Pick<CommandContext, 'db' | 'env'>, runId: string): Promise<PricedRollback> {
  const run = await foundRun(db, runId);
  const one = phaseFactsOf(await readPlanFacts(db, run.planId, env.policy), run.phaseId);
  const forward = one.runs.find((other) => other.id === one.standing.forwardRunId);
  if (!forward) throw new Refused('nothing_to_roll_back', 'Nothing of this phase stands.');
  const plan = await findVersion(db, run.planId, forward.version);
  const phase = plan ? findPhase(plan, run.phaseId) : undefined;
  if (!phase) throw new Error(`run ${forward.id} ran a phase that version ${forward.version} does not have`);
  const steps = rollbackSteps(phase, one.standing.standingSteps);
  const { standingSteps: standing, state } = one.standing;
  const evidence = forward.evidenceId === null ? null : await findEvidence(db, forward.evidenceId);
  const { price, seen, otherwise } = await withReader(databaseNamed(forward.target, env), async (client) => ({ price: await measurePrice(client, phase, standing, { half: state === 'partial' }), seen: await seeLedger(client, forward.id, standing), otherwise: await otherwiseNow(client, steps.length === 0 ? [] : phase.steps.filter(({ id }) => standing.includes(id)).flatMap((step) => columnsBefore(step, 'back'))) }), { statementTimeoutMs: PRICE_MS });
  const missing = seen.missing && phase.steps.flatMap(({ id, title }) => (seen.missing?.includes(id) ? [title] : []));
  const doubt = ledgerDoubt({ ...seen, missing }, evidence?.evidence.target.timeline ?? null);
  const stops = otherwise.length === 0 ? null : `The way back would stop under its lock, and change nothing: ${otherwise.join(' ')} Mend that first.`;
  const forwardMs = workedMs(await eventsAfter(db, forward.id, 0));
  return { run: forward, one, phase, steps, price, doubt, stops, forwardMs, stays: phase.steps.filter((step) => one.standing.standingSteps.includes(step.id) && staysForGood(step)).map((step) => step.title), digest: digestOf({ run: forward.id, steps, verdict: price.verdict }) };
}

export function priceDto({ steps, price, digest, stays, doubt, stops, forwardMs }: PricedRollback): RollbackPriceDto {
  return {
    price, digest, stays, doubt, stops,
    forwardMs,
    steps: steps.map((step) => ({ title: step.title, sql: paperOf(step).sql(step) })),
    locks: [...new Set(steps.flatMap((step) => step.locks.map((lock) => `${lock.mode} on ${lock.table.schema}.${lock.table.name}`)))],
  };
}
