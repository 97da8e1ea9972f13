import 'server-only';
import { type Ground, NEWEST } from '#lib/pipeline/editor/written-sql.ts';
import { existingOf } from '#lib/pipeline/sql-facts/existing.ts';
import type { Reader } from '#lib/store/db.ts';
import { latestReading } from '#lib/store/snapshots.ts';
import { snapshotOf } from './comparison.ts';

/** What the last reading of a target says about it, for reading SQL that is meant for it. */
export async function groundOf(db: Reader, target: string): Promise<Ground> {
  const reading = await latestReading(db, target);
  if (!reading) return NEWEST;
  const snapshot = await snapshotOf(db, reading.id);
  return { major: Math.floor(snapshot.target.serverVersion / 10_000), existing: existingOf(snapshot) };
}
