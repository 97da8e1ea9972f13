import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, escapeIdentifier } from 'pg';
import { inject } from 'vitest';
import { demoUrl } from '#lib/cli/demo-databases.ts';
import { newDatabase } from '#lib/cli/new-database.ts';
import type { Major } from '#lib/cli/server-account.ts';
import type { DatabaseConfig } from '#lib/env.ts';
import { PASSWORDS, ROLE_NAMES, type TestRole } from './roles.ts';

export type Template = 'bazaar_prod' | 'bazaar_dev' | 'control' | 'people' | 'empty';

export interface TestDatabase {
  name: string;
  major: Major;
  url: (role?: TestRole) => string;
  /** An open session, closed at the end of the test if it still is open. Default: as the superuser. */
  client: (role?: TestRole) => Promise<Client>;
  /** Declared name, reader and operator, as the code under test gets them. */
  config: DatabaseConfig;
  /** Ends all sessions and removes it; done at the end of the test anyway. */
  drop: () => Promise<void>;
}

interface Tracked {
  database: TestDatabase;
  clients: Client[];
  dropped: boolean;
}

/** What was made inside a test goes away after it; what was made in beforeAll goes away after the file. */
const tracked = { test: [] as Tracked[], file: [] as Tracked[] };
const closers = { test: [] as (() => Promise<void>)[], file: [] as (() => Promise<void>)[] };
let scope: 'test' | 'file' = 'file';

export function enter(next: 'test' | 'file'): void {
  scope = next;
}

/** Called at the end of the test (or file), before leaks are looked for. */
export function closeAtEnd(close: () => Promise<void>): void {
  closers[scope].push(close);
}

/** A database of its own, cloned from a template in a fraction of a second. `empty` belongs to the operator and has nothing in it. */
export async function freshDatabase(options: { major?: Major; template?: Template } = {}): Promise<TestDatabase> {
  const major = options.major ?? 15;
  const server = inject('servers')[major];
  if (!server) throw new Error(`no Postgres ${major} was started for the tests`);
  const template = options.template ?? 'empty';
  const name = `t_${template}_${randomBytes(4).toString('hex')}`;
  const url = (role: TestRole = 'superuser'): string =>
    role === 'superuser' ? `postgres://postgres:${server.password}@127.0.0.1:${server.port}/${name}` : demoUrl(server, PASSWORDS, ROLE_NAMES[role], name);
  const entry: Tracked = { clients: [], dropped: false, database: { name, major, url, client, drop, config: { name: template, environment: template === 'bazaar_prod' ? 'production' : 'development', readerUrl: url('reader'), operatorUrl: url('operator') } } };

  async function client(role: TestRole = 'superuser'): Promise<Client> {
    const opened = new Client({ connectionString: url(role), application_name: 'test' });
    // The end of a test, or a test that kills backends, may end it under way.
    opened.on('error', () => undefined);
    await opened.connect();
    entry.clients.push(opened);
    return opened;
  }
  async function drop(): Promise<void> {
    if (entry.dropped) return;
    entry.dropped = true;
    await asAdmin(major, (superuser) => superuser.query(`drop database if exists ${escapeIdentifier(name)} with (force)`));
  }

  const owner = template === 'control' || template === 'people' ? 'countersign_owner' : 'bazaar_operator';
  await asAdmin(major, (superuser) => newDatabase(superuser, name, `template_${template}`, owner));
  tracked[scope].push(entry);
  return entry.database;
}

/** Ends what the test opened, names every session that the code under test left open, and removes the databases. */
export async function sweep(which: 'test' | 'file'): Promise<string[]> {
  const failures: string[] = [];
  for (const close of closers[which].splice(0).toReversed()) await close().catch((error: unknown) => failures.push(String(error)));
  for (const entry of tracked[which].splice(0)) {
    await Promise.all(entry.clients.map((one) => one.end().catch(() => undefined)));
    if (!entry.dropped) failures.push(...(await sessionsLeft(entry.database)));
    await entry.database.drop();
  }
  if (which === 'file') await Promise.all([...admins.values()].map(async (one) => (await one).end()));
  return failures;
}

/** A session is gone only a moment after its client said goodbye, hence the patience. */
async function sessionsLeft(database: TestDatabase): Promise<string[]> {
  return asAdmin(database.major, async (superuser) => {
    for (let tries = 0; ; tries += 1) {
      const { rows } = await superuser.query<{ said: string }>(
        "select format('%s (%s, %s): %s', application_name, usename, state, left(query, 120)) as said from pg_stat_activity where datname = $1 and backend_type = 'client backend'",
        [database.name],
      );
      if (rows.length === 0) return [];
      if (tries === 40) return rows.map((row) => `a session on ${database.config.name} was left open: ${row.said}`);
      await sleep(50);
    }
  });
}

/** One session of the superuser for each server, as long as the file runs: three for each database took a tenth of the suite's time. */
const admins = new Map<Major, Promise<Client>>();

/** Who asks while another is answered waits: pg takes no second query meanwhile. */
const turns = new Map<Major, Promise<unknown>>();

async function asAdmin<T>(major: Major, use: (superuser: Client) => Promise<T>): Promise<T> {
  const mine = (turns.get(major) ?? Promise.resolve()).then(async () => {
    const client = admins.get(major) ?? connectAdmin(major);
    admins.set(major, client);
    return use(await client);
  });
  turns.set(major, mine.catch(() => undefined));
  return mine;
}

async function connectAdmin(major: Major): Promise<Client> {
  const server = inject('servers')[major];
  const client = new Client({ connectionString: `postgres://postgres:${server?.password ?? ''}@127.0.0.1:${server?.port ?? 0}/postgres`, application_name: 'test' });
  // A test that crashes its server ends this session too: the next one that is needed is a new one.
  const forget = (): void => void admins.delete(major);
  client.on('error', forget);
  client.on('end', forget);
  await client.connect().catch((error: unknown) => {
    forget();
    throw error;
  });
  return client;
}
