import type pg from 'pg';
import type { DatabaseConfig } from '#lib/env.ts';
import { sql } from '#lib/sql.ts';
import { closeSession, connectOperator, onLastWord } from './session.ts';

/** The one direct session of a run: it holds the target's advisory lock and sends the statements, so that a zombie keeps everybody else out. */
export interface RunSession {
  client: pg.Client;
  pid: number;
  /** As text of pg_stat_activity in UTC; with the pid it names one backend for ever. */
  backendStart: string;
  applicationName: string;
  /** The server can notice within a second that this process is gone (client_connection_check_interval, 14 and newer, Linux). */
  noticesLoss: boolean;
  /** The server's deadlock_timeout, in milliseconds. */
  deadlockMs: number;
  /** The connection is gone; every further query would fail. */
  lost: boolean;
}

/** `countersign run <uuid> <attempt>`: by this name, with pid and start time, a later attempt recognises a zombie of this run. */
export function runApplicationName(runId: string, attempt: number): string {
  return `countersign run ${runId} ${attempt}`;
}

const KEEP_NAME = 'countersign keep';

/** Is this session one that keeps tables in step between the runs? It gives way within moments by itself, and loses nothing when it is ended. */
export function isKeepSession(applicationName: string): boolean {
  return applicationName.startsWith(`${KEEP_NAME} `);
}

/** Opens the session of one attempt of a run. Takes no lock yet. Refuses what connectOperator refuses. */
export async function openRunSession(config: DatabaseConfig, runId: string, attempt: number): Promise<RunSession> {
  return openNamedSession(config, runApplicationName(runId, attempt));
}

/** The same for what keeps the tables of a run in step once it has ended. */
export async function openKeepSession(config: DatabaseConfig, runId: string): Promise<RunSession> {
  return openNamedSession(config, `${KEEP_NAME} ${runId}`);
}

async function openNamedSession(config: DatabaseConfig, applicationName: string): Promise<RunSession> {
  const client = await connectOperator(config);
  try {
    await client.query(`select pg_catalog.set_config('application_name', $1, false)`, [applicationName]);
    const backend = await client.query<{ pid: number; backend_start: string }>(sql('probe/own_backend'));
    const row = backend.rows[0];
    if (!row) throw new Error('openRunSession: the server does not list this session');
    const limits = await client.query<{ deadlockMs: number }>(sql('probe/run_limits'));
    const session: RunSession = { client, pid: row.pid, backendStart: row.backend_start, applicationName, noticesLoss: await canNoticeLoss(client), deadlockMs: limits.rows[0]?.deadlockMs ?? 1_000, lost: false };
    const markLost = () => {
      session.lost = true;
    };
    onLastWord(client, markLost);
    client.on('error', markLost);
    client.on('end', markLost);
    return session;
  } catch (error) {
    await closeSession(client);
    throw error;
  }
}

/** Ends the session, dead or alive; a query under way fails as a lost connection. */
export async function closeRunSession(session: RunSession): Promise<void> {
  session.lost = true;
  await closeSession(session.client);
}

/** The setting exists on every platform since 14, but only some accept a value. */
async function canNoticeLoss(client: pg.Client): Promise<boolean> {
  await client.query('begin');
  const accepted = await client.query(`set local client_connection_check_interval = '1s'`).then(() => true, () => false);
  await client.query('rollback');
  return accepted;
}

/** True when this process got the lock that one run per database holds; it lasts as long as the session. Never waits. */
export async function tryTargetLock(session: RunSession): Promise<boolean> {
  const answer = await session.client.query<{ got: boolean }>(sql('probe/advisory_try'));
  return answer.rows[0]?.got === true;
}

export interface LockHolder {
  pid: number;
  applicationName: string;
  backendStart: string;
  state: string;
  /** It is at a statement outside a transaction, whose effect the catalog will show. */
  outside: boolean;
}

/** Who has the lock that tryTargetLock did not get; null when it was let go meanwhile. */
export async function targetLockHolder(client: pg.Client): Promise<LockHolder | null> {
  const answer = await client.query<{ pid: number; application_name: string; backend_start: string; state: string; outside: boolean }>(sql('probe/advisory_holder'));
  const row = answer.rows[0];
  return row ? { pid: row.pid, applicationName: row.application_name, backendStart: row.backend_start, state: row.state, outside: row.outside } : null;
}

/** Cancels what the run's backend does now. Pid, start time and name must all fit: never somebody else's query. */
export async function cancelBackend(client: pg.Client, backend: { pid: number; backendStart: string; applicationName: string }): Promise<boolean> {
  const answer = await client.query<{ sent: boolean }>(sql('probe/cancel_backend'), [backend.pid, backend.backendStart, backend.applicationName]);
  return answer.rows[0]?.sent === true;
}

/** Ends a backend that an earlier attempt of ours left behind. Same three conditions. */
export async function terminateBackend(client: pg.Client, backend: { pid: number; backendStart: string; applicationName: string }): Promise<boolean> {
  const answer = await client.query<{ sent: boolean }>(sql('probe/terminate_backend'), [backend.pid, backend.backendStart, backend.applicationName]);
  return answer.rows[0]?.sent === true;
}

/** Is the backend still there? */
export async function backendAlive(client: pg.Client, backend: { pid: number; backendStart: string }): Promise<boolean> {
  return (await client.query(sql('probe/backend'), [backend.pid, backend.backendStart])).rowCount === 1;
}

export type XactStatus = 'committed' | 'aborted' | 'in progress' | 'unknown' | 'future';

/** What became of a transaction of this server. `unknown`: too old to tell. `future`: this server never gave out that number. */
export async function xactStatus(client: pg.Client, xid: string): Promise<XactStatus> {
  try {
    const answer = await client.query<{ status: 'committed' | 'aborted' | 'in progress' | null }>(sql('probe/xact_status'), [xid]);
    return answer.rows[0]?.status ?? 'unknown';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '22023') return 'future';
    throw error;
  }
}
