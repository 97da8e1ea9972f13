import type { Client } from 'pg';
import type { DrizzleRow, Ledger, MigrationStyle, PrismaRow } from '#lib/pipeline/migrations/migration.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { sql } from '#lib/sql.ts';

/** By the tools' own defaults; Drizzle's can be called otherwise by its configuration, which is not read. */
const LEDGERS = {
  prisma: { table: '_prisma_migrations', schema: 'public', columns: ['id', 'checksum', 'finished_at', 'migration_name', 'logs', 'rolled_back_at', 'started_at', 'applied_steps_count'] },
  drizzle: { table: '__drizzle_migrations', schema: 'drizzle', columns: ['id', 'hash', 'created_at'] },
} as const;

interface Found {
  schema: string;
  readable: boolean;
  columns: string[];
}

/**
 * What the tool of a folder has noted in the target; a table that is not there means that it has applied nothing. Reads, and locks nothing but ACCESS SHARE on that table.
 * @param schema where Prisma's address says that it lies (`?schema=`); null: in public, or in the only schema that has it.
 * @throws Refused ledger_unreadable: no right to read it, other columns than the tool's, or several that it could be.
 */
export async function readLedger(client: Client, style: MigrationStyle, schema: string | null, database: string): Promise<Ledger> {
  if (style === 'plain') return { tool: 'none' };
  const known = LEDGERS[style];
  const { rows } = await client.query<Found>(sql('migrations/ledger_tables'), [known.table]);
  const wanted = schema ?? (rows.length > 1 && !rows.some((row) => row.schema === known.schema) ? null : (rows.find((row) => row.schema === known.schema)?.schema ?? rows[0]?.schema ?? known.schema));
  if (wanted === null) throw new Refused('ledger_unreadable', `${database} has ${known.table} in several schemas (${rows.map((row) => row.schema).join(', ')}), and nothing says which one is meant: name it in the reader's address (?schema=…).`);
  const table = { schema: wanted, name: known.table };
  const found = rows.find((row) => row.schema === wanted);
  if (!found) return style === 'prisma' ? { tool: style, table, stands: false, rows: [] } : { tool: style, table, stands: false, schemaStands: await schemaStands(client, wanted), rows: [] };
  if (!found.readable) throw new Refused('ledger_unreadable', `The reader's role may not read ${wanted}.${known.table} of ${database}, so what was applied is not known. Grant it SELECT there, and USAGE on the schema.`);
  const lacking = known.columns.filter((column) => !found.columns.includes(column));
  if (lacking.length > 0) throw new Refused('ledger_unreadable', `${wanted}.${known.table} of ${database} is not the ledger as the tool makes it: it lacks ${lacking.join(', ')}.`);
  if (style === 'prisma') return { tool: style, table, stands: true, rows: await prismaRows(client, table) };
  return { tool: style, table, stands: true, schemaStands: true, rows: await drizzleRows(client, table) };
}

/** Prisma names the schema of its tables in the address of the database. */
export function schemaInAddress(url: string): string | null {
  return URL.canParse(url) ? new URL(url).searchParams.get('schema') : null;
}

async function schemaStands(client: Client, schema: string): Promise<boolean> {
  const { rows } = await client.query(sql('migrations/schema_stands'), [schema]);
  return rows.length > 0;
}

async function prismaRows(client: Client, table: { schema: string; name: string }): Promise<PrismaRow[]> {
  const { rows } = await client.query<{ id: string; checksum: string; name: string; logs: string | null; started_at: string; finished_at: string | null; rolled_back_at: string | null }>(sql('migrations/prisma_rows', { ledger: table }));
  return rows.map(({ id, checksum, name, logs, started_at: startedAt, finished_at: finishedAt, rolled_back_at: rolledBackAt }) => ({ id, checksum, name, logs, startedAt, finishedAt, rolledBackAt }));
}

async function drizzleRows(client: Client, table: { schema: string; name: string }): Promise<DrizzleRow[]> {
  const { rows } = await client.query<{ id: string; hash: string; created_at: string | null }>(sql('migrations/drizzle_rows', { ledger: table }));
  return rows.map(({ id, hash, created_at: at }) => ({ id, hash, createdAt: at === null ? null : Number(at) }));
}
