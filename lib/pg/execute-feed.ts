import type { Step } from '#lib/pipeline/plan.ts';
import type { Feed, FeedTable } from '#lib/pipeline/step-kinds/feed.ts';
import { applyBatch, backlogOf, errorsOf } from './execute-feed-apply.ts';
import { commitFrame, expectCurrent, foundInLedger, Leave, leaveFailed, leaveTransaction, openFrame, recordApplied, send, settle, type Trace } from './execute-frame.ts';
import type { StepContext, StepKind, StepOutcome, StepReport } from './execute-kind.ts';
import type { RunSession } from './execute-session.ts';
import { proveParity } from './execute-parity.ts';
import { readCheckpoint, readStep, type StepResult, writeCheckpoint } from './ledger.ts';
import { sqlState } from './sqlstate.ts';

/** A batch should take about this long: long enough to be cheap, short enough that pause and cancel are felt at once. */
const BATCH_MS = 600;
const COPY_FIRST = 2_000;
const COPY_LEAST = 100;
const COPY_MOST = 100_000;
const APPLY_FIRST = 500;
const APPLY_LEAST = 50;
const APPLY_MOST = 10_000;

/** How far a feed has come; written in the transaction of each batch. */
export interface FeedCheckpoint {
  /** By table: the last key copied, rows copied, and whether the end was seen. */
  copied: Readonly<Record<string, { last: readonly string[] | null; rows: number; done: boolean }>>;
  applied: number;
}

/** One feed in the hands of one attempt. */
export interface FeedFrame {
  session: RunSession;
  feed: Feed;
  step: Step;
  context: StepContext;
  report: StepReport;
  trace: Trace;
  state: FeedCheckpoint;
  /** Of the transaction under way. */
  savepoints: number;
  /** Adapted to the server as it goes. */
  size: { copy: number; apply: number };
}

export const feedKind: StepKind = {
  run: (session, step, context, report) => runFeed(session, step, context, report),
  probe: () => Promise.resolve({ found: 'absent', sentence: 'The batches that were committed stand, and it goes on behind them.' }),
};

async function runFeed(session: RunSession, step: Step, context: StepContext, report: StepReport): Promise<StepOutcome> {
  const { work } = step;
  if (work?.kind !== 'feed') throw new Error(`step ${step.id} is no feed`);
  const frame = newFrame(session, step, work.feed, context, report);
  const begun = performance.now();
  try {
    if (await readStep(session.client, context.run.runId, step.id)) return await foundInLedger(session.client, context.run, step);
    frame.state = await loadCheckpoint(session, context, step);
  } catch (error) {
    return settle(session, step, context, frame.trace, error, 'Nothing was changed.');
  }
  await report.started({ pid: session.pid, backendStart: session.backendStart, xid: null });
  try {
    if (work.copy) await copyAll(frame);
    await catchUp(frame, work.until);
    const proved = work.proof ? await proveParity(frame, work.alsoTrue) : [];
    const { applied, copied } = frame.state;
    const rows = Object.values(copied).reduce((sum, one) => sum + one.rows, applied);
    const result: StepResult = { rows, ms: Math.round(performance.now() - begun), statements: [], assertions: proved };
    tell(frame, 'the ledger', '');
    context.reach('before_ledger');
    return await recordApplied(session, step, context, result);
  } catch (error) {
    return settle(session, step, context, frame.trace, error, 'What was copied stands, and the live tables are as they were.');
  }
}

export function newFrame(session: RunSession, step: Step, feed: Feed, context: StepContext, report: StepReport): FeedFrame {
  return { session, feed, step, context, report, trace: { label: 'begin', sql: '', since: performance.now() }, state: { copied: {}, applied: 0 }, savepoints: 0, size: { copy: COPY_FIRST, apply: APPLY_FIRST } };
}

async function loadCheckpoint(session: RunSession, context: StepContext, step: Step): Promise<FeedCheckpoint> {
  const stored = await readCheckpoint(session.client, context.run.runId, step.id);
  return stored === null ? { copied: {}, applied: 0 } : (stored as FeedCheckpoint);
}

/** Between batches: a pause is waited out here, and a cancel leaves. */
async function breathe(frame: FeedFrame): Promise<void> {
  await frame.context.pace();
  if (frame.context.stopping()) throw new Leave({ outcome: 'cancelled' });
}

export function tell(frame: FeedFrame, label: string, sql: string): void {
  Object.assign(frame.trace, { label, sql, since: performance.now() });
}

/**
 * Copies every table by its key, batch by batch, each followed by a batch of what changed meanwhile: strictly in turns on one session, because
 * an apply beside a copy could take out a row before the copy brings in its stale image. Source: execution paper 2.2.
 */
async function copyAll(frame: FeedFrame): Promise<void> {
  for (const [index, table] of frame.feed.tables.entries()) {
    const total = await estimate(frame, table);
    frame.report.statement(index, `copy ${table.name}`, table.copySql);
    for (;;) {
      const at = frame.state.copied[table.name] ?? { last: null, rows: 0, done: false };
      frame.report.progress(`copy ${table.name}`, at.rows, total !== null && total >= at.rows ? total : null);
      if (at.done) break;
      await breathe(frame);
      const begun = performance.now();
      await copyBatch(frame, table, at);
      frame.size.copy = adapted(frame.size.copy, performance.now() - begun, COPY_LEAST, COPY_MOST, frame.context.batchShare?.());
      await applyOnce(frame);
    }
    frame.report.returned(index);
  }
}

async function estimate(frame: FeedFrame, table: FeedTable): Promise<number | null> {
  const answer = await send(frame.session, { text: table.estimateSql, rowMode: 'array' }, frame.context.limits);
  const rows = Number((answer.rows[0] as unknown[] | undefined)?.[0] ?? 0);
  return Number.isSafeInteger(rows) && rows > 0 ? rows : null;
}

async function copyBatch(frame: FeedFrame, table: FeedTable, at: FeedCheckpoint['copied'][string]): Promise<void> {
  try {
    await copyTransaction(frame, table, at, table.copySql, true);
  } catch (error) {
    // A row of this batch does not go over. Its keys go through the log instead, where the applier finds the row by halving.
    if (!isRowTrouble(error)) throw error;
    await leaveTransaction(frame.session);
    await copyTransaction(frame, table, at, table.deferSql, false);
  }
}

async function copyTransaction(frame: FeedFrame, table: FeedTable, at: FeedCheckpoint['copied'][string], sql: string, counts: boolean): Promise<void> {
  const { session, context } = frame;
  tell(frame, `copy ${table.name}`, sql);
  await openFrame(session, 'read committed', context.limits);
  await expectCurrent(frame.session, frame.context);
  const answer = await send(session, { text: sql, values: [at.last, frame.size.copy], rowMode: 'array' }, context.limits);
  const [rows, last] = (answer.rows[0] ?? [0, null]) as [number, string[] | null];
  const state: FeedCheckpoint = { ...frame.state, copied: { ...frame.state.copied, [table.name]: { last: last ?? at.last, rows: at.rows + (counts ? rows : 0), done: rows < frame.size.copy } } };
  await writeCheckpoint(session.client, context.run.runId, frame.step.id, state);
  context.reach('before_batch_commit');
  await commitFrame(session, context.limits);
  frame.state = state;
  context.reach('mid_copy');
}

/** A value that does not convert or a rule of the new table that a row breaks: trouble of rows, not of the run. */
export function isRowTrouble(error: unknown): boolean {
  const state = sqlState(error);
  return state !== null && (state.startsWith('22') || state.startsWith('23'));
}

/** One batch of what changed; answers how many log entries it took. */
export async function applyOnce(frame: FeedFrame, retryErrors = false): Promise<number> {
  const begun = performance.now();
  const taken = await applyBatch(frame, frame.size.apply, retryErrors);
  if (taken >= frame.size.apply) frame.size.apply = adapted(frame.size.apply, performance.now() - begun, APPLY_LEAST, APPLY_MOST, frame.context.batchShare?.());
  return taken;
}

function adapted(size: number, ms: number, least: number, most: number, share = 1): number {
  const wanted = ms <= 0 ? size * 2 : Math.round((size * BATCH_MS * share) / ms);
  return Math.min(most, Math.max(least, Math.min(size * 2, wanted)));
}

/** So many looks at what waits, at the least, before it is said that they do not become fewer. */
export const LOOKS_LEAST = 20;

/**
 * Applies until at most `until` keys wait in all logs together and none stands in the list of errors that could go over by now. Whoever only builds goes on for as long
 * as it takes (`patienceMs` null): a person can stop it, and starting anew would copy everything again. Before a swap it ends, with the ways on, when for `patienceMs`
 * no fewer keys waited than ever before: the application writes as fast as is applied, and would do so for ever.
 */
export async function catchUp(frame: FeedFrame, until: number, patienceMs: number | null = null): Promise<void> {
  const best = { waiting: Infinity, spentMs: 0, looks: 0 };
  for (;;) {
    await breathe(frame);
    // Not the time for which a person or a replica holds it back.
    const begun = performance.now();
    const waiting = await backlogOf(frame);
    if (waiting < best.waiting) Object.assign(best, { waiting, spentMs: 0, looks: 0 });
    best.looks += 1;
    if (waiting > until && patienceMs !== null && best.looks > LOOKS_LEAST && best.spentMs > patienceMs) {
      throw leaveFailed(`Rows change as fast as they are brought over: for ${Math.round(patienceMs / 1_000)} s never fewer than ${best.waiting} changed keys waited, and the swap begins at ${until}. The tables were not touched, and what is built stays in step. Try again when fewer write, or let the heaviest writers rest for some seconds.`);
    }
    frame.report.progress(waiting === 0 ? 'nothing waits' : `${waiting} changed keys wait`, frame.state.applied, null);
    if (waiting <= until) break;
    await applyOnce(frame);
    best.spentMs += performance.now() - begun;
  }
  if ((await errorsOf(frame)).length > 0) await applyOnce(frame, true);
}

/** Refuses to go on while keys do not go over: they are named, and nobody passes them over. */
export async function refuseErrors(frame: FeedFrame): Promise<void> {
  const errors = await errorsOf(frame);
  if (errors.length === 0) return;
  const named = errors.slice(0, 5).map((one) => `${one.source} ${one.key} (${one.state})`).join(', ');
  throw leaveFailed(`${errors.length} ${errors.length === 1 ? 'row does' : 'rows do'} not go over: ${named}${errors.length > 5 ? ' …' : ''}. Mend ${errors.length === 1 ? 'it' : 'them'} in the live table, then try again; what is built stays in step.`);
}
