import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { lintReadme, SAYS } from './readme.ts';
import { RULES } from './rules.ts';

test('the page of rules says what the rules are', () => {
  expect(readFileSync(new URL('README.md', import.meta.url), 'utf8')).toBe(lintReadme());
});

test('every rule says how much it matters, and nothing is said of a rule that is not there', () => {
  expect(Object.keys(SAYS).toSorted()).toEqual(RULES.map(({ code }) => code).toSorted());
});
