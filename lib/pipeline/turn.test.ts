import { expect, test } from 'vitest';
import { anyOf, closesSoon, maySign, signersSentence, startersSentence } from './turn.ts';

const people = ['Ann', 'Bob', 'Carol', 'Dan', 'Eve'].map((name) => ({ id: name.toLowerCase(), name }));

test('who wrote a version or has signed is not asked to sign', () => {
  expect(maySign(people, ['ann', 'eve'], ['bob']).map(({ name }) => name)).toEqual(['Carol', 'Dan']);
});

test('names are listed, and many are counted', () => {
  expect(anyOf(['Ann'])).toBe('Ann');
  expect(anyOf(['Ann', 'Bob', 'Carol', 'Dan'])).toBe('Ann, Bob, Carol or Dan');
  expect(anyOf(people.map(({ name }) => name))).toBe('Ann, Bob, Carol or 2 others');
});

test('a plan that nobody may sign says so, and so does one for which too few are left', () => {
  expect(signersSentence(people.slice(1, 3), 1, 5)).toBe(': Bob or Carol may sign.');
  expect(signersSentence([], 1, 5)).toBe(', and nobody may sign: every approver has written a version of it or has signed.');
  expect(signersSentence([], 1, 0)).toBe(', and nobody may sign: nobody is an approver.');
  expect(signersSentence(people.slice(1, 2), 2, 5)).toBe(': Bob may sign, and 2 are needed.');
});

test('who may start is named, and so is that nobody may', () => {
  expect(startersSentence(people.slice(0, 2))).toBe(': Ann or Bob may start it.');
  expect(startersSentence([])).toBe(', and nobody may start it: nobody is an operator.');
});

test.each([
  [48, 43, false], [48, 44, true], [48, 47.9, true], [48, 48, false], [48, 50, false],
  [2, 1, false], [2, 1.5, true],
])('a window of %d hours closes soon after %d of them: %s', (hours, passed, soon) => {
  const from = new Date('2026-01-01T00:00:00Z');
  const after = (some: number) => new Date(from.getTime() + some * 3_600_000);
  expect(closesSoon({ from, until: after(hours) }, after(passed))).toBe(soon);
});
