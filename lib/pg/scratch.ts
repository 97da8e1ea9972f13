import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { ident, literal } from '#lib/pipeline/ddl.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { closeSession, refusalFromConnection } from './session.ts';
import { targetIdentity } from './identity.ts';
import { refuseOldServer } from './introspect.ts';
import { SQLSTATE, sqlState } from './sqlstate.ts';

/** A Postgres server on which texts may be replayed. */
export interface ScratchServer {
  /** How sentences call it. */
  name: string;
  /** A role that may create databases and roles; it need not be, and on a shared server should not be, a superuser. */
  url: string;
  /**
   * True for a server that exists for this replay alone: what only a superuser may do (event triggers, operator classes, untrusted extensions …)
   * is then done for the text, statement by statement. False: it is refused by name.
   */
  lends: boolean;
  /** System identifiers of servers with databases under review: nothing is ever replayed there. */
  never?: readonly string[];
}

/** A database that exists while a text is replayed. */
export interface Scratch {
  server: ScratchServer;
  database: string;
  /** The role that runs the text: it owns the database and nothing else. */
  runner: string;
  /** The address of the database for the runner. */
  url: string;
  /** A session of the runner: the text is run and read here. */
  client: Client;
  /** A session in the same database of the server's own role; only where the server lends. */
  lender: Client | null;
  /** Who that session is. */
  lenderRole: string | null;
  /** Makes roles that a text names and the server does not have; they go with the database. */
  makeRoles: (roles: readonly string[]) => Promise<void>;
}

const PREFIX = 'countersign_scratch_';
const RUNNER = 'countersign_runner_';
/** Any fixed number: two replays on one server stand in line, because roles belong to the server and not to a database. */
const SCRATCH_LOCK = 7_266_392;
const CONNECT_MS = 5_000;
/** A lent statement waits for nobody: only the text's own open transaction could hold a lock. */
const LENDER_OPTIONS = '-c lock_timeout=2s -c session_replication_role=replica';

/**
 * Makes a database and a role of its own for it, hands both to `use`, and removes them whatever happens, together with what a killed process
 * left behind before. Text is run by a role that owns this one database, never by the role of the server's address.
 * @throws Refused scratch_unfit (it may not create databases or roles, holds a database under review, or is older than 14), and what a
 * connection refuses.
 */
export async function withScratch<T>(server: ScratchServer, roles: readonly string[], use: (scratch: Scratch) => Promise<T>): Promise<T> {
  const admin = await connect(server, server.url, 'countersign scratch');
  try {
    const version = await refuseUnfit(server, admin);
    await takeTurn(server, admin);
    await removeLeftovers(admin);
    const key = randomBytes(6).toString('hex');
    const made: string[] = [];
    try {
      return await inside(server, admin, { key, roles, made, version }, use);
    } finally {
      await remove(admin, `${PREFIX}${key}`, [...made, `${RUNNER}${key}`]);
    }
  } catch (error) {
    throw unfit(server, error) ?? refusalFromConnection(error, server.name) ?? error;
  } finally {
    await closeSession(admin);
  }
}

/** One replay at a time; whoever waited for a minute is told so. */
async function takeTurn(server: ScratchServer, admin: Client): Promise<void> {
  await admin.query(`SET lock_timeout = '60s'`);
  await admin.query('SELECT pg_catalog.pg_advisory_lock($1)', [SCRATCH_LOCK]).catch((error: unknown) => {
    if (sqlState(error) !== SQLSTATE.lockNotAvailable) throw error;
    throw new Refused('database_timeout', `Other SQL has been replayed on ${server.name} for a minute. Try again when it is done.`, { cause: error });
  });
  await admin.query('SET lock_timeout = DEFAULT');
}

async function inside<T>(server: ScratchServer, admin: Client, { key, roles, made, version }: { key: string; roles: readonly string[]; made: string[]; version: number }, use: (scratch: Scratch) => Promise<T>): Promise<T> {
  const runner = `${RUNNER}${key}`;
  const database = `${PREFIX}${key}`;
  const password = randomBytes(18).toString('base64url');
  // For DO blocks that make their roles. Before 16 this right could be turned into any other one.
  const mayMakeRoles = server.lends && version >= 160_000;
  await admin.query(`CREATE ROLE ${ident(runner)} LOGIN PASSWORD ${literal(password)} NOSUPERUSER NOCREATEDB ${mayMakeRoles ? 'CREATEROLE' : 'NOCREATEROLE'} NOREPLICATION`);
  await admin.query(`GRANT ${ident(runner)} TO CURRENT_USER`);
  await admin.query(`CREATE DATABASE ${ident(database)} OWNER ${ident(runner)} TEMPLATE template0 ENCODING 'UTF8'`);
  await makeRoles(admin, runner, roles, made);
  const url = addressOf(server.url, database, { user: runner, password });
  const client = await connect(server, url, 'countersign replay');
  const lender = server.lends ? await connect(server, addressOf(server.url, database, null), 'countersign lender', LENDER_OPTIONS) : null;
  try {
    const lenderRole = lender ? (await lender.query<{ name: string }>('SELECT CURRENT_USER::text AS name')).rows[0]?.name ?? null : null;
    return await use({ server, database, runner, url, client, lender, lenderRole, makeRoles: (more) => makeRoles(admin, runner, more, made) });
  } finally {
    await closeSession(client);
    if (lender) await closeSession(lender);
  }
}

/** Roles that the text names and the server does not have: without rights and without a password, gone afterwards. */
async function makeRoles(admin: Client, runner: string, roles: readonly string[], made: string[]): Promise<void> {
  const { rows } = await admin.query<{ name: string }>('SELECT rolname::text AS name FROM pg_catalog.pg_roles WHERE rolname = ANY ($1)', [roles]);
  for (const role of roles.filter((name) => !rows.some((row) => row.name === name) && !name.startsWith('pg_'))) {
    await admin.query(`CREATE ROLE ${ident(role)} NOLOGIN`);
    made.push(role);
    await admin.query(`GRANT ${ident(role)} TO ${ident(runner)}`);
  }
}

async function refuseUnfit(server: ScratchServer, admin: Client): Promise<number> {
  const identity = await targetIdentity(admin);
  refuseOldServer({ database: server.name, serverVersion: identity.serverVersion });
  if (server.never?.includes(identity.systemIdentifier)) throw new Refused('scratch_unfit', `${server.name} is the server of a database under review. SQL is replayed only on a server of its own.`);
  return identity.serverVersion;
}

/** Under the lock nobody else replays here: what is there was left behind by a process that was killed. */
async function removeLeftovers(admin: Client): Promise<void> {
  const databases = await admin.query<{ name: string }>(`SELECT datname::text AS name FROM pg_catalog.pg_database WHERE datname ^@ '${PREFIX}'`);
  const runners = await admin.query<{ name: string }>(`SELECT rolname::text AS name FROM pg_catalog.pg_roles WHERE rolname ^@ '${RUNNER}'`);
  for (const { name } of databases.rows) await admin.query(`DROP DATABASE IF EXISTS ${ident(name)} WITH (FORCE)`).catch(unlessAnothers);
  for (const { name } of runners.rows) await admin.query(`DROP ROLE IF EXISTS ${ident(name)}`).catch(unlessAnothers);
}

/** A role that had more rights replayed here before: what it left is not ours to remove, and stands in nobody's way. */
function unlessAnothers(error: unknown): void {
  if (sqlState(error) !== SQLSTATE.insufficientPrivilege && sqlState(error) !== SQLSTATE.dependentObjectsStillExist) throw error;
}

async function remove(admin: Client, database: string, roles: readonly string[]): Promise<void> {
  // Best effort: where the connection is gone, the next replay clears up.
  await admin.query(`DROP DATABASE IF EXISTS ${ident(database)} WITH (FORCE)`).catch(() => undefined);
  for (const role of roles) await admin.query(`DROP ROLE IF EXISTS ${ident(role)}`).catch(() => undefined);
}

async function connect(server: ScratchServer, url: string, applicationName: string, options = ''): Promise<Client> {
  if (!URL.canParse(url)) throw new Refused('scratch_unfit', `The address configured for ${server.name} is not a postgres:// URL.`);
  const client = new Client({ connectionString: url, application_name: applicationName, connectionTimeoutMillis: CONNECT_MS, keepAlive: true, ...(options === '' ? {} : { options }) });
  client.on('error', () => {});
  await client.connect();
  return client;
}

function addressOf(url: string, database: string, who: { user: string; password: string } | null): string {
  const address = new URL(url);
  address.pathname = `/${database}`;
  if (who) {
    address.username = who.user;
    address.password = who.password;
  }
  return address.toString();
}

function unfit(server: ScratchServer, error: unknown): Refused | null {
  if (error instanceof Refused || sqlState(error) !== SQLSTATE.insufficientPrivilege) return null;
  return new Refused('scratch_unfit', `The role configured for ${server.name} may not create databases and roles there, which replaying SQL needs (ALTER ROLE … CREATEDB CREATEROLE).`, { cause: error });
}
