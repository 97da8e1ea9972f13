import { setTimeout as sleep } from 'node:timers/promises';
import type { BackupEnv, DatabaseConfig } from '#lib/env.ts';
import { STEP_LIMITS, type StepContext, type StepLimits, type StepOutcome, type StepReport } from '#lib/pg/execute-kind.ts';
import { kindOfStep } from '#lib/pg/execute-kinds.ts';
import { closeRunSession, openRunSession, type RunSession } from '#lib/pg/execute-session.ts';
import { installLedger, type LedgerRun, takeOverRun } from '#lib/pg/ledger.ts';
import { closeSession, connectOperator } from '#lib/pg/session.ts';
import type { Step } from '#lib/pipeline/plan.ts';
import { statementLimitMs } from '#lib/pipeline/statement-limit.ts';
import { paperOf } from '#lib/pipeline/step-kinds/all.ts';
import { factKey } from '#lib/pipeline/run-facts.ts';
import type { Client } from 'pg';

/** Who works on a clone, and whether to go on. */
export interface CloneWork {
  /** The clone. */
  config: DatabaseConfig;
  backup: BackupEnv;
  worker: string;
  stopping: () => boolean;
  limits?: StepLimits;
}

const TRIES = 60;
const TRY_AGAIN_MS = 100;
const LEAVE_MS = 200;

/** A session on the clone like that of a run: with the ledger there, under a run of its own; and one beside it to look on. It is given up as soon as the work is to stop. */
export async function inRunOnClone<T>(work: CloneWork, run: LedgerRun, use: (session: RunSession, beside: Client) => Promise<T>): Promise<T> {
  const session = await openRunSession(work.config, run.runId, run.attempt);
  const beside = await connectOperator(work.config);
  // A statement of an hour is not waited for when the worker is to stop: the clone is thrown away with it.
  const leaving = setInterval(() => {
    if (work.stopping() && !session.lost) void closeRunSession(session);
  }, LEAVE_MS);
  try {
    await installLedger(session.client);
    await takeOverRun(session.client, run);
    return await use(session, beside);
  } finally {
    clearInterval(leaving);
    await closeSession(beside);
    await closeRunSession(session);
  }
}

/** One step by its own kind. Nobody but ourselves is there, so that a lock is in the way only for moments (autovacuum). `counted`: what its statements counted as their totals. */
export async function stepOnClone(work: CloneWork, session: RunSession, run: LedgerRun, step: Step, facts: Readonly<Record<string, string>>, counted: Map<string, number>): Promise<StepOutcome> {
  const context: StepContext = {
    run, worker: work.worker, limits: work.limits ?? { ...STEP_LIMITS, statementMs: statementLimitMs(step, paperOf(step).locks(step)) }, evidenced: (expectation) => facts[factKey(expectation)] ?? null, stopping: work.stopping, pace: () => Promise.resolve(), person: () => Promise.resolve(null), fused: () => false,
    shielded: (inside) => inside(), beside: { config: work.config, backup: work.backup }, reach: () => undefined,
  };
  for (let tries = 1; ; tries += 1) {
    const outcome = await kindOfStep(step).run(session, step, context, counting(counted));
    if (outcome.outcome !== 'lock_timeout' || tries >= TRIES || work.stopping()) return outcome;
    await sleep(TRY_AGAIN_MS);
  }
}

/** Nobody watches a clone; what its statements count is kept for the runs after it. */
function counting(counted: Map<string, number>): StepReport {
  return {
    started: () => Promise.resolve(), statement: () => undefined, returned: () => undefined,
    progress: (label, _done, total, figure) => {
      if (total !== null && !figure?.about) counted.set(label, total);
    },
  };
}

/** Why a step did not stand on the clone, for a person; null when it does. */
export function troubleOf(outcome: StepOutcome): string | null {
  switch (outcome.outcome) {
    case 'applied':
    case 'already_applied': return null;
    case 'failed':
    case 'assertion_failed': return outcome.sentence;
    case 'lock_timeout': return `${outcome.forWhat} could not be had, although nobody else works on the clone.`;
    case 'in_doubt': return 'The connection to the clone broke.';
    case 'fenced': return 'Somebody else took the clone over.';
    case 'cancelled': return 'It was cancelled.';
  }
}
