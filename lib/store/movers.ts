import type { Movement } from '#lib/pipeline/evidence.ts';
import { moverSentence } from '#lib/pipeline/movers.ts';
import type { Reader } from './db.ts';
import { runsBetween } from './drift.ts';

/** Who or what moved what is not as it was signed, in a sentence; null: nothing can be said. `since`: when the signed facts were measured, `until`: when the new ones were. */
export async function moverOf(db: Reader, target: string, moved: readonly Movement[], since: string, until: string): Promise<string | null> {
  if (!moved.some(({ what }) => what.startsWith('definition:'))) return null;
  const runs = await runsBetween(db, target, new Date(since), new Date(until));
  const movers = runs.flatMap(({ plan, phaseId, run }) => plan.phases.filter((phase) => phase.id === phaseId).map((phase) => ({ phase, run })));
  return moverSentence(moved, movers, since);
}
