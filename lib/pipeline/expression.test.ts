import { expect, test } from 'vitest';
import { canonicalExpression, withBracketsKept, withoutArrayCasts } from './expression.ts';

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

const body = (list: string) => `CREATE FUNCTION public.f() RETURNS text LANGUAGE sql\nBEGIN ATOMIC\n SELECT ${list};\nEND`;

test('in the body of a function a constant has no name beside the one that it has by itself', () => {
  expect(canonicalExpression(body(`'w'::text AS text, 'x'::character varying AS "varchar", NULL::public."Mood" AS "Mood", 'a'::public.mood[] AS mood`))).toBe(body(`'w'::text, 'x'::character varying, NULL::public."Mood", 'a'::public.mood[]`));
  const otherwise = body(`'w'::text AS label, a AS text, 'it''s AS text'::text`);
  expect(canonicalExpression(otherwise)).toBe(otherwise);
  expect(canonicalExpression(`SELECT 'w'::text AS text`)).toBe(`SELECT 'w'::text AS text`);
});

test('the cast of a whole array is left out where the operator asks for it by itself', () => {
  expect(withoutArrayCasts("CHECK (((role)::text = ANY ((ARRAY['user'::character varying, 'it''s, ok'::character varying])::text[])))")).toBe("CHECK (((role)::text = ANY (ARRAY['user'::character varying, 'it''s, ok'::character varying])))");
});

test('an AND that comes first in an AND is cast to boolean, as an OR in an OR, and nothing else is', () => {
  expect(withBracketsKept('CHECK ((((x >= 1) AND (x <= 9)) AND y))')).toBe('CHECK ((((x >= 1) AND (x <= 9))::boolean AND y))');
  expect(withBracketsKept("CHECK ((((s < 'a)'::text) OR (s > lower('b'::text))) OR (y AND ((x >= 1) AND (x <= 9)))))")).toBe("CHECK ((((s < 'a)'::text) OR (s > lower('b'::text)))::boolean OR (y AND ((x >= 1) AND (x <= 9)))))");
  expect(withBracketsKept('CHECK (((((a = 1) AND (b = 2)) AND y) AND z))')).toBe('CHECK (((((a = 1) AND (b = 2))::boolean AND y)::boolean AND z))');
  for (const other of ['CHECK (((x >= 1) AND (x <= 9)))', 'CHECK ((((x >= 1) AND (z <= 9)) OR y))', 'CHECK (((x = 1) AND y AND z))', "CHECK ((a <> ' AND ('::text))"]) expect(withBracketsKept(other)).toBe(other);
});
