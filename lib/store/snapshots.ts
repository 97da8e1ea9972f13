import { fingerprint, type Snapshot } from '#lib/pipeline/snapshot.ts';
import type { ControlTrx, Reader } from './db.ts';

/** A stored snapshot without its content, which can be a hundred megabytes. */
export interface Reading {
  id: string;
  database: string;
  fingerprint: string;
  takenAt: Date;
}

export interface StoredSnapshot extends Reading {
  snapshot: Snapshot;
}

/** Keeps a reading. Returns its id. */
export async function saveSnapshot(trx: ControlTrx, database: string, snapshot: Snapshot, takenBy: string | null): Promise<string> {
  const row = await trx
    .insertInto('snapshot')
    .values({ database_name: database, fingerprint: fingerprint(snapshot.objects), content: JSON.stringify(snapshot), taken_at: snapshot.takenAt, taken_by: takenBy })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** The newest reading of a database without its content, or null when it was never read. */
export async function latestReading(db: Reader, database: string): Promise<Reading | null> {
  const row = await db.selectFrom('snapshot').select(['id', 'database_name', 'fingerprint', 'taken_at']).where('database_name', '=', database).orderBy('taken_at', 'desc').limit(1).executeTakeFirst();
  return row ? { id: row.id, database: row.database_name, fingerprint: row.fingerprint, takenAt: row.taken_at } : null;
}

/** What a reading holds. */
export async function contentOf(db: Reader, id: string): Promise<Snapshot> {
  const row = await db.selectFrom('snapshot').select('content').where('id', '=', id).executeTakeFirstOrThrow();
  return row.content;
}

/** The newest reading of a database, or null when it was never read. */
export async function latestSnapshot(db: Reader, database: string): Promise<StoredSnapshot | null> {
  const row = await db.selectFrom('snapshot').selectAll().where('database_name', '=', database).orderBy('taken_at', 'desc').limit(1).executeTakeFirst();
  return row ? { id: row.id, database: row.database_name, fingerprint: row.fingerprint, snapshot: row.content, takenAt: row.taken_at } : null;
}

/** Whether a run has changed the database since it was read: what was read then is known to be wrong. */
export async function isOutrun(db: Reader, reading: Pick<StoredSnapshot, 'database' | 'takenAt'>): Promise<boolean> {
  const run = await db
    .selectFrom('run').select('id')
    .where('target_database', '=', reading.database).where('ended_at', '>', reading.takenAt).where('state', '!=', 'refused')
    .limit(1).executeTakeFirst();
  return run !== undefined;
}

/** The newest reading with exactly this content: the one that a plan was made from. */
export async function snapshotByFingerprint(db: Reader, database: string, wanted: string): Promise<StoredSnapshot | null> {
  const row = await db
    .selectFrom('snapshot').selectAll()
    .where('database_name', '=', database).where('fingerprint', '=', wanted)
    .orderBy('taken_at', 'desc').limit(1).executeTakeFirst();
  return row ? { id: row.id, database: row.database_name, fingerprint: row.fingerprint, snapshot: row.content, takenAt: row.taken_at } : null;
}
