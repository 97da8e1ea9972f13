import { expect, test } from 'vitest';
import { chosenText, offered, wordAt } from './picking.ts';

const PEOPLE = [{ handle: 'ann', name: 'Ann Lee' }, { handle: 'bob@demo.test', name: 'Robert Lehmann' }];

test('people are offered behind an @, by handle or by a word of their name, and not inside addresses or code', () => {
  expect(wordAt('Look, @le', 9)).toEqual({ from: 7, to: 9, typed: 'le' });
  expect(offered(PEOPLE, 'le').map(({ name }) => name)).toEqual(['Ann Lee', 'Robert Lehmann']);
  expect(offered(PEOPLE, 'bo').map(({ name }) => name)).toEqual(['Robert Lehmann']);
  for (const text of ['ann@de', 'see `@an', 'an', '@ann ']) expect(wordAt(text, text.length), text).toBeNull();
});

test('the chosen handle takes the place of what was typed, and the caret stands behind it', () => {
  expect(chosenText('Hi @le, look', { from: 4, to: 6, typed: 'le' }, 'ann')).toEqual({ text: 'Hi @ann , look', caret: 8 });
  expect(chosenText('@a b', { from: 1, to: 2, typed: 'a' }, 'ann')).toEqual({ text: '@ann b', caret: 5 });
});
