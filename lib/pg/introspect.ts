import type { Client } from 'pg';
import { sha256 } from '#lib/pipeline/digest.ts';
import { isSatellite, kindLabel, KINDS } from '#lib/pipeline/kinds/all.ts';
import type { Kind } from '#lib/pipeline/kinds/kind.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { objectId, type ObjectKind, type SchemaObject, type Snapshot, type TableEstimate } from '#lib/pipeline/snapshot.ts';
import { isDelta, kindsTouched } from '#lib/pipeline/touches.ts';
import { sql } from '#lib/sql.ts';
import { targetIdentity } from './identity.ts';
import { allRows, eachCopied, eachRow, Parsers } from './each-row.ts';
import { copiedDependency, type CopiedKind, copiedRows } from './introspect-copied.ts';
import { belonging, type BelongingRow, carriedOf, type CarriedRow, commentsOf, type CommentTextRow, Dependencies, grantsOf, type GrantTextRow, labelsOf, type LabelRow, placementsOf, type PlaceRow, tiesOf, type TieRow } from './introspect-links.ts';
import { type AliasRow, type DefaultRow, type IdentityRow, type NotNullRow, Register } from './introspect-register.ts';
import { SQLSTATE, sqlState } from './sqlstate.ts';

/** Longest wait for a table that another session holds ACCESS EXCLUSIVE: the reader must not stand in an application's way. */
const LOCK_TIMEOUT = '3s';
const ATTEMPTS = 3;

/** The server's pg_get_* functions saw a change that the transaction's snapshot does not: only a new transaction helps. */
export class Vanished extends Error {
  constructor() {
    super('introspect: the schema is being changed while it is read');
  }
}

/** Without these there is nothing to compare; sequences hold what there is to say of identity columns. */
const NEEDED: ReadonlySet<ObjectKind> = new Set(['schema', 'sequence', 'table', 'column']);

/** What the role may read, as far as it is known. `apart`: a catalog is closed, and only reading kind by kind can tell which. */
interface Access {
  closed: Set<ObjectKind>;
  apart: boolean;
}

/** The role may not read the catalog of a kind, or (null) of one of several that were asked at once. */
class Closed extends Error {
  readonly kind: ObjectKind | null;
  constructor(kind: ObjectKind | null, cause: unknown) {
    super(`introspect: the catalog of ${kind ?? 'a kind'} is closed to this role`, { cause });
    this.kind = kind;
  }
}

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
  return reading(client, options.inTransaction ?? false, (access) => readSchema(client, withoutEstimates, access));
}

/** What the fingerprints of touched objects are taken of. */
export type Touched = Pick<Snapshot, 'target' | 'takenAt' | 'objects' | 'satellites'>;

/**
 * The same of no more than touchedPrints asks for: the kinds that are named, and those that hang on them; no dependencies, sizes or owners.
 * A phase is measured whenever somebody looks, signs or runs, and mostly it touches tables alone.
 */
export async function readTouched(client: Client, touches: readonly string[], options: { inTransaction?: boolean } = {}): Promise<Touched> {
  return reading(client, options.inTransaction ?? false, async (access) => {
    const begun = await begin(client);
    const register = new Register();
    const parsers = new Parsers();
    const read = await readKinds(client, register, parsers, access, kindsTouched(touches), begun.target.serverVersion, null);
    const satellites = touches.some(isDelta) ? await readSatellites(client, register, parsers, await readAliases(client, register, parsers)) : [];
    return { ...begun, objects: read.filter(({ kind }) => !isSatellite(kind)), satellites: [...read.filter(({ kind }) => isSatellite(kind)), ...satellites] };
  });
}

/** In a transaction of its own, again when the schema changed under it, or in the caller's. */
async function reading<T>(client: Client, inTransaction: boolean, read: (access: Access) => Promise<T>): Promise<T> {
  const access: Access = { closed: new Set(), apart: false };
  if (inTransaction) return within(client, () => read(access));
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(client, () => read(access));
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

/** Whether there is something to compare without the kind; says in `access` how to read on. */
function canGoOn(access: Access, kind: ObjectKind | null): boolean {
  if (kind === null) {
    const known = access.apart;
    access.apart = true;
    return !known;
  }
  if (NEEDED.has(kind) || access.closed.has(kind)) return false;
  access.closed.add(kind);
  return true;
}

async function once<T>(client: Client, read: () => Promise<T>): Promise<T> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await client.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
  const found = await read();
  await client.query('COMMIT');
  return found;
}

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

type KindRow = Record<string, unknown> & BelongingRow & { index?: number | null; identity_of?: number | null };

/** Kinds of which there can be very many: one by one, their rows are forgotten as they come in. All others come in one round trip. */
const MANY: ReadonlySet<string> = new Set(['table', 'column', 'constraint', 'index']);

/** A database or role may have set any of these otherwise. search_path: names come qualified. jit: short catalog queries with many expressions cost more to compile than to run. */
const READING = [
  `SET LOCAL search_path = ''`, 'SET LOCAL quote_all_identifiers = off', 'SET LOCAL jit = off',
  // Constants in expressions and partition bounds are written as the session writes dates, intervals, numbers and backslashes.
  `SET LOCAL datestyle = 'ISO, MDY'`, `SET LOCAL intervalstyle = 'postgres'`, `SET LOCAL timezone = 'UTC'`, 'SET LOCAL extra_float_digits = 1', `SET LOCAL bytea_output = 'hex'`, 'SET LOCAL standard_conforming_strings = on',
  // In a catalog that was never analysed the server expects one row everywhere, and would walk through thousands for each of thousands.
  'SET LOCAL enable_nestloop = off',
  // Of a small database three quarters of the reading is planning: one way of joining, in the order that stands in the file, takes a fifth less, and no more of a large one.
  'SET LOCAL enable_mergejoin = off', 'SET LOCAL enable_memoize = off', 'SET LOCAL enable_material = off', 'SET LOCAL max_parallel_workers_per_gather = 0', 'SET LOCAL join_collapse_limit = 1',
].join('; ');

/** What a catalog answers that this role may not read; anything else goes on as it is. */
function closedTo(kind: ObjectKind | null): (error: unknown) => never {
  return (error) => {
    throw sqlState(error) === SQLSTATE.insufficientPrivilege ? new Closed(kind, error) : error;
  };
}

/** Kinds that need not be asked for. Once a catalog is known to be closed all are: the question would meet it. */
async function absentKinds(client: Client, access: Access): Promise<ReadonlySet<ObjectKind>> {
  if (access.apart || access.closed.size > 0) return new Set();
  const { rows } = await client.query<{ kind: ObjectKind }>(sql('introspect/absent_kind_list')).catch(closedTo(null));
  return new Set(rows.map(({ kind }) => kind));
}

/** Puts rows where they belong: what is an object of its own into `found`, by kind, the rest into the register. */
function taker(register: Register, found: ReadonlyMap<ObjectKind, SchemaObject[]>, links: Dependencies | null): (kind: Kind, row: KindRow) => void {
  return (kind, row) => {
    // pg_get_*def answers null, not an error, for an object that is gone.
    if (row.definition === null) throw new Vanished();
    if (kind.kind === 'sequence' && row.identity_of !== null) return register.addIdentity(row as unknown as IdentityRow);
    const whole = BELONGING.has(kind.kind) ? belonging(register, row) : row;
    if (whole === null) return;
    const object = kind.fromRow(whole);
    if (kind.kind === 'column') register.addColumn(row.relation ?? 0, row.position ?? 0, object);
    else register.add(kind, row, object);
    if (links) linkOwn(links, register, row, object);
    if (typeof row.index === 'number') register.addIndexOf(row.index, object);
    found.get(kind.kind)?.push(object);
  };
}

/** What an object rests on as its own row says: introspect/dependency_list does not repeat it. */
function linkOwn(links: Dependencies, register: Register, { relation, position, rests_on: columns }: KindRow, object: SchemaObject): void {
  if (object.kind === 'column') {
    if (register.hasDefault(relation ?? 0, position ?? 0)) links.addDefault(object);
  } else if (columns && columns.length > 0) {
    const of = register.relation(relation ?? 0);
    if (of) links.addOwn(object, of, columns);
  }
}

/** Their relation is given by its number, and must be known when they come. */
const BELONGING: ReadonlySet<ObjectKind> = new Set(['column', 'constraint', 'index']);

function isCopied(kind: ObjectKind): kind is CopiedKind {
  return BELONGING.has(kind);
}

/** What must be read before a kind: its relations, and the sequences of identity columns. As in pg_class, what a database may have none of. */
const BEFORE: readonly { kind: ObjectKind; relkind: string | null; of: readonly ObjectKind[] }[] = [
  { kind: 'table', relkind: null, of: ['column', 'constraint', 'index'] }, { kind: 'foreign_table', relkind: 'f', of: ['column', 'constraint'] },
  { kind: 'materialized_view', relkind: 'm', of: ['index'] }, { kind: 'sequence', relkind: 'S', of: ['column'] },
];

/** What is said of objects: read when all of them are known, because it may be said of what only stands for one. */
const SAID: ReadonlySet<ObjectKind> = new Set(['comment', 'grant', 'security_label', 'extension_tie', 'placement']);

/** The kinds to read, in the order in which a person reads them. */
async function kindsToRead(client: Client, access: Access, wanted: ReadonlySet<ObjectKind> | null): Promise<readonly Kind[]> {
  const open = KINDS.filter(({ kind }) => !SAID.has(kind) && !access.closed.has(kind));
  if (wanted === null) {
    const absent = await absentKinds(client, access);
    return open.filter(({ kind }) => !absent.has(kind));
  }
  const { rows } = await client.query<{ relkind: string }>(sql('introspect/relkind_list'));
  const there = new Set(rows.map(({ relkind }) => relkind));
  const before = new Set(BEFORE.filter(({ relkind, of }) => (relkind === null || there.has(relkind)) && of.some((kind) => wanted.has(kind))).map(({ kind }) => kind));
  return open.filter(({ kind }) => wanted.has(kind) || before.has(kind));
}

async function readKinds(client: Client, register: Register, parsers: Parsers, access: Access, wanted: ReadonlySet<ObjectKind> | null, serverVersion: number, links: Dependencies | null): Promise<SchemaObject[]> {
  const kinds = await kindsToRead(client, access, wanted);
  const found = new Map(kinds.map(({ kind }) => [kind, [] as SchemaObject[]]));
  const take = taker(register, found, links);
  const few = access.apart ? [] : kinds.filter(({ kind }) => !MANY.has(kind));
  const results = few.length === 0 ? [] : await allRows<KindRow>(client, few.map(({ query }) => sql(query)), parsers).catch(closedTo(null));
  few.forEach((kind, at) => results[at]?.forEach((row) => take(kind, row)));
  if (found.has('column')) {
    await eachRow<DefaultRow>(client, sql('introspect/default_list'), parsers, (row) => register.addDefault(row)).catch(closedTo('column'));
    if (serverVersion >= NAMED_NOT_NULL) await eachRow<NotNullRow>(client, sql('introspect/not_null_list'), parsers, (row) => register.addNotNull(row)).catch(closedTo('column'));
  }
  const others = kinds.filter((each) => !few.includes(each));
  const inTurn = [...others.filter(({ kind }) => !BELONGING.has(kind)), ...others.filter(({ kind }) => BELONGING.has(kind))];
  const copied = copiedRows(parsers);
  for (const kind of inTurn) {
    const row = isCopied(kind.kind) ? copied[kind.kind] : null;
    const read = row ? eachCopied(client, sql(kind.query), (line) => take(kind, row(line) as KindRow)) : eachRow<KindRow>(client, sql(kind.query), parsers, (each) => take(kind, each));
    await read.catch(closedTo(kind.kind));
    if (kind.kind === 'column') register.forgetBeforehand();
  }
  return kinds.flatMap(({ kind }) => found.get(kind)?.sort(inOrder) ?? []);
}

/** From Postgres 18 on NOT NULL is a constraint. */
const NAMED_NOT_NULL = 180_000;

async function begin(client: Client): Promise<Pick<Snapshot, 'target' | 'takenAt'>> {
  await client.query(READING);
  const target = await targetIdentity(client);
  refuseOldServer(target);
  const [moment] = (await client.query<{ taken_at: string }>(sql('introspect/taken_at'))).rows;
  if (!moment) throw new Error('introspect: the server did not say what time it is');
  return { target, takenAt: moment.taken_at };
}

/** What stands for others, and the comments, of which some hang on that. */
async function readAliases(client: Client, register: Register, parsers: Parsers): Promise<CommentTextRow[]> {
  await eachRow<AliasRow>(client, sql('introspect/alias_list'), parsers, (row) => register.addAlias(row));
  return (await client.query<CommentTextRow>(sql('introspect/comment_list'))).rows;
}

async function readSatellites(client: Client, register: Register, parsers: Parsers, comments: readonly CommentTextRow[]): Promise<SchemaObject[]> {
  const [grants = [], labels = [], ties = [], places = []] = await allRows<unknown>(client, ['grant_list', 'security_label_list', 'extension_tie_list', 'placement_list'].map((name) => sql(`introspect/${name}`)), parsers);
  return [
    grantsOf(register, grants as GrantTextRow[]), commentsOf(register, comments), labelsOf(register, labels as LabelRow[]), tiesOf(register, ties as TieRow[]), placementsOf(register, places as PlaceRow[]),
  ].flatMap((each) => each.sort(inOrder));
}

async function readSchema(client: Client, withoutEstimates: boolean, access: Access): Promise<Snapshot> {
  const begun = await begin(client);
  const register = new Register();
  const parsers = new Parsers();
  const links = new Dependencies(register);
  const read = await readKinds(client, register, parsers, access, null, begun.target.serverVersion, links);
  const objects = read.filter(({ kind }) => !isSatellite(kind));
  const satellites = read.filter(({ kind }) => isSatellite(kind));
  const comments = await readAliases(client, register, parsers);
  await eachCopied(client, sql('introspect/dependency_list'), (line) => links.add(copiedDependency(line)));
  satellites.push(...(await readSatellites(client, register, parsers, comments)));
  for (const object of satellites) if (object.kind === 'extension_tie') links.addTie(object);
  const notCompared = await client.query<{ kind: string; count: number }>(sql('introspect/not_compared'));
  const carried = await client.query<CarriedRow>(sql('introspect/table_carried_list'));
  const estimates = withoutEstimates ? [] : (await client.query<EstimateRow>(sql('introspect/table_estimate_list'))).rows;
  return {
    ...begun,
    objects,
    estimates: Object.fromEntries(estimates.map((row) => [objectId('table', row.schema, row.name), toEstimate(row)])),
    notCompared: notCompared.rows,
    satellites,
    reader: readerDigest(),
    ...(access.closed.size > 0 ? { unread: [...access.closed].map((kind) => ({ kind, why: `${capitalised(kindLabel(kind, 2))} are not compared: the role may not read the catalog that holds them.` })) } : {}),
    dependencies: links.all(),
    carried: carriedOf(register, read, carried.rows, comments),
  };
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

/** The same order on every server and in every run, because plans are made from it: by parent, columns by position, else by address. */
function inOrder(a: SchemaObject, b: SchemaObject): number {
  return compareText(a.parent ?? '', b.parent ?? '') || (a.position ?? 0) - (b.position ?? 0) || compareText(a.id, b.id);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function toEstimate({ rows, bytes, analyzed_at }: EstimateRow): TableEstimate {
  return { rows, bytes, analyzedAt: analyzed_at };
}
