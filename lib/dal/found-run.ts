import 'server-only';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { Reader } from '#lib/store/db.ts';
import { loadRun, type StoredRun } from '#lib/store/runs.ts';

/** The run of that id. Throws Refused where there is none. */
export async function foundRun(db: Reader, runId: string): Promise<StoredRun> {
  const run = await loadRun(db, runId);
  if (!run) throw new Refused('not_found', 'There is no such run.');
  return run;
}
