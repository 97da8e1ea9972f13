import { Client, escapeIdentifier } from 'pg';
import { migrateControl } from '#lib/store/migrate.ts';
import { sql } from '#lib/sql.ts';
import type { EmbeddedServer } from './embedded.ts';

/** Passwords of the demo's roles; the superuser's is the server's own. */
export interface DemoPasswords {
  control: string;
  reader: string;
  operator: string;
}

export type DemoRole = 'countersign_owner' | 'countersign_app' | 'bazaar_reader' | 'bazaar_operator';

/** The URL of one of the demo's roles. */
export function demoUrl(server: { port: number }, passwords: DemoPasswords, role: DemoRole, database: string): string {
  const password = role === 'bazaar_reader' ? passwords.reader : role === 'bazaar_operator' ? passwords.operator : passwords.control;
  return `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${server.port}/${database}`;
}

/** Creates the roles where they are missing and gives all of them these passwords. */
export async function createDemoRoles(server: EmbeddedServer, passwords: DemoPasswords): Promise<void> {
  await within(server.url('postgres'), async (client) => {
    await client.query("select set_config('demo.control', $1, false), set_config('demo.reader', $2, false), set_config('demo.operator', $3, false)", [passwords.control, passwords.reader, passwords.operator]);
    await client.query(sql('demo/roles'));
  });
}

export interface ProductSize {
  /** Users; every user has two projects. */
  users: number;
}

const SIZES: Readonly<Record<'prod' | 'dev', ProductSize>> = { prod: { users: 48 }, dev: { users: 4 } };

/** Creates the product's database as it stands in production or in development, unless it is there; `rows` fills production's exports and analytics up to so many each. False: it was there. */
export async function createProductDatabase(server: EmbeddedServer, passwords: DemoPasswords, name: string, which: 'prod' | 'dev', rows: number | null = null): Promise<boolean> {
  return unlessThere(server, name, 'bazaar_operator', async (half) => {
    await within(server.url(half), async (client) => { await client.query(sql('demo/rights')); });
    await within(demoUrl(server, passwords, 'bazaar_operator', half), async (client) => {
      await client.query("select set_config('demo.users', $1, false)", [String(SIZES[which].users)]);
      for (const file of ['shared_tables', `${which}_tables`, 'shared_rows', `${which}_rows`]) await client.query(sql(`demo/${file}`));
      if (rows === null) return;
      await client.query("select set_config('demo.rows', $1, false)", [String(rows)]);
      await client.query(sql(`demo/${which}_many_rows`));
    });
  });
}

/** Creates the control database where it is missing, and brings it to this release. */
export async function createControlDatabase(server: EmbeddedServer, passwords: DemoPasswords, name: string): Promise<void> {
  await unlessThere(server, name, 'countersign_owner', async (half) => {
    await within(server.url(half), async (client) => { await client.query('alter schema public owner to countersign_owner'); });
  });
  await migrateControl(demoUrl(server, passwords, 'countersign_owner', name), 'countersign_app');
}

/** Filled under another name and renamed when whole, so that a start broken off leaves no half database behind. */
async function unlessThere(server: EmbeddedServer, name: string, owner: DemoRole, fill: (half: string) => Promise<void>): Promise<boolean> {
  const half = `${name}_half`;
  let made = false;
  await within(server.url('postgres'), async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount) return;
    await client.query(`drop database if exists ${escapeIdentifier(half)} with (force)`);
    await client.query(`create database ${escapeIdentifier(half)} owner ${escapeIdentifier(owner)}`);
    await fill(half);
    await client.query(`alter database ${escapeIdentifier(half)} rename to ${escapeIdentifier(name)}`);
    made = true;
  });
  return made;
}

async function within(url: string, use: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'countersign demo' });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
