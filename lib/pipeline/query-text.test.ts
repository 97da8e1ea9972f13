import { expect, test } from 'vitest';
import { canonicalQuery } from './query-text.ts';

test.each([
  [` SELECT t.a,\n    t."B x"\n   FROM public.t;`, `SELECT a,\n    "B x"\n   FROM public.t`],
  [` SELECT x.a\n   FROM public.t x\n  WHERE x.b IS DISTINCT FROM 'x.a'::text AND lower(x.c) = ''::text`, `SELECT a\n   FROM public.t x\n  WHERE b IS DISTINCT FROM 'x.a'::text AND lower(c) = ''::text`],
  [` SELECT t.a FROM public.t WHERE (EXISTS ( SELECT FROM public.u WHERE u.a = t.a))`, `SELECT a FROM public.t WHERE (EXISTS ( SELECT FROM public.u WHERE u.a = t.a))`],
  [` SELECT f.a,\n    f.b\n   FROM public.f(1, 2) f(a, b)`, `SELECT a,\n    b\n   FROM public.f(1, 2) f(a, b)`],
  [` SELECT s.a\n   FROM ( SELECT t.a\n           FROM public.t) s`, `SELECT a\n   FROM ( SELECT t.a\n           FROM public.t) s`],
  [` SELECT x.n FROM unnest('{1}'::int[]) WITH ORDINALITY x(v, n)`, `SELECT n FROM unnest('{1}'::int[]) WITH ORDINALITY x(v, n)`],
])('of the only relation columns stand without its name: %s', (text, wanted) => {
  expect(canonicalQuery(text)).toBe(wanted);
});

test.each([
  `SELECT t.a,\n    u.b\n   FROM public.t,\n    public.u`,
  `SELECT t.a\n   FROM (public.t\n     JOIN public.u USING (a))`,
  `SELECT t.*::public.t AS t\n   FROM public.t`,
  `SELECT t.a\n   FROM public.t\nUNION\n SELECT u.a\n   FROM public.u`,
])('elsewhere the name stays: %s', (text) => {
  expect(canonicalQuery(text)).toBe(text);
});

test('where the bare name would mean an output column the name stays', () => {
  expect(canonicalQuery('SELECT t.a AS b,\n    t.b AS a\n   FROM public.t\n  ORDER BY t.a')).toBe('SELECT a AS b,\n    b AS a\n   FROM public.t\n  ORDER BY t.a');
  expect(canonicalQuery('SELECT DISTINCT ON (t.a, t.c) t.a AS b,\n    t.b AS a\n   FROM public.t')).toBe('SELECT DISTINCT ON (t.a, c) a AS b,\n    b AS a\n   FROM public.t');
});

test('also where the only relation gives its columns names of its own', () => {
  expect(canonicalQuery(' SELECT q.a\n   FROM public.t q(a, b)\n  WHERE q.b > 1;')).toBe('SELECT a\n   FROM public.t q(a, b)\n  WHERE b > 1');
});

test('a query that reads a sample or XML is the same on 15 and 18', () => {
  expect(canonicalQuery(' SELECT t.id\n   FROM public.t TABLESAMPLE system (10) REPEATABLE (2);')).toBe(canonicalQuery(' SELECT id\n   FROM public.t TABLESAMPLE system (10) REPEATABLE (2);'));
  expect(canonicalQuery(` SELECT "xmltable".a\n   FROM XMLTABLE(('/r'::text) PASSING (x.y) COLUMNS a integer PATH ('a'::text));`)).toBe(canonicalQuery(` SELECT a\n   FROM XMLTABLE(('/r'::text) PASSING (x.y) COLUMNS a integer PATH ('a'::text));`));
  expect(canonicalQuery(" SELECT XMLSERIALIZE(CONTENT 'a'::xml AS text NO INDENT) AS x, ' NO INDENT'::text AS y;")).toBe(canonicalQuery(" SELECT XMLSERIALIZE(CONTENT 'a'::xml AS text) AS x, ' NO INDENT'::text AS y;"));
});

test('a constant has no name beside the one that it has by itself: behind UNION the server leaves it out or not', () => {
  const query = `SELECT a.oid,\n    a.rolname\n   FROM pg_authid a\nUNION ALL\n SELECT (0)::oid AS oid,\n    'PUBLIC'::name`;
  expect(canonicalQuery(`${query} AS name`)).toBe(query);
  expect(canonicalQuery(query)).toBe(query);
  const xml = `SELECT XMLELEMENT(NAME a, XMLATTRIBUTES('b'::text AS text)) AS "xmlelement"\n   FROM public.t,\n    public.u`;
  expect(canonicalQuery(xml)).toBe(xml);
});
