// `npm run demo`: an embedded server with the control database and two product databases, the web process and the worker.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withoutOperators } from '#lib/env.ts';
import { buildUnlessFresh } from './build.ts';
import { keepChild, startChild, type Child } from './children.ts';
import { runCommand, Stop } from './command.ts';
import { createControlDatabase, createDemoRoles, createProductDatabase, demoUrl } from './demo-databases.ts';
import { startDemoLoad } from './demo-load.ts';
import { createDemoPeople } from './demo-people.ts';
import { claimFolder, demoFolder, demoSecrets, keepSecrets, resetFolder, type DemoFolder, type DemoSecrets } from './demo-state.ts';
import { demoTerms, type DemoTerms } from './demo-terms.ts';
import { modestRole, startScratchServer } from './scratch-server.ts';
import { endStrayServer, freePort, startServer, type EmbeddedServer } from './embedded.ts';

/** What is to be stopped, in the order of starting; stopped in the opposite one. */
const running: { stop: () => Promise<void> }[] = [];
let over = false;

/** Sees to it that a part is stopped at the end. One that is only ready when the end has come, because another failed or somebody pressed Ctrl-C, is stopped at once: nobody else would. */
async function keep<Part extends { stop: () => Promise<void> }>(part: Part): Promise<Part> {
  if (over) {
    await part.stop();
    throw new Stop('The demo was stopped while it started.');
  }
  running.push(part);
  return part;
}

await runCommand(async () => {
  const terms = demoTerms(process.argv.slice(2));
  const asked = askedToStop();
  const { port, host } = await address();
  const folder = demoFolder(process.env.COUNTERSIGN_DATA_DIR);
  const release = claimFolder(folder);
  try {
    if (terms.reset) await reset(folder);
    const died = await Promise.race([start(folder, host, port, terms), asked]);
    if (died === 'asked') return 0;
    process.stdout.write(`Countersign is ready: http://localhost:${port}\n`);
    if (terms.load) await keep(await startDemoLoad({ url: died.productUrl, say }));
    const why = await Promise.race([died.why, asked]);
    if (why === 'asked') return 0;
    throw new Stop(why);
  } finally {
    over = true;
    for (const each of running.toReversed()) await each.stop();
    release();
  }
});

/** Ctrl-C, SIGTERM, or the end of the process that started us. Said once; a second Ctrl-C changes nothing, stopping has its own patience. */
function askedToStop(): Promise<'asked'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve('asked'));
    process.on('disconnect', () => resolve('asked'));
    process.channel?.unref();
  });
}

async function address(): Promise<{ port: number; host: string }> {
  const said = process.env.PORT?.trim() || '3000';
  const port = Number(said);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Stop(`PORT must be a whole number from 1 to 65535, not ${said}.`);
  if ((await freePort(port)) !== port) throw new Stop(`Port ${port} is taken: stop what listens there, or choose another one, for example PORT=${port + 1} npm run demo.`);
  return { port, host: process.env.HOST?.trim() || '127.0.0.1' };
}

async function reset(folder: DemoFolder): Promise<void> {
  await endStrayServer(folder.postgres);
  resetFolder(folder);
}

/** Resolves when everything answers; `why` resolves when one of the parts ends by itself. */
async function start(folder: DemoFolder, host: string, port: number, terms: DemoTerms): Promise<{ why: Promise<string>; productUrl: string }> {
  const [server, scratchUrl] = await Promise.all([databases(folder, terms), scratchServer(), build(folder)]);
  const { web, worker } = environments(server, demoSecrets(folder), host, port, folder.path);
  web.COUNTERSIGN_SCRATCH_URL = scratchUrl;
  worker.COUNTERSIGN_SCRATCH_URL = scratchUrl;
  const children: Child[] = [
    await keep(keepChild(() => startChild('The worker', 'lib/worker/main.ts', worker, join(folder.path, 'worker.log')), say)),
    await keep(startChild('The web process', 'lib/cli/web.ts', web, join(folder.path, 'web.log'))),
  ];
  const why = Promise.race([server.ended, ...children.map(async (child) => `${await child.ended} ${child.lastWords()}`)]);
  await healthy(port, host, why);
  return { why, productUrl: server.url('bazaar_prod') };
}

/** SQL to compare with is run on a server of its own, which knows nothing of the others and begins anew with every start. */
async function scratchServer(): Promise<string> {
  const { scratch, stop } = await startScratchServer(15);
  await keep({ stop });
  return modestRole(scratch.url);
}

async function build(folder: DemoFolder): Promise<void> {
  const started = Date.now();
  const slow = setTimeout(() => process.stdout.write('Building…\n'), 1_000);
  try {
    if (await buildUnlessFresh(join(folder.path, 'build.log'), (begun) => keep(begun).catch(() => undefined))) process.stdout.write(`Built in ${Math.round((Date.now() - started) / 1000)} s.\n`);
  } finally {
    clearTimeout(slow);
  }
}

async function databases(folder: DemoFolder, terms: DemoTerms): Promise<EmbeddedServer> {
  mkdirSync(folder.path, { recursive: true });
  const secrets = demoSecrets(folder);
  const server = await startServer({ major: 15, dataDirectory: folder.postgres, logFile: join(folder.path, 'postgres.log'), durable: true, ...(secrets.postgresPort ? { preferredPort: secrets.postgresPort } : {}) });
  await keep(server);
  keepSecrets(folder, { ...secrets, postgresPort: server.port });
  await createDemoRoles(server, secrets);
  await createControlDatabase(server, secrets, 'countersign');
  await productionDatabase(server, secrets, terms);
  await createProductDatabase(server, secrets, 'bazaar_dev', 'dev');
  await createDemoPeople(demoUrl(server, secrets, 'countersign_app', 'countersign'));
  writeFileSync(join(folder.path, 'connections.json'), JSON.stringify(connections(server, secrets), null, 2), { mode: 0o600 });
  return server;
}

/** Millions of rows take their time, so it is said what for. */
async function productionDatabase(server: EmbeddedServer, secrets: DemoSecrets, { rows }: DemoTerms): Promise<void> {
  const begun = Date.now();
  const slow = rows === null ? undefined : setTimeout(() => say(`Filling exports and analytics of bazaar_prod with ${rows} rows each…`), 1_000);
  const made = await createProductDatabase(server, secrets, 'bazaar_prod', 'prod', rows).finally(() => clearTimeout(slow));
  if (rows !== null) say(made ? `bazaar_prod has ${rows} exports and ${rows} analytics rows, filled in ${Math.round((Date.now() - begun) / 1_000)} s.` : 'bazaar_prod keeps the rows that it has: --rows counts at a first start, or with --reset.');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** For psql, and for the browser tests, which look into the databases behind the screens. */
function connections(server: EmbeddedServer, secrets: DemoSecrets): Record<string, string> {
  return {
    superuser: server.url('postgres'),
    countersign: demoUrl(server, secrets, 'countersign_owner', 'countersign'),
    bazaar_prod: demoUrl(server, secrets, 'bazaar_operator', 'bazaar_prod'),
    bazaar_dev: demoUrl(server, secrets, 'bazaar_operator', 'bazaar_dev'),
  };
}

/** Two environments: only the worker's has the credentials that can change a database under review. */
function environments(server: EmbeddedServer, secrets: DemoSecrets, host: string, port: number, folder: string): { web: Record<string, string>; worker: Record<string, string> } {
  const shared = {
    ...withoutOperators(process.env),
    CONTROL_DATABASE_URL: demoUrl(server, secrets, 'countersign_app', 'countersign'),
    COUNTERSIGN_DATABASES: 'bazaar_prod,bazaar_dev',
    BAZAAR_PROD_READER_URL: demoUrl(server, secrets, 'bazaar_reader', 'bazaar_prod'),
    BAZAAR_PROD_ENVIRONMENT: 'production',
    BAZAAR_PROD_OPERATOR_ROLE: 'bazaar_operator',
    BAZAAR_DEV_READER_URL: demoUrl(server, secrets, 'bazaar_reader', 'bazaar_dev'),
    BAZAAR_DEV_ENVIRONMENT: 'development',
    NEXTAUTH_URL: process.env.NEXTAUTH_URL ?? `http://localhost:${port}`,
    COUNTERSIGN_WEBHOOK_KEY: process.env.COUNTERSIGN_WEBHOOK_KEY ?? `webhooks of ${secrets.nextAuthSecret}`,
  };
  const operators = { BAZAAR_PROD_OPERATOR_URL: demoUrl(server, secrets, 'bazaar_operator', 'bazaar_prod'), BAZAAR_DEV_OPERATOR_URL: demoUrl(server, secrets, 'bazaar_operator', 'bazaar_dev') };
  return {
    web: { ...shared, HOST: host, PORT: String(port), NEXTAUTH_SECRET: secrets.nextAuthSecret, COUNTERSIGN_DEMO: '1' },
    // Dumps of the demo are tried, and plans rehearsed, on its own server, where only the demo's databases are.
    // Webhooks may lead to this machine: where else would one try them? Mail goes where the environment says.
    worker: { ...shared, ...operators, COUNTERSIGN_WEBHOOK_PRIVATE: '1', ...(process.env.COUNTERSIGN_SMTP_URL ? { COUNTERSIGN_SMTP_URL: process.env.COUNTERSIGN_SMTP_URL } : {}), COUNTERSIGN_BACKUP_DIR: join(folder, 'dumps'), COUNTERSIGN_RESTORE_URL: server.url('postgres'), COUNTERSIGN_REHEARSAL_URL: server.url('postgres') },
  };
}

async function healthy(port: number, host: string, why: Promise<string>): Promise<void> {
  const url = `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}/api/health`;
  let answer = 'nothing';
  const dead = why.then((sentence) => ({ sentence }));
  for (const until = Date.now() + 90_000; Date.now() < until; ) {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
    if (response?.ok) return;
    if (response) answer = await response.text();
    const ended = await Promise.race([dead, sleep(150, null)]);
    if (ended) throw new Stop(ended.sentence);
  }
  throw new Stop(`Countersign did not become ready within 90 seconds; /api/health answers ${answer}`);
}
