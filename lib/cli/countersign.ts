// `countersign diff | snapshot | lint | migrations | corpus`: the comparison, and what can be said of a text, from a terminal and from CI. Needs no control database and no configuration.
// `countersign plan …`: plans over the HTTP API of a Countersign that runs elsewhere.
import { parseArgs } from 'node:util';
import { redacted } from '#lib/log.ts';
import { comparison, comparisonJson, comparisonMarkdown, comparisonText, type Comparison, proposalLines } from '#lib/pipeline/comparison.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { scriptText } from '#lib/pipeline/script/script.ts';
import { snapshotText } from '#lib/pg/snapshot-file.ts';
import { apiOf } from './api.ts';
import { misreadOption, Stop } from './command.ts';
import { corpus } from './corpus.ts';
import { lintCommand } from './lint.ts';
import { migrationsCommand } from './migrations.ts';
import { renamesGiven } from './renames.ts';
import { PLAN_USAGE, planCommand } from './plan.ts';
import { onTopOf, readSides, sideGiven } from './sides.ts';

const USAGE = `Usage:
  countersign diff CURRENT DESIRED [--format text|sql|json|markdown] [--schema NAME]… [--exclude PATTERN]… [--owners | --no-owners] [--tablespaces] [--on-top-of SIDE] [--rename OLD=NEW]… [--major 14|15|18]
  countersign snapshot SIDE [--on-top-of SIDE] [--major 14|15|18] > FILE.json
  countersign lint [--major 14…18] [--rule no_alter_existing|backup_first|nullable_first]… FILE.sql|FILE.md…
  countersign migrations status FOLDER DATABASE
  countersign corpus [--major 14|15|18] [--only TEXT] [--verbose] DIR…
${PLAN_USAGE}

A side is a connection string (postgres://…), an SQL file or pg_dump -s (- for standard input), a folder of migrations (numbered SQL, Drizzle,
Prisma), or a stored snapshot (.json). CURRENT is what will change, DESIRED what is wanted; --format sql prints the statements between them.
What looks renamed is printed as a question, and is one that goes and one that comes until --rename public.old=public.new (a column: public.t.old=public.t.new, a schema: old=new) says yes. What looks moved into another schema is asked in the same way: --rename public.t=sales.t.
--on-top-of SIDE: the SQL of DESIRED only changes what SIDE has (ALTER TABLE …), and is replayed on top of its schema.
SQL is replayed on an embedded Postgres that is started for it, or on the server of COUNTERSIGN_SCRATCH_URL. Replaying SQL runs it.
Exit code: 0 identical, 1 different, 2 failed.

\`lint\` says what migrations and runbooks would hold up, lose or break, without any database. Exit code: 0 nothing blocks, 1 something does, 2 failed.

\`migrations status\` says what of a folder of Prisma or Drizzle is applied, by the tool's own ledger in the database. Exit code: 0 all of it, 1 not all, 2 failed.

\`plan\` asks the Countersign at COUNTERSIGN_URL with the token in COUNTERSIGN_TOKEN; PLAN is an id or the address of the plan's page. Exit code: 0 made,
read, reached; 2 failed or refused; 3 nothing to plan, or the time is up; 4 a phase deviates or ended in the middle, and a person must act first.`;

const FORMATS: Readonly<Record<string, (result: Comparison) => string>> = {
  text: comparisonText,
  sql: sqlOf,
  json: comparisonJson,
  markdown: (result) => comparisonMarkdown(result, sqlOf(result)),
};

function sqlOf(result: Comparison): string {
  const unread = result.unread.map((sentence) => `-- ${sentence}\n`).join('');
  const asked = proposalLines(result).map((line) => `-- ${line.replaceAll('\n', ' ')}\n`).join('');
  return result.deltas.length === 0 ? `${unread}-- ${result.current.name} and ${result.desired.name} are identical.\n` : `${unread}${asked}${scriptText(result.script)}`;
}

/** Runs one command. `folder`: where the person stands, for file names. Returns the exit code and never throws. */
export async function main(args: readonly string[], folder: string): Promise<number> {
  // A reader that has seen enough (`| head`) is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));
  try {
    const [command, ...rest] = args;
    if (command === 'help' || args.some((word) => word === '--help' || word === '-h')) {
      process.stdout.write(`${USAGE}\n`);
      return 0;
    }
    if (command === 'diff') return await diffCommand(rest, folder);
    if (command === 'snapshot') return await snapshotCommand(rest, folder);
    if (command === 'corpus') return await corpus(rest, folder);
    if (command === 'lint') return await lintCommand(rest, folder, printed);
    if (command === 'migrations') return await migrationsCommand(rest, folder, printed);
    if (command === 'plan') return await planCommand(rest, apiOf(process.env), { print: printed, note: (text) => void process.stderr.write(`${text}\n`) });
    if (command !== undefined) throw new Stop(`There is no command ${command}: diff, snapshot, lint, migrations, corpus or plan.`);
    // Not as an error, of which only the first line is told.
    process.stderr.write(`${USAGE}\n`);
    return 2;
  } catch (error) {
    process.stderr.write(`${redacted(sentenceOf(error))}\n`);
    return 2;
  }
}

async function diffCommand(args: readonly string[], folder: string): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args], allowPositionals: true, allowNegative: true,
    options: { format: { type: 'string', default: 'text' }, schema: { type: 'string', multiple: true }, exclude: { type: 'string', multiple: true }, owners: { type: 'boolean' }, tablespaces: { type: 'boolean', default: false }, rename: { type: 'string', multiple: true }, major: { type: 'string' }, 'on-top-of': { type: 'string' } },
  });
  const [current, desired] = positionals;
  const format = FORMATS[values.format];
  if (!format) throw new Stop(`--format is one of ${Object.keys(FORMATS).join(', ')}, not ${values.format}.`);
  if (current === undefined || desired === undefined || positionals.length > 2) throw new Stop('countersign diff needs two sides: countersign diff CURRENT DESIRED.');
  if (current === '-' && desired === '-') throw new Stop('Only one side can come from standard input.');
  const first = await sideGiven(current, folder);
  const second = await onTopOf(await sideGiven(desired, folder), values['on-top-of'], folder, [[current, first]]);
  const [before, after] = await readSides([first, second], scratchUrl(), majorOf(values.major));
  if (!before || !after) throw new Error('a side was read and is not there');
  const owners = values.owners ?? before.snapshot.target.systemIdentifier === after.snapshot.target.systemIdentifier;
  const renames = renamesGiven(values.rename ?? [], before, after);
  const result = comparison(before, after, { owners, tablespaces: values.tablespaces, schemas: values.schema ?? [], exclude: values.exclude ?? [], renames });
  await printed(format(result));
  return result.deltas.length === 0 ? 0 : 1;
}

async function snapshotCommand(args: readonly string[], folder: string): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { major: { type: 'string' }, 'on-top-of': { type: 'string' } } });
  const [side] = positionals;
  if (side === undefined || positionals.length > 1) throw new Stop('countersign snapshot needs one side: countersign snapshot postgres://… > FILE.json');
  const [read] = await readSides([await onTopOf(await sideGiven(side, folder), values['on-top-of'], folder)], scratchUrl(), majorOf(values.major));
  if (!read) throw new Error('the side was read and is not there');
  await printed(snapshotText(read.snapshot));
  return 0;
}

function scratchUrl(): string | null {
  return process.env.COUNTERSIGN_SCRATCH_URL?.trim() || null;
}

function majorOf(said: string | undefined): number | null {
  if (said === undefined) return null;
  if (!['14', '15', '18'].includes(said)) throw new Stop(`--major is one of 14, 15, 18, not ${said}.`);
  return Number(said);
}

/** All of it, before the process ends: a pipe takes what it can at a time. */
function printed(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

function sentenceOf(error: unknown): string {
  if (error instanceof Refused) return error.refusal.sentence;
  if (!(error instanceof Error)) return String(error);
  const misread = misreadOption(error);
  if (misread !== null) return `${misread} See countersign help.`;
  return error.message.split('\n').length > 12 ? (error.message.split('\n')[0] ?? error.message) : error.message;
}
