import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlDb } from '#lib/store/db.ts';
import { answersIn } from '#lib/store/manual-confirmations.ts';
import type { Claim } from '#lib/store/lease.ts';
import { heartbeat, lookAtRun } from '#lib/store/run-progress.ts';
import type { ManualAnswer } from '#lib/pipeline/run.ts';

/** Why a run is to stop what it does. `lost` outranks `cancel`: the run is not ours to cancel any more. */
export type StopReason = 'lost' | 'shutdown' | 'cancel';

export interface Watch {
  reason(): StopReason | null;
  /** How fast to go on: 100 as fast as it may, 0 paused. */
  pace(): number;
  /** What a person has answered for the step; null: nobody has. Looked for only once it was asked for. */
  answer(step: string): ManualAnswer | null;
  stop(): Promise<void>;
}

const LOOK_MS = 300;
const BEAT_MS = 2_000;

/** Renews the lease every two seconds and notices a cancel request within 0.3 s. A control database that is away changes nothing: the target's own fence decides. */
export function watchRun(db: ControlDb, claim: Claim, shutdown: AbortSignal): Watch {
  const done = new AbortController();
  const seen = { lost: false, cancel: false, pace: 100, beatAt: -Infinity, asked: false, answers: new Map<string, ManualAnswer>() };
  const look = async () => {
    if (performance.now() - seen.beatAt >= BEAT_MS) {
      if (!(await heartbeat(db, claim)).held) seen.lost = true;
      seen.beatAt = performance.now();
    }
    const now = await lookAtRun(db, claim);
    if (!now.held) seen.lost = true;
    if (now.cancelRequested) seen.cancel = true;
    seen.pace = now.pace;
    if (seen.asked) seen.answers = await answersIn(db, claim.id);
  };
  const loop = (async () => {
    while (!done.signal.aborted && !seen.lost) {
      await look().catch(() => undefined);
      await sleep(LOOK_MS, undefined, { signal: done.signal }).catch(() => undefined);
    }
  })();
  return {
    reason: () => (seen.lost ? 'lost' : shutdown.aborted ? 'shutdown' : seen.cancel ? 'cancel' : null),
    pace: () => seen.pace,
    answer: (step) => {
      seen.asked = true;
      return seen.answers.get(step) ?? null;
    },
    stop: async () => {
      done.abort();
      await loop;
    },
  };
}
