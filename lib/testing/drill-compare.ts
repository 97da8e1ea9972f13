// `npm run drill:compare -- --pairs N --seed S [--server 14|15|18]`: pairs of schemas by chance, with every kind of object and links between them; the script of
// their differences is run both ways and may leave nothing over. Prints proved, refused by name and wrong; a wrong pair is made as small as it stays wrong and kept.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from '#lib/cli/embedded.ts';
import { passingFolder } from '#lib/cli/passing-folder.ts';
import type { Server } from '#lib/cli/proof-database.ts';
import { findPgDump } from '#lib/cli/proof-dump.ts';
import type { Proof } from '#lib/cli/proof.ts';
import { reachableFolder, serverAccount, type Major } from '#lib/cli/server-account.ts';
import { proveSketch, shrunkSketch, type SketchProof } from './sketch-proof.ts';
import { pairOf, type SketchPair } from './sketch/pair.ts';

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' }, server: { type: 'string', default: '15' }, keep: { type: 'string', default: '.countersign/drill-compare' }, raw: { type: 'boolean', default: false }, shrink: { type: 'string', default: '20' } } });
const major = Number(values.server) as Major;
const first = Number(values.seed);
const pairs = Number(values.pairs);
/** Pairs that are proved beside each other: while one waits for its server, another thinks. */
const AT_ONCE = 3;

const counts = { proved: 0, refused: 0, wrong: 0, 'not loaded': 0 };
const reasons = new Map<string, string[]>();
const passing = passingFolder();
const embedded = await startServer({ major, dataDirectory: reachableFolder(join(passing.path, 'postgres'), serverAccount()), logFile: join(passing.path, 'postgres.log'), durable: false });
try {
  const server: Server = { url: embedded.url, pgDump: values.raw ? null : await findPgDump(major) };
  let shrinks = Number(values.shrink);
  let [next, done] = [first, 0];
  const work = async (): Promise<void> => {
    for (let seed = next++; seed < first + pairs; seed = next++) {
      const pair = pairOf(seed);
      const proof = await proveSketch(server, pair);
      for (const each of proof.proofs) note(seed, each);
      if (proof.proofs.some(isWrong)) keep(seed, shrinks-- > 0 ? await small(server, pair, proof) : proof);
      done += 1;
      if (done % 25 === 0) say(`${done} pairs: ${counts.proved} proved, ${counts.refused} refused by name, ${counts.wrong} wrong`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
} finally {
  await embedded.stop();
  passing.remove();
}
for (const [reason, where] of [...reasons].toSorted((a, b) => b[1].length - a[1].length)) say(`${String(where.length).padStart(5)}  ${reason}   (${where.slice(0, 4).join(', ')})`);
say(`Postgres ${major}, seeds ${first} to ${first + pairs - 1}, both ways: ${counts.proved} proved, ${counts.refused} refused by name, ${counts.wrong} wrong`);
process.exit(counts.wrong > 0 ? 1 : 0);

/** The proof of as little of the pair as is still wrong, one way. */
async function small(server: Server, pair: SketchPair, proof: SketchProof): Promise<SketchProof> {
  const directions = proof.proofs.filter(isWrong).slice(0, 1).map(({ direction }) => direction);
  return proveSketch(server, await shrunkSketch(pair, async (some) => (await proveSketch(server, some, directions)).proofs.some(isWrong)), directions);
}

function isWrong(proof: Proof): boolean {
  return proof.verdict === 'wrong';
}

function note(seed: number, proof: Proof): void {
  counts[proof.verdict] += 1;
  if (proof.verdict === 'proved') return;
  for (const reason of new Set(proof.reasons.map(unnamed).slice(0, isWrong(proof) ? 1 : 99))) reasons.set(`${proof.verdict}: ${reason}`, [...(reasons.get(`${proof.verdict}: ${reason}`) ?? []), `${seed} ${proof.direction}`]);
}

/** A sentence without what chance named. */
function unnamed(sentence: string): string {
  return sentence.replaceAll(/"(?:[^"]|"")*"|'[^']*'|[^\s(),.]*\d[^\s(),.]*/g, '…').replaceAll(/(?:…[.]?)+/g, '…').slice(0, 180);
}

/** As a case of the corpus: `npm run corpus -- FOLDER` proves it again. */
function keep(seed: number, { a, b, proofs }: SketchProof): void {
  const folder = join(values.keep, `${major}--seed-${seed}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'a.sql'), scriptOf(a));
  writeFileSync(join(folder, 'b.sql'), scriptOf(b));
  writeFileSync(join(folder, 'why.txt'), proofs.map((proof) => `${proof.direction} ${proof.verdict}\n${proof.reasons.join('\n')}\n`).join('\n'));
  say(`wrong: seed ${seed}, kept in ${folder}\n    ${proofs.flatMap((proof) => [proof.direction, ...proof.reasons]).slice(0, 4).join('\n    ').slice(0, 1200)}`);
}

function scriptOf(statements: readonly string[]): string {
  return statements.map((statement) => `${statement};\n`).join('');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
