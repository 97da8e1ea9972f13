import { expect, test } from 'vitest';
import type { SchemaObject } from './snapshot.ts';
import { twinsOf } from './twins.ts';

function objects(...ids: (string | number)[]): SchemaObject[] {
  return ids.map((id) => ({ id: String(id), kind: 'table', schema: 's', name: String(id), parent: null, position: null, attributes: {} }));
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Pairs by a table of all ids, as slow as it is simple. */
function expected(current: readonly SchemaObject[], desired: readonly SchemaObject[]): { twins: (SchemaObject | undefined)[]; gone: SchemaObject[] } {
  const known = new Map(current.map((object) => [object.id, object]));
  const wanted = new Set(desired.map((object) => object.id));
  return { twins: desired.map((object) => known.get(object.id)), gone: current.filter((object) => !wanted.has(object.id)) };
}

const LONG = numbers(1_000);
const SCENES: [string, (string | number)[], (string | number)[]][] = [
  ['equal lists', LONG, LONG],
  ['nothing on the one side', [], LONG],
  ['nothing on the other', LONG, []],
  ['one missing here and there', LONG.filter((n) => n % 50 !== 0), LONG.filter((n) => n % 70 !== 0)],
  ['a stretch missing that is longer than anybody looks ahead', [...LONG.slice(0, 100), ...LONG.slice(400)], LONG],
  ['such a stretch on the other side', LONG, [...LONG.slice(0, 100), ...LONG.slice(400)]],
  ['such stretches on both', [...numbers(200).map((n) => `a${n}`), ...LONG], [...numbers(200).map((n) => `b${n}`), ...LONG]],
  ['another order', LONG, LONG.toReversed()],
  ['one that moved to the end', LONG, [...LONG.slice(1), 0]],
];

test.each(SCENES)('%s are paired as a table of all ids pairs them', (_name, current, desired) => {
  const [a, b] = [objects(...current), objects(...desired)];
  const [found, wanted] = [twinsOf(a, b), expected(a, b)];
  expect(found.gone).toEqual(wanted.gone);
  expect(found.twins.map((twin) => twin?.id)).toEqual(wanted.twins.map((twin) => twin?.id));
  expect(found.twins.every((twin) => twin === undefined || a.includes(twin))).toBe(true);
});
