import { setImmediate as breath } from 'node:timers/promises';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { type Selectable, sql } from 'kysely';
import { fingerprint, type Snapshot } from '#lib/pipeline/snapshot.ts';
import type { ControlTrx, Reader } from './db.ts';
import type { SnapshotTable } from './tables.ts';

// Beside this process, on threads of their own.
const [pack, unpack] = [promisify(zstdCompress), promisify(zstdDecompress)];

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

/**
 * For a transaction that keeps a reading: comparing 10,000 tables with the reading before, and writing them down, keeps this process busy for
 * seconds while the connection is idle, on a busy machine for longer than the control database is patient with (IDLE_MS). Nobody waits for it:
 * it holds no lock but that of its own database's readings.
 */
export async function takeTime(trx: ControlTrx): Promise<void> {
  await sql`set local idle_in_transaction_session_timeout = '180s'`.execute(trx);
}

interface Written {
  fingerprint: string;
  packed: Buffer;
}

const written = new WeakMap<Snapshot, Written>();

/**
 * Brings a snapshot into the form in which it is kept (`known`: its fingerprint, where somebody took it already), before the transaction that keeps it. Of 10,000 tables each part takes seconds; between
 * them the process hears the others, whose connections would else be given up as if the server had not answered.
 */
export async function writeDown(snapshot: Snapshot, known?: string): Promise<void> {
  const packed = await pack(Buffer.from(await textOf(snapshot)));
  const hash = known ?? fingerprint(snapshot.objects);
  await breath();
  written.set(snapshot, { packed, fingerprint: hash });
}

/** As JSON.stringify writes it, with a breath after so many of a list: somebody may be waiting for a page that shows it. */
export async function textOf(snapshot: Snapshot, at = SLICE): Promise<string> {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(snapshot)) {
    if (value === undefined) continue;
    parts.push(`${parts.length === 0 ? '{' : ','}${JSON.stringify(name)}:`);
    if (typeof value !== 'object' || value === null) parts.push(JSON.stringify(value));
    else for await (const part of slices(value, at)) parts.push(part);
  }
  return `${parts.join('')}}`;
}

const SLICE = 2_000;

async function* slices(value: object, size: number): AsyncGenerator<string> {
  const isList = Array.isArray(value);
  const entries: unknown[] = isList ? value : Object.entries(value);
  yield isList ? '[' : '{';
  let said = false;
  for (let at = 0; at < entries.length; at += size) {
    const slice = entries.slice(at, at + size);
    const text = JSON.stringify(isList ? slice : Object.fromEntries(slice as [string, unknown][])).slice(1, -1);
    if (text !== '') yield said ? `,${text}` : text;
    said ||= text !== '';
    await breath();
  }
  yield isList ? ']' : '}';
}

/** Keeps a reading, under an id that it has already or a new one. Returns the id. Quick when it is written down already. */
export async function saveSnapshot(trx: ControlTrx, database: string, snapshot: Snapshot, takenBy: string | null, id?: string): Promise<string> {
  await takeTime(trx);
  const { packed, fingerprint: hash } = written.get(snapshot) ?? { packed: await pack(Buffer.from(JSON.stringify(snapshot))), fingerprint: fingerprint(snapshot.objects) };
  const { target, takenAt } = snapshot;
  written.delete(snapshot);
  const row = await trx
    .insertInto('snapshot')
    .values({ ...(id === undefined ? {} : { id }), database_name: database, fingerprint: hash, content: JSON.stringify({ target, takenAt }), packed, taken_at: takenAt, taken_by: takenBy })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/**
 * The newest reading of a side without its content, or null when it was never read. A side is a declared database (`prod`), a text or a folder
 * by its name, or an earlier reading (`prod@2026-11-14T06:30:12Z`: what was the newest one at that moment, the second included).
 */
export async function latestReading(db: Reader, reference: string): Promise<Reading | null> {
  const { database, until } = referenceOf(reference);
  let query = db.selectFrom('snapshot').select(['id', 'fingerprint', 'taken_at']).where('database_name', '=', database);
  if (until) query = query.where('taken_at', '<', until);
  const row = await query.orderBy('taken_at', 'desc').limit(1).executeTakeFirst();
  return row ? { id: row.id, database: reference, fingerprint: row.fingerprint, takenAt: row.taken_at } : null;
}

/** What a reading holds. */
export async function contentOf(db: Reader, id: string): Promise<Snapshot> {
  return whole(await db.selectFrom('snapshot').select(['content', 'packed']).where('id', '=', id).executeTakeFirstOrThrow());
}

/** Rows of earlier releases hold it as text. */
async function whole({ content, packed }: Pick<Selectable<SnapshotTable>, 'content' | 'packed'>): Promise<Snapshot> {
  return packed === null ? (content as Snapshot) : (JSON.parse((await unpack(packed)).toString()) as Snapshot);
}

/** The newest reading of a side with its content, or null when it was never read. */
export async function latestSnapshot(db: Reader, reference: string): Promise<StoredSnapshot | null> {
  const reading = await latestReading(db, reference);
  return reading ? { ...reading, snapshot: await contentOf(db, reading.id) } : null;
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
    .where('database_name', '=', referenceOf(database).database).where('fingerprint', '=', wanted)
    .orderBy('taken_at', 'desc').limit(1).executeTakeFirst();
  return row ? { id: row.id, database: row.database_name, fingerprint: row.fingerprint, snapshot: await whole(row), takenAt: row.taken_at } : null;
}

/** The last reading of a database before a moment, or the first after it; null when there is none. Readings that said nothing new were not kept. */
export async function readingBeside(db: Reader, database: string, at: Date, side: 'before' | 'after'): Promise<Reading | null> {
  const row = await db
    .selectFrom('snapshot').select(['id', 'fingerprint', 'taken_at']).where('database_name', '=', database)
    .where('taken_at', side === 'before' ? '<' : '>', at).orderBy('taken_at', side === 'before' ? 'desc' : 'asc').limit(1).executeTakeFirst();
  return row ? { id: row.id, database, fingerprint: row.fingerprint, takenAt: row.taken_at } : null;
}

function referenceOf(reference: string): { database: string; until: Date | null } {
  const [, database, moment] = /^(.+)@(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z$/.exec(reference) ?? [];
  const at = moment === undefined ? Number.NaN : Date.parse(`${moment}Z`);
  return database === undefined || Number.isNaN(at) ? { database: reference, until: null } : { database, until: new Date(at + 1_000) };
}

/** The name by which a reading can be looked at for ever. */
export function earlierReference(database: string, takenAt: Date): string {
  return `${database}@${takenAt.toISOString().slice(0, 19)}Z`;
}

/** When a database was read, newest first; of readings with the same content in a row, the first one. */
export async function listReadings(db: Reader, database: string, limit = 12): Promise<Date[]> {
  const rows = await db
    .selectFrom((eb) => eb.selectFrom('snapshot')
      .select(['taken_at', 'fingerprint', sql<string | null>`lag(fingerprint) over (order by taken_at)`.as('before')])
      .where('database_name', '=', database).as('reading'))
    .select('taken_at').where(sql<boolean>`fingerprint is distinct from before`)
    .orderBy('taken_at', 'desc').limit(limit).execute();
  return rows.map((row) => row.taken_at);
}
