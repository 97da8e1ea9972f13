import { expect, test } from 'vitest';
import { forwardForGood } from '#lib/testing/plan-proof.ts';
import { plan, sideOn } from '#lib/testing/chosen-plan.ts';

const TEXT = 'create table public.t (id integer primary key, s text);';
const ENUM = `create type public."st ate" as enum ('new', 'it''s'); create table public.t (id integer primary key, s public."st ate");`;

test.each([14, 18] as const)('on %i texts become values of an enum that comes in the same plan, and those that are none are shown', async (major) => {
  expect(await plan(TEXT, ENUM, undefined, `insert into public.t values (1, 'new'), (2, 'New'), (3, null)`, major)).toMatchObject({ outcome: 'blocked', why: expect.stringContaining('1 value') });
  const from = await sideOn(major, TEXT, `insert into public.t values (1, 'new'), (2, 'it''s'), (3, null)`);
  expect(await forwardForGood(from, await sideOn(major, ENUM), ['add:enum:public.st ate', 'change:column:public.t.s'])).toEqual([]);
  expect((await from.client.query('select s::text as s from public.t order by id')).rows).toEqual([{ s: 'new' }, { s: `it's` }, { s: null }]);
});

const parted = (type: string, word: string) => `create table public.shop (id integer primary key); create table public.ev (at date not null, n ${type} constraint to_shop references public.shop, w ${word}) partition by range (at); create table public.ev_1 partition of public.ev for values from ('2026-01-01') to ('2026-02-01'); create table public.rest partition of public.ev default; create index ev_n on public.ev (n); create view public.v as select n, n + 1 as more, w from public.ev;`;
const EVENTS = `insert into public.shop values (1), (2); insert into public.ev select '2026-01-01'::date + i, 1 + i % 2, 'w' || i from generate_series(1, 60) i`;

test.each([14, 18] as const)('on %i a column of a partitioned table gets another type where it stands, with its index, key and views, and back', async (major) => {
  expect(await plan(parted('integer', 'varchar(9)'), parted('bigint', 'text'), undefined, EVENTS, major)).toEqual({ outcome: 'done', why: '' });
  expect(await plan(parted('bigint', 'text'), parted('integer', 'varchar(9)'), undefined, EVENTS, major)).toEqual({ outcome: 'done', why: '' });
});

test('values that a narrower type of a partitioned table does not take are counted before, and a type that holds other values is refused', async () => {
  expect(await plan(parted('integer', 'text'), parted('integer', 'varchar(2)'), undefined, EVENTS)).toMatchObject({ outcome: 'blocked', why: expect.stringContaining('51 values of public.ev.w cannot become character varying(2)') });
  expect(await plan(parted('integer', 'text'), parted('integer', 'bytea'), undefined, EVENTS)).toMatchObject({ outcome: 'refused', why: expect.stringContaining('is partitioned') });
});

const lines = (type: string, key: string) => `create table public.line (o integer, n ${type}, v integer${key}); create table public.part (id integer primary key, o integer, n ${type}${key === '' ? '' : ', foreign key (o, n) references public.line'});`;

test('a table without a key, and one with a key of several columns that another refers to, get another type where they stand', async () => {
  const rows = 'insert into public.line select i, i, i from generate_series(1, 9) i; insert into public.part select i, i, i from generate_series(1, 9) i';
  expect(await plan(lines('integer', ''), lines('bigint', ''), ['change:column:public.line.n'], rows)).toEqual({ outcome: 'done', why: '' });
  const [a, b] = [lines('integer', ', primary key (o, n)'), lines('bigint', ', primary key (o, n)')];
  expect(await plan(a, b, undefined, rows)).toEqual({ outcome: 'done', why: '' });
  expect(await plan(a, b, ['change:column:public.line.n'], rows)).toEqual({ outcome: 'done', why: '' });
});

test.each([14, 18] as const)('on %i a column of a partitioned table goes with its partitions’, in clean-up, and until then nothing is lost', async (major) => {
  const a = parted('integer', 'text not null').replace(', w from', ' from');
  const b = a.replace(', w text not null', '');
  expect(await plan(a, b, undefined, EVENTS, major)).toEqual({ outcome: 'done', why: '' });
  const chosen = ['ev', 'ev_1', 'rest'].map((table) => `remove:column:public.${table}.w`);
  expect(await plan(a, b, chosen.slice(0, 1), EVENTS, major)).toMatchObject({ outcome: 'refused' });
  const from = await sideOn(major, a, EVENTS);
  expect(await forwardForGood(from, await sideOn(major, b), chosen)).toEqual([]);
  expect((await from.client.query('select count(*)::int as n, sum(n)::int as sum from public.ev')).rows).toEqual([{ n: 60, sum: 90 }]);
});

const holding = (column: string) => `create domain public.said as text check (value <> ''); create domain public.given as public.said check (value is not null); create table public.t (id integer primary key${column});`;

test.each([14, 18] as const)('on %i a new column whose domain refuses what comes into the rows that are there blocks its phase, and one that takes it does not', async (major) => {
  const rows = 'insert into public.t values (1), (2)';
  for (const column of [`said default ''`, 'given']) expect(await plan(holding(''), holding(`, c public.${column}`), undefined, rows, major)).toMatchObject({ outcome: 'blocked', why: expect.stringContaining('2 rows of public.t') });
  const fits = [[`given default 'x'`, rows, `value <> ''`], ['given', undefined, `value <> ''`], [`said default ''`, rows, 'value is not null']] as const;
  for (const [column, there, asked] of fits) expect(await plan(holding(''), holding(`, c public.${column}`).replace(`value <> ''`, asked), undefined, there, major)).toEqual({ outcome: 'done', why: '' });
});

test('a domain that gets another base type and asks more at once blocks at the value that it will refuse in that type, and goes through where each keeps it', async () => {
  const [a, b] = [['bigint', ''], ['integer', ' not null check (value > 0)']].map(([type, asks]) => `create domain public.d as ${type}${asks}; create table public.t (id integer primary key, v public.d);`) as [string, string];
  for (const value of ['0', 'null']) expect(await plan(a, b, undefined, `insert into public.t values (1, 5), (2, ${value})`)).toMatchObject({ outcome: 'blocked', why: expect.stringContaining('1 row of public.t') });
  expect(await plan(a, b, undefined, 'insert into public.t values (1, 5), (2, 7)')).toEqual({ outcome: 'done', why: '' });
});
