// Global set-up of the database tests: one server per major, each with a template of every database that tests clone.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import type { TestProject } from 'vitest/node';
import { createControlDatabase, createDemoRoles, createProductDatabase, demoUrl } from '#lib/cli/demo-databases.ts';
import { startServer, type EmbeddedServer } from '#lib/cli/embedded.ts';
import { newDatabase } from '#lib/cli/new-database.ts';
import { passingFolder } from '#lib/cli/passing-folder.ts';
import { openFolder, reachableFolder, serverAccount, type Major } from '#lib/cli/server-account.ts';
import { controlDb } from '#lib/store/db.ts';
import { addPeople } from './people.ts';
import { PASSWORDS, ROLE_NAMES, type TestServers } from './roles.ts';

declare module 'vitest' {
  interface ProvidedContext {
    servers: TestServers;
  }
}

interface Started {
  servers: TestServers;
  stop: () => Promise<void>;
}

/** Both projects of database tests ask for them, each with its own copy of this module. */
const shared = globalThis as typeof globalThis & { countersignServers?: { started: Promise<Started>; asked: number } };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const all = (shared.countersignServers ??= { started: startServers(), asked: 0 });
  all.asked += 1;
  project.provide('servers', (await all.started).servers);
  return async () => {
    all.asked -= 1;
    if (all.asked === 0) await (await all.started).stop();
  };
}

/** Starts all three; on Linux x64, where every package exists, a server that is missing is a failure and never a skipped test. */
async function startServers(): Promise<Started> {
  const { path, remove } = passingFolder();
  const folder = reachableFolder(path, serverAccount());
  openFolder(folder, 0o711);
  const started: EmbeddedServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
    remove();
  };
  try {
    const servers: TestServers = {};
    for (const major of wantedMajors()) {
      const server = await startServer({ major, dataDirectory: join(folder, `pg${major}`), logFile: join(folder, `pg${major}.log`), durable: false });
      started.push(server);
      servers[major] = { port: server.port, password: server.password };
    }
    await Promise.all(started.map(createTemplates));
    return { servers, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function wantedMajors(): Major[] {
  return `${process.platform}-${process.arch}` === 'linux-x64' ? [15, 14, 18] : [15];
}

async function createTemplates(server: EmbeddedServer): Promise<void> {
  await createDemoRoles(server, PASSWORDS);
  await hashPasswordsOnce(server);
  await createControlDatabase(server, PASSWORDS, 'template_control');
  await createPeople(server);
  await createEmpty(server);
  await createProductDatabase(server, PASSWORDS, 'template_bazaar_prod', 'prod');
  await createProductDatabase(server, PASSWORDS, 'template_bazaar_dev', 'dev');
}

/** The same passwords and the same protocol, hashed once instead of 4,096 times by both sides of each of thousands of sessions. */
async function hashPasswordsOnce(server: EmbeddedServer): Promise<void> {
  const { control, reader, operator } = PASSWORDS;
  const passwords = { postgres: server.password, countersign_owner: control, countersign_app: control, bazaar_reader: reader, bazaar_operator: operator };
  const alter = Object.entries(passwords).map(([role, password]) => `alter role ${escapeIdentifier(role)} password ${escapeLiteral(verifierOf(password))}`);
  await asSuperuser(server, (client) => client.query(alter.join('; ')));
}

/** What the server keeps of a password: RFC 5803. */
function verifierOf(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, 1, 32, 'sha256');
  const keyed = (word: string): Buffer => createHmac('sha256', salted).update(word).digest();
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64');
  return `SCRAM-SHA-256$1:${salt.toString('base64')}$${stored}:${keyed('Server Key').toString('base64')}`;
}

/** The control database with everybody in it, whom most tests need. */
async function createPeople(server: EmbeddedServer): Promise<void> {
  await asSuperuser(server, (client) => newDatabase(client, 'template_people', 'template_control', ROLE_NAMES.owner));
  const db = controlDb(demoUrl(server, PASSWORDS, ROLE_NAMES.app, 'template_people'), { max: 1 });
  await addPeople(db).finally(() => db.destroy());
}

/** A database that had a session keeps what the server must know of its catalogs to begin one; without, the first session of every clone gathers it anew. */
async function createEmpty(server: EmbeddedServer): Promise<void> {
  await asSuperuser(server, (client) => newDatabase(client, 'template_empty', 'template0'));
  await asSuperuser(server, (client) => client.query('select from pg_class limit 1'), 'template_empty');
}

async function asSuperuser(server: EmbeddedServer, use: (client: Client) => Promise<unknown>, database = 'postgres'): Promise<void> {
  const client = new Client({ connectionString: server.url(database), application_name: 'test' });
  await client.connect();
  await use(client).finally(() => client.end());
}
