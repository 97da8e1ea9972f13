import { runStanding, type Standing } from '#components/states.ts';
import type { RunView } from '#lib/pipeline/run.ts';
import { isOver, presentStep } from './run-words.ts';

/** Pulses come every second: after so many without one, nothing on the page is taken as true any more. */
export const SILENT_AFTER_MS = 5_000;

/** What the browser knows beside the run's own events. */
export interface Sight {
  /** Since when nothing was heard from the server; null where something was just now. */
  silentMs: number | null;
  workerLost: boolean;
  /** Whether that worker had the run. Where nobody has it, nothing is at work that could be in doubt. */
  workerHolds: boolean;
}

/**
 * The loudest word of the page. What makes the other words doubtful comes before them: a server that does not answer, a worker that is
 * gone, a step whose outcome is unknown. Then what a person can do something about, and only then how the run itself stands.
 */
export function headStanding(view: RunView, sight: Sight): Standing {
  if (isOver(view)) return runStanding(view.state, view.kind);
  if (sight.silentMs !== null) return { tone: 'red', word: 'no answer' };
  if (sight.workerLost) return { tone: 'red', word: sight.workerHolds ? 'worker lost' : 'no worker' };
  const present = presentStep(view);
  if (present?.state === 'in_doubt') return { tone: 'red', word: 'in doubt' };
  if (view.pace === 0) return { tone: 'blue', word: 'paused' };
  if (present?.state === 'waiting' || view.held !== null) return { tone: 'blue', word: 'waiting' };
  const { tone, word } = runStanding(view.state, view.kind);
  return { tone, word: present?.state === 'running' && view.pace < 100 ? `${word} at ${view.pace} %` : word };
}

/** How long nothing was heard; null while that is no reason to doubt what stands on the page. */
export function silentFor(now: number | null, heardAt: number | null): number | null {
  const silent = now === null || heardAt === null ? 0 : now - heardAt;
  return silent > SILENT_AFTER_MS ? silent : null;
}
