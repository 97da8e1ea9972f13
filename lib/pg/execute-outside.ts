import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { detachPartition, dropIndexConcurrently, searchPathSql } from '#lib/pipeline/ddl.ts';
import type { Step } from '#lib/pipeline/plan.ts';
import { actLabel, actSql, type OutsideAct } from '#lib/pipeline/step-kinds/outside.ts';
import { type ActState, probeAct } from './execute-outside-probe.ts';
import { commitFrame, enterSearchPath, guardedFrame, leaveFailed, leaveSearchPath, leaveTransaction, lockMsOf, openFirst, recordApplied, startedOrLeave, THE_APPLICATION } from './execute-frame.ts';
import type { Probe, StepContext, StepKind, StepOutcome, StepReport } from './execute-kind.ts';
import { followProgress } from './execute-progress.ts';
import { statementRefusal } from './execute-sentence.ts';
import type { RunSession } from './execute-session.ts';
import { type LedgerRun, readCheckpoint, writeCheckpoint } from './ledger.ts';
import { isInDoubt, SQLSTATE, sqlState } from './sqlstate.ts';
import { letVacuumsYield } from './execute-vacuum.ts';

/** A deadlock or a lost race leaves something half done, which is taken away, and it begins again; not for ever. */
const TRIES = 5;
const LOOK_MS = 500;
/** Back to what the session began with. */
const RESET = 'RESET lock_timeout; RESET statement_timeout; RESET search_path; RESET standard_conforming_strings';

/**
 * A statement that cannot run inside a transaction. An intent is committed first, then the statement is sent, then the catalog is asked
 * whether it took effect, and only then the ledger row is written. What a broken-off try left behind is found by name and taken away.
 * The statements wait for older transactions without a lock_timeout, which would only leave an invalid index: they hold up nobody who
 * reads or writes. Detaching a partition is the exception, and keeps it. Source: execution paper, section 3.7.
 */
export const outsideKind: StepKind = { run: runOutside, probe: probeOutside };

async function runOutside(session: RunSession, step: Step, context: StepContext, report: StepReport): Promise<StepOutcome> {
  const act = actOf(step);
  const stands = 'Whether the statement took effect is asked of the catalog when the run goes on.';
  const begun = performance.now();
  const declared = await guardedFrame(session, step, context, stands, () => declare(session, step, context, report));
  if ('outcome' in declared) return declared;
  const acted = await carryOut(session, step, act, context, report);
  if (acted) return acted;
  report.returned(0);
  const ms = Math.round(performance.now() - begun);
  const concluded = await guardedFrame(session, step, context, stands, () => recordApplied(session, step, context, { rows: 0, ms, statements: [{ label: actLabel(act), rows: 0, ms }], assertions: [] }));
  return 'outcome' in concluded ? concluded : concluded.done;
}

function actOf(step: Step): OutsideAct {
  if (step.work?.kind !== 'outside') throw new Error(`step ${step.id} is no statement outside a transaction`);
  return step.work.act;
}

/** First transaction: fence, and the intent. Without an intent of this run, what is already there was made by somebody else. */
async function declare(session: RunSession, step: Step, context: StepContext, report: StepReport): Promise<void> {
  await openFirst(session, step, context);
  const known = (await readCheckpoint(session.client, context.run.runId, step.id)) !== null;
  if (!known) {
    const state = await probeInside(session, step);
    if (state.is === 'other' || state.is === 'busy') throw leaveFailed(`${state.sentence} Nothing was changed.`);
    if (state.is === 'done' && actOf(step).act === 'create_index') throw leaveFailed('The index is there already, and this run did not build it. Nothing was changed.');
  }
  await startedOrLeave(report, session, null);
  await writeCheckpoint(session.client, context.run.runId, step.id, { intent: actSql(actOf(step)) });
  await commitFrame(session, context.limits);
  context.reach('after_ledger');
}

/** The server spells an index's expressions by what the search path shows, so it is asked under the path that the statement is sent with. Inside a transaction. */
async function probeInside(session: RunSession, step: Step): Promise<ActState> {
  await enterSearchPath(session, step);
  const state = await probeAct(session.client, actOf(step));
  await leaveSearchPath(session, step);
  return state;
}

async function probeAsWritten(session: RunSession, step: Step): Promise<ActState> {
  await session.client.query('BEGIN READ ONLY');
  try {
    await session.client.query('SET LOCAL search_path = pg_catalog');
    return await probeInside(session, step);
  } finally {
    await leaveTransaction(session);
  }
}

/** Null when the catalog says that it is done. */
async function carryOut(session: RunSession, step: Step, act: OutsideAct, context: StepContext, report: StepReport): Promise<StepOutcome | null> {
  let sent = false;
  for (let tries = 1; ; ) {
    if (session.lost) return { outcome: 'in_doubt' };
    const state: ActState = await calmly(context, () => probeAsWritten(session, step)).catch((error: unknown) => lost(error));
    if (session.lost) return { outcome: 'in_doubt' };
    if (state.is === 'done' || (sent && state.is === 'absent' && isRepeatable(act))) return null;
    if (state.is === 'other') return { outcome: 'failed', sentence: state.sentence, errorId: null };
    if (state.is === 'half') {
      const tidied = await tidy(session, step, act, state, context, report);
      if (tidied) return tidied;
      if (act.act === 'detach_partition') continue;
    }
    if (context.stopping()) return { outcome: 'cancelled' };
    if (state.is === 'busy') {
      await sleep(LOOK_MS);
      continue;
    }
    if (tries > TRIES) return { outcome: 'failed', sentence: `“${actLabel(act)}” did not take effect in ${TRIES} tries. Nothing of it stands.`, errorId: null };
    const failed = await sendAct(session, step, act, context, report);
    if (failed) {
      const after = await afterFailure(session, step, act, failed.error, context, report);
      if (after) return after;
    } else sent = true;
    tries += 1;
  }
}

/** Done again, it does no harm and no good: the catalog keeps no trace of it. */
function isRepeatable(act: OutsideAct): boolean {
  return act.act === 'vacuum' || act.act === 'reindex';
}

function lost(error: unknown): ActState {
  if (!isInDoubt(error)) throw error;
  return { is: 'absent' };
}

/** The settings are the session's, because there is no transaction to set them in, and are put back whatever happens. */
async function sendAct(session: RunSession, step: Step, act: OutsideAct, context: StepContext, report: StepReport): Promise<{ error: unknown } | null> {
  const { client } = session;
  const label = actLabel(act);
  const follower = followProgress(context, session, (figure) => report.progress(`${label}: ${figure.phase}`, figure.done, figure.total, { unit: figure.unit, source: 'the progress view of the server', about: false }));
  try {
    await client.query(`SET lock_timeout = ${act.act === 'detach_partition' ? lockMsOf(session, context.limits) : 0}`);
    await client.query('SET statement_timeout = 0');
    await client.query(`SET search_path = ${step.searchPath ? searchPathSql(step.searchPath) : 'pg_catalog'}`);
    await client.query('SET standard_conforming_strings = on');
    report.statement(0, label, actSql(act));
    context.reach('mid_copy');
    await client.query(actSql(act));
    context.reach('before_commit');
    return null;
  } catch (error) {
    return { error };
  } finally {
    await follower.stop();
    if (!session.lost) await calmly(context, () => client.query(RESET)).catch(() => undefined);
  }
}

/** Null = try again. Whatever the reason, nothing half done is left behind. */
async function afterFailure(session: RunSession, step: Step, act: OutsideAct, error: unknown, context: StepContext, report: StepReport): Promise<StepOutcome | null> {
  if (session.lost || isInDoubt(error)) return { outcome: 'in_doubt' };
  const state = sqlState(error);
  const left = await calmly(context, () => probeAsWritten(session, step)).catch(() => null);
  if (session.lost || left === null) return { outcome: 'in_doubt' };
  // A detach whose second half lost the race stays pending, which hurts nobody, and the next try finishes it.
  if (left.is === 'half' && act.act !== 'detach_partition') {
    const tidied = await tidy(session, step, act, left, context, report);
    if (tidied) return tidied;
  }
  if (context.stopping() && state === SQLSTATE.queryCanceled) return { outcome: 'cancelled' };
  if (state === SQLSTATE.queryCanceled && context.fused()) return { outcome: 'lock_timeout', forWhat: THE_APPLICATION, blockers: [] };
  if (state === SQLSTATE.lockNotAvailable) return lockLost(session, step, act);
  if (state === SQLSTATE.deadlockDetected || state === SQLSTATE.serializationFailure) return null;
  const refusal = statementRefusal(error, step.title);
  return { outcome: 'failed', sentence: `${refusal.sentence} What it had begun was taken away again.`, errorId: refusal.errorId };
}

async function lockLost(session: RunSession, step: Step, act: OutsideAct): Promise<StepOutcome> {
  await letVacuumsYield(session, step.locks);
  return { outcome: 'lock_timeout', forWhat: actLabel(act), blockers: [] };
}

/** Takes away what was left half done. A cancel does not reach in here: it would leave the very thing that is being taken away. */
async function tidy(session: RunSession, step: Step, act: OutsideAct, state: Extract<ActState, { is: 'half' }>, context: StepContext, report: StepReport): Promise<StepOutcome | null> {
  const statements = act.act === 'detach_partition' ? [detachPartition(act.parent, act.child, 'FINALIZE')] : state.leftovers.map(dropIndexConcurrently);
  try {
    await calmly(context, () => session.client.query(`SET lock_timeout = ${act.act === 'detach_partition' ? lockMsOf(session, context.limits) : 0}`));
    for (const statement of statements) {
      report.statement(0, state.sentence, statement);
      await calmly(context, () => session.client.query(statement));
    }
    await calmly(context, () => session.client.query(RESET));
    return null;
  } catch (error) {
    if (session.lost || isInDoubt(error)) return { outcome: 'in_doubt' };
    await calmly(context, () => session.client.query(RESET)).catch(() => undefined);
    if (sqlState(error) === SQLSTATE.lockNotAvailable) return lockLost(session, step, act);
    const refusal = statementRefusal(error, state.sentence);
    return { outcome: 'failed', sentence: `${refusal.sentence} ${state.sentence.split(';')[0] ?? ''}.`, errorId: refusal.errorId };
  }
}

/** What must not be cancelled, because it finds out or takes away what a cancelled statement left. A cancel that was on its way when the shield went up still arrives once. */
async function calmly<T>(context: StepContext, work: () => Promise<T>): Promise<T> {
  return context.shielded(async () => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        if (tries === 3 || sqlState(error) !== SQLSTATE.queryCanceled) throw error;
      }
    }
  });
}

async function probeOutside(session: RunSession, step: Step, run: LedgerRun): Promise<Probe> {
  const intent = await readCheckpoint(session.client, run.runId, step.id);
  if (intent === null) return { found: 'absent', sentence: 'It had not begun when its connection was lost, and is done again.' };
  const state = await probeAsWritten(session, step);
  switch (state.is) {
    case 'done': return { found: 'absent', sentence: 'It had taken effect when its connection was lost; only its row in the ledger is missing.' };
    case 'absent': return { found: 'absent', sentence: 'It had not taken effect when its connection was lost, and is done again.' };
    case 'other': return { found: 'unclear', sentence: state.sentence };
    case 'half':
    case 'busy': return { found: 'absent', sentence: state.sentence };
  }
}
