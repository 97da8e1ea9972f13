import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { logSurprise } from '#lib/log.ts';
import type { ControlDb } from '#lib/store/db.ts';
import type { Reading } from '#lib/store/snapshots.ts';

// Writing a reading down and storing it takes seconds of 10,000 tables, and whoever asked wants to see differences: they are shown first, and the reading is kept meanwhile.

interface Keeping {
  reading: Reading;
  /** It begins to be kept: the picture is there, or a command waits. */
  begin: () => void;
  /** Never rejects: what went wrong is in the log, and the database is read again when somebody asks. */
  kept: Promise<void>;
}

// On globalThis, because the bundler may load this module more than once: for pages and for routes.
const shared = globalThis as typeof globalThis & { countersignKeeping?: { of: WeakMap<ControlDb, Map<string, Promise<Keeping>>>; ids: Set<string> } };

function all(): { of: WeakMap<ControlDb, Map<string, Promise<Keeping>>>; ids: Set<string> } {
  shared.countersignKeeping ??= { of: new WeakMap(), ids: new Set() };
  return shared.countersignKeeping;
}

/** By the name of the database under review. */
function underWay(db: ControlDb): Map<string, Promise<Keeping>> {
  const known = all().of.get(db) ?? new Map<string, Promise<Keeping>>();
  all().of.set(db, known);
  return known;
}

/** Ids of readings that are in memory only. */
export function idsUnderWay(): ReadonlySet<string> {
  return all().ids;
}

/** The reading of a database that is being read or kept at this moment; null when none is. */
export async function readingUnderWay(db: ControlDb, database: string): Promise<Reading | null> {
  return (await underWay(db).get(database))?.reading ?? null;
}

/** Reads a database and keeps the reading behind it, for all who ask meanwhile. `outrun`: what is under way and says too little. */
export async function readAndKeep(db: ControlDb, database: string, outrun: Reading | null, read: () => Promise<Reading>, keep: (reading: Reading) => Promise<void>): Promise<Reading> {
  const other = await readingUnderWay(db, database);
  if (other && other.id !== outrun?.id) return other;
  const begun = read().then((reading) => {
    all().ids.add(reading.id);
    const { promise: mayBegin, resolve: begin } = Promise.withResolvers<void>();
    const kept = Promise.race([mayBegin, sleep(LONGEST_WAIT_MS, undefined, { ref: false })]).then(() => keep(reading)).catch((error: unknown) => void logSurprise(error, `keeping a reading of ${database}`)).finally(() => {
      all().ids.delete(reading.id);
      forget(db, database, begun);
    });
    return { reading, begin, kept };
  });
  underWay(db).set(database, begun);
  try {
    return (await begun).reading;
  } catch (error) {
    forget(db, database, begun);
    throw error;
  }
}

function forget(db: ControlDb, database: string, begun: Promise<Keeping>): void {
  if (underWay(db).get(database) === begun) underWay(db).delete(database);
}

/** Whoever asked for the readings has them: writing them down would have taken the processor from their comparison. */
export async function keepNow(db: ControlDb): Promise<void> {
  await Promise.all([...underWay(db).values()].map((each) => each.then(({ begin }) => begin(), () => undefined)));
}

/** Where nobody says that the picture is there. */
const LONGEST_WAIT_MS = 5_000;

/** Commands look readings up in the control database: they wait for what somebody looks at already. */
export async function readingsKept(db: ControlDb): Promise<void> {
  await keepNow(db);
  await Promise.all([...underWay(db).values()].map((each) => each.then(({ kept }) => kept, () => undefined)));
}
