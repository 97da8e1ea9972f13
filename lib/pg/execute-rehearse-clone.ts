import { randomBytes } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { BackupEnv, DatabaseConfig, RehearsalEnv } from '#lib/env.ts';
import { logSurprise } from '#lib/log.ts';
import { ident } from '#lib/pipeline/ddl.ts';
import type { Phase } from '#lib/pipeline/plan.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { RehearsedClone } from '#lib/pipeline/rehearsal.ts';
import type { Sample } from '#lib/pipeline/sample.ts';
import { fingerprint, type TargetIdentity } from '#lib/pipeline/snapshot.ts';
import { sql } from '#lib/sql.ts';
import { type DumpTools, findDumpTools } from './execute-dump-tools.ts';
import { fillWithSample } from './execute-rehearse-fill.ts';
import { lackedBy, type ServersPart } from './execute-lacking.ts';
import { runPiped, toolEnvironment } from './execute-tool.ts';
import { targetIdentity } from './identity.ts';
import { introspect } from './introspect.ts';
import { closeSession, refusalFromConnection, withReader } from './session.ts';
import { isInDoubt, SQLSTATE, sqlState } from './sqlstate.ts';

export interface CloneTerms {
  target: DatabaseConfig;
  server: RehearsalEnv;
  /** Where pg_dump and pg_restore are looked for. */
  tools: Pick<BackupEnv, 'toolFolder' | 'environment'>;
  stopping: () => boolean;
  /** What is under way, for whoever watches. */
  stage: (text: string) => void;
  /** What will be rehearsed, and where earlier phases keep what they set aside: a sample is chosen for it. */
  phases: readonly Phase[];
  keepSchema: string;
}

/** A database like the target, on the rehearsal server, that exists while it is used. */
export interface Clone {
  /** Under the target's name; reader and operator are the role of the rehearsal server. */
  config: DatabaseConfig;
  by: RehearsedClone['by'];
  bytes: number;
  ms: number;
  sample?: Sample;
  /** What a dump left out because the rehearsal server lacks it: sentences. */
  leftOut?: readonly string[];
  /** Schema of the target when it was cloned. */
  targetFingerprint: string;
}

/** It was told to stop; nothing was found out. */
export class RehearsalStopped extends Error {}

/** A connection to the rehearsal server or to the target broke; nothing was found out either. */
export class CloneLost extends Error {}

interface Source extends ServersPart {
  identity: TargetIdentity;
  bytes: number;
  fingerprint: string;
}

const NAME = 'the rehearsal server (COUNTERSIGN_REHEARSAL_URL)';
const PREFIX = 'countersign_rehearsal_';
/** Any fixed number: one rehearsal at a time on a server, because WAL is measured for all of it; under it, every clone that is there was left behind. */
const REHEARSAL_LOCK = 7_266_393;
/** A copy by template keeps new sessions out of the target while it lasts, so that a larger database is dumped although nobody is in it. */
const TEMPLATE_MOST_BYTES = 1e9;
/** The clone, and what a plan writes beside it: at most every table once more, and its WAL. */
const ROOM_FACTOR = 2.5;
/** An empty database takes some ten megabytes, a sample and what a plan writes beside it a few more. */
const SAMPLE_ROOM_BYTES = 64e6;
const LEAVING_MS = 2_000;
const LOOK_MS = 200;
const DUMP_LOCK_WAIT_MS = 900;

/**
 * Clones the target onto the rehearsal server, hands the clone to `use`, and drops it whatever happens, together with what a killed worker left
 * there. By template where the target is on that very server, small, and nobody is in it; else by pg_dump into pg_restore, which reads the target
 * with the reader's credential under ACCESS SHARE on every table, and restores owners and grants only on the target's own server; else, where no pg_dump fits or the disk has no
 * room for all of it, the schema with a sample of the rows.
 * @throws Refused rehearsal_missing | rehearsal_unfit (another major version, no right to make databases, no sample to be had) | rehearsal_no_room,
 * and what a connection refuses; RehearsalStopped when it was told to stop.
 */
export async function withClone<T>(terms: CloneTerms, use: (clone: Clone) => Promise<T>): Promise<T> {
  const { url } = terms.server;
  if (url === null) throw new Refused('rehearsal_missing', 'COUNTERSIGN_REHEARSAL_URL is not set for the worker, so there is no server on which a plan can be rehearsed.');
  terms.stage(`reading ${terms.target.name}`);
  const source = await readSource(terms.target);
  return onServer(url, async (admin) => {
    const superuser = await refuseUnfit(admin, terms, source);
    terms.stage('waiting for the rehearsal server');
    await takeTurn(admin, terms);
    await dropClones(admin);
    const cramped = await withoutRoom(admin, terms.server, url, source, terms.target.name);
    const database = `${PREFIX}${randomBytes(6).toString('hex')}`;
    const watch = breakOff(url, database, terms.stopping, await ownBackend(admin));
    try {
      const begun = performance.now();
      const cloned = await cloneInto(admin, database, terms, source, { superuser, cramped });
      watch.cloned();
      const address = addressOf(url, database);
      const config: DatabaseConfig = { ...terms.target, readerUrl: address, operatorUrl: address };
      return await use({ config, ...cloned, bytes: source.bytes, ms: Math.round(performance.now() - begun), targetFingerprint: source.fingerprint });
    } catch (error) {
      throw terms.stopping() ? new RehearsalStopped() : isBroken(error) ? new CloneLost('a connection of the rehearsal broke', { cause: error }) : error;
    } finally {
      await watch.over();
      await dropClone(admin, database).catch(() => dropByAnother(url, database)).catch((error: unknown) => void logSurprise(error, 'dropping the clone of a rehearsal; the next one drops it'));
    }
  });
}

/** The order to break off a copy may arrive when the copy is done: once more then. */
async function dropClone(admin: Client, database: string): Promise<void> {
  const drop = `DROP DATABASE IF EXISTS ${ident(database)} WITH (FORCE)`;
  await admin.query(drop).catch((error: unknown) => {
    if (sqlState(error) === SQLSTATE.queryCanceled) return admin.query(drop);
    throw error;
  });
}

function isBroken(error: unknown): boolean {
  return error instanceof Refused ? error.refusal.code === 'database_unreachable' : isInDoubt(error);
}

const DROP_TRIES = 20;
const DROP_PAUSE_MS = 500;

/** Our own session went down with the server or was ended: a clone of production does not stay for that. */
async function dropByAnother(url: string, database: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await onServer(url, (admin) => dropClone(admin, database));
    } catch (error) {
      if (tries === DROP_TRIES) throw error;
      await sleep(DROP_PAUSE_MS);
    }
  }
}

async function ownBackend(admin: Client): Promise<number> {
  return (await admin.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid')).rows[0]?.pid ?? 0;
}

/**
 * Nobody waits for what a statement of an hour would still find out on a clone that is thrown away: as soon as the rehearsal is to stop, the copy by template is
 * broken off, and every session in the clone is ended, whatever it does.
 */
function breakOff(url: string, database: string, stopping: () => boolean, backend: number): { cloned: () => void; over: () => Promise<void> } {
  const state: { cloning: boolean; striking: Promise<void> | null } = { cloning: true, striking: null };
  const strike = (): Promise<void> => onServer(url, async (client) => {
    if (state.cloning) await client.query('SELECT pg_catalog.pg_cancel_backend($1)', [backend]);
    await client.query('SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = $1', [database]);
  }).catch(() => undefined).finally(() => {
    state.striking = null;
  });
  const look = setInterval(() => {
    if (stopping()) state.striking ??= strike();
  }, LOOK_MS);
  return {
    cloned: () => Object.assign(state, { cloning: false }),
    over: async () => {
      clearInterval(look);
      await state.striking;
    },
  };
}

/** Drops clones that nobody uses: those of workers that were killed. Does nothing while somebody rehearses there. Returns their names. */
export async function dropAbandonedClones(url: string): Promise<string[]> {
  return onServer(url, async (admin) => ((await tryTurn(admin)) ? dropClones(admin) : []));
}

async function readSource(target: DatabaseConfig): Promise<Source> {
  return withReader(target, async (client) => {
    const identity = await targetIdentity(client);
    const [row] = (await client.query<{ bytes: number } & ServersPart>(sql('probe/rehearsal_source'))).rows;
    const { objects } = await introspect(client);
    return { identity, bytes: row?.bytes ?? 0, providers: row?.providers ?? [], tablespaces: row?.tablespaces ?? [], fingerprint: fingerprint(objects) };
  });
}

/** True where the role may do everything, and so may copy a database of others with its owners. */
async function refuseUnfit(admin: Client, { target }: CloneTerms, source: Source): Promise<boolean> {
  const here = await targetIdentity(admin);
  const [theirs, ours] = [majorOf(source.identity), majorOf(here)];
  if (theirs !== ours) throw new Refused('rehearsal_unfit', `The rehearsal server runs Postgres ${ours}, and ${target.name} runs ${theirs}. A rehearsal needs the same major version.`);
  const [role] = (await admin.query<{ all: boolean; databases: boolean }>('SELECT rolsuper AS all, rolsuper OR rolcreatedb AS databases FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER')).rows;
  if (!role?.databases) throw new Refused('rehearsal_unfit', `The role configured for ${NAME} may not create databases there (ALTER ROLE … CREATEDB).`);
  return role.all && here.systemIdentifier === source.identity.systemIdentifier;
}

function majorOf({ serverVersion }: TargetIdentity): number {
  return Math.floor(serverVersion / 10_000);
}

/**
 * Why a whole clone does not fit, as a sentence; null where it does, or nobody knows. Postgres does not tell how much its disk has left: asked where the server is on
 * this machine, or said by configuration. Where not even a sample fits, it is refused.
 */
async function withoutRoom(admin: Client, server: RehearsalEnv, url: string, source: Source, target: string): Promise<string | null> {
  const room = server.roomBytes ?? (await freeHere(admin, url));
  const needed = source.bytes * ROOM_FACTOR;
  if (room === null || room >= needed) return null;
  const sentence = `${target} has ${gigabytes(source.bytes)}. Rehearsing it may take ${gigabytes(needed)}, and the rehearsal server has ${gigabytes(room)} left for it.`;
  if (room < SAMPLE_ROOM_BYTES) throw new Refused('rehearsal_no_room', sentence);
  return sentence;
}

async function freeHere(admin: Client, url: string): Promise<number | null> {
  if (!['', 'localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname)) return null;
  const folder = await admin.query<{ folder: string }>(`SELECT pg_catalog.current_setting('data_directory') AS folder`).catch(() => null);
  const there = await statfs(folder?.rows[0]?.folder ?? '').catch(() => null);
  return there === null ? null : there.bavail * there.bsize;
}

function gigabytes(bytes: number): string {
  return bytes < 1e8 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

async function tryTurn(admin: Client): Promise<boolean> {
  return (await admin.query<{ got: boolean }>('SELECT pg_catalog.pg_try_advisory_lock($1) AS got', [REHEARSAL_LOCK])).rows[0]?.got === true;
}

async function takeTurn(admin: Client, { stopping }: CloneTerms): Promise<void> {
  while (!(await tryTurn(admin))) {
    if (stopping()) throw new RehearsalStopped();
    await sleep(250);
  }
}

async function dropClones(admin: Client): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>(`SELECT datname::text AS name FROM pg_catalog.pg_database WHERE pg_catalog.starts_with(datname::text, $1)`, [PREFIX]);
  for (const { name } of rows) await admin.query(`DROP DATABASE IF EXISTS ${ident(name)} WITH (FORCE)`);
  return rows.map(({ name }) => name);
}

/** By template, else by dump, else the schema with a sample of the rows, which says why. */
async function cloneInto(admin: Client, database: string, terms: CloneTerms, source: Source, { superuser, cramped }: { superuser: boolean; cramped: string | null }): Promise<Pick<Clone, 'by' | 'sample' | 'leftOut'>> {
  if (cramped === null && superuser && source.bytes <= TEMPLATE_MOST_BYTES && (await isLeft(admin, source.identity.database)) && (await copiedAsTemplate(admin, database, terms, source))) return { by: 'template' };
  await admin.query(`CREATE DATABASE ${ident(database)} TEMPLATE template0`);
  const address = addressOf(terms.server.url ?? '', database);
  const tools = cramped ?? (await findDumpTools(majorOf(source.identity), { configured: terms.tools.toolFolder, path: terms.tools.environment['PATH'] ?? '' }));
  if (typeof tools === 'string') {
    const { target, phases, keepSchema, stopping, stage } = terms;
    return { by: 'sample', sample: await onServer(address, (clone) => fillWithSample(clone, address, { target, phases, keepSchema, stopping, stage, why: tools, stopped: () => new RehearsalStopped() })) };
  }
  const { flags, sentences } = await onServer(address, (client) => lackedBy(client, source, { copy: 'The clone', server: 'the rehearsal server' }));
  await dumpInto(database, terms, tools, [...(superuser ? [] : ['--no-owner', '--no-privileges']), ...flags]);
  terms.stage('gathering statistics of the clone, which a dump does not carry');
  await onServer(address, (client) => client.query('ANALYZE'));
  return { by: 'dump', ...(sentences.length > 0 ? { leftOut: sentences } : {}) };
}

/** False: somebody came in meanwhile. */
async function copiedAsTemplate(admin: Client, database: string, terms: CloneTerms, source: Source): Promise<boolean> {
  terms.stage(`copying ${terms.target.name} as a template`);
  return admin.query(`CREATE DATABASE ${ident(database)} TEMPLATE ${ident(source.identity.database)}`).then(() => true, (error: unknown) => {
    if (sqlState(error) === SQLSTATE.objectInUse) return false;
    throw error;
  });
}

/** Nobody is in the database, or whoever was has left within two seconds: readings come and go. */
async function isLeft(admin: Client, database: string): Promise<boolean> {
  for (const begun = performance.now(); ; await sleep(100)) {
    const { rows } = await admin.query<{ sessions: number }>(sql('probe/sessions_in'), [database]);
    if (rows[0]?.sessions === 0) return true;
    if (performance.now() - begun > LEAVING_MS) return false;
  }
}

async function dumpInto(database: string, terms: CloneTerms, tools: DumpTools, without: readonly string[]): Promise<void> {
  terms.stage(`pg_dump ${tools.version} of ${terms.target.name} into the rehearsal server`);
  const { environment } = terms.tools;
  const end = await runPiped(
    // A subscription of the clone would take part in somebody's replication.
    { program: tools.dump, args: ['--format=custom', '--compress=0', '--no-password', '--no-subscriptions', `--lock-wait-timeout=${DUMP_LOCK_WAIT_MS}`], environment: toolEnvironment(terms.target.readerUrl, 'countersign rehearsal dump', environment) },
    { program: tools.restore, args: ['--exit-on-error', ...without, '--no-password', `--dbname=${database}`], environment: toolEnvironment(addressOf(terms.server.url ?? '', database), 'countersign rehearsal restore', environment) },
    terms.stopping,
  );
  if (end.ended === 'stopped') throw new RehearsalStopped();
  if (end.ended === 'failed') throw new Refused('rehearsal_unfit', cloneSentence(end.by, end.said, terms.target.name));
}

function cloneSentence(by: 'first' | 'second', said: string, target: string): string {
  if (by === 'first' && /lock timeout/.test(said)) return `A table of ${target} was locked, so that it could not be dumped. Try again.`;
  const missing = /role "([^"]+)" does not exist/.exec(said)?.[1] ?? /extension "([^"]+)" is not available/.exec(said)?.[1];
  if (by === 'second' && missing !== undefined) return `${target} could not be cloned: the rehearsal server has no “${missing}”.`;
  const errorId = logSurprise(new Error(said), by === 'first' ? 'pg_dump for a rehearsal' : 'pg_restore for a rehearsal');
  return `${target} could not be cloned: ${by === 'first' ? 'pg_dump' : 'pg_restore'} ended with an error (error id ${errorId} in the worker's log).`;
}

function addressOf(url: string, database: string): string {
  const address = new URL(url);
  address.pathname = `/${database}`;
  return address.toString();
}

async function onServer<T>(url: string, use: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({ connectionString: url, application_name: 'countersign rehearsal', connectionTimeoutMillis: 5_000, keepAlive: true });
  admin.on('error', () => undefined);
  try {
    await admin.connect().catch((error: unknown) => {
      throw refusalFromConnection(error, NAME) ?? error;
    });
    return await use(admin);
  } finally {
    await closeSession(admin);
  }
}
