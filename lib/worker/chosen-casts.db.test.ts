import { expect, test } from 'vitest';
import { plan } from '#lib/testing/chosen-plan.ts';

/** Somebody's own way of saying it, which says nothing. */
const silent = (type: string) => `create function public.silent(a ${type}) returns text language sql immutable as $f$select null$f$; create cast (${type} as text) with function public.silent(${type}) as assignment;`;

test('a copy of a table is compared by its rows, whatever text somebody lets a row become', async () => {
  const a = `create table public.t (id uuid primary key, n numeric(12,2)); ${silent('public.t')}`;
  const outcome = await plan(a, a.replace('numeric(12,2)', 'text'), ['change:column:public.t.n'], `insert into public.t values ('00000000-0000-4000-8000-000000000001', 1.5), ('00000000-0000-4000-8000-000000000002', null)`);
  // The copy stands then; what stops is that a function takes rows of the old table.
  expect(outcome).toMatchObject({ outcome: 'blocked', why: expect.stringContaining('function: public.silent(public.t)') });
});

const checked = (condition: string, more = '') => `create type public.mood as enum ('sad', 'ok'); create table public.t (id integer primary key, m public.mood, constraint c check (${condition})); ${more} create function public.silent(public.mood) returns text language sql immutable as $f$select null$f$; create cast (public.mood as text) with function public.silent(public.mood) as implicit;`;

test('a check, an index and a table whose operator a cast makes unclear come while the cast is away', async () => {
  const more = `create index t_m on public.t (id) where m > 'sad'; create table public.u (m public.mood check (m > 'sad'));`;
  expect(await plan(checked('id > 0'), checked(`m > 'sad'`, more), undefined, `insert into public.t values (1, 'ok')`)).toEqual({ outcome: 'done', why: '' });
});

const moods = (labels: string) => `create type public.mood as enum (${labels}); create table public.t (id integer primary key, m public.mood, many public.mood[]); ${silent('public.mood')}`;

test('rows that hold a value which an enum loses are found, whatever text somebody lets the enum become', async () => {
  const [a, b] = [moods(`'ok', 'gone'`), moods(`'ok'`)];
  expect(await plan(a, b, ['change:enum:public.mood'], `insert into public.t values (1, 'gone', null)`)).toMatchObject({ outcome: 'blocked', why: expect.stringContaining('1 row of public.t') });
  expect(await plan(a, b, ['change:enum:public.mood'], `insert into public.t values (1, null, '{ok,gone}')`)).toMatchObject({ outcome: 'blocked', why: expect.stringContaining('1 row of public.t') });
  expect(await plan(a, b, ['change:enum:public.mood'], `insert into public.t values (1, 'ok', '{ok,NULL}'), (2, null, null)`)).toEqual({ outcome: 'done', why: '' });
});
