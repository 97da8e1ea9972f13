import { expect, test } from 'vitest';
import { anyOf, maySign, signersSentence } from './turn.ts';

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
  expect(signersSentence(people.slice(1, 3), 1)).toBe(': Bob or Carol may sign.');
  expect(signersSentence([], 1)).toMatch(/^, and nobody may sign/);
  expect(signersSentence(people.slice(1, 2), 2)).toBe(': Bob may sign, and 2 are needed.');
});
