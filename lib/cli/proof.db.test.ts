import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { pairsIn } from './corpus.ts';
import { type Proof, prove } from './proof.ts';
import type { Server } from './proof-database.ts';
import { findPgDump } from './proof-dump.ts';

const CORPUS = join(import.meta.dirname, '..', 'testing', 'corpus');

/** What no statement can do without losing rows, and is said by name instead. */
const REFUSED = [
  'composite-type--fields-of-a-typed-table b → a',
  'table--heirs-of-two a → b', 'table--heirs-of-two b → a',
  'table--inherits-on-existing-table b → a',
  'table--partition-key-column-changes a → b', 'table--partition-key-column-changes b → a',
  'table--rows-held-elsewhere a → b', 'table--rows-held-elsewhere b → a',
];

const name = (proof: Proof) => `${proof.name} ${proof.direction}`;

test.each([14, 15, 18] as const)('on Postgres %i the script of every case of our corpus leaves no difference, both ways', { timeout: 240_000 }, async (major) => {
  const server = inject('servers')[major];
  if (!server) throw new Error(`no Postgres ${major} was started for the tests`);
  const witness: Server = { url: (database) => `postgres://postgres:${server.password}@127.0.0.1:${server.port}/${database}`, pgDump: major === 15 ? await findPgDump(major) : null };
  const waiting = pairsIn(CORPUS);
  expect(waiting.length).toBeGreaterThanOrEqual(75);
  const proofs: Proof[] = [];
  const work = async (): Promise<void> => {
    for (let pair = waiting.shift(); pair !== undefined; pair = waiting.shift()) proofs.push(...(await prove(witness, pair)));
  };
  await Promise.all([work(), work(), work()]);
  expect(proofs.filter((proof) => proof.verdict === 'wrong' || proof.verdict === 'not loaded').map((proof) => [name(proof), proof.reasons])).toEqual([]);
  expect(proofs.filter((proof) => proof.verdict === 'refused').map(name).toSorted()).toEqual(REFUSED);
});
