import { expect, test } from 'vitest';
import { keptSentence } from './followed.ts';

test('what is kept in step is said with its figures, and what turns a rollback lossy by its keys', () => {
  expect(keptSentence({ direction: 'back' }, { waiting: 1_240, errors: 0, keys: [] })).toBe('Rollback is lossless: backlog 1,240 keys, errors 0.');
  expect(keptSentence({ direction: 'back' }, { waiting: 1, errors: 1, keys: ['export ["7"]'] })).toBe('Rollback is lossy: 1 row does not go back (export ["7"]). Now: backlog 1 key, errors 1.');
  const came = { waiting: 3, errors: 0, keys: [], otherwise: ['“columns of export” came out otherwise: “noted text” was not expected.'] };
  expect(keptSentence({ direction: 'back' }, came)).toBe('Rollback would stop under its lock, and change nothing: “columns of export” came out otherwise: “noted text” was not expected. Mend that first. Now: backlog 3 keys, errors 0.');
  expect(keptSentence({ direction: 'forward' }, came)).toContain('The swap would stop under its lock');
  expect(keptSentence({ direction: 'forward' }, { waiting: 0, errors: 0, keys: [] })).toBe('The new tables are in step: backlog 0 keys, errors 0.');
  expect(keptSentence({ direction: 'forward' }, { waiting: 0, errors: 7, keys: ['a ["1"]', 'a ["2"]'] })).toContain('7 rows that do not convert (a ["1"], a ["2"] …); the swap waits until they are mended');
});

test('of columns inside one table it is said that a value which does not fit stops the way back', () => {
  expect(keptSentence({ direction: 'forward', within: true }, { waiting: 0, errors: 0, keys: [] })).toBe('The new columns are in step: backlog 0 keys, errors 0.');
  expect(keptSentence({ direction: 'forward', within: true }, { waiting: 0, errors: 1, keys: ['export ["7"]'] })).toBe('The new columns lack the values of 1 row, which does not convert (export ["7"]); the swap waits until it is mended. Now: backlog 0 keys, errors 1.');
  expect(keptSentence({ direction: 'back', within: true }, { waiting: 0, errors: 0, keys: [] })).toBe('Rollback is lossless: backlog 0 keys, errors 0.');
  expect(keptSentence({ direction: 'back', within: true }, { waiting: 0, errors: 2, keys: ['export ["7"]'] })).toBe('Rollback would stop: 2 rows have a value that the old columns cannot hold (export ["7"] …). Change them first. Now: backlog 0 keys, errors 2.');
});
