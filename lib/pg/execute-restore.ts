import { randomUUID } from 'node:crypto';
import { access } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { logSurprise } from '#lib/log.ts';
import { ident } from '#lib/pipeline/ddl.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { AssertionResult } from '#lib/pipeline/run.ts';
import { fingerprint } from '#lib/pipeline/snapshot.ts';
import { sql } from '#lib/sql.ts';
import { countRows, type DumpFile, hashOf } from './execute-dump.ts';
import type { ToolTerms } from './execute-dump-tools.ts';
import { lackedBy } from './execute-lacking.ts';
import { lostConnection, runTool, toolEnvironment } from './execute-tool.ts';
import { introspect } from './introspect.ts';
import { refusalFromConnection } from './session.ts';

export type RestoreEnd =
  | { ended: 'done'; assertions: readonly AssertionResult[]; rows: number; ms: number; leftOut: readonly string[] }
  | { ended: 'differs'; assertions: readonly AssertionResult[] }
  | { ended: 'stopped' }
  /** A connection to the scratch server broke; nothing of it stands. */
  | { ended: 'broken' }
  | { ended: 'failed'; sentence: string; errorId: string | null };

export interface RestoreTerms extends ToolTerms {
  /** A server on which databases may be created; the database of the URL is only where one connects. */
  restoreUrl: string;
  file: DumpFile;
}

const LOOK_MS = 500;

/**
 * Restores a dump into a database made for it, compares schema fingerprint and every table's rows with what was counted in the dump's own
 * snapshot, and drops the database again, whatever happened. Scratch databases that an earlier attempt of the run left are dropped first.
 * Security labels and tablespaces that the scratch server lacks are left out, and said (`leftOut`). Owners and grants are restored as they were only where the scratch server has the roles; they are not part of the comparison.
 */
export async function testRestore(terms: RestoreTerms): Promise<RestoreEnd> {
  if (!(await access(terms.file.path).then(() => true, () => false))) return failed(`The dump ${terms.file.path} is not on this machine: the worker that made it runs elsewhere, or the file was removed.`);
  terms.stage(0, 'hash the file again');
  const sha256 = await hashOf(terms.file.path, terms.stopping);
  if (sha256 === null) return { ended: 'stopped' };
  if (sha256 !== terms.file.sha256) return failed(`The file ${terms.file.path} is not the one that was dumped: its sha256 differs.`);
  const prefix = scratchPrefix(terms.runId);
  const database = `${prefix}${randomUUID().slice(0, 8)}`;
  return onServer(terms.restoreUrl, async (admin) => {
    await dropScratch(admin, prefix);
    await admin.query(`CREATE DATABASE ${ident(database)} TEMPLATE template0`);
    try {
      return await restoreInto(terms, database);
    } finally {
      await dropScratch(admin, prefix);
    }
  });
}

/**
 * One name per run, so that what a dead worker left is found and dropped by the next. Not the name of what SQL is replayed in: where both use one server, a
 * replay takes every such database for something left behind, and dropped the one of a restore test under its hands.
 */
export function scratchPrefix(runId: string): string {
  return `countersign_restore_${runId.replaceAll('-', '').slice(0, 12)}_`;
}

async function restoreInto(terms: RestoreTerms, database: string): Promise<RestoreEnd> {
  const begun = performance.now();
  const url = new URL(terms.restoreUrl);
  url.pathname = `/${database}`;
  const applicationName = `countersign restore ${terms.runId} ${terms.attempt}`;
  terms.stage(1, `pg_restore ${terms.tools.version} into ${database}`);
  const state = { over: false };
  const following = follow(url.toString(), applicationName, terms, state);
  const servers = terms.file.content.servers ?? { providers: [], tablespaces: [] };
  const { flags, sentences: leftOut } = await onServer(url.toString(), (client) => lackedBy(client, servers, { copy: 'The restored copy', server: 'the scratch server' }));
  const args = ['--exit-on-error', '--no-owner', '--no-privileges', ...flags, '--no-password', `--dbname=${database}`, terms.file.path];
  const end = await runTool({ program: terms.tools.restore, args, environment: toolEnvironment(url.toString(), applicationName, terms.environment), stopping: terms.stopping });
  state.over = true;
  await following;
  if (end.ended === 'stopped') return { ended: 'stopped' };
  if (end.ended === 'failed' && lostConnection(end.said)) return { ended: 'broken' };
  if (end.ended === 'failed') return { ended: 'failed', sentence: restoreSentence(end.said), errorId: logSurprise(new Error(end.said), 'pg_restore') };
  terms.stage(2, 'compare the restored database with the dumped one');
  const assertions = await onServer(url.toString(), (client) => compare(client, terms.file));
  if (assertions.some((one) => !one.ok)) return { ended: 'differs', assertions };
  return { ended: 'done', assertions, rows: Object.values(terms.file.content.rows).reduce((sum, rows) => sum + rows, 0), ms: Math.round(performance.now() - begun), leftOut };
}

function restoreSentence(said: string): string {
  const missing = /role "([^"]+)" does not exist/.exec(said)?.[1] ?? /extension "([^"]+)" is not available/.exec(said)?.[1];
  return missing === undefined ? 'pg_restore ended with an error: the dump could not be restored on the scratch server.' : `The dump could not be restored: the scratch server has no “${missing}”.`;
}

async function compare(client: Client, { content }: DumpFile): Promise<AssertionResult[]> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const { objects } = await introspect(client, { inTransaction: true, withoutEstimates: true });
  const tables = (await client.query<{ schema: string; name: string }>(sql('measure/dump_tables'))).rows;
  const rows = await countRows(client, tables);
  await client.query('COMMIT');
  const now = fingerprint(objects);
  const differing = [...new Set([...Object.keys(content.rows), ...Object.keys(rows)])].filter((table) => content.rows[table] !== rows[table]);
  return [
    { label: 'schema fingerprint of the restored database', expected: content.fingerprint.slice(0, 12), actual: now.slice(0, 12), ok: content.fingerprint === now },
    { label: 'tables with another number of rows than when dumped', expected: '0', actual: String(differing.length), ok: differing.length === 0 },
    ...differing.slice(0, 20).map((table): AssertionResult => ({ label: `rows of ${table}`, expected: String(content.rows[table] ?? 'no such table'), actual: String(rows[table] ?? 'no such table'), ok: false })),
  ];
}

/** COPY FROM of the restore, as its own server tells it. The total is exact: it was counted when dumping. */
async function follow(url: string, applicationName: string, terms: RestoreTerms, state: { over: boolean }): Promise<void> {
  const total = Object.values(terms.file.content.rows).reduce((sum, rows) => sum + rows, 0);
  const seen = new Map<string, number>();
  await onServer(url, async (client) => {
    while (!state.over) {
      const { rows } = await client.query<{ name: string; rows: number }>(sql('probe/restore_progress'), [applicationName]);
      const now = new Set(rows.map((row) => row.name));
      for (const row of rows) seen.set(row.name, row.rows);
      for (const [name, count] of seen) if (!now.has(name)) seen.set(name, Math.max(count, terms.file.content.rows[name] ?? 0));
      if (seen.size > 0) terms.progress(`pg_restore ${terms.tools.version}`, Math.min(total, Math.round([...seen.values()].reduce((sum, one) => sum + one, 0))), total, 'pg_stat_progress_copy, total counted when dumping');
      for (let waited = 0; waited < LOOK_MS && !state.over; waited += 50) await sleep(50);
    }
  }).catch((error: unknown) => void logSurprise(error, 'following pg_restore'));
}

/** Only databases of this very run: the prefix holds twelve digits of its id. */
async function dropScratch(admin: Client, prefix: string): Promise<void> {
  const { rows } = await admin.query<{ datname: string }>('SELECT datname FROM pg_catalog.pg_database WHERE starts_with(datname, $1)', [prefix]);
  for (const { datname } of rows) await admin.query(`DROP DATABASE IF EXISTS ${ident(datname)} WITH (FORCE)`);
}

async function onServer<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'countersign scratch', connectionTimeoutMillis: 5_000, keepAlive: true });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await use(client);
  } catch (error) {
    const refused = refusalFromConnection(error, 'the server for restore tests (COUNTERSIGN_RESTORE_URL)');
    throw refused instanceof Refused ? refused : error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function failed(sentence: string): RestoreEnd {
  return { ended: 'failed', sentence, errorId: null };
}
