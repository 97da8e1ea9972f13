import { expect, test } from 'vitest';
import { locksAtOnce } from './execute-at-once.ts';

const [TWO, ONE, OTHER, VIEW, REST] = ['LOCK TABLE public.a, public.b IN ACCESS EXCLUSIVE MODE', 'LOCK TABLE public.a IN ACCESS EXCLUSIVE MODE', 'LOCK TABLE public.b IN SHARE ROW EXCLUSIVE MODE', 'ALTER VIEW public.v SET SCHEMA kept', 'DROP TABLE public.a'];

test.each([
  ['two tables in one statement', [TWO, REST], [TWO]],
  ['two statements, one behind the other', [ONE, OTHER, REST, ONE], [ONE, OTHER]],
  ['a table whose views are moved before', [VIEW, ONE, REST], [ONE]],
  ['one table alone', [ONE, REST], []],
  ['what comes behind other work', [REST, TWO], []],
  ['what a person wrote in another form', ['LOCK a, b', REST], []],
])('%s: %j', (_what, sqls, expected) => {
  expect(locksAtOnce({ statements: sqls.map((sql) => ({ do: 'execute', label: sql, sql })) })).toEqual(expected);
});
