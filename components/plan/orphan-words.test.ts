import { expect, test } from 'vitest';
import { ORPHAN_VERDICT_WORDS } from '#lib/pipeline/orphan-words.ts';
import { VERDICT_TEXT } from './orphan-words.ts';

test('a decision about orphans reads the same on the page, in notices, in the log and in a void signature', () => {
  expect(VERDICT_TEXT).toEqual(ORPHAN_VERDICT_WORDS);
});
