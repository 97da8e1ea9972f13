import { expect, test } from 'vitest';
import { hearPageKeys, sayPageKey } from './keys.ts';

const HERE = '/compare';

test('a key that is pressed before the page has come is heard by all of it that comes soon, and by nobody later or elsewhere', () => {
  const heard: string[] = [];
  sayPageKey('n', HERE, 1_000);
  const ends = [hearPageKeys((key) => heard.push(`list ${key}`), HERE, 1_500), hearPageKeys((key) => heard.push(`bar ${key}`), HERE, 1_600)];
  expect(heard).toEqual(['list n', 'bar n']);
  sayPageKey('d', HERE, 2_000);
  expect(heard.slice(2)).toEqual(['list d', 'bar d']);
  for (const end of ends) end();
  // What was heard is not said again to a page that comes after it.
  hearPageKeys((key) => heard.push(`again ${key}`), HERE, 2_100)();
  sayPageKey('x', HERE, 3_000);
  hearPageKeys((key) => heard.push(`late ${key}`), HERE, 9_000)();
  sayPageKey('x', HERE, 10_000);
  hearPageKeys((key) => heard.push(`other page ${key}`), '/elsewhere', 10_001)();
  expect(heard).toHaveLength(4);
});
