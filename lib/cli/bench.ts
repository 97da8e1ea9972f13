// `npm run bench:compare`: how long it takes to read and compare two large databases, beside `pg_dump -s` of one of them in the same run.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import type { Client } from 'pg';
import { AT_START } from './at-start.mjs';
import { fillPair, withClient } from './bench-schema.ts';
import { type Measured, middleOf, sumOf, type Times } from './bench-times.ts';
import { runCommand, Stop } from './command.ts';
import { COMPILE_CACHE } from './compile-cache.ts';
import { startServer } from './embedded.ts';
import { findPgDump } from './proof-dump.ts';
import { reachableFolder, serverAccount } from './server-account.ts';

const run = promisify(execFile);
const USAGE = 'Usage: npm run bench:compare -- [--tables 100,1000,10000] [--not-analysed]';

await runCommand(async () => {
  const { values } = parseArgs({ options: { tables: { type: 'string', default: '100,1000,10000' }, 'not-analysed': { type: 'boolean', default: false } } });
  const sizes = values.tables.split(',').map(Number);
  if (sizes.some((size) => !Number.isInteger(size) || size < 1)) throw new Stop(USAGE);
  const scratch = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  const folder = reachableFolder(join(scratch, 'postgres'), serverAccount());
  const server = await startServer({ major: 15, dataDirectory: folder, logFile: join(scratch, 'postgres.log'), durable: false });
  try {
    for (const size of sizes) {
      const names = { current: `current_${size}`, desired: `desired_${size}` };
      await fillPair(server.url, names, size, !values['not-analysed']);
      await report(size, server.url(names.current), server.url(names.desired));
      await withClient(server.url('postgres'), async (client) => { for (const name of Object.values(names)) await client.query(`DROP DATABASE ${name}`); });
    }
  } finally {
    await server.stop();
    rmSync(scratch, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
  return 0;
});

async function report(size: number, current: string, desired: string): Promise<void> {
  // Once for nothing: whoever reads first pays for bringing the catalogs into the server's memory.
  await withClient(current, readCatalogs);
  await withClient(desired, readCatalogs);
  // As the product's own processes are started: what Node compiled of our modules is kept, and a command takes other flags than a server.
  const child = async (flags: readonly string[]) => JSON.parse((await run(process.execPath, [...flags, join(import.meta.dirname, 'bench-child.ts'), current, desired], { env: { ...process.env, ...COMPILE_CACHE } })).stdout) as Measured;
  const [measured, { again }] = [await child(AT_START), await child([])];
  const dump = await dumpTime(current);
  const { times } = measured;
  const beside = (time: number) => `${time.toFixed(2).padStart(7)} s${dump === null ? '' : `  ${(time / dump).toFixed(2)} of pg_dump`}`;
  const line = (name: string, part: (of: Times) => number) => `  ${name.padEnd(24)}${beside(part(times))}   ${beside(part(again))}\n`;
  process.stdout.write(`${size} tables a side: ${measured.objects} objects, ${measured.differences} differences, ${measured.statements} statements, ${measured.refused} refused\n`);
  process.stdout.write(`  ${''.padEnd(24)}${'first, as a command does'.padEnd(28)}again in a process, as a server does\n`);
  process.stdout.write(line('introspect both sides', (of) => of.introspect) + line('diff', (of) => of.diff) + line('make the script', (of) => of.script) + line('write it as text', (of) => of.text) + line('in all', sumOf));
  process.stdout.write(dump === null ? '  (no pg_dump here to compare with)\n' : `  ${'pg_dump -s of one side'.padEnd(24)}${dump.toFixed(2).padStart(7)} s, the middle of three\n`);
  process.stdout.write(`  peak memory of the first ${measured.memory.toFixed(0)} MB\n`);
}

/** Seconds; null where there is no program that reads the server. */
async function dumpTime(url: string): Promise<number | null> {
  const program = await findPgDump(15);
  if (!program) return null;
  const taken: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const began = performance.now();
    await run(program, ['--schema-only', '--file=/dev/null', '--dbname', url]);
    taken.push((performance.now() - began) / 1000);
  }
  return middleOf(taken, (seconds) => seconds);
}

async function readCatalogs(client: Client): Promise<void> {
  for (const catalog of ['pg_class', 'pg_attribute', 'pg_constraint', 'pg_index', 'pg_depend', 'pg_attrdef', 'pg_description', 'pg_type']) await client.query(`SELECT count(*) FROM pg_catalog.${catalog}`);
}
