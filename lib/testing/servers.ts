// Global set-up of the database tests: one server per major, each with a template of every database that tests clone.
import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { createControlDatabase, createDemoRoles, createProductDatabase } from '#lib/cli/demo-databases.ts';
import { startServer, type EmbeddedServer } from '#lib/cli/embedded.ts';
import { reachableFolder, serverAccount, type Major } from '#lib/cli/server-account.ts';
import { PASSWORDS, type TestServers } from './roles.ts';

declare module 'vitest' {
  interface ProvidedContext {
    servers: TestServers;
  }
}

const PREFIX = 'countersign-test-';
const MEMORY = '/dev/shm';
/** Several times what the servers hold at any moment of a run. */
const ROOM = 2 * 2 ** 30;

/** Starts all three; on Linux x64, where every package exists, a server that is missing is a failure and never a skipped test. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const place = placeOfData();
  removeAbandoned(place);
  const folder = reachableFolder(mkdtempSync(join(place, `${PREFIX}${process.pid}-`)), serverAccount());
  mkdirSync(folder, { recursive: true });
  // The server's account must pass through; what is inside is closed to others by initdb.
  chmodSync(folder, 0o711);
  const started: EmbeddedServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const servers: TestServers = {};
    for (const major of wantedMajors()) {
      const server = await startServer({ major, dataDirectory: join(folder, `pg${major}`), logFile: join(folder, `pg${major}.log`), durable: false });
      started.push(server);
      await createTemplates(server);
      servers[major] = { port: server.port, password: server.password };
    }
    project.provide('servers', servers);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** The tests make and drop more than a thousand databases, each a few hundred files: in memory that takes a tenth of the time. Where memory is short, the disk. */
function placeOfData(): string {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize >= ROOM && process.availableMemory() >= 2 * ROOM) return MEMORY;
  } catch {
    // Not every system has it.
  }
  return tmpdir();
}

/** What a run that was killed left behind would hold memory until the next restart; its servers ended with it. */
function removeAbandoned(place: string): void {
  for (const name of readdirSync(place)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(place, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

function wantedMajors(): Major[] {
  return `${process.platform}-${process.arch}` === 'linux-x64' ? [15, 14, 18] : [15];
}

async function createTemplates(server: EmbeddedServer): Promise<void> {
  await createDemoRoles(server, PASSWORDS);
  await createControlDatabase(server, PASSWORDS, 'template_control');
  await createProductDatabase(server, PASSWORDS, 'template_bazaar_prod', 'prod');
  await createProductDatabase(server, PASSWORDS, 'template_bazaar_dev', 'dev');
}
