import { expect, test } from 'vitest';
import { otherThan } from './other-than.ts';

const said = (expected: string, actual: string): string => otherThan({ label: 'columns of t', expected, actual });

test('of long lists only what differs is said', () => {
  expect(said('a int null, b int null, c numeric(8,2) null, d int not null', 'a int null, b int null, c numeric(8,2) null, d int not null, noted text null')).toBe('“columns of t” came out otherwise: “noted text null” was not expected.');
  expect(said('a, b, c, d', 'a, b, d')).toBe('“columns of t” came out otherwise: “c” is missing.');
  expect(said('a, b, c, d, e', 'a, x, c, d, y')).toBe('“columns of t” came out otherwise: “x” and “y” were not expected, and “b” and “e” are missing.');
});

test('anything else is said whole: a number, a short list, lists that have little in common, and those that differ in how often something stands there', () => {
  expect(said('2', '3')).toBe('“columns of t” was expected to be 2 and is 3.');
  expect(said('a, b', 'a, c')).toBe('“columns of t” was expected to be a, b and is a, c.');
  expect(said('a, b, c, d', 'w, x, y, z')).toBe('“columns of t” was expected to be a, b, c, d and is w, x, y, z.');
  expect(said('a, b, c, c', 'a, b, c')).toBe('“columns of t” was expected to be a, b, c, c and is a, b, c.');
});
