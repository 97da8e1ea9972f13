import type { Client } from 'pg';
import { sha256 } from '#lib/pipeline/digest.ts';
import { kindLabel, KINDS } from '#lib/pipeline/kinds/all.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { objectId, type Snapshot, type TableEstimate } from '#lib/pipeline/snapshot.ts';
import { isDelta, kindsTouched } from '#lib/pipeline/touches.ts';
import { sql } from '#lib/sql.ts';
import { identityOf, type IdentityRow } from './identity.ts';
import { type Access, canGoOn, Closed, closedTo, Vanished } from './introspect-access.ts';
import { copiedDependency } from './introspect-copied.ts';
import { askAll, askKinds, type KindQuestion, kindsToRead, listed } from './introspect-kinds.ts';
import { carriedOf, type CarriedRow, Dependencies } from './introspect-links.ts';
import { Register } from './introspect-register.ts';
import { askSaid } from './introspect-said.ts';
import { Parsers } from './parsers.ts';
import { answered, command, linesOf, type Question } from './questions.ts';
import { SQLSTATE, sqlState } from './sqlstate.ts';

/** Longest wait for a table that another session holds ACCESS EXCLUSIVE: the reader must not stand in an application's way. */
const LOCK_TIMEOUT = '3s';
const ATTEMPTS = 3;

interface EstimateRow {
  schema: string;
  name: string;
  rows: number | null;
  bytes: number;
  analyzed_at: string | null;
}
/**
 * Reads the whole schema of the connected database in one REPEATABLE READ READ ONLY transaction of its own: one query per object kind that it has,
 * however many objects there are. Leaves out system schemas, temporary objects, members of extensions, and Countersign's own schemas.
 * search_path is empty inside, so that every text of pg_get_* is fully qualified whatever the database or role has set.
 * Lock: ACCESS SHARE on the catalogs; for a moment on tables (sizes, and expressions, which the server deparses under it).
 * The server's pg_get_* functions see changes that commit meanwhile: when an object vanishes under them, it reads again, three times at most.
 * With `inTransaction` it reads in the caller's transaction instead, so that schema and rows are of one instant; settings are put back
 * afterwards, and a vanished object is thrown at once (Vanished), because the caller's snapshot would show it again.
 * The caller's lock_timeout holds then. `withoutEstimates` leaves sizes out, which alone need a lock on every table.
 * A schema on which the role has no rights is read like any other, because the catalogs are everybody's. Where an administrator has closed a
 * catalog, its kind is left out and named in `unread`; without schemas, tables and columns there is no reading.
 * @throws Refused server_too_old below 14; the server's error when it still fails (55P03: a table stays locked).
 */
export async function introspect(client: Client, options: { inTransaction?: boolean; withoutEstimates?: boolean } = {}): Promise<Snapshot> {
  const withoutEstimates = options.withoutEstimates ?? false;
  return reading(client, options.inTransaction ?? false, (access, opening) => readSchema(client, withoutEstimates, access, opening));
}

/** What the fingerprints of touched objects are taken of. */
export type Touched = Pick<Snapshot, 'target' | 'takenAt' | 'objects' | 'satellites'>;

/**
 * The same of no more than touchedPrints asks for: the kinds that are named, and those that hang on them; no dependencies, sizes or owners.
 * A phase is measured whenever somebody looks, signs or runs, and mostly it touches tables alone.
 */
export async function readTouched(client: Client, touches: readonly string[], options: { inTransaction?: boolean } = {}): Promise<Touched> {
  return reading(client, options.inTransaction ?? false, async (access, opening) => {
    const register = new Register();
    const parsers = new Parsers();
    const toRead = kindsToRead(access, kindsTouched(touches));
    const begun = await begin(client, parsers, opening, toRead.questions);
    const kinds = askKinds(toRead.kinds(), { register, parsers, links: null }, begun.target.serverVersion);
    const said = touches.some(isDelta) ? askSaid(register) : null;
    await askAll(client, parsers, access, [...kinds.questions, ...(said ? [...said.aliases, ...said.questions] : [])]);
    const { objects, satellites } = kinds.found();
    return { ...begun, objects, satellites: [...satellites, ...(said?.found() ?? [])] };
  });
}

/** In a transaction of its own, again when the schema changed under it, or in the caller's. */
async function reading<T>(client: Client, inTransaction: boolean, read: (access: Access, opening: readonly Question[]) => Promise<T>): Promise<T> {
  const access: Access = { closed: new Set(), apart: false };
  if (inTransaction) return within(client, () => read(access, []));
  for (let attempt = 1; ; attempt += 1) {
    try {
      const found = await read(access, OPENING);
      await client.query('COMMIT');
      return found;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {});
      if (error instanceof Closed && canGoOn(access, error.kind)) {
        attempt -= 1;
        continue;
      }
      if (error instanceof Closed) throw error.cause;
      if (attempt === ATTEMPTS || !(error instanceof Vanished || sqlState(error) === SQLSTATE.internalError)) throw error;
    }
  }
}

/** A transaction of its own. */
const OPENING = ['BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', `SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`].map(command);

async function within<T>(client: Client, read: () => Promise<T>): Promise<T> {
  await client.query('SAVEPOINT countersign_introspect');
  try {
    return await read();
  } catch (error) {
    if (error instanceof Closed) throw error.cause;
    throw sqlState(error) === SQLSTATE.internalError ? new Vanished() : error;
  } finally {
    // Nothing was written: going back only undoes the settings, and clears a failure.
    await client.query('ROLLBACK TO SAVEPOINT countersign_introspect').catch(() => {});
    await client.query('RELEASE SAVEPOINT countersign_introspect').catch(() => {});
  }
}

/** A database or role may have set any of these otherwise. search_path: names come qualified. jit: short catalog queries with many expressions cost more to compile than to run. */
const READING = [
  `SET LOCAL search_path = ''`, 'SET LOCAL quote_all_identifiers = off', 'SET LOCAL jit = off',
  // Constants in expressions and partition bounds are written as the session writes dates, intervals, numbers and backslashes.
  `SET LOCAL datestyle = 'ISO, MDY'`, `SET LOCAL intervalstyle = 'postgres'`, `SET LOCAL timezone = 'UTC'`, 'SET LOCAL extra_float_digits = 1', `SET LOCAL bytea_output = 'hex'`, 'SET LOCAL standard_conforming_strings = on',
  // In a catalog that was never analysed the server expects one row everywhere, and would walk through thousands for each of thousands.
  'SET LOCAL enable_nestloop = off',
  // Of a small database three quarters of the reading is planning: one way of joining, in the order that stands in the file, takes a fifth less, and no more of a large one.
  'SET LOCAL enable_mergejoin = off', 'SET LOCAL enable_memoize = off', 'SET LOCAL enable_material = off', 'SET LOCAL max_parallel_workers_per_gather = 0', 'SET LOCAL join_collapse_limit = 1',
].map(command);

/** All that comes before the lists, in one message: of a small schema half of the time goes to waiting. `first` is what decides which lists. */
async function begin(client: Client, parsers: Parsers, opening: readonly Question[], first: readonly Question[]): Promise<Pick<Snapshot, 'target' | 'takenAt'>> {
  const identities: IdentityRow[] = [];
  const moments: { taken_at: string }[] = [];
  const asked = answered(client, [...opening, ...READING, listed(sql('probe/target_identity'), identities), listed(sql('introspect/taken_at'), moments), ...first], parsers);
  const failure = await asked.then(() => null, (error: unknown) => ({ error }));
  const [identity] = identities;
  // Of an old server the questions behind this one fail.
  if (identity) refuseOldServer({ database: identity.database, serverVersion: identity.server_version });
  if (failure) closedTo(null)(failure.error);
  const [moment] = moments;
  if (!identity || !moment) throw new Error('introspect: the server did not say which database this is, and what time');
  return { target: identityOf(identity), takenAt: moment.taken_at };
}

async function readSchema(client: Client, withoutEstimates: boolean, access: Access, opening: readonly Question[]): Promise<Snapshot> {
  const register = new Register();
  const parsers = new Parsers();
  const links = new Dependencies(register);
  const toRead = kindsToRead(access, null);
  const begun = await begin(client, parsers, opening, toRead.questions);
  const kinds = askKinds(toRead.kinds(), { register, parsers, links }, begun.target.serverVersion);
  const said = askSaid(register);
  const beside = askBeside(withoutEstimates);
  const dependencies: KindQuestion = { kind: null, ...linesOf(sql('introspect/dependency_list'), (line) => links.add(copiedDependency(line))) };
  await askAll(client, parsers, access, [...kinds.questions, ...said.aliases, dependencies, ...said.questions, ...beside.questions]);
  const { objects, tables, ...read } = kinds.found();
  const satellites = [...read.satellites, ...said.found()];
  for (const object of satellites) if (object.kind === 'extension_tie') links.addTie(object);
  return {
    ...begun,
    objects,
    estimates: Object.fromEntries(beside.estimates.map((row) => [objectId('table', row.schema, row.name), toEstimate(row)])),
    notCompared: beside.notCompared,
    satellites,
    reader: readerDigest(),
    ...(access.closed.size > 0 ? { unread: [...access.closed].map((kind) => ({ kind, why: `${capitalised(kindLabel(kind, 2))} are not compared: the role may not read the catalog that holds them.` })) } : {}),
    dependencies: links.all(),
    carried: carriedOf(register, tables, beside.carried, said.comments),
  };
}

type CountRow = Snapshot['notCompared'][number];

/** What is read besides objects; the lists are full once all is answered. */
function askBeside(withoutEstimates: boolean): { questions: KindQuestion[]; notCompared: CountRow[]; carried: CarriedRow[]; estimates: EstimateRow[] } {
  const rows = { notCompared: [] as CountRow[], carried: [] as CarriedRow[], estimates: [] as EstimateRow[] };
  const questions = [listed(sql('introspect/not_compared'), rows.notCompared), listed(sql('introspect/table_carried_list'), rows.carried), ...(withoutEstimates ? [] : [listed(sql('introspect/table_estimate_list'), rows.estimates)])];
  return { questions, ...rows };
}

/** The oldest server whose catalogs the queries know. */
const OLDEST = 140_000;

/** @throws Refused server_too_old. */
export function refuseOldServer({ database, serverVersion }: { database: string; serverVersion: number }): void {
  if (serverVersion >= OLDEST) return;
  const version = serverVersion >= 100_000 ? `${Math.floor(serverVersion / 10_000)}` : `${Math.floor(serverVersion / 10_000)}.${Math.floor(serverVersion / 100) % 100}`;
  throw new Refused('server_too_old', `${database} is on PostgreSQL ${version}; ${OLDEST / 10_000} is the oldest that can be read.`);
}

function capitalised(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** Of everything that is asked: another version of Countersign may look at more. */
function readerDigest(): string {
  reader ??= sha256(KINDS.map((kind) => sql(kind.query)).join('\n')).slice(0, 16);
  return reader;
}
let reader: string | undefined;

function toEstimate({ rows, bytes, analyzed_at }: EstimateRow): TableEstimate {
  return { rows, bytes, analyzedAt: analyzed_at };
}
