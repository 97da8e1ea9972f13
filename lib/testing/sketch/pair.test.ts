import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, expect, test } from 'vitest';
import { SKETCH_KINDS } from './all.ts';
import { pairOf } from './pair.ts';
import { written } from './write.ts';

const SEEDS = Array.from({ length: 300 }, (_, at) => at + 1);
const pairs = SEEDS.map(pairOf);

beforeAll(() => loadModule());

test('a seed is a pair, the same every time, and another one another', () => {
  expect(pairOf(7)).toEqual(pairs[6]);
  expect(new Set(pairs.map((pair) => JSON.stringify(pair))).size).toBe(SEEDS.length);
});

test('both sides differ, and every kind comes, goes or changes in some pair', () => {
  const differing = pairs.map(({ a, b }) => new Set([...a, ...b].filter((piece) => JSON.stringify(a.find(({ key }) => key === piece.key)) !== JSON.stringify(b.find(({ key }) => key === piece.key))).map(({ kind }) => kind)));
  expect(pairs.filter(({ a, b }) => JSON.stringify(a) === JSON.stringify(b))).toEqual([]);
  expect([...SKETCH_KINDS.keys()].filter((kind) => !differing.some((kinds) => kinds.has(kind)))).toEqual([]);
});

test('what is written is SQL, and names only what the same side makes', () => {
  const sides = pairs.slice(0, 40).flatMap(({ a, b }) => [written(a), written(b)].map((side) => side.map(({ sql }) => sql)));
  const statements = sides.flat();
  expect(statements.length).toBeGreaterThan(2_000);
  expect(statements.filter((sql) => /[«»]|undefined|nothing_of_that_name/.test(sql))).toEqual([]);
  expect(sides.map((side) => parseSync(side.join(';\n')).stmts?.length)).toEqual(sides.map((side) => side.length));
});
