// `npm run drill:writes`: a full conversion beside the live tables, forward and back, while writers insert, update and delete through both tables
// and a plain mirror in the same transaction; with --columns, columns that change places inside one of them; with --views, the writers know the tables by views alone. Asserts and prints; exit 1 when anything was lost.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withClient } from '#lib/cli/bench-schema.ts';
import { startServer, type EmbeddedServer } from '#lib/cli/embedded.ts';
import { reachableFolder, serverAccount, type Major } from '#lib/cli/server-account.ts';
import { benchDatabase } from './bench-database.ts';
import { COLUMN_TABLES, columnPlan, planned } from './columns-scene.ts';
import { holdOf, MIRROR_TABLES, type Ran, rowsDifferent, SCENE_ROWS, SCENE_TABLES, SCENE_VIEWS, scenePhase, scenePlan } from './rebuild-scene.ts';
import { startWriters, type Writers } from './rebuild-writers.ts';

const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' }, writers: { type: 'string', default: '8' }, transactions: { type: 'string', default: '50000' }, seed: { type: 'string', default: '1' }, major: { type: 'string', default: '15' }, columns: { type: 'boolean', default: false }, views: { type: 'boolean', default: false } } });
const terms = { rows: Number(values.rows), writers: Number(values.writers), transactions: Number(values.transactions), seed: Number(values.seed), major: Number(values.major) as Major };
/** From the fifth paragraph of the goals: milliseconds. */
const HOLD_MOST = 100;
const BACK_MOST = 5_000;
const BACKLOG_MOST = 25_000;

const VIEWS = values.views ? SCENE_VIEWS : '';

/** Two tables filled beside the live ones, or columns inside one of them. */
const SWAP = values.columns ? 'convert-swap.4' : 'convert-swap.2';
const TABLES = values.columns ? ['export'] : ['export', 'analytics'];

const folder = reachableFolder(mkdtempSync(join(tmpdir(), 'countersign-drill-')), serverAccount());
mkdirSync(folder, { recursive: true });
chmodSync(folder, 0o711);
const server = await startServer({ major: terms.major, dataDirectory: join(folder, 'data'), logFile: join(folder, 'server.log'), durable: true });
const failures: string[] = [];
try {
  await drill(server);
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
if (failures.length > 0) {
  process.stdout.write(`\nFAILED\n${failures.map((one) => `  ${one}`).join('\n')}\n`);
  process.exit(1);
}
process.stdout.write('\nPASSED: no write was lost, forward and back\n');

async function drill(on: EmbeddedServer): Promise<void> {
  const [now, wanted] = values.columns ? [COLUMN_TABLES('now'), COLUMN_TABLES('wanted')] : [SCENE_TABLES('text') + MIRROR_TABLES + VIEWS, SCENE_TABLES('uuid') + MIRROR_TABLES + VIEWS];
  const [prod, dev] = await Promise.all([benchDatabase(on, 'drill_prod', now + SCENE_ROWS(terms.rows)), benchDatabase(on, 'drill_dev', wanted)]);
  const plan = values.columns ? planned(await columnPlan({ prod, dev })) : await scenePlan({ prod, dev });
  const url = on.url('drill_prod');
  say(`Postgres ${terms.major}, ${terms.rows} exports and ${terms.rows} analytics rows, ${terms.writers} writers, seed ${terms.seed}`);
  await scenePhase(prod, plan, 'backup', 'forward');
  const writers = await startWriters(url, { writers: terms.writers, rows: terms.rows, seed: terms.seed, views: values.views });
  try {
    const built = await scenePhase(prod, plan, 'convert', 'forward', told);
    const there = await scenePhase(prod, plan, 'convert-swap', 'forward', told);
    await committed(writers, terms.transactions * 0.6);
    const backlog = await waiting(url, plan.keepSchema);
    const pressed = performance.now();
    const back = await scenePhase(prod, plan, 'convert-swap', 'rollback', (one) => {
      told(one);
      if (one.step.id === SWAP) report('from rollback press to old tables live', performance.now() - pressed, 'ms', backlog > BACKLOG_MOST ? null : BACK_MOST, `backlog ${backlog} keys`);
    });
    await committed(writers, terms.transactions * 0.8);
    const again = await scenePhase(prod, plan, 'convert-swap', 'forward', told);
    await committed(writers, terms.transactions);
    await scenePhase(prod, plan, 'convert-swap', 'rollback', told);
    const result = await writers.stop();
    report('transactions committed', result.committed, '', null);
    if (result.committed < terms.transactions) failures.push(`only ${result.committed} transactions were committed`);
    report('application errors', result.errors.length, '', 0, result.errors.slice(0, 3).join(' | '));
    report('longest stall of a transaction', result.longest.ms, 'ms', null);
    report('rows different after everything', await rowsDifferent(url), '', 0);
    for (const [name, ran] of [['swap', there], ['second swap', again], ['rollback', back]] as const) report(`hold of the ${name}`, holdOf(step(ran, SWAP)), 'ms', HOLD_MOST);
    const copy = step(built, 'convert.3');
    report('copy under load', (TABLES.length * terms.rows) / (copy.ms / 1_000), 'rows/s', null);
    report('parity proof under load', (TABLES.length * terms.rows) / (step(there, 'convert-swap.1').ms / 1_000), 'rows/s', null);
    report('memory of this process', Math.round(process.memoryUsage().rss / 1_000_000), 'MB', null);
  } finally {
    await writers.stop();
  }
}

function step(ran: readonly Ran[], id: string): Ran {
  const one = ran.find((other) => other.step.id === id);
  if (!one) throw new Error(`no step ${id} ran`);
  return one;
}

async function committed(writers: Writers, wanted: number): Promise<void> {
  while (writers.committed() < wanted) {
    if (writers.errors().length > 20) throw new Error(`the application fails: ${writers.errors().slice(0, 2).join(' | ')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Keys that wait for the way back. */
async function waiting(url: string, keepSchema: string): Promise<number> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ n: number }>(`SELECT (${TABLES.map((table) => `(SELECT count(*) FROM ${keepSchema}_new.${table}__log_back)`).join(' + ')})::int AS n`);
    return rows[0]?.n ?? -1;
  });
}

function told(one: Ran): void {
  const statements = one.outcome.outcome === 'applied' ? one.outcome.result.statements : [];
  const slowest = [...statements].sort((a, b) => b.ms - a.ms).slice(0, 3).filter((statement) => statement.ms > 0).map((statement) => `${statement.label} ${statement.ms}`);
  const given = [...new Set(one.gaveWay)].map((forWhat) => `${one.gaveWay.filter((each) => each === forWhat).length} × gave way, waiting for ${forWhat}`);
  say(`  ${one.step.id} ${one.step.title}: ${[`${one.ms} ms`, ...given].join(', ')}${slowest.length === 0 ? '' : ` (${slowest.join(', ')})`}`);
}

function report(what: string, value: number, unit: string, most: number | null, note = ''): void {
  const bad = most !== null && !(value <= most);
  if (bad) failures.push(`${what} is ${Math.round(value)} ${unit}, and may be ${most} at most. ${note}`);
  say(`${bad ? '✗' : '·'} ${what}: ${Math.round(value)} ${unit}${most === null ? '' : ` (at most ${most})`}${note === '' ? '' : ` · ${note}`}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
