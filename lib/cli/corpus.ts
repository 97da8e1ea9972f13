// `npm run corpus -- DIR…`: proves the comparison on folders of NAME/a.sql and NAME/b.sql (optional setup.sql, roles.txt, since.txt), both ways, on a server of its own. `--from-nothing`: also
// from an empty database to each side and back. `--crossed COUNT`: also so many pairs of sides that have nothing to do with each other.
// `--mutate COUNT --seed N --seeds HOW_MANY`: also each side against what COUNT changes by chance make of it; a wrong one prints the fewest statements.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { counted } from '#lib/pipeline/words.ts';
import { runCommand, Stop } from './command.ts';
import { startServer } from './embedded.ts';
import { type Pair, type Proof, prove, proveCrossed, proveFromNothing } from './proof.ts';
import { proveSeeds } from './mutations/mutate.ts';
import type { Server } from './proof-database.ts';
import { findPgDump } from './proof-dump.ts';
import { reachableFolder, serverAccount, type Major } from './server-account.ts';

const MAJORS: readonly Major[] = [14, 15, 18];

const OPTIONS = {
  major: { type: 'string', default: '15' }, only: { type: 'string' }, 'from-nothing': { type: 'boolean', default: false }, crossed: { type: 'string' }, mutate: { type: 'string' }, seed: { type: 'string', default: '1' }, seeds: { type: 'string', default: '1' },
  verbose: { type: 'boolean', default: false },
} as const;

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Stop(`--${option} is a whole number, not ${text}.`);
  return Number(text);
}

/** The pairs of a folder that a server of this version can have: a case itself, or a folder of cases. A case that needs a newer one says so in `since.txt`. */
export function pairsIn(folder: string, major: Major): Pair[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new Stop(`There is no folder ${folder}.`);
  const cases = existsSync(join(folder, 'a.sql')) ? [folder] : readdirSync(folder).toSorted().map((name) => join(folder, name)).filter((path) => statSync(path).isDirectory() && existsSync(join(path, 'a.sql')) && existsSync(join(path, 'b.sql')));
  return cases.filter((path) => Number(read(join(path, 'since.txt'))) <= major).map((path) => ({
    name: path.split('/').at(-1) ?? path,
    a: read(join(path, 'a.sql')),
    b: read(join(path, 'b.sql')),
    setup: read(join(path, 'setup.sql')),
    roles: read(join(path, 'roles.txt')).split(/\s+/).filter((role) => role !== ''),
  }));
}

function read(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function reportOf(folder: string, proofs: readonly Proof[], verbose: boolean): string {
  const of = (verdict: Proof['verdict']) => proofs.filter((proof) => proof.verdict === verdict);
  const line = (proof: Proof) => [`  ${proof.verdict}: ${proof.name} ${proof.direction}`, ...proof.reasons.slice(0, verbose ? 200 : 6).map((reason) => `      ${reason.replaceAll('\n', '\n      ')}`)].join('\n');
  return [
    ...[...of('wrong'), ...of('refused'), ...of('not loaded')].map(line),
    `${folder}: ${of('proved').length} proved, ${of('refused').length} refused by name, ${of('wrong').length} wrong${of('not loaded').length > 0 ? `, ${counted(of('not loaded').length, 'pair', 'pairs')} not loaded` : ''}`,
  ].join('\n');
}

if (process.argv[1] !== undefined && import.meta.filename === resolve(process.argv[1])) await runCommand(() => corpus(process.argv.slice(2), process.cwd()));

/** Proves folders of cases; file names are seen from `from`. Exit code 1 when one of them is wrong. */
export async function corpus(args: readonly string[], from: string): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  const major = MAJORS.find((each) => String(each) === values.major);
  if (major === undefined) throw new Stop(`--major is one of ${MAJORS.join(', ')}, not ${values.major}.`);
  if (positionals.length === 0) throw new Stop('Usage: npm run corpus -- [--major 14|15|18] [--only TEXT] [--from-nothing] [--crossed COUNT] [--mutate COUNT [--seed N] [--seeds HOW_MANY]] [--verbose] DIR…');
  const pgDump = await findPgDump(major);
  process.stdout.write(pgDump ? `Compared with ${pgDump}.\n` : `No pg_dump here reads Postgres ${major}: the second diff and the raw catalogs stand in for it.\n`);
  const scratch = mkdtempSync(join(tmpdir(), 'countersign-corpus-'));
  const folder = reachableFolder(join(scratch, 'postgres'), serverAccount());
  let wrong = 0;
  const embedded = await startServer({ major, dataDirectory: folder, logFile: join(scratch, 'postgres.log'), durable: false });
  try {
    const server: Server = { url: embedded.url, pgDump };
    for (const each of positionals) {
      const pairs = pairsIn(resolve(from, each), major).filter(({ name }) => name.includes(values.only ?? ''));
      const proofs: Proof[] = [];
      for (const pair of pairs) proofs.push(...(await prove(server, pair)));
      if (values['from-nothing']) proofs.push(...(await proveFromNothing(server, pairs)));
      if (values.crossed !== undefined) proofs.push(...(await proveCrossed(server, pairs, Number(values.crossed))));
      if (values.mutate !== undefined) proofs.push(...(await proveSeeds(server, pairs, { count: wholeNumber('mutate', values.mutate), seed: wholeNumber('seed', values.seed), seeds: wholeNumber('seeds', values.seeds) })));
      wrong += proofs.filter((proof) => proof.verdict === 'wrong').length;
      process.stdout.write(`${reportOf(each, proofs, values.verbose)}\n`);
    }
  } finally {
    await embedded.stop();
    rmSync(scratch, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
  return wrong === 0 ? 0 : 1;
}
