import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Step } from '#lib/pipeline/plan.ts';
import type { BatchesWork, Walk } from '#lib/pipeline/step-kinds/batches.ts';
import type { AssertionResult } from '#lib/pipeline/run.ts';
import { askValue } from './assertion.ts';
import { assertionFailed, commitFrame, enterSearchPath, guardedFrame, Leave, leaveFailed, leaveSearchPath, leaveTransaction, openFirst, openLast, send, startedOrLeave, type Trace } from './execute-frame.ts';
import type { Probe, StepContext, StepKind, StepOutcome, StepReport } from './execute-kind.ts';
import { batchLimits, FIRST, LEAST, nextSize, sendBatch } from './execute-part.ts';
import type { RunSession } from './execute-session.ts';
import { runStatements } from './execute-statements.ts';
import { type LedgerRun, readCheckpoint, writeCheckpoint, writeStepResult } from './ledger.ts';

/** In a row, without one batch that went through. */
const TRIES = 60;
const PAUSE_MS = 100;

/** Committed with every batch, so that the figure and the rows stand or fall together. */
export interface BatchesCheckpoint {
  walk: number;
  last: string | null;
  until: string | null;
  total: number | null;
  /** Rows read of this walk. */
  read: number;
  /** Rows changed by all walks. */
  changed: number;
  batches: number;
  size: number;
  statements: readonly { label: string; rows: number; ms: number }[];
  assertions: readonly AssertionResult[];
}

/**
 * Rows changed in batches: each is a transaction of its own with fence and checkpoint, sized so that it takes half a second to a second, and
 * a break between two in which the run may be paused, throttled or cancelled. A worker that takes over goes on behind the last checkpoint.
 * Lock: ROW EXCLUSIVE and the locks of the rows of one batch. Source: execution paper, sections 1 and 3.8.
 */
export const batchesKind: StepKind = { run: runBatches, probe: probeBatches };

async function runBatches(session: RunSession, step: Step, context: StepContext, report: StepReport): Promise<StepOutcome> {
  const work = workOf(step);
  const begun = performance.now();
  const opened = await guardedFrame(session, step, context, 'What was committed of it stands.', (trace) => open(session, step, context, report, trace));
  if ('outcome' in opened) return opened;
  let at = opened.done;
  while (at.walk < work.walks.length) {
    const walk = work.walks[at.walk] as Walk;
    const walked = await carry(session, step, walk, at, context, report);
    if ('outcome' in walked) return walked;
    at = walked.done;
  }
  const ended = await guardedFrame(session, step, context, 'What was committed of it stands.', (trace) => conclude(session, step, work, at, Math.round(performance.now() - begun), context, report, trace));
  return 'outcome' in ended ? ended : ended.done;
}

function workOf(step: Step): BatchesWork {
  if (step.work?.kind !== 'batches') throw new Error(`step ${step.id} does not work in batches`);
  return step.work;
}

/** First transaction: fence, the statements before the first batch, and the first checkpoint; or the checkpoint that is there. */
async function open(session: RunSession, step: Step, context: StepContext, report: StepReport, trace: Trace): Promise<BatchesCheckpoint> {
  await openFirst(session, step, context);
  const known = (await readCheckpoint(session.client, context.run.runId, step.id)) as BatchesCheckpoint | null;
  await startedOrLeave(report, session, null);
  if (known) {
    await leaveTransaction(session);
    return known;
  }
  const ask = (query: Parameters<typeof send>[1]) => send(session, query, context.limits);
  await enterSearchPath(session, step);
  const done = await runStatements(step, { ask, context, report: { ...report, statement: (index, label, sql) => { Object.assign(trace, { label, sql, since: performance.now() }); report.statement(index, label, sql); } } });
  if (done.ended === 'stopped') throw new Leave({ outcome: 'cancelled' });
  if (done.ended === 'assertion') throw new Leave(assertionFailed(done.assertions));
  if (done.ended === 'unsound') throw leaveFailed(done.sentence);
  const first: BatchesCheckpoint = { walk: 0, last: null, until: null, total: null, read: 0, changed: 0, batches: 0, size: FIRST, statements: done.statements, assertions: done.assertions };
  const at = await beginWalk(session, step, first, context);
  await leaveSearchPath(session, step);
  await writeCheckpoint(session.client, context.run.runId, step.id, at);
  await commitFrame(session, context.limits);
  context.reach('after_ledger');
  return at;
}

/** Counts what the walk at hand is going to read, and where it ends. Inside the caller's transaction. */
async function beginWalk(session: RunSession, step: Step, at: BatchesCheckpoint, context: StepContext): Promise<BatchesCheckpoint> {
  const walk = workOf(step).walks[at.walk];
  if (!walk) return at;
  const ask = (query: Parameters<typeof send>[1]) => send(session, query, context.limits);
  const total = Number(await askValue(ask, walk.totalSql));
  const until = await askValue(ask, walk.untilSql);
  const none = until === 'null' || until === 'no row';
  return { ...at, last: null, until: none ? null : until, total: Number.isSafeInteger(total) ? total : null, read: 0, statements: [...at.statements, { label: walk.label, rows: 0, ms: 0 }] };
}

type Walked = { done: BatchesCheckpoint } | StepOutcome;

/** One walk to its end. A batch that loses a race for a row is smaller the next time. */
async function carry(session: RunSession, step: Step, walk: Walk, from: BatchesCheckpoint, context: StepContext, report: StepReport): Promise<Walked> {
  let at = from;
  let lost = 0;
  const index = step.statements.length + at.walk;
  report.statement(index, walk.label, walk.sql);
  report.progress(walk.label, at.read, at.total);
  for (;;) {
    await context.pace();
    if (context.stopping()) return { outcome: 'cancelled' };
    const begun = performance.now();
    const tried = await guardedFrame(session, step, context, 'The batches that were committed stand.', (trace) => batch(session, step, walk, at, context, trace));
    if ('outcome' in tried) {
      const again = tried.outcome === 'lock_timeout' || (tried.outcome === 'failed' && tried.tooLong === true && at.size > LEAST);
      lost += 1;
      if (!again || lost >= TRIES || context.stopping()) return tried.outcome === 'lock_timeout' && context.stopping() ? { outcome: 'cancelled' } : tried;
      at = { ...at, size: Math.max(LEAST, Math.floor(at.size / 2)) };
      await sleep(PAUSE_MS * Math.min(10, lost));
      continue;
    }
    lost = 0;
    at = { ...tried.done, size: nextSize(at.size, performance.now() - begun, context.batchShare?.()) };
    context.reach('after_batch');
    if (tried.done.walk !== from.walk) {
      report.returned(index);
      return { done: at };
    }
    report.progress(walk.label, at.read, at.total !== null && at.read <= at.total ? at.total : null);
  }
}

async function batch(session: RunSession, step: Step, walk: Walk, at: BatchesCheckpoint, context: StepContext, trace: Trace): Promise<BatchesCheckpoint> {
  const begun = performance.now();
  const limits = batchLimits(context.limits);
  const { read, changed, last } = await sendBatch(session, step, walk, at, context, trace);
  const ms = Math.round(performance.now() - begun);
  const counted: BatchesCheckpoint = { ...at, last, read: at.read + read, changed: at.changed + changed, batches: at.batches + 1, statements: added(at.statements, changed, ms) };
  const over = read < at.size;
  const next = over ? await beginWalk(session, step, { ...counted, walk: at.walk + 1 }, context) : counted;
  await leaveSearchPath(session, step);
  await writeCheckpoint(session.client, context.run.runId, step.id, next);
  context.reach('before_batch_commit');
  await commitFrame(session, limits);
  return next;
}

function added(statements: BatchesCheckpoint['statements'], rows: number, ms: number): BatchesCheckpoint['statements'] {
  const last = statements.at(-1);
  return last ? [...statements.slice(0, -1), { label: last.label, rows: last.rows + rows, ms: last.ms + ms }] : statements;
}

/** Last transaction: what must hold now, and the proof. */
async function conclude(session: RunSession, step: Step, work: BatchesWork, at: BatchesCheckpoint, ms: number, context: StepContext, report: StepReport, trace: Trace): Promise<StepOutcome> {
  const xid = await openLast(session, step, context);
  const base = step.statements.length + work.walks.length;
  const told: StepReport = { ...report, statement: (index, label, sql) => { Object.assign(trace, { label, sql, since: performance.now() }); report.statement(base + index, label, sql); }, returned: (index) => report.returned(base + index) };
  await enterSearchPath(session, step);
  const done = await runStatements({ statements: work.after, locks: step.locks }, { ask: (query) => send(session, query, context.limits), context, report: told });
  if (done.ended === 'stopped') throw new Leave({ outcome: 'cancelled' });
  if (done.ended === 'assertion') throw new Leave(assertionFailed(done.assertions, 'The batches that were committed stand.'));
  if (done.ended === 'unsound') throw leaveFailed(done.sentence);
  await leaveSearchPath(session, step);
  const result = { rows: at.changed, ms, statements: [...at.statements, ...done.statements], assertions: [...at.assertions, ...done.assertions] };
  if (!(await writeStepResult(session.client, context.run, step, result))) throw leaveFailed('A statement of the step ended its transaction, so the step and its proof are torn apart.');
  context.reach('before_commit');
  Object.assign(trace, { label: 'commit', sql: '', since: performance.now() });
  await commitFrame(session, context.limits);
  context.reach('after_commit');
  return { outcome: 'applied', xid, result };
}

async function probeBatches(session: RunSession, step: Step, run: LedgerRun): Promise<Probe> {
  const at = (await readCheckpoint(session.client, run.runId, step.id)) as BatchesCheckpoint | null;
  if (!at) return { found: 'absent', sentence: 'It had not begun when its connection was lost, and is done again.' };
  return { found: 'absent', sentence: `${at.changed} ${at.changed === 1 ? 'row was' : 'rows were'} changed in ${at.batches} committed ${at.batches === 1 ? 'batch' : 'batches'} when its connection was lost; it goes on behind them.` };
}
