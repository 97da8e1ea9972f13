import type pg from 'pg';
import { otherThan } from '#lib/pipeline/other-than.ts';
import type { Step } from '#lib/pipeline/plan.ts';
import type { AssertionResult } from '#lib/pipeline/run.ts';
import { searchPathSql } from '#lib/pipeline/ddl.ts';
import { NOT_MEASURED, NOT_SAID, type OneStatement } from './assertion.ts';
import type { StepContext, StepLimits, StepOutcome, StepReport } from './execute-kind.ts';
import { statementRefusal } from './execute-sentence.ts';
import { closeRunSession, type RunSession } from './execute-session.ts';
import { isLock } from './execute-statements.ts';
import { claimStep, isCurrentAttempt, type LedgerRun, readStep, type StepResult, stepSha, writeStepResult } from './ledger.ts';
import { holdersOf } from './probe.ts';
import { isInDoubt, SQLSTATE, sqlState } from './sqlstate.ts';
import { letVacuumsYield } from './execute-vacuum.ts';

/** How long the client waits beyond statement_timeout before it takes the server for dead and breaks the connection. */
const DEADLINE_GRACE_MS = 30_000;

/** What a step whose fuse has blown waits for. */
export const THE_APPLICATION = 'the application, which had waited for us';

/** A known ending, thrown to leave the transaction. */
export class Leave extends Error {
  readonly outcome: StepOutcome;
  constructor(outcome: StepOutcome) {
    super(outcome.outcome);
    this.outcome = outcome;
  }
}

export function leaveFailed(sentence: string): Leave {
  return new Leave({ outcome: 'failed', sentence, errorId: null });
}

/** What is under way, so that an error can be told by its name. */
export interface Trace {
  label: string;
  sql: string;
  since: number;
}

/** Opens a transaction of a step, with every limit set for this transaction only: a session-level SET would outlive the step. */
export async function openFrame(session: RunSession, isolation: 'read committed' | 'repeatable read', limits: StepLimits): Promise<void> {
  const { client } = session;
  await client.query(isolation === 'repeatable read' ? 'BEGIN ISOLATION LEVEL REPEATABLE READ' : 'BEGIN ISOLATION LEVEL READ COMMITTED');
  await client.query(`SET LOCAL lock_timeout = ${lockMsOf(session, limits)}`);
  await client.query(`SET LOCAL statement_timeout = ${limits.statementMs}`);
  await client.query(`SET LOCAL idle_in_transaction_session_timeout = ${limits.idleMs}`);
  if (session.noticesLoss) await client.query(`SET LOCAL client_connection_check_interval = '1s'`);
  await client.query('SET LOCAL search_path = pg_catalog');
  await client.query('SET LOCAL standard_conforming_strings = on');
  // Rows that a policy hides from us would be left behind by a copy, and by the count that proves it: better an error.
  await client.query('SET LOCAL row_security = off');
  // A step that was reported as committed must outlive a crash, whatever the database has set for its application.
  await client.query(`SELECT pg_catalog.set_config('synchronous_commit', 'on', true) WHERE pg_catalog.current_setting('synchronous_commit') = 'off'`);
}

/** Milliseconds to wait for a lock: less than anybody waits here before they look for a deadlock, so that it is us who give way. */
export function lockMsOf({ deadlockMs }: Pick<RunSession, 'deadlockMs'>, { lockMs }: Pick<StepLimits, 'lockMs'>): number {
  return Math.min(lockMs, Math.max(1, Math.floor(deadlockMs / 2)));
}

/** From here on names without a schema are looked for where the step says. What Countersign itself sends stands between leaveSearchPath and this. */
export async function enterSearchPath(session: RunSession, { searchPath }: Pick<Step, 'searchPath'>): Promise<void> {
  if (searchPath) await session.client.query(`SET LOCAL search_path = ${searchPathSql(searchPath)}`);
}

/** Also undoes what a statement of the step has set itself: the ledger is written under no path of people. */
export async function leaveSearchPath(session: RunSession, { searchPath }: Pick<Step, 'searchPath'>): Promise<void> {
  if (searchPath) await session.client.query('SET LOCAL search_path = pg_catalog');
}

/** `lock_timeout` counts per table, so a LOCK over many tables is bounded as a whole by statement_timeout. */
export async function send(session: RunSession, query: OneStatement, limits: StepLimits): Promise<pg.QueryArrayResult> {
  const timer = setTimeout(() => void closeRunSession(session), limits.statementMs + DEADLINE_GRACE_MS);
  try {
    if (!isLock(query.text)) return await session.client.query(query);
    await session.client.query(`SET LOCAL statement_timeout = ${lockMsOf(session, limits) + 100}`);
    const answer = await session.client.query(query);
    await session.client.query(`SET LOCAL statement_timeout = ${limits.statementMs}`);
    return answer;
  } finally {
    clearTimeout(timer);
  }
}

/** COMMIT is believed only when its tag says COMMIT: a failed transaction answers with ROLLBACK and no error. Throws Leave otherwise. */
export async function commitFrame(session: RunSession, limits: StepLimits): Promise<void> {
  const answer = await send(session, { text: 'COMMIT', rowMode: 'array' }, limits);
  if (answer.command !== 'COMMIT') throw leaveFailed(`The database answered COMMIT with ${answer.command}: the transaction had failed before, and nothing of the step stands.`);
}

export async function leaveTransaction(session: RunSession): Promise<void> {
  if (session.lost) return;
  await session.client.query('ROLLBACK').catch(() => closeRunSession(session));
}

/** Throws Leave when a later attempt has the run. Takes the lock of the fence: a takeover waits for this transaction. */
export async function expectCurrent(session: RunSession, { run }: Pick<StepContext, 'run'>): Promise<void> {
  if (!(await isCurrentAttempt(session.client, run))) throw new Leave({ outcome: 'fenced' });
}

/** Begins the first transaction of a step of several: fence, and the ledger, in which the step may stand already. Throws Leave, and the server's errors. */
export async function openFirst(session: RunSession, step: Step, context: StepContext): Promise<void> {
  await openFrame(session, 'read committed', context.limits);
  context.reach('before_ledger');
  await expectCurrent(session, context);
  if (await readStep(session.client, context.run.runId, step.id)) throw new Leave(await foundInLedger(session.client, context.run, step));
}

/** Begins its last one: fence, and the row in the ledger that is the proof once this commits. Returns the transaction's number. Throws Leave, and the server's errors. */
export async function openLast(session: RunSession, step: Step, context: StepContext): Promise<string> {
  await openFrame(session, 'read committed', context.limits);
  await expectCurrent(session, context);
  const xid = await claimStep(session.client, context.run, step, context.worker);
  if (xid === null) throw new Leave(await foundInLedger(session.client, context.run, step));
  return xid;
}

/** The last transaction of a step of several: the proof that all of it was done. Throws Leave, and the server's errors. */
export async function recordApplied(session: RunSession, step: Step, context: StepContext, result: StepResult): Promise<StepOutcome> {
  const xid = await openLast(session, step, context);
  await writeStepResult(session.client, context.run, step, result);
  context.reach('before_commit');
  await commitFrame(session, context.limits);
  context.reach('after_commit');
  return { outcome: 'applied', xid, result };
}

/** The step has its row in the ledger already: applied before, if with the same SQL. */
export async function foundInLedger(client: pg.Client, run: LedgerRun, step: Step): Promise<StepOutcome> {
  const found = await readStep(client, run.runId, step.id);
  if (!found) return { outcome: 'failed', sentence: 'The ledger names the step as applied and does not show it.', errorId: null };
  if (found.sha !== stepSha(step)) return { outcome: 'failed', sentence: 'The ledger says that this step was applied with other SQL than it has now.', errorId: null };
  return { outcome: 'already_applied', xid: found.xid, result: found.result };
}

/**
 * After an error inside a transaction of the step: what it means; the transaction is over when it resolves.
 * @param stands the end of the sentence of a failure: what stands of the step.
 */
export async function settle(session: RunSession, step: Step, context: StepContext, trace: Trace, error: unknown, stands: string): Promise<StepOutcome> {
  if (error instanceof Leave) {
    await leaveTransaction(session);
    return error.outcome;
  }
  if (session.lost || isInDoubt(error)) return { outcome: 'in_doubt' };
  const waited = performance.now() - trace.since;
  await leaveTransaction(session);
  if (context.stopping() && sqlState(error) === SQLSTATE.queryCanceled) return { outcome: 'cancelled' };
  if (sqlState(error) === SQLSTATE.queryCanceled && context.fused()) return { outcome: 'lock_timeout', forWhat: THE_APPLICATION, blockers: [] };
  if (lostRace(error, trace)) {
    const blockers = session.lost ? [] : await holdersOf(session.client, step.locks, session.pid).catch(() => []);
    await letVacuumsYield(session, step.locks);
    return { outcome: 'lock_timeout', forWhat: forWhat(step), blockers };
  }
  if (sqlState(error) === SQLSTATE.queryCanceled) {
    const by = waited >= context.limits.statementMs - 500 ? `it ran longer than ${Math.round(context.limits.statementMs / 1000)} s` : 'somebody cancelled it in the database';
    return { outcome: 'failed', sentence: `The statement “${trace.label}” was stopped: ${by}. ${stands}`, errorId: null, tooLong: waited >= context.limits.statementMs - 500 };
  }
  const refusal = statementRefusal(error, trace.label);
  const state = sqlState(error);
  return { outcome: 'failed', sentence: `${refusal.sentence} ${stands}`, errorId: refusal.errorId, ...(state === null || !(error instanceof Error) ? {} : { server: { state, words: error.message } }) };
}

/** Postgres lets nobody but us lose: a lock timeout, a deadlock, a lost serialization, or a LOCK cut off by its own statement_timeout. */
function lostRace(error: unknown, trace: Trace): boolean {
  const state = sqlState(error);
  if (state === SQLSTATE.queryCanceled) return isLock(trace.sql);
  return state === SQLSTATE.lockNotAvailable || state === SQLSTATE.deadlockDetected || state === SQLSTATE.serializationFailure;
}

function forWhat(step: Step): string {
  return step.locks.map((claim) => `${claim.mode} on ${claim.table.schema}.${claim.table.name}`).join(', ') || 'a lock';
}

/** The control database could not be told that the step begins: nothing has been done, and the error is thrown on. */
class Unreported extends Error {}

/** `report.started` for use inside guardedFrame. */
export async function startedOrLeave(report: StepReport, session: RunSession, xid: string | null): Promise<void> {
  await report.started({ pid: session.pid, backendStart: session.backendStart, xid }).catch((error: unknown) => {
    throw new Unreported('the step could not be reported', { cause: error });
  });
}

/**
 * One of several transactions of a step: what it gives, or the outcome that an error in it means; the transaction is over then.
 * Throws only what startedOrLeave met.
 */
export async function guardedFrame<T>(session: RunSession, step: Step, context: StepContext, stands: string, work: (trace: Trace) => Promise<T>): Promise<{ done: T } | StepOutcome> {
  const trace: Trace = { label: 'begin', sql: '', since: performance.now() };
  try {
    return { done: await work(trace) };
  } catch (error) {
    if (!(error instanceof Unreported)) return settle(session, step, context, trace, error, stands);
    await leaveTransaction(session);
    throw error.cause;
  }
}

export function assertionFailed(assertions: readonly AssertionResult[], stands = 'The step was rolled back; nothing of it stands.'): StepOutcome {
  const off = assertions.findLast((one) => !one.ok);
  if (!off) return { outcome: 'failed', sentence: `An assertion did not hold. ${stands}`, errorId: null };
  if (off.expected === NOT_SAID) return { outcome: 'assertion_failed', sentence: `“${off.label}” asks, and nobody has said what must come out. ${stands}`, assertions };
  const differs = off.expected === NOT_MEASURED ? `“${off.label}” is ${off.actual}, and what it should be was not measured.` : otherThan(off);
  return { outcome: 'assertion_failed', sentence: `${differs} ${stands}`, assertions };
}
