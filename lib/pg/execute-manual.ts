import type { Step } from '#lib/pipeline/plan.ts';
import type { ManualAnswer, StepFact } from '#lib/pipeline/run.ts';
import { assertionFailed, commitFrame, enterSearchPath, guardedFrame, Leave, leaveFailed, leaveSearchPath, leaveTransaction, openFirst, openLast, send, startedOrLeave, type Trace } from './execute-frame.ts';
import type { StepContext, StepKind, StepOutcome, StepReport } from './execute-kind.ts';
import type { RunSession } from './execute-session.ts';
import { runStatements } from './execute-statements.ts';
import { writeStepResult } from './ledger.ts';

const STANDS = 'Whatever a person has done for it stands.';

/**
 * What only a person can do. The run says what is to be done and waits for the answer, which comes from the control database; meanwhile the session
 * is idle, outside any transaction, and holds nothing but the run's own lock on the database. Then one transaction sends the step's statements, where it has
 * any (assertions that prove what was done), and writes the ledger row. A worker that takes over asks again, and finds an answer that was given.
 */
export const manualKind: StepKind = {
  run: runManual,
  probe: () => Promise.resolve({ found: 'absent', sentence: 'It had been waiting for a person when its connection was lost, and goes on waiting; an answer that was given counts.' }),
};

async function runManual(session: RunSession, step: Step, context: StepContext, report: StepReport): Promise<StepOutcome> {
  const begun = performance.now();
  const begin = await guardedFrame(session, step, context, STANDS, () => declare(session, step, context, report));
  if ('outcome' in begin) return begin;
  const answer = await context.person(step.title);
  if (session.lost) return { outcome: 'in_doubt' };
  if (answer?.verdict === 'not_done') return { outcome: 'failed', sentence: `${answer.by} said that it could not be done: ${answer.note}`, errorId: null };
  // An answer that was given while the run is paused counts when it goes on.
  if (answer) await context.pace();
  if (!answer || context.stopping()) return { outcome: 'cancelled' };
  const ended = await guardedFrame(session, step, context, `The step was not recorded as applied. ${STANDS}`, (trace) => conclude(session, step, context, report, trace, { answer, begun }));
  return 'outcome' in ended ? ended : ended.done;
}

/** Looks at fence and ledger, and leaves the transaction before anybody is asked. Nothing is written: there is nothing yet that could be half done. */
async function declare(session: RunSession, step: Step, context: StepContext, report: StepReport): Promise<void> {
  await openFirst(session, step, context);
  await startedOrLeave(report, session, null);
  await leaveTransaction(session);
  context.reach('after_ledger');
}

async function conclude(session: RunSession, step: Step, context: StepContext, report: StepReport, trace: Trace, { answer, begun }: { answer: ManualAnswer; begun: number }): Promise<StepOutcome> {
  const xid = await openLast(session, step, context);
  await enterSearchPath(session, step);
  const told: StepReport = { ...report, statement: (index, label, sql) => { Object.assign(trace, { label, sql, since: performance.now() }); report.statement(index, label, sql); } };
  const done = await runStatements(step, { ask: (query) => send(session, query, context.limits), context, report: told });
  if (done.ended === 'stopped') throw new Leave({ outcome: 'cancelled' });
  if (done.ended === 'assertion') throw new Leave(assertionFailed(done.assertions, STANDS));
  if (done.ended === 'unsound') throw leaveFailed(done.sentence);
  await leaveSearchPath(session, step);
  const ms = Math.round(performance.now() - begun);
  const result = { rows: done.rows, ms, statements: [{ label: 'a person', rows: 0, ms }, ...done.statements], assertions: done.assertions, facts: factsOf(answer) };
  if (!(await writeStepResult(session.client, context.run, step, result))) throw leaveFailed('A statement of the step ended its transaction, so the step and its proof are torn apart.');
  context.reach('before_commit');
  await enterSearchPath(session, step);
  await commitFrame(session, context.limits);
  context.reach('after_commit');
  return { outcome: 'applied', xid, result };
}

function factsOf({ by, note, at }: ManualAnswer): StepFact[] {
  return [{ label: 'done by', value: by }, { label: 'note', value: note }, { label: 'at', value: `${at.slice(0, 19).replace('T', ' ')} UTC` }];
}
