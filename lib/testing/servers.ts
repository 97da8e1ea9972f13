// Global set-up of the database tests: one server per major, each with a template of every database that tests clone.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { createControlDatabase, createDemoRoles, createProductDatabase } from '#lib/cli/demo-databases.ts';
import { startServer, type EmbeddedServer } from '#lib/cli/embedded.ts';
import { passingFolder } from '#lib/cli/passing-folder.ts';
import { openFolder, reachableFolder, serverAccount, type Major } from '#lib/cli/server-account.ts';
import { PASSWORDS, type TestServers } from './roles.ts';

declare module 'vitest' {
  interface ProvidedContext {
    servers: TestServers;
  }
}

/** Starts all three; on Linux x64, where every package exists, a server that is missing is a failure and never a skipped test. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
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

function wantedMajors(): Major[] {
  return `${process.platform}-${process.arch}` === 'linux-x64' ? [15, 14, 18] : [15];
}

async function createTemplates(server: EmbeddedServer): Promise<void> {
  await createDemoRoles(server, PASSWORDS);
  await createControlDatabase(server, PASSWORDS, 'template_control');
  await createProductDatabase(server, PASSWORDS, 'template_bazaar_prod', 'prod');
  await createProductDatabase(server, PASSWORDS, 'template_bazaar_dev', 'dev');
}
