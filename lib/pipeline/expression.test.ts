import { expect, test } from 'vitest';
import { withoutArrayCasts } from './array-casts.ts';
import { canonicalExpression, withBracketsKept } from './expression.ts';

test('a cast of a whole array of strings becomes a cast of each', () => {
  expect(canonicalExpression("CHECK (((role)::text = ANY ((ARRAY['user'::character varying, 'it''s, ok'::character varying])::text[])))")).toBe(
    "CHECK (((role)::text = ANY (ARRAY[('user'::character varying)::text, ('it''s, ok'::character varying)::text])))",
  );
  expect(canonicalExpression(String.raw`((ARRAY[E'a\\\'b'::character varying])::text[])`)).toBe(String.raw`(ARRAY[(E'a\\\'b'::character varying)::text])`);
});

test('whatever the elements and the type are: nothing, columns, calls, arrays', () => {
  expect(canonicalExpression("((laterality)::text = ANY ((ARRAY[NULL::character varying, 's'::character varying])::text[]))")).toBe("((laterality)::text = ANY (ARRAY[(NULL::character varying)::text, ('s'::character varying)::text]))");
  expect(canonicalExpression("((w)::text ~~ ANY ((ARRAY[v, (upper(concat(v, ', ]')))::character varying])::text[]))")).toBe("((w)::text ~~ ANY (ARRAY[(v)::text, ((upper(concat(v, ', ]')))::character varying)::text]))");
  expect(canonicalExpression("((c)::inet = ANY ((ARRAY['10.0.0.0/8'::cidr, k[1]])::inet[]))")).toBe("((c)::inet = ANY (ARRAY[('10.0.0.0/8'::cidr)::inet, (k[1])::inet]))");
  expect(canonicalExpression("((ARRAY[ARRAY['a'::character varying], ARRAY['b'::character varying, v]])::text[])")).toBe("(ARRAY[ARRAY[('a'::character varying)::text], ARRAY[('b'::character varying)::text, (v)::text]])");
  expect(canonicalExpression(`f((ARRAY[a, (b = ANY ((ARRAY[c])::"my T".d[]))])::timestamp(3) without time zone[])`)).toBe(`f(ARRAY[(a)::timestamp(3) without time zone, ((b = ANY (ARRAY[(c)::"my T".d])))::timestamp(3) without time zone])`);
});

test('the field of EXTRACT is read in lower case, however it was written', () => {
  expect(canonicalExpression("(EXTRACT(YEAR FROM now()) > EXTRACT(epoch FROM d)) AND (x <> 'EXTRACT(YEAR FROM now())')")).toBe("(EXTRACT(year FROM now()) > EXTRACT(epoch FROM d)) AND (x <> 'EXTRACT(YEAR FROM now())')");
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
  `(ARRAY['a'::character varying, b])::text`,
  `(x || ARRAY['a'::character varying, b])::text[]`,
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
