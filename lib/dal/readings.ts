import 'server-only';
import { randomUUID } from 'node:crypto';
import { introspect } from '#lib/pg/introspect.ts';
import { withReader } from '#lib/pg/session.ts';
import { fingerprint, type Snapshot } from '#lib/pipeline/snapshot.ts';
import { writeAudit } from '#lib/store/audit.ts';
import type { ControlDb, ControlTrx } from '#lib/store/db.ts';
import { keepReading } from '#lib/store/drift.ts';
import type { Person } from '#lib/store/people.ts';
import { isOutrun, latestReading, saveSnapshot, writeDown, type Reading } from '#lib/store/snapshots.ts';
import { rememberSnapshot, snapshotOf } from './comparison.ts';
import { configuration, databaseNamed } from './control.ts';
import { readAndKeep, readingUnderWay } from './keeping.ts';
import { actorOf, type Surroundings } from './perform.ts';
import { folderNow, isDatabase, isEarlier, isFolder, isText, keptReading, onTopNow, replayed } from './sources.ts';

/**
 * The newest reading of a side. A database that was never read, or that a run has changed since, is read now: a plan made from what was
 * there before the run would do everything a second time. A folder is replayed again when its files have changed, a text that changes a database
 * when that database has; other texts and earlier readings never change. A database is not kept yet when this comes back: readingsKept().
 */
export async function readingOf(db: ControlDb, person: Person, reference: string): Promise<Reading> {
  const { databases, sources } = configuration();
  if (isEarlier(reference)) return keptReading(db, reference);
  const known = await latestReading(db, reference);
  if (isText(reference)) {
    const top = await onTopNow(db, reference, (name) => readingOf(db, person, name), known);
    return top?.changed ? keep(db, person, reference, await replayed(db, top.source, sources, databases.map(({ name }) => name), top.onto)) : keptReading(db, reference);
  }
  if (isFolder(reference)) {
    const { source, changed } = await folderNow(db, reference, sources, known);
    return known && !changed ? known : keep(db, person, reference, await replayed(db, source, sources, databases.map((database) => database.name)));
  }
  const config = databaseNamed(reference);
  const coming = await readingUnderWay(db, reference);
  if (coming && !(await isOutrun(db, coming))) return coming;
  // A reading without satellites is of an older version, which did not know every kind.
  if (known && !(await isOutrun(db, known)) && (await snapshotOf(db, known.id)).satellites) return known;
  return readAndKeep(db, reference, coming, async () => remembered(reference, await withReader(config, (client) => introspect(client))), (reading) => keepShown(db, person, reading));
}

/** To be looked at before it is kept. */
function remembered(database: string, snapshot: Snapshot): Reading {
  const reading = { id: randomUUID(), database, fingerprint: fingerprint(snapshot.objects), takenAt: new Date(snapshot.takenAt) };
  rememberSnapshot(reading.id, snapshot);
  return reading;
}

async function keepShown(db: ControlDb, person: Person, reading: Reading): Promise<void> {
  const snapshot = await snapshotOf(db, reading.id);
  await writeDown(snapshot, reading.fingerprint);
  await db.transaction().execute(async (trx) => {
    await keepReading(trx, reading.database, snapshot, person.id, { id: reading.id });
    await logRead(trx, person, reading.database, snapshot);
  });
}

async function logRead(trx: ControlTrx, person: Person, database: string, snapshot: Snapshot): Promise<void> {
  await writeAudit(trx, { ...actorOf(person), action: 'read databases', detail: { database, objects: snapshot.objects.length } });
}

async function keep(db: ControlDb, person: Person, reference: string, snapshot: Snapshot): Promise<Reading> {
  await writeDown(snapshot);
  const id = await db.transaction().execute(async (trx) => {
    const saved = await savedReading(trx, reference, snapshot, person.id);
    await logRead(trx, person, reference, snapshot);
    return saved;
  });
  rememberSnapshot(id, snapshot);
  return keptReading(db, reference);
}

/** Of a declared database with what changed since the reading before. */
export async function savedReading(trx: ControlTrx, reference: string, snapshot: Snapshot, by: string): Promise<string> {
  if (!isDatabase(reference)) return saveSnapshot(trx, reference, snapshot, by);
  const id = await keepReading(trx, reference, snapshot, by);
  if (id === null) throw new Error(`the reading of ${reference} was not kept`);
  return id;
}

/** Reads a side anew; null for what never changes. */
export async function readAnew({ db, env }: Surroundings, reference: string): Promise<Snapshot | null> {
  if (isEarlier(reference) || isText(reference)) return null;
  if (!isFolder(reference)) return withReader(databaseNamed(reference, env), (client) => introspect(client));
  const { source } = await folderNow(db, reference, env.sources, null);
  return replayed(db, source, env.sources, env.databases.map((database) => database.name));
}

export interface SideRead {
  name: string;
  snapshot: Snapshot;
}

/** Reads sides anew, each once, and brings them into the form in which they are kept; what never changes is not among them. */
export async function readSides(surroundings: Surroundings, names: readonly string[]): Promise<SideRead[]> {
  const read = await Promise.all([...new Set(names)].map(async (name) => ({ name, snapshot: await readAnew(surroundings, name) })));
  const anew = read.flatMap(({ name, snapshot }) => (snapshot ? [{ name, snapshot }] : []));
  for (const { snapshot } of anew) await writeDown(snapshot);
  return anew;
}

/** Keeps sides that were read. */
export async function keepSides(trx: ControlTrx, sides: readonly SideRead[], by: string): Promise<void> {
  for (const { name, snapshot } of sides) rememberSnapshot(await savedReading(trx, name, snapshot, by), snapshot);
}
