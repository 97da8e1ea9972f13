import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { PgBoss } from 'pg-boss';
import { sha256 } from '#lib/pipeline/digest.ts';
import { sql } from '#lib/sql.ts';
import { DELIVER_OPTIONS, DELIVER_QUEUE, QUEUE_SCHEMA, WAKE_QUEUE } from './queue.ts';

const CONTROL_FILES = fileURLToPath(new URL('../../prisma-free-sql/control/', import.meta.url));
/** Any fixed number: two migrations at once stand in line. */
const MIGRATION_LOCK = 7_266_391;

export interface MigrationResult {
  applied: readonly string[];
  already: readonly string[];
}

/**
 * Brings the control database to this release and gives `appRole` its rights. Runs as the owner of the database.
 * Numbered files run once each, all in one transaction; a file that has run and was edited since is refused by name.
 * pg-boss's schema is made by pg-boss itself, in its own transaction, because correctness does not rest on it.
 */
export async function migrateControl(ownerUrl: string, appRole: string): Promise<MigrationResult> {
  const client = new Client({ connectionString: ownerUrl, application_name: 'countersign migration' });
  await client.connect();
  try {
    // Held by the session until its end: two that grant rights at once fail with "tuple concurrently updated".
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query('begin');
    const result = await runNumberedFiles(client);
    await client.query('commit');
    await installQueue(ownerUrl);
    await client.query(sql('control/rights', { app: appRole }));
    return result;
  } finally {
    await client.end();
  }
}

async function runNumberedFiles(client: Client): Promise<MigrationResult> {
  await client.query(sql('control/migration_table'));
  const { rows } = await client.query<{ file: string; checksum: string }>('select file, checksum from control_migration');
  const done = new Map(rows.map((row) => [row.file, row.checksum]));
  const files = (await readdir(CONTROL_FILES)).filter((file) => /^\d{4}_.*\.sql$/.test(file)).sort();
  const applied: string[] = [];
  for (const file of files) {
    const text = await readFile(join(CONTROL_FILES, file), 'utf8');
    const checksum = sha256(text);
    const before = done.get(file);
    if (before === checksum) continue;
    if (before !== undefined) throw new Error(`${file} was edited after it had run in this control database. Put the old text back and write a new numbered file.`);
    await client.query(text).catch((cause: unknown) => {
      throw new Error(`running ${file} in the control database failed`, { cause });
    });
    await client.query('insert into control_migration (file, checksum) values ($1, $2)', [file, checksum]);
    applied.push(file);
  }
  return { applied, already: files.filter((file) => !applied.includes(file)) };
}

async function installQueue(ownerUrl: string): Promise<void> {
  const boss = new PgBoss({ connectionString: ownerUrl, schema: QUEUE_SCHEMA, supervise: false, schedule: false, max: 2 });
  boss.on('error', () => undefined);
  await boss.start();
  try {
    if (!(await boss.getQueue(WAKE_QUEUE))) await boss.createQueue(WAKE_QUEUE, { retryLimit: 0 });
    if (!(await boss.getQueue(DELIVER_QUEUE))) await boss.createQueue(DELIVER_QUEUE, DELIVER_OPTIONS);
  } finally {
    await boss.stop({ graceful: false });
  }
}
