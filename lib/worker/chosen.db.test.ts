import { expect, test } from 'vitest';
import { loadTexts } from '#lib/cli/proof-database.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { planSide, type PlanOutcome, type PlanSide, thereAndBack } from '#lib/testing/plan-proof.ts';
import { readRows, rowsUnlike } from '#lib/testing/rows-by-chance.ts';

async function side(...texts: string[]): Promise<PlanSide> {
  const database = await freshDatabase();
  const client = await database.client();
  await loadTexts(client, texts);
  return planSide({ ...database.config, operatorUrl: database.url() }, client);
}

/** A plan of these differences alone, there and back with the rows. */
async function plan(a: string, b: string, chosen: readonly string[], rows = ''): Promise<PlanOutcome> {
  const [from, to] = [await side(a, rows), await side(b)];
  const { client } = from;
  return thereAndBack(from, to, {
    chosen,
    beside: { before: () => readRows(client), forward: async (before) => rowsUnlike(before, await readRows(client), true), back: async (before) => rowsUnlike(before, await readRows(client), false) },
  });
}

test('a view whose columns change with a table’s types is refused without the table, by the name of what to choose too; with it both run', async () => {
  const schema = (type: string) => `create table public.t (id integer primary key, n ${type}); create view public.v as select n, n + 1 as more from public.t; create view public.w as select n from public.v; create materialized view public.m as select id from public.t where n::text <> '7'`;
  const [a, b] = [schema('numeric(12,2)'), schema('numeric')];
  const views = ['change:view:public.v', 'change:view:public.w'];
  for (const chosen of [views, ['change:view:public.w']]) expect(await plan(a, b, chosen)).toMatchObject({ outcome: 'refused', why: expect.stringContaining('choose “change column public.t.n” too') });
  expect(await plan(a, b, ['change:column:public.t.n', ...views], 'insert into public.t values (1, 1.5), (2, null)')).toEqual({ outcome: 'done', why: '' });
});

test('a new view over a column that has another type there is refused without it', async () => {
  const schema = (type: string) => `create table public.t (id integer primary key, n ${type});`;
  expect(await plan(schema('integer'), `${schema('bigint')} create view public.v as select n from public.t`, ['add:view:public.v'])).toMatchObject({ outcome: 'refused', why: expect.stringContaining('choose “change column public.t.n” too') });
});

test('columns of a table of a type are refused without the type, and come and go with it', async () => {
  const schema = (fields: string) => `create type public.pair as (${fields}); create table public.t of public.pair;`;
  const [a, b] = [schema('a integer, b text'), schema('a integer, b text, c date')];
  expect(await plan(a, b, ['add:column:public.t.c'])).toMatchObject({ outcome: 'refused', why: expect.stringContaining('choose “change composite type public.pair” too') });
  expect(await plan(a, b, ['add:column:public.t.c', 'change:composite_type:public.pair'], `insert into public.t values (1, 'x')`)).toEqual({ outcome: 'done', why: '' });
});

test('a sequence that a default draws from is refused to go, though the default is another there', async () => {
  const a = `create sequence public.s; create sequence public.other; create table public.t (id integer primary key default nextval('public.s'))`;
  const b = `create sequence public.other; create table public.t (id integer primary key default nextval('public.other'))`;
  expect(await plan(a, b, ['remove:sequence:public.s'])).toMatchObject({ outcome: 'refused', why: expect.stringContaining('which is chosen to go') });
  expect(await plan(a, b, ['remove:sequence:public.s', 'change:column:public.t.id'], 'insert into public.t default values')).toEqual({ outcome: 'done', why: '' });
});

test('rows that hold a value which an enum loses block the plan and are shown before anybody signs', async () => {
  const schema = (labels: string) => `create type public.mood as enum (${labels}); create table public.t (id integer primary key, m public.mood, many public.mood[]); create table public.days (d date, m public.mood) partition by range (d); create table public.day partition of public.days default;`;
  const [a, b] = [schema(`'ok', 'sad', 'gone'`), schema(`'ok', 'sad'`)];
  const chosen = ['change:enum:public.mood'];
  expect(await plan(a, b, chosen, `insert into public.t values (1, 'ok', null), (2, 'gone', null)`)).toEqual({ outcome: 'blocked', why: `1 row of public.t breaks the new rule m without 'gone' (check): (id 2, m gone). Mend it first.` });
  expect(await plan(a, b, chosen, `insert into public.t values (1, null, '{ok,gone}')`)).toMatchObject({ outcome: 'blocked', why: expect.stringContaining(`many without 'gone'`) });
  expect(await plan(a, b, chosen, `insert into public.days values ('2026-01-01', 'gone')`)).toMatchObject({ outcome: 'blocked', why: expect.stringContaining('1 row of public.day ') });
  expect(await plan(a, b, chosen, `insert into public.t values (1, 'ok', '{sad}'); insert into public.days values ('2026-01-01', 'sad')`)).toEqual({ outcome: 'done', why: '' });
});
