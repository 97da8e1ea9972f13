import type { Step } from '#lib/pipeline/plan.ts';
import { assertionFailed, commitFrame, enterSearchPath, expectCurrent, foundInLedger, Leave, leaveFailed, leaveSearchPath, leaveTransaction, openFrame, send, settle, type Trace } from './execute-frame.ts';
import type { StepContext, StepKind, StepOutcome, StepReport } from './execute-kind.ts';
import type { RunSession } from './execute-session.ts';
import { isLock, isTransactionControl, runStatements } from './execute-statements.ts';
import { claimStep, type StepResult, writeStepResult } from './ledger.ts';

/** Statements in one transaction: it either stands as a whole or not at all, so there is nothing to probe beyond its ledger row. */
export const sqlKind: StepKind = {
  run: executeStep,
  probe: () => Promise.resolve({ found: 'absent', sentence: 'It had not taken effect when its connection was lost, and is done again.' }),
};

/**
 * Executes one step in one transaction of the run's session: fence, ledger row, statements one by one, result, COMMIT. Every ending is a
 * value; what is thrown comes from `report.started` alone, and then nothing has been changed.
 * The locks are those of the statements, each waited for at most `limits.lockMs`. Source: execution paper, sections 3 and 8.5.
 */
export async function executeStep(session: RunSession, step: Step, context: StepContext, report: StepReport): Promise<StepOutcome> {
  const trace: Trace = { label: 'begin', sql: '', since: performance.now() };
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
    return settle(session, step, context, trace, error, 'The step was rolled back; nothing of it stands.');
  }
}

async function inTransaction(session: RunSession, step: Step, context: StepContext, report: StepReport, trace: Trace): Promise<StepOutcome> {
  const begun = performance.now();
  refuseUnsound(step);
  await openFrame(session, step.isolation ?? 'read committed', context.limits);
  context.reach('before_ledger');
  await expectCurrent(session, context);
  const xid = await claimStep(session.client, context.run, step, context.worker);
  if (xid === null) throw new Leave(await foundInLedger(session.client, context.run, step));
  await report.started({ pid: session.pid, backendStart: session.backendStart, xid });
  context.reach('after_ledger');
  await enterSearchPath(session, step);
  const done = await runStatements(step, { ask: (query) => send(session, query, context.limits), context, report });
  if (done.ended === 'stopped') throw new Leave({ outcome: 'cancelled' });
  if (done.ended === 'assertion') throw new Leave(assertionFailed(done.assertions));
  if (done.ended === 'unsound') throw leaveFailed(done.sentence);
  const result: StepResult = { rows: done.rows, ms: Math.round(performance.now() - begun), statements: done.statements, assertions: done.assertions };
  Object.assign(trace, { label: 'the ledger', sql: '', since: performance.now() });
  await leaveSearchPath(session, step);
  if (!(await writeStepResult(session.client, context.run, step, result))) {
    throw leaveFailed('A statement of the step ended its transaction, so the step and its proof are torn apart. Look at the target before anything else.');
  }
  if (context.stopping()) throw new Leave({ outcome: 'cancelled' });
  context.reach('before_commit');
  Object.assign(trace, { label: 'commit', sql: '', since: performance.now() });
  // Deferred triggers fire in it.
  await enterSearchPath(session, step);
  await commitFrame(session, context.limits);
  context.reach('after_commit');
  return { outcome: 'applied', xid, result };
}

/** One transaction needs one statement at a time, none of which ends it; and a copy under a snapshot older than its lock would miss rows. */
function refuseUnsound(step: Step): void {
  for (const statement of step.statements) {
    if (isTransactionControl(statement.sql)) throw leaveFailed(`The statement “${statement.label}” begins or ends a transaction, which a step may not.`);
    if (step.isolation && isLock(statement.sql)) throw leaveFailed(`The step locks a table under ${step.isolation}: rows written before the lock would be missed.`);
  }
}
