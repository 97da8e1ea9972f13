// `npm run bench:page`: how long the compare page takes in a real browser over a pair of large databases that differ in 2 % of their tables.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { withoutOperators } from '#lib/env.ts';
import { fillPair } from './bench-schema.ts';
import { measurePage, type Figure } from './bench-page-figures.ts';
import { buildUnlessFresh } from './build.ts';
import { startChild, type Child } from './children.ts';
import { runCommand, Stop } from './command.ts';
import { createControlDatabase, createDemoRoles, demoUrl } from './demo-databases.ts';
import { createDemoPeople } from './demo-people.ts';
import { freePort, startServer, type EmbeddedServer } from './embedded.ts';
import { reachableFolder, serverAccount } from './server-account.ts';

const SECRETS = { control: 'bench', reader: 'bench', operator: 'bench' };

await runCommand(async () => {
  const { values } = parseArgs({ options: { tables: { type: 'string', default: '10000' } } });
  const tables = Number(values.tables);
  if (!Number.isInteger(tables) || tables < 1) throw new Stop(`--tables is a whole number, not ${values.tables}.`);
  const scratch = mkdtempSync(join(tmpdir(), 'countersign-bench-page-'));
  const folder = reachableFolder(join(scratch, 'postgres'), serverAccount());
  await buildUnlessFresh(join(scratch, 'build.log'));
  const server = await startServer({ major: 15, dataDirectory: folder, logFile: join(scratch, 'postgres.log'), durable: false });
  try {
    await createDemoRoles(server, SECRETS);
    await createControlDatabase(server, SECRETS, 'countersign');
    await createDemoPeople(demoUrl(server, SECRETS, 'countersign_app', 'countersign'));
    await fillPair(server.url, { current: 'current', desired: 'desired' }, tables, true);
    const port = await freePort(3639);
    let web: Child = await startWeb(server, port, scratch);
    const restart = async (): Promise<void> => {
      await web.stop();
      web = await startWeb(server, port, scratch);
    };
    try {
      print(tables, await measurePage(`http://localhost:${port}`, restart));
    } catch (error) {
      throw new Stop(`${error instanceof Error ? error.message : String(error)}\n${web.lastWords()}`, { cause: error });
    } finally {
      await web.stop();
    }
  } finally {
    await server.stop();
    rmSync(scratch, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
  return 0;
});

async function startWeb(server: EmbeddedServer, port: number, scratch: string): Promise<Child> {
  const child = startChild('The web process', 'lib/cli/web.ts', {
    ...withoutOperators(process.env),
    CONTROL_DATABASE_URL: demoUrl(server, SECRETS, 'countersign_app', 'countersign'),
    COUNTERSIGN_DATABASES: 'current,desired',
    CURRENT_READER_URL: demoUrl(server, SECRETS, 'bazaar_reader', 'current'),
    CURRENT_ENVIRONMENT: 'production',
    DESIRED_READER_URL: demoUrl(server, SECRETS, 'bazaar_reader', 'desired'),
    DESIRED_ENVIRONMENT: 'development',
    HOST: '127.0.0.1',
    PORT: String(port),
    NEXTAUTH_URL: `http://localhost:${port}`,
    NEXTAUTH_SECRET: 'not secret: this application lives for one measurement',
    COUNTERSIGN_DEMO: '1',
  }, join(scratch, 'web.log'));
  const until = Date.now() + 60_000;
  // Without a worker it is not healthy; that it answers is enough.
  while (!(await fetch(`http://127.0.0.1:${port}/api/health`, { signal: AbortSignal.timeout(5_000) }).catch(() => null))) {
    if (Date.now() > until) throw new Stop(`The web process did not answer within a minute. ${child.lastWords()}`);
    await sleep(100);
  }
  return child;
}

function print(tables: number, figures: readonly Figure[]): void {
  process.stdout.write(`The compare page of ${tables} tables, 2 % different:\n`);
  for (const { what, value, aim } of figures) process.stdout.write(`  ${what.padEnd(64)} ${value.padStart(10)}${aim === undefined ? '' : `   aim: ${aim}`}\n`);
}
