import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { DatabaseConfig } from '#lib/env.ts';
import { logSurprise } from '#lib/log.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { fingerprint } from '#lib/pipeline/snapshot.ts';
import { sql } from '#lib/sql.ts';
import type { ToolTerms } from './execute-dump-tools.ts';
import type { ServersPart } from './execute-lacking.ts';
import { lostConnection, runTool, toolEnvironment } from './execute-tool.ts';
import { introspect } from './introspect.ts';
import { refusalFromConnection, withReader } from './session.ts';

/** What a dump holds, counted in the very snapshot that pg_dump read. */
export interface DumpContent {
  /** Exact rows by `schema.name`. */
  rows: Readonly<Record<string, number>>;
  fingerprint: string;
  /** A dump of a version that did not look has none. */
  servers?: ServersPart;
}

export interface DumpFile {
  path: string;
  bytes: number;
  sha256: string;
  /** Entries of the archive's list, and of them the data of a table. */
  entries: number;
  tables: number;
  ms: number;
  tool: string;
  content: DumpContent;
}

export type DumpEnd =
  | { ended: 'done'; file: DumpFile }
  | { ended: 'stopped' }
  /** A table was locked ACCESS EXCLUSIVE; trying again may help. */
  | { ended: 'locked' }
  /** Its connection broke; nothing of it stands. */
  | { ended: 'broken' }
  | { ended: 'failed'; sentence: string; errorId: string | null };

export interface DumpTerms extends ToolTerms {
  /** Dumped with the reader's credential, which may read every table and write nothing. */
  config: DatabaseConfig;
  directory: string;
  /** Without extension; the same for every attempt, so that a dump that is done again replaces the one before. */
  name: string;
}

interface DumpedTable {
  relation: string;
  schema: string;
  name: string;
  rows: number | null;
  readable: boolean;
  hidden: boolean;
}

/** Waiting longer than this for one table's ACCESS SHARE would put the dump, and all behind it, into a queue. Milliseconds. */
const LOCK_WAIT_MS = 900;
const LOOK_MS = 500;
/** A dump may run for a day; the sessions beside it must not be cut off before it. */
const LONGEST_MS = 24 * 3_600_000;

/**
 * Dumps the whole database with pg_dump in custom format, beside its final name, reads the archive back, and renames it: a file without
 * `.part` is a whole dump. Rows and schema are counted in the snapshot that pg_dump uses, so that a restored copy can be compared to the row.
 * Lock: ACCESS SHARE on all tables for the whole time, which makes every ACCESS EXCLUSIVE wait: to be finished before the first of those.
 * What earlier attempts of the run left (sessions, `.part` files) is removed first. The password is in the environment of the tool alone.
 * Source: execution paper, section 1, row pg_dump, and section 3.7.
 */
export async function takeDump(terms: DumpTerms): Promise<DumpEnd> {
  const applicationName = dumpApplicationName(terms.runId, terms.attempt);
  const part = join(terms.directory, `${terms.name}.${terms.attempt}.part`);
  try {
    return await withReader(
      terms.config,
      async (client) => {
        await client.query(sql('probe/dump_sessions_end'), [`countersign dump ${terms.runId} `, applicationName]);
        await clearParts(terms);
        return dumpInSnapshot(client, terms, applicationName, part);
      },
      // Its transaction has a lock on every table for as long as it stands, also where the worker froze in it.
      { statementTimeoutMs: LONGEST_MS, applicationName: `${applicationName} count` },
    );
  } catch (error) {
    if (error instanceof Refused) throw error;
    const full = codeOf(error) === 'ENOSPC';
    if (!full && !['EACCES', 'ENOENT', 'EROFS', 'ENOTDIR', 'EPERM'].includes(codeOf(error) ?? '')) throw error;
    const sentence = full ? `There is no space left in ${terms.directory}.` : `The worker cannot write into ${terms.directory}, where COUNTERSIGN_BACKUP_DIR says that dumps go.`;
    return { ended: 'failed', sentence, errorId: logSurprise(error, 'writing a dump') };
  } finally {
    await rm(part, { force: true }).catch(() => undefined);
  }
}

/** By this name an attempt finds its own tool's session, and what an earlier one left behind. */
export function dumpApplicationName(runId: string, attempt: number): string {
  return `countersign dump ${runId} ${attempt}`;
}

async function clearParts({ directory, name }: DumpTerms): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const file of await readdir(directory)) if (file.startsWith(`${name}.`) && file.endsWith('.part')) await rm(join(directory, file), { force: true });
}

async function dumpInSnapshot(client: Client, terms: DumpTerms, applicationName: string, part: string): Promise<DumpEnd> {
  const begun = performance.now();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await client.query(`SET LOCAL idle_in_transaction_session_timeout = 0`);
  const exported = await client.query<{ snapshot: string }>('SELECT pg_catalog.pg_export_snapshot() AS snapshot');
  const tables = (await client.query<DumpedTable>(sql('measure/dump_tables'))).rows;
  const refusal = unreadable(tables);
  if (refusal) return { ended: 'failed', sentence: refusal, errorId: null };
  // Made before the tool opens it, so that nobody else can read it at any moment.
  await writeFile(part, '', { mode: 0o600 });
  await chmod(part, 0o600);
  terms.stage(0, `pg_dump ${terms.tools.version}`);
  const state = { over: false };
  const environment = toolEnvironment(terms.config.readerUrl, applicationName, terms.environment);
  const args = ['--format=custom', '--no-password', `--snapshot=${exported.rows[0]?.snapshot ?? ''}`, `--lock-wait-timeout=${LOCK_WAIT_MS}`, `--file=${part}`];
  const counting = contentOf(client, tables);
  // It may fail while nobody waits for it yet; whoever awaits it later is told.
  counting.catch(() => undefined);
  const following = follow(terms, applicationName, tables, state);
  const end = await runTool({ program: terms.tools.dump, args, environment, stopping: terms.stopping });
  state.over = true;
  await following;
  if (end.ended === 'stopped') return { ended: 'stopped' };
  if (end.ended === 'failed') {
    await expectHeld(client, counting, terms.config.name);
    return dumpFailure(end.said, terms);
  }
  terms.stage(1, 'count what was dumped, in the same snapshot');
  const content = await counting;
  await client.query('COMMIT');
  return readBack(terms, part, content, tables, Math.round(performance.now() - begun));
}

const HELD_MS = 1_000;

/**
 * Without the session that holds the snapshot a tool says only that there is none of that name, and what broke is the connection.
 * @throws Refused when that session is gone; one that is still counting after a second is there.
 */
async function expectHeld(client: Client, counting: Promise<unknown>, name: string): Promise<void> {
  const asked = counting.then(() => client.query('SELECT'));
  const gone = await Promise.race([asked.then(() => null, (error: unknown) => refusalFromConnection(error, name)), sleep(HELD_MS, null)]);
  if (gone) throw gone;
}

function unreadable(tables: readonly DumpedTable[]): string | null {
  const blind = tables.find((table) => !table.readable);
  if (blind) return `The reader's credential may not read ${blind.schema}.${blind.name}, and a dump without it would not be whole.`;
  const hidden = tables.find((table) => table.hidden);
  return hidden ? `Row security hides rows of ${hidden.schema}.${hidden.name} from the reader's credential, and pg_dump refuses to leave them out. Give the reader BYPASSRLS.` : null;
}

async function contentOf(client: Client, tables: readonly DumpedTable[]): Promise<DumpContent> {
  const { objects } = await introspect(client, { inTransaction: true, withoutEstimates: true });
  const [servers] = (await client.query<ServersPart>(sql('probe/rehearsal_source'))).rows;
  return { rows: await countRows(client, tables), fingerprint: fingerprint(objects), ...(servers ? { servers: { providers: servers.providers, tablespaces: servers.tablespaces } } : {}) };
}

/** Exact rows of each table in the caller's snapshot. Lock: ACCESS SHARE. */
export async function countRows(client: Client, tables: readonly { schema: string; name: string }[]): Promise<Record<string, number>> {
  const rows: Record<string, number> = {};
  for (const { schema, name } of tables) {
    const answer = await client.query<{ rows: string }>(sql('measure/row_count', { table: { schema, name } }));
    rows[`${schema}.${name}`] = Number(answer.rows[0]?.rows);
  }
  return rows;
}

/** Tells how many rows went out. What a table ended with between two looks is the planner's estimate, so the whole is one. */
async function follow(terms: DumpTerms, applicationName: string, tables: readonly DumpedTable[], state: { over: boolean }): Promise<void> {
  const known = tables.every((table) => table.rows !== null);
  const total = known ? tables.reduce((sum, table) => sum + (table.rows ?? 0), 0) : null;
  const estimate = new Map(tables.map((table) => [table.relation, table.rows ?? 0]));
  const begun = new Map<string, number>();
  const label = `pg_dump ${terms.tools.version}`;
  await withReader(terms.config, async (client) => {
    while (!state.over) {
      const { rows } = await client.query<{ relation: string; rows: number }>(sql('probe/dump_progress'), [applicationName]);
      const now = new Set(rows.map((row) => row.relation));
      for (const row of rows) begun.set(row.relation, row.rows);
      for (const [relation, seen] of begun) if (!now.has(relation)) begun.set(relation, Math.max(seen, estimate.get(relation) ?? 0));
      if (begun.size > 0) terms.progress(label, Math.round([...begun.values()].reduce((sum, one) => sum + one, 0)), total, 'pg_stat_progress_copy, total from planner statistics');
      for (let waited = 0; waited < LOOK_MS && !state.over; waited += 50) await sleep(50);
    }
    // Whoever cannot look goes on blind: the dump itself says whether it is whole.
  }).catch((error: unknown) => void logSurprise(error, 'following pg_dump'));
}

function dumpFailure(said: string, terms: DumpTerms): DumpEnd {
  // Its --lock-wait-timeout is a statement_timeout of the server around each LOCK TABLE.
  if (/(lock|statement) timeout[\s\S]*LOCK TABLE/i.test(said)) return { ended: 'locked' };
  if (lostConnection(said)) return { ended: 'broken' };
  const errorId = logSurprise(new Error(said), 'pg_dump');
  if (/No space left on device/i.test(said)) return { ended: 'failed', sentence: `There is no space left in ${terms.directory}.`, errorId };
  if (/server version mismatch/i.test(said)) return { ended: 'failed', sentence: `pg_dump ${terms.tools.version} is older than the server. Install the client tools of the server's version.`, errorId };
  const denied = /permission denied for (\w+ [^\s"]+)/i.exec(said)?.[1];
  if (denied !== undefined) return { ended: 'failed', sentence: `The reader's credential may not read ${denied}, and a dump without it would not be whole.`, errorId };
  return { ended: 'failed', sentence: 'pg_dump ended with an error.', errorId };
}

/** The list in the archive must name the data of every table; then the hash, the rename, and the folder is written to disk. */
async function readBack(terms: DumpTerms, part: string, content: DumpContent, tables: readonly DumpedTable[], ms: number): Promise<DumpEnd> {
  terms.stage(2, 'read the archive back with pg_restore --list');
  const listed = await runTool({ program: terms.tools.restore, args: ['--list', part], environment: { ...terms.environment, LC_ALL: 'C' }, stopping: terms.stopping });
  if (listed.ended === 'stopped') return { ended: 'stopped' };
  if (listed.ended === 'failed') return { ended: 'failed', sentence: 'pg_restore cannot read the archive that pg_dump wrote.', errorId: logSurprise(new Error(listed.said), 'pg_restore --list') };
  const { entries, data } = archiveEntries(listed.stdout);
  const missing = tables.find((table) => !data.has(table.relation));
  if (missing) return { ended: 'failed', sentence: `The archive does not hold the rows of ${missing.schema}.${missing.name}.`, errorId: null };
  terms.stage(3, 'hash the file');
  const sha256 = await hashOf(part, terms.stopping);
  if (sha256 === null) return { ended: 'stopped' };
  const path = join(terms.directory, `${terms.name}.dump`);
  await rename(part, path);
  await syncFolder(terms.directory);
  const { size } = await stat(path);
  return { ended: 'done', file: { path, bytes: size, sha256, entries, tables: tables.length, ms, tool: `pg_dump ${terms.tools.version}`, content } };
}

/** Lines such as `3343; 0 16389 TABLE DATA public orders owner`: the second number is the table's oid. */
export function archiveEntries(list: string): { entries: number; data: ReadonlySet<string> } {
  const lines = list.split('\n').filter((line) => /^\d+; /.test(line));
  return { entries: lines.length, data: new Set(lines.flatMap((line) => /^\d+; \d+ (\d+) TABLE DATA /.exec(line)?.[1] ?? [])) };
}

/** sha256 of a file as it stands on disk; null when it is to stop. */
export async function hashOf(path: string, stopping: () => boolean): Promise<string | null> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    if (stopping()) return null;
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

/** A rename is safe from a power cut only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

function codeOf(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
