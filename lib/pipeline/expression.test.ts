import { expect, test } from 'vitest';
import { canonicalExpression } from './expression.ts';

test('a cast of a whole array of strings becomes a cast of each', () => {
  expect(canonicalExpression("CHECK (((role)::text = ANY ((ARRAY['user'::character varying, 'it''s, ok'::character varying])::text[])))")).toBe(
    "CHECK (((role)::text = ANY (ARRAY[('user'::character varying)::text, ('it''s, ok'::character varying)::text])))",
  );
  expect(canonicalExpression(String.raw`((ARRAY[E'a\\\'b'::character varying])::text[])`)).toBe(String.raw`(ARRAY[(E'a\\\'b'::character varying)::text])`);
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
])('%s is left alone', (text) => expect(canonicalExpression(text)).toBe(text));
