import { expect, test } from 'vitest';
import { introspect } from '#lib/pg/introspect.ts';
import { differences } from '#lib/pipeline/noise.ts';
import { plan, side } from '#lib/testing/chosen-plan.ts';
import { forwardForGood, inPlans, thereAndBack } from '#lib/testing/plan-proof.ts';

const orders = (columns: string) => `create table public.shop (id integer primary key); create table public.orders (id integer primary key${columns});`;
const ROWS = 'insert into public.shop values (1), (2); insert into public.orders values (10), (11)';

test.each([
  ['nothing in it', orders(', shop integer constraint to_shop references public.shop')],
  ['nothing in it, to its own table', orders(', first integer constraint to_first references public.orders')],
  ['nothing in it, to a table that comes too', `${orders(', firm integer constraint to_firm references public.firm').replace('create table public.orders', 'create table public.firm (id integer primary key); create table public.orders')}`],
  ['a default that is there', orders(', shop integer not null default 2 constraint to_shop references public.shop')],
])('a new column refers to another table with %s: no row of the table is in the way', async (_what, b) => {
  expect(await plan(orders(''), b, undefined, ROWS)).toEqual({ outcome: 'done', why: '' });
});

test('a new column whose default has no row to refer to is said before, with the rows that have it', async () => {
  const b = orders(', shop integer not null default 3 constraint to_shop references public.shop');
  expect(await plan(orders(''), b, undefined, ROWS)).toEqual({ outcome: 'blocked', why: '2 rows of public.orders break the new rule to_shop, as its new columns come (check): (id 10) and (id 11). Mend them first.' });
  expect(await plan(orders(''), b, undefined, 'insert into public.shop values (1)')).toEqual({ outcome: 'done', why: '' });
});

const places = (columns: string) => `create table public.place (shop integer, no integer, primary key (shop, no)); create table public.orders (id integer primary key, no integer${columns});`;

test('a key of a new column and one that is there is asked of both', async () => {
  const [a, b] = [places(''), places(', shop integer default 1, constraint to_place foreign key (shop, no) references public.place')];
  const rows = 'insert into public.place values (1, 5); insert into public.orders values (10, 5), (11, null)';
  expect(await plan(a, b, undefined, rows)).toEqual({ outcome: 'done', why: '' });
  expect(await plan(a, b, undefined, `${rows}, (12, 6)`)).toMatchObject({ outcome: 'blocked', why: expect.stringContaining('(id 12, no 6)') });
});

const blocked = async (column: string) => (await plan(orders(''), orders(`, ${column}`), undefined, ROWS)).why;

test('a rule over a column that comes with a value is asked of that value before', async () => {
  expect(await blocked('code integer not null default 1 constraint one_each unique')).toBe('1 row of public.orders breaks the new rule one_each (unique): (code 1, times 2, id 10, 11). Mend it first.');
  expect(await blocked('code integer default -1 constraint above check (code > 0)')).toContain('2 rows of public.orders break the new rule above (check): (id 10, code -1)');
  expect(await blocked('twice integer generated always as (id * 2) stored constraint small check (twice < 22)')).toContain('1 row of public.orders breaks the new rule small (check): (id 11, twice 22)');
  expect(await blocked('code integer default 1 constraint above check (code > 0)')).toBe('');
  expect(await blocked('code integer constraint one_each unique constraint above check (code > 0)')).toBe('');
  expect(await blocked('code uuid not null default gen_random_uuid() constraint one_each unique')).toBe('');
});

test('a column that must have a value and is given none comes to a table without rows, and is held back from one with rows', async () => {
  const b = orders(', code integer not null');
  expect(await plan(orders(''), b)).toEqual({ outcome: 'done', why: '' });
  expect(await plan(orders(''), b, undefined, ROWS)).toEqual({ outcome: 'blocked', why: '2 rows of public.orders break the new rule code NOT NULL without a default (not null). Mend them first.' });
});

const commented = (key: string, index: string, check: string) => `create table public.t (id integer primary key, n integer, constraint t_n unique (${key}), constraint t_c check (n < ${check})); create index t_i on public.t (${index}); comment on constraint t_n on public.t is 'key'; comment on constraint t_c on public.t is 'check'; comment on index public.t_i is 'index';`;

test('a key, check or index that is replaced keeps what is said of it, there and back', async () => {
  const [a, b] = [commented('n', 'n', '9'), commented('n, id', 'id, n', '10')];
  const [from, to] = [await side(a), await side(b)];
  expect(await thereAndBack(from, to)).toEqual({ outcome: 'done', why: '' });
  expect(await forwardForGood(from, to, ['change:constraint:public.t.t_n', 'change:constraint:public.t.t_c', 'change:index:public.t.t_i'])).toEqual([]);
  expect(inPlans(differences(await introspect(from.client), to.snapshot))).toEqual([]);
});

const unchecked = (type: string) => `create table public.t (id integer primary key, n ${type}); alter table public.t add constraint late check (id > 5) not valid;`;

test('what is not validated, and is not to be, stands so after a conversion too', async () => {
  expect(await plan(unchecked('text'), unchecked('integer'), undefined, `set session_replication_role = replica; insert into public.t values (7, '7')`)).toEqual({ outcome: 'done', why: '' });
});

test('a view whose column has a default by a function goes before the function', async () => {
  const b = 'create table public.t (id integer)';
  const a = `${b}; create function public.f() returns integer language sql begin atomic select 1; end; create view public.v as select id from public.t; alter view public.v alter column id set default public.f()`;
  expect(await plan(a, b)).toEqual({ outcome: 'done', why: '' });
  expect(await plan(b, a)).toEqual({ outcome: 'done', why: '' });
});

test('numbers of a column of which something else differs too are noted once', async () => {
  const a = 'create table public.t (id bigint generated by default as identity, n integer); alter table public.t alter id set statistics 200';
  expect(await plan(a, 'create table public.t (id bigint not null, n integer)', undefined, 'insert into public.t (n) values (1), (2)')).toEqual({ outcome: 'done', why: '' });
});
