// `npm run bench`: how long it takes to read and compare two large databases, beside `pg_dump -s` of one of them in the same run.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { introspect } from '#lib/pg/introspect.ts';
import { diff } from '#lib/pipeline/diff.ts';
import { makeScript } from '#lib/pipeline/script/script.ts';
import { fillPair, withClient } from './bench-databases.ts';
import { runCommand, Stop } from './command.ts';
import { startServer } from './embedded.ts';
import { findPgDump } from './proof-dump.ts';
import { reachableFolder, serverAccount } from './server-account.ts';

await runCommand(async () => {
  const { values } = parseArgs({ options: { tables: { type: 'string', default: '10000' } } });
  const tables = Number(values.tables);
  if (!Number.isInteger(tables) || tables < 1) throw new Stop(`--tables is a whole number, not ${values.tables}.`);
  const scratch = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  const folder = reachableFolder(join(scratch, 'postgres'), serverAccount());
  const server = await startServer({ major: 15, dataDirectory: folder, logFile: join(scratch, 'postgres.log'), durable: false });
  try {
    await fillPair(server.url('postgres'), server.url('current'), server.url('desired'), tables);
    await measure(server.url('current'), server.url('desired'), tables);
  } finally {
    await server.stop();
    rmSync(scratch, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
  return 0;
});

async function measure(current: string, desired: string, tables: number): Promise<void> {
  const seconds: [string, number][] = [];
  const timed = async <T>(name: string, work: () => Promise<T> | T): Promise<T> => {
    const began = performance.now();
    const result = await work();
    seconds.push([name, (performance.now() - began) / 1000]);
    return result;
  };
  const [a, b] = await timed('introspect both sides', async () => [await withClient(current, (client) => introspect(client)), await withClient(desired, (client) => introspect(client))] as const);
  const deltas = await timed('diff', () => diff(a, b, { satellites: true }));
  const script = await timed('script', () => makeScript(a, b, deltas));
  const ours = seconds.reduce((total, [, time]) => total + time, 0);
  const memory = process.resourceUsage().maxRSS / 1024;
  const program = await findPgDump(15);
  if (program) await timed('pg_dump -s of one side', () => promisify(execFile)(program, ['--schema-only', '--file=/dev/null', '--dbname', current]));
  const dump = seconds.find(([name]) => name.startsWith('pg_dump'))?.[1];
  process.stdout.write(`${tables} tables, ${a.objects.length} objects, ${deltas.length} differences, ${script.steps.reduce((total, step) => total + step.statements.length, 0)} statements, ${script.refusals.length} refused\n`);
  for (const [name, time] of seconds) process.stdout.write(`  ${name.padEnd(24)} ${time.toFixed(2).padStart(7)} s${dump === undefined ? '' : `  ${(time / dump).toFixed(2)} of pg_dump`}\n`);
  process.stdout.write(`  ours in all ${ours.toFixed(2)} s${dump === undefined ? ' (no pg_dump here to compare with)' : `, ${(ours / dump).toFixed(2)} of one pg_dump -s`}; peak ${memory.toFixed(0)} MB\n`);
}
