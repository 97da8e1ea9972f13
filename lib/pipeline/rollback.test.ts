import { expect, test } from 'vitest';
import { restingSentence } from './rollback.ts';

test('every phase that rests on one is named, in the order in which they go back', () => {
  expect(restingSentence([{ title: 'Convert' }])).toBe('“Convert” rests on this phase. Roll that one back first.');
  expect(restingSentence([{ title: 'Convert' }, { title: 'Merge' }, { title: 'Validate' }])).toBe('“Validate”, “Merge” and “Convert” rest on this phase. Roll them back first, in this order.');
});
