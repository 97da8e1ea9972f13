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
