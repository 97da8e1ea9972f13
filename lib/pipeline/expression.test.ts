import { expect, test } from 'vitest';
import { canonicalExpression } from './expression.ts';

test('a cast of a whole array of strings becomes a cast of each', () => {
  expect(canonicalExpression("CHECK (((role)::text = ANY ((ARRAY['user'::character varying, 'it''s, ok'::character varying])::text[])))")).toBe(
    "CHECK (((role)::text = ANY (ARRAY[('user'::character varying)::text, ('it''s, ok'::character varying)::text])))",
  );
  expect(canonicalExpression(String.raw`((ARRAY[E'a\\\'b'::character varying])::text[])`)).toBe(String.raw`(ARRAY[(E'a\\\'b'::character varying)::text])`);
});

test('a condition that BETWEEN made is one with those that follow it, as the parser reads it from a dump', () => {
  expect(canonicalExpression("CHECK ((((a >= 1) AND (a <= 9)) AND (b > 0)))")).toBe('CHECK (((a >= 1) AND (a <= 9) AND (b > 0)))');
  expect(canonicalExpression('(((((a >= 1) AND (a <= 9)) AND b) AND ok(c)) OR d)')).toBe('(((a >= 1) AND (a <= 9) AND b AND ok(c)) OR d)');
  expect(canonicalExpression('((((a < 1) OR (a > 9)) OR (b > 0)))')).toBe('(((a < 1) OR (a > 9) OR (b > 0)))');
});

test('the canonical form stays as it is', () => {
  const canonical = "CHECK ((a = ANY (ARRAY[('x'::character varying)::text, ('y'::character varying)::text])))";
  expect(canonicalExpression(canonical)).toBe(canonical);
});

test.each([
  `CHECK ((note <> '(ARRAY[''a''::character varying])::text[]'::text))`,
  `CHECK (("(ARRAY['a'::character varying])::text[]" > 0))`,
  `(ARRAY['a'::character varying, b])::text[]`,
  `(ARRAY[1, 2])::bigint[]`,
  `((b > 0) AND ((a >= 1) AND (a <= 9)))`,
  `(((a >= 1) OR (a <= 9)) AND (b > 0))`,
  `((a = '(((x)) AND (y)) AND (z)'::text) OR ("((( AND " IS NULL))`,
  `CREATE FUNCTION f() AS $f$ (((a) AND (b)) AND (c)) (ARRAY['a'::character varying])::text[] $f$`,
])('%s is left alone', (text) => expect(canonicalExpression(text)).toBe(text));
