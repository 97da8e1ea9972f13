// `npm run drill:plans -- --pairs N --seed S [--server 14|15|18]`: pairs of schemas by chance (as drill:compare) with rows in the one that is changed. Of their differences a plan is made,
// without those that are refused by name; it runs forward until none of its differences is left, and back until schema and rows are as they were. What it does not change no row may lose.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from '#lib/cli/embedded.ts';
import { passingFolder } from '#lib/cli/passing-folder.ts';
import { createRoles, type Server } from '#lib/cli/proof-database.ts';
import { reachableFolder, serverAccount, type Major } from '#lib/cli/server-account.ts';
import { type PlanProof, provePlan } from './sketch-plan.ts';
import { shrunkSketch, SKETCH_ROLES } from './sketch-proof.ts';
import { pairOf } from './sketch/pair.ts';

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' }, server: { type: 'string', default: '15' }, keep: { type: 'string', default: '.countersign/drill-plans' }, shrink: { type: 'string', default: '5' } } });
const major = Number(values.server) as Major;
const [first, pairs] = [Number(values.seed), Number(values.pairs)];
const AT_ONCE = 2;

const counts = { done: 0, blocked: 0, refused: 0, failed: 0 };
let [chosen, differing, rows] = [0, 0, 0];
const reasons = new Map<string, number[]>();
const passing = passingFolder();
const embedded = await startServer({ major, dataDirectory: reachableFolder(join(passing.path, 'postgres'), serverAccount()), logFile: join(passing.path, 'postgres.log'), durable: false });
try {
  const server: Server = { url: embedded.url, pgDump: null };
  await createRoles(server, SKETCH_ROLES);
  let shrinks = Number(values.shrink);
  let next = first;
  const work = async (): Promise<void> => {
    for (let seed = next++; seed < first + pairs; seed = next++) {
      const proof = await provePlan(server, pairOf(seed), seed);
      counts[proof.outcome] += 1;
      [chosen, differing, rows] = [chosen + proof.chosen.length, differing + proof.differing, rows + proof.rows];
      if (proof.outcome !== 'done') note(seed, proof);
      if (proof.outcome === 'failed') keep(seed, shrinks-- > 0 ? await small(server, seed) : proof);
      const made = Object.values(counts).reduce((sum, count) => sum + count, 0);
      if (made % 25 === 0) say(`${made} plans: ${said()}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
} finally {
  await embedded.stop();
  passing.remove();
}
for (const [reason, where] of [...reasons].toSorted((a, b) => b[1].length - a[1].length)) say(`${String(where.length).padStart(5)}  ${reason}   (${where.slice(0, 4).join(', ')})`);
say(`Postgres ${major}, seeds ${first} to ${first + pairs - 1}: ${said()}; ${chosen} of ${differing} differences were in plans, over ${rows} rows`);
process.exit(counts.failed > 0 ? 1 : 0);

function said(): string {
  return `${counts.done} there and back, ${counts.blocked} blocked by name, ${counts.refused} refused by name, ${counts.failed} failed`;
}

/** The same with as little in it as still fails. */
async function small(server: Server, seed: number): Promise<PlanProof> {
  const less = await shrunkSketch(pairOf(seed), async (some) => (await provePlan(server, some, seed)).outcome === 'failed');
  return provePlan(server, less, seed);
}

function note(seed: number, { outcome, why }: PlanProof): void {
  const reason = `${outcome}: ${why.replaceAll(/"(?:[^"]|"")*"|'[^']*'|[^\s(),.]*\d[^\s(),.]*/g, '…').replaceAll(/(?:…[.]?)+/g, '…').slice(0, 200)}`;
  reasons.set(reason, [...(reasons.get(reason) ?? []), seed]);
}

/** As a case of the corpus, with the differences that were in the plan and why it failed. */
function keep(seed: number, { a, b, chosen: ids, why }: PlanProof): void {
  const folder = join(values.keep, `${major}--seed-${seed}`);
  mkdirSync(folder, { recursive: true });
  for (const [name, statements] of [['a.sql', a], ['b.sql', b]] as const) writeFileSync(join(folder, name), statements.map((statement) => `${statement};\n`).join(''));
  writeFileSync(join(folder, 'why.txt'), `${why}\n\n${ids.join('\n')}\n`);
  say(`failed: seed ${seed}, kept in ${folder}\n    ${why.slice(0, 1000)}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
