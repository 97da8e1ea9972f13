import { expect, test } from 'vitest';
import { newRun } from '#lib/pipeline/run.ts';
import { rehearsedTime, restOf } from './rehearsed.ts';

const COPY = { ms: 10_000, locks: [], counted: [{ label: 'copy', total: 1_000 }] };
const at = (done: number, total: number | null, statement = 'copy') => ({ statement, done, total });

test('a step of the same size is left by the work done; of another size the time is scaled by rows and says so', () => {
  expect(rehearsedTime(COPY, at(250, 1_000), 4_000, true)).toEqual({ ms: 10_000, scaled: null, leftMs: 7_500, longer: false });
  expect(rehearsedTime(COPY, at(1_000, 4_000), 4_000, true)).toEqual({ ms: 10_000, scaled: { from: 1_000, to: 4_000, ms: 40_000 }, leftMs: 30_000, longer: false });
});

test('where the statement at work was not counted on the clone, or not it alone, the clock decides, unscaled', () => {
  expect(rehearsedTime(COPY, at(0, null, 'swap'), 4_000, true)).toEqual({ ms: 10_000, scaled: null, leftMs: 6_000, longer: false });
  expect(rehearsedTime(COPY, at(0, 9_000, 'other'), 4_000, true)).toMatchObject({ scaled: null, leftMs: 6_000 });
  expect(rehearsedTime({ ...COPY, counted: [...COPY.counted, { label: 'more', total: 5 }] }, at(900, 1_000), 4_000, true)).toMatchObject({ leftMs: 6_000 });
  expect(rehearsedTime(COPY, at(0, null), null, true)).toMatchObject({ leftMs: 10_000, longer: false });
});

test('nothing is left to say of a step that took longer by the clock, that waits or that a person slowed down', () => {
  expect(rehearsedTime(COPY, at(0, null), 11_000, true)).toEqual({ ms: 10_000, scaled: null, leftMs: null, longer: true });
  expect(rehearsedTime(COPY, at(500, 1_000), 11_000, true)).toMatchObject({ leftMs: 5_000, longer: true });
  expect(rehearsedTime(COPY, at(500, 1_000), 4_000, false)).toMatchObject({ leftMs: null });
});

test('the time of a sample is scaled by rows or says nothing, and what comes after it is not summed', () => {
  expect(rehearsedTime(COPY, at(1_000, 4_000), 4_000, true, true)).toMatchObject({ scaled: { to: 4_000, ms: 40_000 }, leftMs: 30_000 });
  expect(rehearsedTime(COPY, at(250, 1_000), 11_000, true, true)).toEqual({ ms: 10_000, scaled: null, leftMs: null, longer: false });
  expect(restOf({ at: '', sampled: true, steps: { a: COPY, b: COPY } }, newRun('forward', ['a', 'b']), 'a')).toBeNull();
});

test('the steps after it are summed only where all of them were rehearsed', () => {
  const rehearsed = { at: '', sampled: false, steps: { a: COPY, b: COPY, c: { ...COPY, ms: 5 } } };
  expect(restOf(rehearsed, newRun('forward', ['a', 'b', 'c']), 'a')).toEqual({ steps: 2, ms: 10_005 });
  expect(restOf(rehearsed, newRun('forward', ['a', 'b', 'z']), 'a')).toBeNull();
  expect(restOf(rehearsed, newRun('forward', ['a']), 'a')).toBeNull();
});
