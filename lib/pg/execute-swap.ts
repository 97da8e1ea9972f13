import type { Step } from '#lib/pipeline/plan.ts';
import { executeStep, sqlKind } from './execute.ts';
import { backlogOf } from './execute-feed-apply.ts';
import { catchUp, newFrame, refuseErrors } from './execute-feed.ts';
import { Leave, settle } from './execute-frame.ts';
import type { StepContext, StepKind, StepOutcome, StepReport } from './execute-kind.ts';
import type { RunSession } from './execute-session.ts';
import { readStep } from './ledger.ts';

/** Before each try for the lock. A longer drought is no chance of the moment. */
export const CATCH_UP_MS = 60_000;
/** So many are applied under the lock in some tenths of a second, and no application comes that far while a lock is waited for, but by a bulk write that commits just then. */
const UNDER_LOCK_MOST = 5_000;

/**
 * One transaction like kind `sql`, with a catch-up before each try: what waits in the logs is applied under the lock, so it has to be little
 * when the lock is asked for, is counted again when it is had, and is brought over anew after every wait for it.
 */
export const swapKind: StepKind = { run: runSwap, probe: sqlKind.probe };

async function runSwap(session: RunSession, step: Step, context: StepContext, report: StepReport): Promise<StepOutcome> {
  const { work } = step;
  if (work?.kind !== 'swap') throw new Error(`step ${step.id} is no swap`);
  const frame = newFrame(session, step, work.feed, context, report);
  try {
    // Applied before: the tables have changed places, and the feed would run the wrong way.
    if ((await readStep(session.client, context.run.runId, step.id)) === null) {
      await catchUp(frame, work.until, context.limits.catchUpMs ?? CATCH_UP_MS);
      // On the way back the price has named what does not fit the old tables, and a person has confirmed it.
      if (work.feed.direction === 'forward') await refuseErrors(frame);
      context.reach('caught_up');
    }
  } catch (error) {
    return settle(session, step, context, frame.trace, error, 'The tables were not touched.');
  }
  return executeStep(session, step, { ...context, locked: () => refuseMuch((most) => backlogOf(frame, most)) }, report);
}

/**
 * Whoever waited for a bulk write to commit, with the lock right behind it, has all its keys to apply while nobody can read: the lock is given back, and the next try catches up first.
 * @param waiting how many keys wait; counts no further than `most`.
 */
export async function refuseMuch(waiting: (most: number) => Promise<number>): Promise<void> {
  if ((await waiting(UNDER_LOCK_MOST + 1)) <= UNDER_LOCK_MOST) return;
  throw new Leave({ outcome: 'lock_timeout', forWhat: `a moment in which at most ${UNDER_LOCK_MOST.toLocaleString('en-US')} changed keys wait`, blockers: [] });
}
