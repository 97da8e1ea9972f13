import 'server-only';
import type { MigrationsConfig, SourcesEnv } from '#lib/env.ts';
import { replay, sourceDigest } from '#lib/pg/replay.ts';
import type { NamedSchema } from '#lib/pg/schema-clone.ts';
import type { ScratchServer } from '#lib/pg/scratch.ts';
import { oneFile, readSqlFiles, type SqlSource } from '#lib/pg/sql-files.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { Snapshot } from '#lib/pipeline/snapshot.ts';
import type { Reader } from '#lib/store/db.ts';
import { findSourceText, listSourceTexts } from '#lib/store/source-texts.ts';
import { earlierReference, latestReading, listReadings, type Reading } from '#lib/store/snapshots.ts';
import { snapshotOf } from './comparison.ts';
import type { SourcesDto } from './dto/compare.ts';

// A side of a comparison has a name that stands in the address: `prod` (a declared database), `prod@2026-11-14T06:30:12Z` (an earlier reading),
// `draft.sql` (a text that somebody added), `migrations/shop` (a folder that the environment names).

const FOLDER = 'migrations/';
/** A page waits no longer than this for SQL to be replayed. */
const REPLAY_MS = 60_000;

export function isEarlier(reference: string): boolean {
  return reference.includes('@');
}

export function isText(reference: string): boolean {
  return reference.endsWith('.sql') && !isEarlier(reference);
}

export function isFolder(reference: string): boolean {
  return reference.startsWith(FOLDER) && !isEarlier(reference);
}

/** Only a declared database itself can be read anew from somewhere, and be the target of a plan. */
export function isDatabase(reference: string): boolean {
  return !isEarlier(reference) && !isText(reference) && !isFolder(reference);
}

/** What can be chosen as a side. */
export async function sourcesDto(db: Reader, databases: readonly string[], env: SourcesEnv): Promise<SourcesDto> {
  return {
    databases,
    earlier: (await Promise.all(databases.map((database) => earlierOf(db, database)))).flat(),
    texts: (await listSourceTexts(db)).map(({ name, by, at, onto }) => ({ name, by, at: at.toISOString(), onto })),
    folders: env.migrations.map(({ name }) => `${FOLDER}${name}`),
    mayReplay: env.scratchUrl !== null,
  };
}

/** The newest reading is the database itself. */
async function earlierOf(db: Reader, database: string): Promise<SourcesDto['earlier']> {
  const [, ...earlier] = await listReadings(db, database);
  return earlier.map((takenAt) => ({ name: earlierReference(database, takenAt), database, takenAt: takenAt.toISOString() }));
}

/** What is kept of a side that cannot be read from a declared database. Refused with source_unknown when there is no such thing. */
export async function keptReading(db: Reader, reference: string): Promise<Reading> {
  const known = await latestReading(db, reference);
  if (!known) throw new Refused('source_unknown', `There is nothing called “${reference}” to compare with.`);
  return known;
}

/** An added text, and whether the kept reading is of exactly this text on exactly what is beneath it now; null: it stands for itself, and never changes. */
export async function onTopNow(db: Reader, reference: string, beneath: (name: string) => Promise<Reading>, kept: Reading | null): Promise<{ source: SqlSource; onto: NamedSchema; changed: boolean } | null> {
  const text = await findSourceText(db, reference);
  if (!text?.onto) return null;
  const base = await beneath(text.onto);
  const source = oneText(reference, text.content);
  const changed = kept === null || (await snapshotOf(db, kept.id)).origin?.digest !== sourceDigest(source, base);
  return { source, onto: { name: text.onto, snapshot: await snapshotOf(db, base.id) }, changed };
}

export function oneText(name: string, text: string): SqlSource {
  return oneFile({ name, text });
}

/** The files of a declared folder as they are now, and whether the kept reading is of exactly these. */
export async function folderNow(db: Reader, reference: string, env: SourcesEnv, kept: Reading | null): Promise<{ source: SqlSource; changed: boolean }> {
  const folder = folderNamed(reference, env);
  const source = await withoutPath(folder.path, reference, () => readSqlFiles(folder.path));
  return { source: { ...source, name: reference }, changed: kept === null || (await snapshotOf(db, kept.id)).origin?.digest !== sourceDigest({ ...source, name: reference }) };
}

/** The path is the administrator's business, not the reader's. */
export async function withoutPath<T>(path: string, reference: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Refused) throw new Refused(error.refusal.code, error.refusal.sentence.replaceAll(path, reference), { cause: error });
    throw error;
  }
}

/** A folder that the environment names. Refused with source_unknown when it names none of that reference. */
export function folderNamed(reference: string, env: SourcesEnv): MigrationsConfig {
  const found = env.migrations.find(({ name }) => `${FOLDER}${name}` === reference);
  if (!found) throw new Refused('source_unknown', `No folder called “${reference}” is configured (COUNTERSIGN_MIGRATIONS).`);
  return found;
}

/** Replays SQL on the scratch server, never on the server of a database that was ever read here. */
export async function replayed(db: Reader, source: SqlSource, env: SourcesEnv, databases: readonly string[], onto?: NamedSchema): Promise<Snapshot> {
  if (env.scratchUrl === null) throw new Refused('scratch_missing', 'No scratch server is configured, and SQL is replayed nowhere else (COUNTERSIGN_SCRATCH_URL).');
  const targets = await Promise.all(databases.map(async (database) => {
    const reading = await latestReading(db, database);
    return reading ? [(await snapshotOf(db, reading.id)).target.systemIdentifier] : [];
  }));
  const server: ScratchServer = { name: 'the scratch server', url: env.scratchUrl, lends: false, never: targets.flat() };
  return replay(source, server, { deadlineMs: REPLAY_MS, ...(onto ? { onto } : {}) });
}
