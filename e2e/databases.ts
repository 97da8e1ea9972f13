import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from 'pg';

/** `countersign`: as the owner of the control database. `bazaar_prod`, `bazaar_dev`: as the operator. `superuser`: of the whole server. */
export type DatabaseName = 'countersign' | 'bazaar_prod' | 'bazaar_dev' | 'superuser';

/** Where the application under test keeps what it needs. */
export function dataDirectory(): string {
  return resolve(import.meta.dirname, '..', process.env.COUNTERSIGN_DATA_DIR ?? '.countersign/e2e');
}

/** URL of a database behind the application under test, written by lib/cli/demo.ts. */
export function databaseUrl(name: DatabaseName): string {
  const file = join(dataDirectory(), 'connections.json');
  const url = (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>)[name];
  if (!url) throw new Error(`${file} names no ${name}`);
  return url;
}

/** What somebody does by psql, beside the application. */
export async function within<T>(name: DatabaseName, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: databaseUrl(name), application_name: 'psql' });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Lasts as long as somebody stands in the gate: put in front of a step, it makes a long statement that ends when a test says so. */
export const GATE = `DO $$ BEGIN WHILE EXISTS (SELECT FROM pg_catalog.pg_stat_activity WHERE application_name = 'gate') LOOP PERFORM pg_catalog.pg_sleep(0.05); PERFORM pg_catalog.pg_stat_clear_snapshot(); END LOOP; END $$;`;

/** Runs `use` while the gate is shut. `open` lets the statement go on. */
export async function atTheGate(use: (open: () => Promise<void>) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: databaseUrl('superuser'), application_name: 'gate' });
  await client.connect();
  let shut = true;
  const open = async (): Promise<void> => {
    if (shut) await client.end();
    shut = false;
  };
  try {
    await use(open);
  } finally {
    await open();
  }
}
