import type { Rename } from '#lib/pipeline/rename.ts';
import { differencesRenamed, foldRenames, proposedRenames } from '#lib/pipeline/renames.ts';
import type { Snapshot } from '#lib/pipeline/snapshot.ts';

/** As somebody answers who says yes to every question, and to those that come of the answers. */
export function everyRename(current: Snapshot, desired: Snapshot): Rename[] {
  const renames: Rename[] = [];
  for (;;) {
    const folded = foldRenames(current, desired, renames);
    const asked = proposedRenames(folded.renamed, desired, differencesRenamed(folded, desired));
    if (asked.length === 0) return renames;
    renames.push(...asked.map(({ from, to }) => ({ from, to })));
  }
}
