import { EventEmitter } from 'node:events';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { DatabaseConfig } from '#lib/env.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { sql } from '#lib/sql.ts';
import { isSocketTrouble, SQLSTATE, sqlState } from './sqlstate.ts';

const CONNECT_MS = 5_000;
const READER_STATEMENT_MS = 30_000;
/** How long the client waits beyond the server's own statement_timeout before it takes the server for dead. */
const GRACE_MS = 5_000;
const CLOSE_MS = 2_000;

/**
 * The same for every session, so that what the reader measures is what the operator's statements mean: casts between time types
 * and their text form depend on these. Sent at startup, therefore stronger than ALTER DATABASE or ALTER ROLE … SET.
 */
const PINNED = ['TimeZone=UTC', 'DateStyle=ISO', 'IntervalStyle=postgres', 'standard_conforming_strings=on', 'extra_float_digits=1'];

/**
 * Opens a direct read-only session with the reader's credential, hands it to `use`, and closes it whatever happens.
 * Values come back as node-postgres gives them: int8 and numeric are text (parse counts explicitly).
 * @param options.statementTimeoutMs server-side limit per statement, default 30 s; 5 s later the client gives the server up.
 * @param options.applicationName what the server's lists of sessions call it.
 * @throws Refused database_unreachable | credential_wrong | pooled_connection | database_timeout | no_rights_in_database; any other error as it is.
 */
export async function withReader<T>(config: DatabaseConfig, use: (client: Client) => Promise<T>, options: { statementTimeoutMs?: number; applicationName?: string } = {}): Promise<T> {
  const timeout = options.statementTimeoutMs ?? READER_STATEMENT_MS;
  const settings = ['default_transaction_read_only=on', `statement_timeout=${timeout}`, `idle_in_transaction_session_timeout=${timeout + GRACE_MS}`];
  try {
    const client = await openSession(config.name, config.readerUrl, options.applicationName ?? 'countersign reader', settings, timeout + GRACE_MS);
    try {
      return await use(client);
    } finally {
      await closeSession(client);
    }
  } catch (error) {
    throw refusalFromConnection(error, config.name) ?? error;
  }
}

/**
 * Opens a direct session with the operator's credential; the caller closes it (closeSession). It has no client-side deadline of
 * its own, because a step may run for hours: keepalive finds a dead peer, and the caller sets lock and statement timeouts per step.
 * @throws Refused credential_missing | operator_cannot_write (read-only credential or standby) and what withReader refuses.
 */
export async function connectOperator(config: DatabaseConfig): Promise<Client> {
  if (config.operatorUrl === null) {
    throw new Refused('credential_missing', `No operator credential is configured for ${config.name}.`);
  }
  try {
    const client = await openSession(config.name, config.operatorUrl, 'countersign operator', [], 0);
    try {
      await refuseReadOnly(client, config.name);
      return client;
    } catch (error) {
      await closeSession(client);
      throw error;
    }
  } catch (error) {
    throw refusalFromConnection(error, config.name) ?? error;
  }
}

/** Ends a session, dead or alive, within two seconds. Never throws. */
export async function closeSession(client: Client): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), CLOSE_MS);
  });
  const ended = client.end().then(() => 'ended' as const, () => 'late' as const);
  const outcome = await Promise.race([ended, deadline]);
  clearTimeout(timer);
  if (outcome === 'late') socketOf(client)?.destroy();
}

/**
 * The refusal that a connection error or a server's "no" stands for, or null when it is a surprise. Never repeats the driver's text.
 * Aggregates (one error per address of a host name) count as unreachable.
 */
export function refusalFromConnection(error: unknown, name: string): Refused | null {
  if (error instanceof Refused) return error;
  const refuse = (code: Refused['refusal']['code'], sentence: string) => new Refused(code, sentence, { cause: error });
  const state = sqlState(error);
  switch (state) {
    case SQLSTATE.invalidPassword:
    case SQLSTATE.invalidAuthorization: return refuse('credential_wrong', `${name} refused the credential: wrong role or password, or the role may not connect from here.`);
    case SQLSTATE.invalidCatalogName: return refuse('database_unreachable', `The server answers, but it has no database of the name configured for ${name}.`);
    case SQLSTATE.insufficientPrivilege: return refuse('no_rights_in_database', `The credential for ${name} lacks a right that this needs.`);
    case SQLSTATE.tooManyConnections: return refuse('database_unreachable', `${name} has no free connections at the moment.`);
    case SQLSTATE.queryCanceled: return refuse('database_timeout', `${name} did not answer in time, and the query was given up.`);
    case SQLSTATE.lockNotAvailable: return refuse('database_timeout', `${name} could not be read, because another session holds a lock on a table. Try again when it is done.`);
    case SQLSTATE.protocolViolation: return refuse('pooled_connection', pooledSentence(name));
    case SQLSTATE.readOnlySqlTransaction: return refuse('operator_cannot_write', `The session on ${name} is read-only.`);
    case null: return refusalFromSocket(error, name);
    default: return state.startsWith('57P') || state.startsWith('08') || isFatal(error) ? refuse('database_unreachable', `${name} takes no connection or closed it: it is starting, stopping, or was told to.`) : null;
  }
}

/**
 * Calls when the server says that it ends this session. To node-postgres that is an error of the query under way like any other; that the connection
 * is gone it says only when the socket has closed, which on a busy machine is later than the next query.
 */
export function onLastWord(client: Client, told: () => void): void {
  const connection: unknown = Reflect.get(client, 'connection');
  if (connection instanceof EventEmitter) connection.on('errorMessage', (error: unknown) => { if (isFatal(error)) told(); });
}

/** FATAL ends the session whatever the code: for example a database that was told to take no connections (55000). */
function isFatal(error: unknown): boolean {
  return error instanceof Error && 'severity' in error && error.severity === 'FATAL';
}

function refusalFromSocket(error: unknown, name: string): Refused | null {
  const refuse = (code: Refused['refusal']['code'], sentence: string) => new Refused(code, sentence, { cause: error });
  if (!(error instanceof Error)) return null;
  if (error.message === 'Query read timeout') return refuse('database_timeout', `${name} stopped answering, and the connection was given up.`);
  if (/SASL|password must be a string/i.test(error.message)) return refuse('credential_wrong', `${name} refused the credential: the password is missing or wrong.`);
  if (/SSL|certificate/i.test(error.message)) return refuse('database_unreachable', `${name} and this process do not agree on an encrypted connection; check sslmode in its URL.`);
  if (isSocketTrouble(error)) return refuse('database_unreachable', `${name} cannot be reached: the server is down, the address is wrong, or the connection broke.`);
  return null;
}

function pooledSentence(name: string): string {
  return `${name} is reached through a connection pooler. Locks and transactions need a direct session: configure the server's own address.`;
}

async function openSession(name: string, url: string, applicationName: string, settings: readonly string[], queryTimeoutMs: number): Promise<Client> {
  const marker = randomUUID();
  const client = new Client({
    connectionString: withOptions(name, url, [...PINNED, ...settings, `countersign.session=${marker}`], applicationName),
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: CONNECT_MS,
    ...(queryTimeoutMs > 0 ? { query_timeout: queryTimeoutMs } : {}),
  });
  // Without a listener a connection that dies while idle would end the process; the next query reports the loss.
  client.on('error', () => {});
  try {
    await client.connect();
    await refusePooler(client, name, marker);
    return client;
  } catch (error) {
    await closeSession(client);
    throw error;
  }
}

/**
 * The URL with our startup options; parameters in a URL win over those beside it, hence in the URL itself.
 * Throws Refused when it is no postgres URL (without repeating it: it holds a password).
 */
function withOptions(name: string, url: string, settings: readonly string[], applicationName: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new Refused('database_unreachable', `The address configured for ${name} is not a postgres:// URL.`);
  }
  const given = parsed.searchParams.get('options');
  parsed.searchParams.set('options', [...(given ? [given] : []), ...settings.map((setting) => `-c ${setting}`)].join(' '));
  parsed.searchParams.set('application_name', applicationName);
  return parsed.toString();
}

/**
 * A pooler either drops startup options, or hands out other backends between statements. Both are looked for; three rounds, because an
 * idle pool may well give the same backend twice. Source: execution paper, protocol step 1.
 */
async function refusePooler(client: Client, name: string, marker: string): Promise<void> {
  const claimed = await client.query<{ pid: number }>(sql('introspect/session_claim'), [marker]);
  for (let round = 0; round < 3; round += 1) {
    const probe = await client.query<{ pid: number; word: string | null; startup: string | null }>(sql('introspect/session_probe'));
    const now = probe.rows[0];
    const same = now?.pid === claimed.rows[0]?.pid && now?.word === marker && now.startup === marker;
    if (!same) throw new Refused('pooled_connection', pooledSentence(name));
  }
}

async function refuseReadOnly(client: Client, name: string): Promise<void> {
  const probe = await client.query<{ read_only: boolean; standby: boolean }>(sql('introspect/session_probe'));
  const now = probe.rows[0];
  if (now?.standby) throw new Refused('operator_cannot_write', `${name} is a standby: it accepts no changes. Configure the primary's address for the operator.`);
  if (now?.read_only) throw new Refused('operator_cannot_write', `The operator credential of ${name} is read-only (default_transaction_read_only): it cannot run a plan.`);
}

/** node-postgres keeps its socket to itself, and end() waits for a peer that may be gone. */
function socketOf(client: Client): { destroy(): void } | null {
  const connection: unknown = Reflect.get(client, 'connection');
  if (typeof connection !== 'object' || connection === null) return null;
  const stream: unknown = Reflect.get(connection, 'stream');
  return typeof stream === 'object' && stream !== null && 'destroy' in stream && typeof stream.destroy === 'function' ? (stream as { destroy(): void }) : null;
}
