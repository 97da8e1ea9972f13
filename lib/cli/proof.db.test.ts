import { join } from 'node:path';
import type { Client } from 'pg';
import { expect, inject, test } from 'vitest';
import { pairsIn } from './corpus.ts';
import { type Proof, prove, proveFromNothing } from './proof.ts';
import { type Server, withDatabase } from './proof-database.ts';
import { findPgDump } from './proof-dump.ts';

const CORPUS = join(import.meta.dirname, '..', 'testing', 'corpus');

/** What no statement can do without losing rows, or at all, and is said by name instead. */
const REFUSED = [
  'composite-type--fields-of-a-typed-table b → a',
  'composite-type--is-read-by-another a → b', 'composite-type--is-read-by-another b → a',
  'foreign--heirs-with-rows-of-their-own a → b', 'foreign--heirs-with-rows-of-their-own b → a',
  'partition--key-called-as-another a → b',
  'table--identified-by-an-index-that-is-gone a → b',
  'table--rows-held-elsewhere a → b', 'table--rows-held-elsewhere b → a', 'view--names-columns-by-place a → b',
];

/** A partition is numbered with its table from 17 on, and cannot have a default of its own as well; what an heir declared beside its parent from 18 on stays; what is asked of some rows and not of others is not told apart among heirs. */
const REFUSED_ON_18 = ['partition--numbered-over-a-default a → b', 'column--not-null-of-heirs b → a', 'partition--not-null-that-parts-keep a → b', 'constraint--enforced-by-one-parent a → b'];

const name = (proof: Proof) => `${proof.name} ${proof.direction}`;
const fingerprints = new Map<string, Map<number, string>>();

test.each([14, 15, 18] as const)('on Postgres %i the script of every case of our corpus leaves no difference, both ways; whole schemas also from nothing and back', { timeout: 400_000 }, async (major) => {
  const server = inject('servers')[major];
  if (!server) throw new Error(`no Postgres ${major} was started for the tests`);
  const witness: Server = { url: (database) => `postgres://postgres:${server.password}@127.0.0.1:${server.port}/${database}`, pgDump: major === 15 ? await findPgDump(major) : null };
  const pairs = pairsIn(CORPUS, major);
  expect(pairs.length).toBeGreaterThanOrEqual(75);
  const whole = pairs.filter((pair) => pair.name.startsWith('whole--'));
  expect(whole.length).toBeGreaterThanOrEqual(4);
  const proofs = await inTurn(witness, [...pairs.map((pair) => (server: Server) => prove(server, pair)), ...whole.map((pair) => (server: Server) => proveFromNothing(server, [pair]))]);
  expect(proofs.filter((proof) => proof.verdict === 'wrong' || proof.verdict === 'not loaded').map((proof) => [name(proof), proof.reasons])).toEqual([]);
  expect(proofs.filter((proof) => proof.verdict === 'refused').map(name).toSorted()).toEqual(major === 18 ? [...REFUSED, ...REFUSED_ON_18].toSorted() : REFUSED);
  for (const proof of proofs) fingerprints.set(name(proof), (fingerprints.get(name(proof)) ?? new Map()).set(major, proof.fingerprint));
});

test('one text has one fingerprint on every major', () => {
  expect(fingerprints.size).toBeGreaterThanOrEqual(150);
  const differing = [...fingerprints].filter(([, byMajor]) => new Set(byMajor.values()).size > 1).map(([proof]) => proof);
  expect(differing).toEqual([]);
  // What an older server cannot have.
  expect([...fingerprints].filter(([, byMajor]) => byMajor.size < 3).map(([proof]) => proof).toSorted()).toEqual(['column--computed-in-another-way a → b', 'column--computed-in-another-way b → a', 'constraint--enforced-by-an-heir-alone a → b', 'constraint--enforced-by-an-heir-alone b → a', 'constraint--enforced-by-one-parent a → b', 'constraint--enforced-by-one-parent b → a', 'constraint--not-null-called-otherwise a → b', 'constraint--not-null-called-otherwise b → a', 'constraint--not-null-names-change-places a → b', 'constraint--not-null-names-change-places b → a', 'partition--not-null-of-rows-unasked a → b', 'partition--not-null-of-rows-unasked b → a', 'partition--not-null-that-parts-keep a → b', 'partition--not-null-that-parts-keep b → a', 'publication--conditions-over-changed-columns a → b', 'publication--conditions-over-changed-columns b → a', 'publication--of-a-column-that-goes a → b', 'publication--of-a-column-that-goes b → a', 'publication--schemas-come-and-go a → b', 'publication--schemas-come-and-go b → a', 'sequence--of-an-identity-logged-otherwise a → b', 'sequence--of-an-identity-logged-otherwise b → a', 'table--what-only-18-has a → b', 'table--what-only-18-has b → a']);
});

/** Three at a time, each with one session for all databases that it makes. */
async function inTurn(witness: Server, jobs: ((server: Server) => Promise<Proof[]>)[]): Promise<Proof[]> {
  const waiting = [...jobs];
  const proofs: Proof[] = [];
  const work = async (admin: Client): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) proofs.push(...(await job({ ...witness, admin })));
  };
  await Promise.all([1, 2, 3].map(() => withDatabase(witness, 'postgres', work)));
  return proofs;
}
