import type { Client } from 'pg';
import type { DatabaseConfig } from '#lib/env.ts';
import type { Quantity } from '#lib/pipeline/evidence.ts';
import { counted, firstOf, listed } from '#lib/pipeline/words.ts';
import { sql } from '#lib/sql.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { withReader } from './session.ts';

const LARGEST = 10;
const TIMEOUT_MS = 10_000;

/** What the Databases page says of one database; the parts of DatabaseDto that are measured. */
export interface DatabaseHealth {
  /** ok: the reader connects, reads every table and can write nothing. */
  reader: { ok: boolean; sentence: string };
  /** As the server calls itself: `15.18`. */
  serverVersion: string | null;
  bytes: number | null;
  /** By size on disk with indexes and TOAST, at most ten. */
  largest: { table: string; bytes: number; rows: Quantity; analyzedAt: string | null }[];
}

export interface ReaderRights {
  version: string;
  bytes: number;
  superuser: boolean;
  creates_schemas: boolean;
  creates_in: string[];
  tables: number;
  written: number;
  readable: number;
  example: string | null;
}

/**
 * Connects with the reader's credential and says how it is. Never throws for an expected trouble: an unreachable database or a wrong
 * credential is the answer. Lock: ACCESS SHARE on catalogs, and on each table for a moment (its size).
 */
export async function databaseHealth(config: DatabaseConfig): Promise<DatabaseHealth> {
  try {
    return await withReader(config, readHealth, { statementTimeoutMs: TIMEOUT_MS });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { reader: { ok: false, sentence: error.refusal.sentence }, serverVersion: null, bytes: null, largest: [] };
  }
}

async function readHealth(client: Client): Promise<DatabaseHealth> {
  const rights = await client.query<ReaderRights>(sql('introspect/reader_rights'));
  const [row] = rights.rows;
  if (!row) throw new Error('databaseHealth: the server did not say what the role may do');
  const tables = await client.query<{ schema: string; name: string; rows: number | null; bytes: number; analyzed_at: string | null }>(sql('introspect/table_estimate_list'));
  const largest = tables.rows
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, LARGEST)
    .map(({ schema, name, rows, bytes, analyzed_at }) => ({ table: schema === 'public' ? name : `${schema}.${name}`, bytes, rows: estimateQuantity(rows, analyzed_at), analyzedAt: analyzed_at }));
  return { reader: readerVerdict(row), serverVersion: row.version, bytes: row.bytes, largest };
}

/** A reader that can write is a finding: the web process is to be unable to change a database under review. */
function readerVerdict(rights: ReaderRights): { ok: boolean; sentence: string } {
  const can: string[] = [];
  if (rights.superuser) can.push('is a superuser');
  else {
    if (rights.written > 0) can.push(`may change rows of ${counted(rights.written, 'table', 'tables')} (${rights.example ?? ''}${rights.written > 1 ? ', …' : ''})`);
    if (rights.creates_schemas) can.push('may create schemas');
    if (rights.creates_in.length > 0) can.push(`may create objects in ${rights.creates_in.length === 1 ? `the schema ${rights.creates_in[0] ?? ''}` : `${rights.creates_in.length} schemas${firstOf(rights.creates_in, rights.creates_in.length)}`}`);
  }
  const blind = rights.tables - rights.readable;
  const unread = blind > 0 ? ` It cannot read ${blind} of ${counted(rights.tables, 'table', 'tables')}, so what is in them stays unknown.` : '';
  if (can.length > 0) return { ok: false, sentence: `The reader can write: it ${listed(can)}. Give it a role that can only read.${unread}` };
  if (blind > 0) return { ok: false, sentence: `The reader can write nothing, as it should.${unread}` };
  return { ok: true, sentence: `The reader can read all ${counted(rights.tables, 'table', 'tables')} and write nothing.` };
}

function estimateQuantity(rows: number | null, analyzedAt: string | null): Quantity {
  if (rows === null) return { provenance: 'unknown', why: 'the table was never analysed; a plan counts it exactly' };
  return { provenance: 'estimate', value: rows, basis: analyzedAt ? `planner statistics, last ANALYZE ${analyzedAt.slice(0, 16).replace('T', ' ')} UTC` : 'planner statistics; when they were taken is not known' };
}
