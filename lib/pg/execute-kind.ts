import type { BackupEnv, DatabaseConfig } from '#lib/env.ts';
import type { Expectation, Step } from '#lib/pipeline/plan.ts';
import { BLOCKING_STATEMENT_MS } from '#lib/pipeline/statement-limit.ts';
import type { AssertionResult, ManualAnswer } from '#lib/pipeline/run.ts';
import type { StatementReport } from './execute-statements.ts';
import type { RunSession } from './execute-session.ts';
import type { LedgerRun, StepResult } from './ledger.ts';
import type { Blocker } from './probe.ts';

/** How a step ended. `in_doubt`: the connection broke, only the ledger can tell. `fenced`: a later attempt has taken over, stop. */
export type StepOutcome =
  | { outcome: 'applied'; xid: string; result: StepResult }
  | { outcome: 'already_applied'; xid: string; result: StepResult | null }
  | { outcome: 'lock_timeout'; forWhat: string; blockers: readonly Blocker[] }
  | { outcome: 'assertion_failed'; sentence: string; assertions: readonly AssertionResult[] }
  | { outcome: 'cancelled' }
  /** `tooLong`: its own statement_timeout broke it off; less at a time may go through. `server`: with what it refused a statement; the words may hold values of rows. */
  | { outcome: 'failed'; sentence: string; errorId: string | null; tooLong?: boolean; server?: { state: string; words: string } }
  | { outcome: 'in_doubt' }
  | { outcome: 'fenced' };

/** Milliseconds. Lock waits stay below the server's deadlock_timeout (1 s), so that the migration gives way and never the application. */
export interface StepLimits {
  lockMs: number;
  statementMs: number;
  idleMs: number;
  /** For how long a swap tries to catch up although no fewer keys wait; absent: a minute. */
  catchUpMs?: number;
}
export const STEP_LIMITS: StepLimits = { lockMs: 400, statementMs: BLOCKING_STATEMENT_MS, idleMs: 60_000 };

/** Moments at which a test may kill the process. */
export type StepPoint = 'before_ledger' | 'after_ledger' | 'mid_copy' | 'before_batch_commit' | 'after_batch' | 'caught_up' | 'before_commit' | 'after_commit';

export interface StepContext {
  run: LedgerRun;
  worker: string;
  limits: StepLimits;
  /** Awaited when the step's LOCK has been had; what it throws gives the lock back. */
  locked?: () => Promise<void>;
  /** Which try for the locks this is, from 1; absent: the first and only one. */
  tries?: () => number;
  /** What the run's own evidence says; null = it does not. */
  evidenced: (expectation: Extract<Expectation, { from: 'evidence' }>) => string | null;
  /** Asked before every statement; true = roll back now. A statement under way is cancelled by the monitor's session. */
  stopping: () => boolean;
  /** Awaited between batches, outside any transaction: resolves when the next one may begin. Pausing and throttling are its business. */
  pace: () => Promise<void>;
  /** Of the time that a batch may take, less than all while the application waits for batches; absent: 1. */
  batchShare?: () => number;
  /** Asks a person to do what the step says, outside any transaction, and waits as long as it takes. Null: the run is to stop, or the connection is gone. */
  person: (what: string) => Promise<ManualAnswer | null>;
  /** The fuse has blown: what was under way was cancelled because the application waited for it. True once, then it counts as told. */
  fused: () => boolean;
  /** A cancel does not interrupt what runs inside: taking away what a cancelled statement left half done. */
  shielded: <T>(work: () => Promise<T>) => Promise<T>;
  /** What a kind needs that works beside the run's own session. */
  beside: Beside;
  reach: (point: StepPoint) => void;
}

export interface Beside {
  config: DatabaseConfig;
  backup: BackupEnv;
}

export interface StepReport extends StatementReport {
  /** Must be durable when it resolves: nothing has been changed yet, and from here on the outcome can be in doubt. `xid` null: it will have several. */
  started(backend: { pid: number; backendStart: string; xid: string | null }): Promise<void>;
}

/** What a step is that has no row in the ledger, although it was begun. The row itself is looked for first, for every kind alike. */
export type Probe =
  /** `run` may be called again: it goes on from what stands. The sentence says for a person what that is. */
  | { found: 'absent'; sentence: string }
  /** A person has to look; `run` must not be called. */
  | { found: 'unclear'; sentence: string };

/**
 * The half of a step kind that touches the target; the other half is lib/pipeline/step-kinds/. The session is the run's own: it holds the
 * target's lock, and earlier attempts are fenced. Every ending is a value; what is thrown comes from `report.started` alone.
 */
export interface StepKind {
  /** Runs the step, or goes on with it where a checkpoint or an intent says that it was begun. Its last transaction writes the ledger row. */
  run(session: RunSession, step: Step, context: StepContext, report: StepReport): Promise<StepOutcome>;
  /** In doubt, and the ledger has no row: what stands of it? Reads only. */
  probe(session: RunSession, step: Step, run: LedgerRun): Promise<Probe>;
  /** Why this worker cannot run the step at all, in a sentence; asked before the first step, so that nothing is changed then. */
  refuses?(step: Step, session: RunSession, beside: Beside): Promise<string | null>;
}
