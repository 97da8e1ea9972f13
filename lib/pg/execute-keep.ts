import type { Step } from '#lib/pipeline/plan.ts';
import type { AssertionResult } from '#lib/pipeline/run.ts';
import type { Feed } from '#lib/pipeline/step-kinds/feed.ts';
import { backlogOf, errorsOf, type FeedError } from './execute-feed-apply.ts';
import { applyOnce, type FeedFrame, newFrame } from './execute-feed.ts';
import { commitFrame, expectCurrent, Leave, leaveTransaction, openFrame } from './execute-frame.ts';
import { STEP_LIMITS, type StepContext } from './execute-kind.ts';
import { Differs, noteDifferences, proveParity } from './execute-parity.ts';
import type { RunSession } from './execute-session.ts';
import type { LedgerRun } from './ledger.ts';

/** A comparison that takes longer than until the next one is due is broken off. */
const COMPARE_MS = 3_600_000;

export interface Kept {
  waiting: number;
  errors: readonly FeedError[];
}

/**
 * Applies what waits in the logs of a feed outside any run: before a swap, so that it can come at any time, and after it, so that going back is
 * quick. The session holds the target's lock. Ends when nothing waits, when `enough()` says so, or when a later attempt of the run has taken over.
 */
export async function keepInStep(session: RunSession, run: LedgerRun, feed: Feed, enough: () => boolean): Promise<Kept> {
  const frame = newFrame(session, keepingStep(run), feed, contextOf(run, enough), SILENT);
  let waiting = await backlogOf(frame);
  while (waiting > 0 && !enough()) {
    await applyOnce(frame).catch((error: unknown) => leftBehind(session, error));
    waiting = await backlogOf(frame);
  }
  const errors = await errorsOf(frame);
  if (errors.length > 0 && !enough()) await applyOnce(frame, true).catch((error: unknown) => leftBehind(session, error));
  return { waiting, errors: errors.length > 0 ? await errorsOf(frame) : errors };
}

/**
 * The proof of equality outside any run; the sentence when it does not hold. What differs is noted by key where page and price count what does not go over, so that nobody is promised a
 * lossless way back, until a comparison finds both sides equal.
 */
export async function compareInStep(session: RunSession, run: LedgerRun, feed: Feed): Promise<{ equal: true; results: readonly AssertionResult[] } | { equal: false; sentence: string }> {
  const frame = newFrame(session, keepingStep(run), feed, contextOf(run, () => false), SILENT);
  try {
    return { equal: true, results: await proveParity(frame, []) };
  } catch (error) {
    await leaveTransaction(session);
    if (error instanceof Differs) await noteFound(frame, error);
    if (error instanceof Leave && error.outcome.outcome === 'failed') return { equal: false, sentence: error.outcome.sentence };
    throw error;
  }
}

async function noteFound(frame: FeedFrame, { differences }: Differs): Promise<void> {
  const { session, context } = frame;
  try {
    await openFrame(session, 'read committed', context.limits);
    await expectCurrent(session, context);
    await noteDifferences(frame, differences);
    await commitFrame(session, context.limits);
  } catch (error) {
    await leftBehind(session, error);
  }
}

async function leftBehind(session: RunSession, error: unknown): Promise<never> {
  await leaveTransaction(session);
  throw error;
}

const SILENT = { started: () => Promise.resolve(), statement: () => undefined, returned: () => undefined, progress: () => undefined };

/** No step of the plan: it has a place of its own among the checkpoints and no row in the ledger. */
function keepingStep(run: LedgerRun): Step {
  return { id: `${run.phaseId}.keep`, title: 'Keep in step', statements: [], undo: [], locks: [], rewrite: false, hazards: [], editable: false };
}

function contextOf(run: LedgerRun, stopping: () => boolean): StepContext {
  return {
    run, worker: 'keeper', limits: { ...STEP_LIMITS, statementMs: COMPARE_MS }, evidenced: () => null, stopping, pace: () => Promise.resolve(), person: () => Promise.resolve(null), fused: () => false, shielded: (work) => work(),
    beside: { config: { name: '', environment: 'development', readerUrl: '', operatorUrl: null }, backup: { directory: null, toolFolder: null, restoreUrl: null, environment: {} } }, reach: () => undefined,
  };
}
