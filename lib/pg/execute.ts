import { isLock, isTransactionControl, type StatementReport, runStatements } from './execute-statements.ts';
import { statementRefusal } from './execute-sentence.ts';
import { closeRunSession, type RunSession } from './execute-session.ts';
import { claimStep, isCurrentAttempt, type LedgerRun, readStep, stepSha, type StepResult, writeStepResult } from './ledger.ts';
import { type Blocker, holdersOf } from './probe.ts';
import { isInDoubt, SQLSTATE, sqlState } from './sqlstate.ts';
import { NOT_MEASURED, type OneStatement } from './assertion.ts';
import type pg from 'pg';
import type { Expectation, Step } from '#lib/pipeline/plan.ts';
import type { AssertionResult } from '#lib/pipeline/run.ts';

/** How a step ended. `in_doubt`: the connection broke, only the ledger can tell. `fenced`: a later attempt has taken over, stop. */
export type StepOutcome =
  | { outcome: 'applied'; xid: string; result: StepResult }
  | { outcome: 'already_applied'; xid: string; result: StepResult | null }
  | { outcome: 'lock_timeout'; forWhat: string; blockers: readonly Blocker[] }
  | { outcome: 'assertion_failed'; sentence: string; assertions: readonly AssertionResult[] }
  | { outcome: 'cancelled' }
  | { outcome: 'failed'; sentence: string; errorId: string | null }
  | { outcome: 'in_doubt' }
  | { outcome: 'fenced' };

/** Milliseconds. Lock waits stay below the server's deadlock_timeout (1 s), so that the migration gives way and never the application. */
export interface StepLimits {
  lockMs: number;
  statementMs: number;
  idleMs: number;
}
export const STEP_LIMITS: StepLimits = { lockMs: 400, statementMs: 15 * 60_000, idleMs: 60_000 };

/** Moments at which a test may kill the process. */
export type StepPoint = 'before_ledger' | 'after_ledger' | 'mid_copy' | 'before_commit' | 'after_commit';

export interface StepContext {
  run: LedgerRun;
  worker: string;
  limits: StepLimits;
  /** What the run's own evidence says; null = it does not. */
  evidenced: (expectation: Extract<Expectation, { from: 'evidence' }>) => string | null;
  /** Asked before every statement; true = roll back now. A statement under way is cancelled by the monitor's session. */
  stopping: () => boolean;
  reach: (point: StepPoint) => void;
}

export interface StepReport extends StatementReport {
  /** Must be durable when it resolves: nothing has been changed yet, and from here on the outcome can be in doubt. */
  started(backend: { pid: number; backendStart: string; xid: string }): Promise<void>;
}

/** How long the client waits beyond statement_timeout before it takes the server for dead and breaks the connection. */
const DEADLINE_GRACE_MS = 30_000;

/** A known ending, thrown to leave the transaction. */
class Leave extends Error {
  readonly outcome: StepOutcome;
  constructor(outcome: StepOutcome) {
    super(outcome.outcome);
    this.outcome = outcome;
  }
}

interface Trace {
  label: string;
  sql: string;
  since: number;
  committing: boolean;
}

/**
 * Executes one step in one transaction of the run's session: fence, ledger row, statements one by one, result, COMMIT. Every ending is a
 * value; what is thrown comes from `report.started` alone, and then nothing has been changed.
 * COMMIT is believed only when its tag says COMMIT: a failed transaction answers COMMIT with ROLLBACK and no error.
 * The locks are those of the statements, each waited for at most `limits.lockMs`. Source: execution paper, sections 3 and 8.5.
 */
export async function executeStep(session: RunSession, step: Step, context: StepContext, report: StepReport): Promise<StepOutcome> {
  const trace: Trace = { label: 'begin', sql: '', since: performance.now(), committing: false };
  let beforeChange: { error: unknown } | null = null;
  const guarded: StepReport = {
    ...report,
    started: async (backend) => {
      await report.started(backend).catch((error: unknown) => {
        beforeChange = { error };
        throw error;
      });
    },
    statement: (index, label, sql) => {
      Object.assign(trace, { label, sql, since: performance.now() });
      report.statement(index, label, sql);
    },
  };
  try {
    return await inTransaction(session, step, context, guarded, trace);
  } catch (error) {
    const unreported = beforeChange as { error: unknown } | null;
    if (unreported) {
      await leaveTransaction(session);
      throw unreported.error;
    }
    return settle(session, step, context, trace, error);
  }
}

async function inTransaction(session: RunSession, step: Step, context: StepContext, report: StepReport, trace: Trace): Promise<StepOutcome> {
  const begun = performance.now();
  refuseUnsound(step);
  await openFrame(session, step, context.limits);
  context.reach('before_ledger');
  if (!(await isCurrentAttempt(session.client, context.run))) throw new Leave({ outcome: 'fenced' });
  const xid = await claimStep(session.client, context.run, step, context.worker);
  if (xid === null) throw new Leave(await foundInLedger(session.client, context.run, step));
  await report.started({ pid: session.pid, backendStart: session.backendStart, xid });
  context.reach('after_ledger');
  const done = await runStatements(step.statements, { ask: (query) => send(session, query, context.limits), context, report });
  if (done.ended === 'stopped') throw new Leave({ outcome: 'cancelled' });
  if (done.ended === 'assertion') throw new Leave(assertionFailed(done.assertions));
  if (done.ended === 'unsound') throw new Leave({ outcome: 'failed', sentence: done.sentence, errorId: null });
  const result: StepResult = { rows: done.rows, ms: Math.round(performance.now() - begun), statements: done.statements, assertions: done.assertions };
  Object.assign(trace, { label: 'the ledger', sql: '', since: performance.now() });
  if (!(await writeStepResult(session.client, context.run, step, result))) {
    throw new Leave({ outcome: 'failed', sentence: 'A statement of the step ended its transaction, so the step and its proof are torn apart. Look at the target before anything else.', errorId: null });
  }
  if (context.stopping()) throw new Leave({ outcome: 'cancelled' });
  context.reach('before_commit');
  Object.assign(trace, { label: 'commit', committing: true, since: performance.now() });
  const answer = await send(session, { text: 'COMMIT', rowMode: 'array' }, context.limits);
  if (answer.command !== 'COMMIT') {
    return { outcome: 'failed', sentence: `The database answered COMMIT with ${answer.command}: the transaction had failed before, and nothing of the step stands.`, errorId: null };
  }
  context.reach('after_commit');
  return { outcome: 'applied', xid, result };
}

/** One transaction needs one statement at a time, none of which ends it; and a copy under a snapshot older than its lock would miss rows. */
function refuseUnsound(step: Step): void {
  for (const statement of step.statements) {
    if (isTransactionControl(statement.sql)) throw new Leave({ outcome: 'failed', sentence: `The statement “${statement.label}” begins or ends a transaction, which a step may not.`, errorId: null });
    if (step.isolation && isLock(statement.sql)) throw new Leave({ outcome: 'failed', sentence: `The step locks a table under ${step.isolation}: rows written before the lock would be missed.`, errorId: null });
  }
}

async function openFrame(session: RunSession, step: Step, limits: StepLimits): Promise<void> {
  const { client } = session;
  await client.query(step.isolation === 'repeatable read' ? 'BEGIN ISOLATION LEVEL REPEATABLE READ' : 'BEGIN ISOLATION LEVEL READ COMMITTED');
  await client.query(`SET LOCAL lock_timeout = ${limits.lockMs}`);
  await client.query(`SET LOCAL statement_timeout = ${limits.statementMs}`);
  await client.query(`SET LOCAL idle_in_transaction_session_timeout = ${limits.idleMs}`);
  if (session.noticesLoss) await client.query(`SET LOCAL client_connection_check_interval = '1s'`);
  await client.query('SET LOCAL search_path = pg_catalog');
  await client.query('SET LOCAL standard_conforming_strings = on');
  // A step that was reported as committed must outlive a crash, whatever the database has set for its application.
  await client.query(`SELECT pg_catalog.set_config('synchronous_commit', 'on', true) WHERE pg_catalog.current_setting('synchronous_commit') = 'off'`);
}

/** `lock_timeout` counts per table, so a LOCK over many tables is bounded as a whole by statement_timeout. */
async function send(session: RunSession, query: OneStatement, limits: StepLimits): Promise<pg.QueryArrayResult> {
  const timer = setTimeout(() => void closeRunSession(session), limits.statementMs + DEADLINE_GRACE_MS);
  try {
    if (!isLock(query.text)) return await session.client.query(query);
    await session.client.query(`SET LOCAL statement_timeout = ${limits.lockMs + 100}`);
    const answer = await session.client.query(query);
    await session.client.query(`SET LOCAL statement_timeout = ${limits.statementMs}`);
    return answer;
  } finally {
    clearTimeout(timer);
  }
}

async function foundInLedger(client: pg.Client, run: LedgerRun, step: Step): Promise<StepOutcome> {
  const found = await readStep(client, run.runId, step.id);
  if (!found) return { outcome: 'failed', sentence: 'The ledger names the step as applied and does not show it.', errorId: null };
  if (found.sha !== stepSha(step)) return { outcome: 'failed', sentence: 'The ledger says that this step was applied with other SQL than it has now.', errorId: null };
  return { outcome: 'already_applied', xid: found.xid, result: found.result };
}

function assertionFailed(assertions: readonly AssertionResult[]): StepOutcome {
  const off = assertions.findLast((one) => !one.ok);
  if (!off) return { outcome: 'failed', sentence: 'An assertion did not hold. The step was rolled back; nothing of it stands.', errorId: null };
  const differs = off.expected === NOT_MEASURED ? `is ${off.actual}, and what it should be was not measured` : `was expected to be ${off.expected} and is ${off.actual}`;
  return { outcome: 'assertion_failed', sentence: `“${off.label}” ${differs}. The step was rolled back; nothing of it stands.`, assertions };
}

/** After an error inside the transaction: what it means, and the transaction is over. */
async function settle(session: RunSession, step: Step, context: StepContext, trace: Trace, error: unknown): Promise<StepOutcome> {
  if (error instanceof Leave) {
    await leaveTransaction(session);
    return error.outcome;
  }
  if (session.lost || isInDoubt(error)) return { outcome: 'in_doubt' };
  const waited = performance.now() - trace.since;
  await leaveTransaction(session);
  if (context.stopping() && sqlState(error) === SQLSTATE.queryCanceled) return { outcome: 'cancelled' };
  if (lostRace(error, trace)) return { outcome: 'lock_timeout', forWhat: forWhat(step), blockers: session.lost ? [] : await holdersOf(session.client, step.locks, session.pid).catch(() => []) };
  if (sqlState(error) === SQLSTATE.queryCanceled) {
    const by = waited >= context.limits.statementMs - 500 ? `it ran longer than ${Math.round(context.limits.statementMs / 1000)} s` : 'somebody cancelled it in the database';
    return { outcome: 'failed', sentence: `The statement “${trace.label}” was stopped: ${by}. The step was rolled back; nothing of it stands.`, errorId: null };
  }
  const refusal = statementRefusal(error, trace.label);
  return { outcome: 'failed', sentence: `${refusal.sentence} The step was rolled back; nothing of it stands.`, errorId: refusal.errorId };
}

/** Postgres lets nobody but us lose: a lock timeout, a deadlock, a lost serialization, or a LOCK cut off by its own statement_timeout. */
function lostRace(error: unknown, trace: Trace): boolean {
  const state = sqlState(error);
  if (state === SQLSTATE.queryCanceled) return isLock(trace.sql);
  return state === SQLSTATE.lockNotAvailable || state === SQLSTATE.deadlockDetected || state === SQLSTATE.serializationFailure;
}

async function leaveTransaction(session: RunSession): Promise<void> {
  if (session.lost) return;
  await session.client.query('ROLLBACK').catch(() => closeRunSession(session));
}

function forWhat(step: Step): string {
  return step.locks.map((claim) => `${claim.mode} on ${claim.table.schema}.${claim.table.name}`).join(', ') || 'a lock';
}
