import { setTimeout as sleep } from 'node:timers/promises';
import type { NotifyEnv, RehearsalEnv } from '#lib/env.ts';
import { logNote, logSurprise } from '#lib/log.ts';
import { WAKE_QUEUE } from '#lib/store/queue.ts';
import { claimRun, registerWorker, removeWorker, workerHeartbeat } from '#lib/store/run-progress.ts';
import { isControlAway, untilControlAnswers } from './control.ts';
import { countUntil } from './count.ts';
import { checkDriftUntil } from './drift.ts';
import { checkDraftsUntil } from './draft-check.ts';
import { keepTables } from './keep.ts';
import { deliveryWork } from './notify/deliver.ts';
import { spreadUntil } from './notify/spread.ts';
import { driveRun, type WorkerTerms } from './loop.ts';
import { rehearseUntil } from './rehearse.ts';
import { startScheduledUntil } from './scheduled.ts';
import { listenForWakeUps, workQueue } from './wake.ts';

export interface ServeTerms extends WorkerTerms {
  controlUrl: string;
  driftEveryMs: number;
  rehearsal: RehearsalEnv;
  /** Where drafts are checked; null: nowhere. */
  scratchUrl: string | null;
  /** Tests only: how long a version must have stood before its draft is checked by itself. */
  draftSettledSeconds?: number;
  notify: NotifyEnv;
  /** Tests only: how soon a delivery that failed is tried again. */
  retrySeconds?: number;
  quietSeconds?: number;
  worker: { id: string; host: string; pid: number };
}

const POLL_MS = 2_000;
const BEAT_MS = 2_000;
/** Runs of different databases go on side by side; the control database sees to it that one database has one at a time. */
const AT_ONCE = 4;

/** Claims and carries on runs until the signal fires; then every run is given back or finished. Nudges make it quick, the poll makes it sure. */
export async function serve(terms: ServeTerms, stop: AbortSignal): Promise<void> {
  await untilControlAnswers(() => registerWorker(terms.db, terms.worker), () => stop.aborted);
  const nudge = nudges(stop);
  const listener = listenForWakeUps(terms.controlUrl, nudge.give, stop);
  const queue = workQueue(terms.controlUrl, [{ name: WAKE_QUEUE, batchSize: 20, work: async () => nudge.give() }, deliveryWork(terms)], stop);
  const notices = spreadUntil(terms, stop);
  const beat = beatUntil(terms, stop);
  const keep = keepTables(terms, stop);
  const drift = checkDriftUntil(terms.db, terms.databases, terms.driftEveryMs, stop);
  const rehearsals = rehearseUntil(terms, stop);
  const counts = countUntil(terms, stop);
  const drafts = checkDraftsUntil(terms, stop);
  const scheduled = startScheduledUntil(terms, nudge.give, stop);
  const active = new Set<Promise<void>>();
  logNote('the worker is ready', { worker: terms.worker.id });
  while (!stop.aborted) {
    const claimed = active.size < AT_ONCE ? await claimOne(terms, stop, active, nudge.give) : false;
    if (!claimed) await nudge.wait(POLL_MS);
  }
  await Promise.all(active);
  await Promise.all([listener, queue, beat, keep, drift, rehearsals, drafts, notices, scheduled, counts]);
  await removeWorker(terms.db, terms.worker.id).catch(() => undefined);
}

/** True when there was a run to claim. */
async function claimOne(terms: ServeTerms, stop: AbortSignal, active: Set<Promise<void>>, freed: () => void): Promise<boolean> {
  try {
    const claim = await claimRun(terms.db, terms.worker.id, terms.name);
    if (!claim) return false;
    terms.reach('after_claim', '');
    const drive: Promise<void> = driveRun(terms, claim, stop)
      .catch((error: unknown) => void logSurprise(error, `run ${claim.id}`))
      .finally(() => {
        active.delete(drive);
        freed();
      });
    active.add(drive);
    return true;
  } catch (error) {
    if (!isControlAway(error)) logSurprise(error, 'looking for a run');
    return false;
  }
}

async function beatUntil(terms: ServeTerms, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await sleep(BEAT_MS, undefined, { signal: stop }).catch(() => undefined);
    if (!stop.aborted) await workerHeartbeat(terms.db, terms.worker).catch(() => undefined);
  }
}

/** A nudge that comes while nobody waits is kept, so that none is lost between looking and waiting. */
function nudges(stop: AbortSignal): { give: () => void; wait: (ms: number) => Promise<void> } {
  let kept = false;
  let wake: (() => void) | null = null;
  const give = () => {
    kept = true;
    wake?.();
  };
  stop.addEventListener('abort', give);
  return {
    give,
    wait: async (ms) => {
      if (!kept) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      kept = false;
      wake = null;
    },
  };
}
