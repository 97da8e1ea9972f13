import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readMigrationFolder } from '#lib/pg/migration-folder.ts';
import { readLedger, schemaInAddress } from '#lib/pg/migration-ledger.ts';
import { withReader } from '#lib/pg/session.ts';
import { TOOL } from '#lib/pipeline/migrations/migration.ts';
import { statusOf } from '#lib/pipeline/migrations/status.ts';
import { Stop } from './command.ts';
import { sideGiven } from './sides.ts';

/** `countersign migrations status FOLDER DATABASE`: what the tool of a folder has applied. Reads both, changes neither. Exit code 1 when anything is not simply applied. */
export async function migrationsCommand(args: readonly string[], folder: string, print: (text: string) => Promise<void>): Promise<number> {
  const [word, given, database, ...more] = parseArgs({ args: [...args], allowPositionals: true, options: {} }).positionals;
  if (word !== 'status' || given === undefined || database === undefined || more.length > 0) throw new Stop('countersign migrations status needs a folder and a database: countersign migrations status drizzle postgres://…/prod.');
  const side = await sideGiven(database, folder);
  if (side.kind !== 'database') throw new Stop(`${database} is no database: give a connection string (postgres://…).`);
  const migrations = await readMigrationFolder(basename(resolve(folder, given)), resolve(folder, given));
  const config = { name: side.name, environment: 'terminal', readerUrl: side.url, operatorUrl: null };
  const ledger = migrations.style === 'plain' ? { tool: 'none' as const } : await withReader(config, (client) => readLedger(client, migrations.style, schemaInAddress(side.url), side.name));
  const lines = statusOf(migrations, ledger);
  const widest = Math.max(...lines.map(({ name }) => name.length));
  const stands = ledger.tool === 'none' || ledger.stands ? '' : `, which has no ${ledger.table.schema}.${ledger.table.name} yet`;
  await print([`${TOOL[migrations.style]}, ${migrations.name} against ${side.name}${stands}`, ...lines.map(({ name, state, sentence }) => `${name.padEnd(widest)}  ${state.replaceAll('_', ' ').padEnd(12)}  ${state === 'applied' || state === 'pending' ? '' : sentence}`.trimEnd())].map((line) => `${line}\n`).join(''));
  return lines.every(({ state }) => state === 'applied') ? 0 : 1;
}
