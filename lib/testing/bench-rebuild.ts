// `npm run bench:rebuild`: the copy of a rebuild beside an idle live table, against the bare INSERT … SELECT with the same casts into the same empty
// table with the same key, on the same server in the same run. Prints the ratio and the memory of this process.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withClient } from '#lib/cli/bench-schema.ts';
import { startServer } from '#lib/cli/embedded.ts';
import { reachableFolder, serverAccount, type Major } from '#lib/cli/server-account.ts';
import { benchDatabase } from './bench-database.ts';
import { MIRROR_TABLES, SCENE_ROWS, SCENE_TABLES, scenePhase, scenePlan } from './rebuild-scene.ts';

const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' }, major: { type: 'string', default: '15' } } });
const rows = Number(values.rows);
/** What the copy in batches may cost over the bare statement, and what the worker may hold. */
const RATIO_LEAST = 0.6;
const MEMORY_MOST = 200;

const folder = reachableFolder(mkdtempSync(join(tmpdir(), 'countersign-bench-')), serverAccount());
mkdirSync(folder, { recursive: true });
chmodSync(folder, 0o711);
const server = await startServer({ major: Number(values.major) as Major, dataDirectory: join(folder, 'data'), logFile: join(folder, 'server.log'), durable: true });
let peak = 0;
try {
  const [prod, dev] = [await benchDatabase(server, 'bench_prod', SCENE_TABLES('text') + MIRROR_TABLES + SCENE_ROWS(rows)), await benchDatabase(server, 'bench_dev', SCENE_TABLES('uuid') + MIRROR_TABLES)];
  const bare = await withClient(prod.readerUrl, async (client) => {
    await client.query('CREATE SCHEMA bare; CREATE TABLE bare.export (id uuid PRIMARY KEY, project_id integer NOT NULL, slug text, note text, amount numeric(12,2) NOT NULL DEFAULT 0, created_at timestamptz NOT NULL DEFAULT now()); CREATE TABLE bare.analytics (id uuid PRIMARY KEY, export_id uuid NOT NULL, kind text NOT NULL, amount integer, seen_at timestamptz NOT NULL DEFAULT now()); CHECKPOINT');
    const begun = performance.now();
    await client.query('INSERT INTO bare.export SELECT id::uuid, project_id, slug, note, amount, created_at FROM public.export');
    await client.query('INSERT INTO bare.analytics SELECT id::uuid, export_id::uuid, kind, amount, seen_at FROM public.analytics');
    const ms = performance.now() - begun;
    await client.query('DROP SCHEMA bare CASCADE; CHECKPOINT');
    return ms;
  });
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 50);
  const plan = await scenePlan({ prod, dev });
  await scenePhase(prod, plan, 'backup', 'forward');
  const built = await scenePhase(prod, plan, 'convert', 'forward');
  clearInterval(watch);
  const copy = built.find((one) => one.step.id === 'convert.3')?.ms ?? Number.NaN;
  const ratio = bare / copy;
  const memory = Math.round(peak / 1_000_000);
  process.stdout.write(`${2 * rows} rows in two tables, Postgres ${values.major}\nbare INSERT … SELECT: ${Math.round(bare)} ms, ${speed(bare)} rows/s\ncopy in batches:      ${Math.round(copy)} ms, ${speed(copy)} rows/s\nratio ${ratio.toFixed(2)} (aim: ${RATIO_LEAST} at least), memory of the worker at most ${memory} MB (aim: ${MEMORY_MOST} at most)\n`);
  if (!(ratio >= RATIO_LEAST) || memory > MEMORY_MOST) process.exitCode = 1;
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}

function speed(ms: number): number {
  return Math.round((2 * rows) / (ms / 1_000));
}
