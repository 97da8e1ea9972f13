import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { KINDS } from './all.ts';
import { kindsReadme } from './readme.ts';

test('the page of kinds says what the kinds declare', () => {
  expect(readFileSync(new URL('README.md', import.meta.url), 'utf8')).toBe(kindsReadme());
});

test('every kind has a statement of its own, and no attribute twice', () => {
  expect(new Set(KINDS.map((kind) => kind.query)).size).toBe(KINDS.length);
  for (const kind of KINDS) expect(new Set(kind.attributes.map(({ name }) => name)).size, kind.kind).toBe(kind.attributes.length);
});
