import type { Client } from 'pg';
import { sha256 } from '#lib/pipeline/digest.ts';
import { isSatellite, KINDS } from '#lib/pipeline/kinds/all.ts';
import type { Kind } from '#lib/pipeline/kinds/kind.ts';
import { type Carried, objectId, type SchemaObject, type Snapshot, type TableEstimate } from '#lib/pipeline/snapshot.ts';
import { sql } from '#lib/sql.ts';
import { targetIdentity } from './identity.ts';
import { allRows, eachRow, Parsers } from './each-row.ts';
import { type AddressedRow, commentsOf, type CommentTextRow, Dependencies, type DependencyRow, grantsOf, type GrantTextRow, Register, withColumnNames } from './introspect-links.ts';
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

interface EstimateRow {
  schema: string;
  name: string;
  rows: number | null;
  bytes: number;
  analyzed_at: string | null;
}
interface CarriedRow {
  schema: string;
  name: string;
  owner: string;
  grants: Carried['grants'];
  comment: string | null;
  column_grants: Carried['columnGrants'];
  column_comments: Record<string, string>;
}

/**
 * Reads the whole schema of the connected database in one REPEATABLE READ READ ONLY transaction of its own: one query per object kind,
 * however many objects there are. Leaves out system schemas, temporary objects, members of extensions, and Countersign's own schemas.
 * search_path is empty inside, so that every text of pg_get_* is fully qualified whatever the database or role has set.
 * Lock: ACCESS SHARE on the catalogs; for a moment on tables (sizes, and expressions, which the server deparses under it).
 * The server's pg_get_* functions see changes that commit meanwhile: when an object vanishes under them, it reads again, three times at most.
 * With `inTransaction` it reads in the caller's transaction instead, so that schema and rows are of one instant; settings are put back
 * afterwards, and a vanished object is thrown at once (Vanished), because the caller's snapshot would show it again.
 * The caller's lock_timeout holds then. `withoutEstimates` leaves sizes out, which alone need a lock on every table.
 * @throws the server's error when it still fails (55P03: a table stays locked).
 */
export async function introspect(client: Client, options: { inTransaction?: boolean; withoutEstimates?: boolean } = {}): Promise<Snapshot> {
  if (options.inTransaction) return introspectWithin(client, options.withoutEstimates ?? false);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await introspectOnce(client);
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {});
      if (attempt === ATTEMPTS || !(error instanceof Vanished || sqlState(error) === SQLSTATE.internalError)) throw error;
    }
  }
}

async function introspectOnce(client: Client): Promise<Snapshot> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await client.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
  const snapshot = await readSchema(client, false);
  await client.query('COMMIT');
  return snapshot;
}

async function introspectWithin(client: Client, withoutEstimates: boolean): Promise<Snapshot> {
  await client.query('SAVEPOINT countersign_introspect');
  try {
    return await readSchema(client, withoutEstimates);
  } catch (error) {
    throw sqlState(error) === SQLSTATE.internalError ? new Vanished() : error;
  } finally {
    // Nothing was written: going back only undoes the settings, and clears a failure.
    await client.query('ROLLBACK TO SAVEPOINT countersign_introspect').catch(() => {});
    await client.query('RELEASE SAVEPOINT countersign_introspect').catch(() => {});
  }
}

type KindRow = Record<string, unknown> & AddressedRow;

/** Kinds of which there can be very many: one by one, their rows are forgotten as they come in. All others come in one round trip. */
const MANY: ReadonlySet<string> = new Set(['table', 'column', 'constraint', 'index']);

/** search_path: names come qualified. jit: short catalog queries with many expressions cost more to compile than to run. */
const READING = [
  `SET LOCAL search_path = ''`, 'SET LOCAL quote_all_identifiers = off', 'SET LOCAL jit = off',
  // In a catalog that was never analysed the server expects one row everywhere, and would walk through thousands for each of thousands.
  'SET LOCAL enable_nestloop = off',
].join('; ');

async function readKinds(client: Client, register: Register, parsers: Parsers): Promise<SchemaObject[]> {
  const kinds = KINDS.filter(({ kind }) => kind !== 'comment' && kind !== 'grant');
  const found = new Map(kinds.map(({ kind }) => [kind, [] as SchemaObject[]]));
  const take = (kind: Kind, row: KindRow) => {
    // pg_get_*def answers null, not an error, for an object that is gone.
    if (row.definition === null) throw new Vanished();
    const object = kind.fromRow(kind.kind === 'constraint' || kind.kind === 'index' ? withColumnNames(register, row) : row);
    register.add(kind, row, object);
    found.get(kind.kind)?.push(object);
  };
  const few = kinds.filter(({ kind }) => !MANY.has(kind));
  const results = await allRows<KindRow>(client, few.map(({ query }) => sql(query)), parsers);
  few.forEach((kind, at) => results[at]?.forEach((row) => take(kind, row)));
  for (const kind of kinds.filter((each) => MANY.has(each.kind))) await eachRow<KindRow>(client, sql(kind.query), parsers, (row) => take(kind, row));
  return kinds.flatMap(({ kind }) => found.get(kind)?.sort(inOrder) ?? []);
}

async function readSchema(client: Client, withoutEstimates: boolean): Promise<Snapshot> {
  await client.query(READING);
  const target = await targetIdentity(client);
  const [moment] = (await client.query<{ taken_at: string }>(sql('introspect/taken_at'))).rows;
  if (!moment) throw new Error('introspect: the server did not say what time it is');
  const register = new Register();
  const parsers = new Parsers();
  const read = await readKinds(client, register, parsers);
  const objects = read.filter(({ kind }) => !isSatellite(kind));
  const satellites = read.filter(({ kind }) => isSatellite(kind));
  await eachRow<{ oid: number; relation: number; position: number }>(client, sql('introspect/default_dependency_list'), parsers, (row) => register.addDefault(row));
  const links = new Dependencies(register);
  await eachRow<DependencyRow>(client, sql('introspect/dependency_list'), parsers, (row) => links.add(row));
  const grants = await client.query<GrantTextRow>(sql('introspect/grant_list'));
  const comments = await client.query<CommentTextRow>(sql('introspect/comment_list'));
  satellites.push(...grantsOf(register, grants.rows).sort(inOrder), ...commentsOf(register, comments.rows).sort(inOrder));
  const notCompared = await client.query<{ kind: string; count: number }>(sql('introspect/not_compared'));
  const carried = await client.query<CarriedRow>(sql('introspect/table_carried_list'));
  const estimates = withoutEstimates ? [] : (await client.query<EstimateRow>(sql('introspect/table_estimate_list'))).rows;
  return {
    target,
    takenAt: moment.taken_at,
    objects,
    estimates: Object.fromEntries(estimates.map((row) => [objectId('table', row.schema, row.name), toEstimate(row)])),
    notCompared: notCompared.rows,
    satellites,
    reader: readerDigest(),
    dependencies: links.all(),
    carried: Object.fromEntries(carried.rows.map((row) => [objectId('table', row.schema, row.name), toCarried(row)])),
  };
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

function toCarried({ owner, grants, comment, column_grants, column_comments }: CarriedRow): Carried {
  return { owner, grants, comment, columnGrants: column_grants, columnComments: column_comments };
}
