import { expect, test } from 'vitest';
import { answerText, forLog } from './answer.ts';

test('a single value is kept as it is, and NULL is a word', () => {
  expect(answerText(['count'], [['134']], 1)).toBe('134');
  expect(answerText(['max'], [[null]], 1)).toBe('null');
  expect(answerText(['id'], [], 0)).toBe('no row');
});

test('several rows stand under the names of their columns, one line each', () => {
  expect(answerText(['id', 'name'], [['1', 'a\n b'], ['20', null]], 2)).toBe(['id | name', '1  | a b', '20 | null'].join('\n'));
});

test('of many rows the first twenty are kept, and how many are not is said', () => {
  const rows = Array.from({ length: 21 }, (_, index) => [String(index)]);
  const lines = answerText(['n'], rows, 134).split('\n');
  expect(lines).toHaveLength(22);
  expect(lines.at(-1)).toBe('… and 114 more rows of 134');
});

test('wide rows are cut so that the whole stays near 10 kB, and what fell out is counted', () => {
  const wide = Array.from({ length: 20 }, () => Array.from({ length: 10 }, () => 'ü'.repeat(500)));
  const text = answerText(Array.from({ length: 10 }, (_, index) => `c${index}`), wide, 20);
  expect(Buffer.byteLength(text, 'utf8')).toBeLessThan(10_500);
  expect(text).toMatch(/… and \d+ more rows of 20$/);
  expect(answerText(['one'], [['x'.repeat(20_000)]], 1).length).toBeLessThanOrEqual(10_001);
});

test('the log names the digest of a noted answer and holds none of its rows', () => {
  const noted = { label: 'customers', expected: 'to be read by a person', actual: 'name\nAda', ok: true, noted: true };
  const compared = { label: 'rows', expected: '1', actual: '1', ok: true };
  expect(forLog([compared, noted])).toEqual([compared, { ...noted, actual: expect.stringMatching(/^sha256 [0-9a-f]{64}$/) }]);
});
