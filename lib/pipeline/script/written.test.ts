import { expect, test } from 'vitest';
import { objectId } from '../snapshot.ts';
import { written } from './written.ts';

const of = (table: string, column: string, words: string, hazards: string[] = [], only = '') => ({ objectId: objectId('column', 'public', table, column), sql: `ALTER TABLE ${only}public.${table} ALTER COLUMN ${column} ${words}`, hazards, hazardCodes: [] });
const sql = (...statements: Parameters<typeof written>[0]) => written(statements).map((statement) => statement.sql);

test('columns of one table get their types in one statement, with what each of them costs in front of it', () => {
  expect(written([of('t', 'a', 'TYPE bigint USING a::bigint', ['one']), of('t', 'b', 'TYPE text USING b::text', ['two'])])).toEqual([
    { objectId: 'column:public.t.a', sql: 'ALTER TABLE public.t ALTER COLUMN a TYPE bigint USING a::bigint,\n  ALTER COLUMN b TYPE text USING b::text', hazards: ['one', 'two'], hazardCodes: [] },
  ]);
});

test('what is said of other columns between them may come before or after, and what is said of the same ones may not', () => {
  const [a, b] = [of('t', 'a', 'TYPE bigint USING a::bigint'), of('t', 'b', 'TYPE bigint USING b::bigint')];
  const both = 'ALTER TABLE public.t ALTER COLUMN a TYPE bigint USING a::bigint,\n  ALTER COLUMN b TYPE bigint USING b::bigint';
  const free = of('t', 'b', 'DROP DEFAULT', [], 'ONLY ');
  const filled = of('t', 'a', "SET DEFAULT 'a TYPE b'", [], 'ONLY ');
  expect(sql(a, filled, b)).toEqual([both, filled.sql]);
  expect(sql(a, free, b)).toEqual([free.sql, both]);
  expect(sql(a, filled, free, b)).toEqual([a.sql, filled.sql, free.sql, b.sql]);
});

test('nothing is moved over what is said of another table, or of something else than a column', () => {
  const [a, b, other] = [of('t', 'a', 'TYPE bigint USING a::bigint'), of('t', 'b', 'TYPE bigint USING b::bigint'), of('u', 'a', 'TYPE bigint USING a::bigint')];
  const view = { objectId: 'view:public.v', sql: 'DROP VIEW public.v', hazards: [], hazardCodes: [] };
  expect(sql(a, other, b)).toEqual([a.sql, other.sql, b.sql]);
  expect(sql(a, view, b)).toEqual([a.sql, view.sql, b.sql]);
  expect(sql({ ...a, sql: 'ALTER TABLE public.t ADD COLUMN a bigint' }, b)).toEqual(['ALTER TABLE public.t ADD COLUMN a bigint', b.sql]);
});
