import { expect, test } from 'vitest';
import { plan, side, sideOn } from '#lib/testing/chosen-plan.ts';
import { forwardForGood, planSide, thereAndBack } from '#lib/testing/plan-proof.ts';

const withViews = (type: string) => `create table public.t (id integer primary key, n ${type}); create view public.v as select n, n + 1 as more from public.t; create view public.w as select n from public.v; create materialized view public.m as select id from public.t where n::text <> '7'`;

test('a view whose columns change with a table’s types is refused without the table, by the name of what to choose too; with it both run', async () => {
  const [a, b] = [withViews('numeric(12,2)'), withViews('numeric')];
  const views = ['change:view:public.v', 'change:view:public.w'];
  for (const chosen of [views, ['change:view:public.w']]) expect(await plan(a, b, chosen)).toMatchObject({ outcome: 'refused', why: expect.stringContaining('choose “change column public.t.n” too') });
  expect(await plan(a, b, ['change:column:public.t.n', ...views], 'insert into public.t values (1, 1.5), (2, null)')).toEqual({ outcome: 'done', why: '' });
});

const oneColumn = (type: string) => `create table public.t (id integer primary key, n ${type});`;

test('a new view over a column that has another type there is refused without it', async () => {
  expect(await plan(oneColumn('integer'), `${oneColumn('bigint')} create view public.v as select n from public.t`, ['add:view:public.v'])).toMatchObject({ outcome: 'refused', why: expect.stringContaining('choose “change column public.t.n” too') });
});

const ofPair = (fields: string) => `create type public.pair as (${fields}); create table public.t of public.pair;`;

test('columns of a table of a type are refused without the type, and come and go with it', async () => {
  const [a, b] = [ofPair('a integer, b text'), ofPair('a integer, b text, c date')];
  expect(await plan(a, b, ['add:column:public.t.c'])).toMatchObject({ outcome: 'refused', why: expect.stringContaining('choose “change composite type public.pair” too') });
  expect(await plan(a, b, ['add:column:public.t.c', 'change:composite_type:public.pair'], `insert into public.t values (1, 'x')`)).toEqual({ outcome: 'done', why: '' });
});

test('a sequence that a default draws from is refused to go, though the default is another there', async () => {
  const a = `create sequence public.s; create sequence public.other; create table public.t (id integer primary key default nextval('public.s'))`;
  const b = `create sequence public.other; create table public.t (id integer primary key default nextval('public.other'))`;
  expect(await plan(a, b, ['remove:sequence:public.s'])).toMatchObject({ outcome: 'refused', why: expect.stringContaining('which is chosen to go') });
  expect(await plan(a, b, ['remove:sequence:public.s', 'change:column:public.t.id'], 'insert into public.t default values')).toEqual({ outcome: 'done', why: '' });
});

const withMoods = (labels: string) => `create type public.mood as enum (${labels}); create table public.t (id integer primary key, m public.mood, many public.mood[]); create table public.days (d date, m public.mood) partition by range (d); create table public.day partition of public.days default;`;

test('rows that hold a value which an enum loses block the plan and are shown before anybody signs', async () => {
  const [a, b] = [withMoods(`'ok', 'sad', 'gone'`), withMoods(`'ok', 'sad'`)];
  const chosen = ['change:enum:public.mood'];
  expect(await plan(a, b, chosen, `insert into public.t values (1, 'ok', null), (2, 'gone', null)`)).toEqual({ outcome: 'blocked', why: `1 row of public.t breaks the new rule m without 'gone' (check): (id 2, m gone). Mend it first.` });
  expect(await plan(a, b, chosen, `insert into public.t values (1, null, '{ok,gone}')`)).toMatchObject({ outcome: 'blocked', why: expect.stringContaining(`many without 'gone'`) });
  expect(await plan(a, b, chosen, `insert into public.days values ('2026-01-01', 'gone')`)).toMatchObject({ outcome: 'blocked', why: expect.stringContaining('1 row of public.day ') });
  expect(await plan(a, b, chosen, `insert into public.t values (1, 'ok', '{sad}'); insert into public.days values ('2026-01-01', 'sad')`)).toEqual({ outcome: 'done', why: '' });
});

test('a value that a default says, and that its enum loses, is refused without the default', async () => {
  const [a, b] = [['ok', 'gone'], ['ok']].map((labels) => `create type public.mood as enum (${labels.map((label) => `'${label}'`).join(', ')}); create table public.t (id integer primary key, m public.mood default '${labels.at(-1)}')`);
  expect(await plan(a ?? '', b ?? '', ['change:enum:public.mood'])).toMatchObject({ outcome: 'refused', why: `column public.t.m says 'gone'::public.mood, a value that enum public.mood loses: choose “change column public.t.m” too, or leave both out.` });
  expect(await plan(a ?? '', b ?? '', undefined, `insert into public.t values (1, 'ok')`)).toEqual({ outcome: 'done', why: '' });
});

test('a name that something else has and keeps is refused, and one that goes in the same plan is taken over', async () => {
  const a = `create table public.old (id integer constraint one_each unique); create type public.kind as enum ('a');`;
  const b = `create table public.fresh (id integer constraint one_each unique); create type public.kind as (f integer);`;
  expect(await plan(a, b, ['add:table:public.fresh'])).toMatchObject({ outcome: 'refused', why: expect.stringContaining('choose “remove table public.old” too') });
  expect(await plan(a, b, ['add:composite_type:public.kind'])).toMatchObject({ outcome: 'refused', why: expect.stringContaining('choose “remove enum public.kind” too') });
  expect(await plan(a, b, ['add:table:public.fresh', 'remove:table:public.old', 'add:composite_type:public.kind', 'remove:enum:public.kind'])).toEqual({ outcome: 'done', why: '' });
});

const family = (type: string) => `create table public.p (id integer, n ${type}) partition by list (id); create table public.p1 partition of public.p for values in (1); create table public.a (n ${type});`;

test('a new heir or partition of a parent of which something else was not chosen is refused, and comes with it', async () => {
  const a = `${family('integer')}`;
  const b = `${family('integer')} create index p_n on public.p (n); create table public.p2 partition of public.p for values in (2); alter table public.a add more text default 'x'; create table public.heir () inherits (public.a)`;
  expect(await plan(a, b, ['add:table:public.p2'])).toMatchObject({ outcome: 'refused', why: expect.stringContaining('choose “add index public.p.p_n” too') });
  expect(await plan(a, b, ['add:table:public.heir'])).toMatchObject({ outcome: 'refused', why: expect.stringContaining('choose “add column public.a.more” too') });
  const whole = await plan(a, b, ['add:table:public.p2', 'add:index:public.p.p_n', 'add:index:public.p1.p1_n_idx', 'add:table:public.heir', 'add:column:public.a.more'], 'insert into public.p values (1, 1); insert into public.a values (1)');
  expect(whole).toEqual({ outcome: 'done', why: '' });
});

const keyed = (type: string, key: string) => `create table public.p (id ${type} primary key); create table public.c (id integer primary key, p ${type}, q smallint${key});`;

test('a foreign key to a column whose type was not chosen is refused; where both types differ anyway it is not', async () => {
  const [a, b] = [keyed('integer', ''), keyed('bigint', ', constraint c_p foreign key (p) references public.p, constraint c_q foreign key (q) references public.p')];
  expect(await plan(a, b.replace('p bigint', 'p integer').replace('(id bigint', '(id integer'), ['add:constraint:public.c.c_p', 'add:constraint:public.c.c_q'])).toEqual({ outcome: 'done', why: '' });
  expect(await plan(a.replace('p integer', 'p bigint'), b, ['add:constraint:public.c.c_p'])).toMatchObject({ outcome: 'refused', why: expect.stringContaining('choose “change column public.p.id” too') });
  expect(await plan(a.replace('p integer', 'p bigint'), b, ['add:constraint:public.c.c_q'])).toEqual({ outcome: 'done', why: '' });
});

const rooms = (rule: string) => `create table public.t (id integer primary key, "room no" integer, during int4range, off boolean not null default false${rule})`;

test('rows that an exclusion constraint would keep apart block it, and are shown', async () => {
  const [a, b] = [rooms(''), rooms(`, constraint apart exclude using gist (int4range("room no", "room no", '[]') with =, during with &&) where (not off) deferrable`)];
  const chosen = ['add:constraint:public.t.apart'];
  expect(await plan(a, b, chosen, `insert into public.t values (1, 1, '[1,5)', false), (2, 1, '[4,6)', false), (3, 2, '[4,6)', false), (4, 1, '[4,6)', true)`)).toEqual({ outcome: 'blocked', why: '2 rows of public.t break the new rule apart (exclusion): (id 1, during [1,5)) and (id 2, during [4,6)). Mend them first.' });
  expect(await plan(a, b, chosen, `insert into public.t values (1, 1, '[1,5)', false), (2, 1, '[5,6)', false), (3, 2, '[4,6)', false), (4, 1, '[4,6)', true)`)).toEqual({ outcome: 'done', why: '' });
});

test('a table becomes no partition of one that is not partitioned yet, and a sequence belongs to nobody else’s column', async () => {
  const a = `create table public.p (id integer); create table public.p1 (id integer);`;
  expect(await plan(a, `create table public.p (id integer) partition by list (id); create table public.p1 partition of public.p for values in (1);`, ['change:table:public.p1'])).toMatchObject({ outcome: 'refused', why: expect.stringContaining('choose “change table public.p” too') });
  const drop = await side(`create role one_of_chosen; create table public.t (id integer); create sequence public.s; alter table public.t owner to one_of_chosen`);
  const to = await side(`create table public.t (id integer); create sequence public.s owned by public.t.id`);
  expect(await thereAndBack(drop, to, { chosen: ['change:sequence:public.s'] })).toMatchObject({ outcome: 'refused', why: expect.stringContaining('Change the owner of one first.') });
  await drop.client.query('alter table public.t owner to postgres');
  const again = await planSide(drop.config, drop.client);
  expect(await thereAndBack(again, to, { chosen: ['change:sequence:public.s'] })).toEqual({ outcome: 'done', why: '' });
  await drop.client.query('drop role one_of_chosen');
});

test('a column that an old view over a converted table reads beside it goes in clean-up, after the view', async () => {
  const a = 'create table public.t (id integer primary key, n text); create table public.u (id integer primary key, gone text, stays text); create view public.v as select t.n, u.gone from public.t join public.u using (id)';
  const b = 'create table public.t (id integer primary key, n integer); create table public.u (id integer primary key, stays text)';
  const chosen = ['change:column:public.t.n', 'remove:column:public.u.gone', 'remove:view:public.v'];
  const rows = `insert into public.t values (1, '7'), (2, null); insert into public.u values (1, 'x', 'y'), (2, null, 'z')`;
  expect(await plan(a, b, chosen, rows)).toEqual({ outcome: 'done', why: '' });
  const [from, to] = [await side(a, rows), await side(b)];
  expect(await forwardForGood(from, to, chosen)).toEqual([]);
  expect((await from.client.query('select * from public.u order by id')).rows).toEqual([{ id: 1, stays: 'y' }, { id: 2, stays: 'z' }]);
});

const movedPart = (schema: string) => `create schema other; create table public.p (id integer, n text) partition by list (id); create table ${schema}.part partition of public.p for values in (1); create view public.v as select n from ${schema}.part`;

test('a partition that moves to another schema under a view makes room for itself, with its rows', async () => {
  const outcome = await plan(movedPart('public'), movedPart('other'), ['remove:table:public.part', 'add:table:other.part', 'change:view:public.v'], `insert into public.p values (1, 'a')`);
  expect(outcome.outcome, outcome.why).not.toBe('failed');
});

const keyedParts = (more: string) => `create table public.q (id integer primary key); create table public.p (id integer, q integer) partition by list (id); create table public.p1 partition of public.p for values in (1); alter table public.p add constraint to_q foreign key (q) references public.q${more}`;

test('a foreign key that partitions have from their parent becomes deferrable with the parent’s', async () => {
  const chosen = ['change:constraint:public.p.to_q', 'change:constraint:public.p1.to_q'];
  expect(await plan(keyedParts(''), keyedParts(' deferrable initially deferred'), chosen, 'insert into public.q values (1); insert into public.p values (1, 1)')).toEqual({ outcome: 'done', why: '' });
});

test('a partition with an exclusion constraint of its parent is not set aside: Postgres 18 would give it a second one on the way back', async () => {
  const parent = 'create table public.p (k integer, exclude using btree (k with =)) partition by list (k);';
  const [from, to] = [await sideOn(18, parent, 'create table public.p1 partition of public.p for values in (1)'), await sideOn(18, parent)];
  expect(await thereAndBack(from, to)).toMatchObject({ outcome: 'refused', why: expect.stringContaining('would give it a second one') });
});

const heldRows = (columns: string, holder: string) => `create domain public.small as integer check (value < 10); create domain public.smaller as public.small; create table public.t (id integer primary key${columns}); ${holder}`;
const VIEW_OF_ROWS = 'create materialized view public.held as select t as row from public.t; create unique index held_row on public.held ((1));';

test.each([14, 18] as const)('on %i a column with a value comes to a table, and leaves it, whose rows a materialized view holds: that is made anew', async (major) => {
  for (const column of [', n integer default 5', ', n timestamptz default now()', ', n uuid default gen_random_uuid()', ', n public.smaller']) {
    const [bare, more] = [heldRows('', VIEW_OF_ROWS), heldRows(column, VIEW_OF_ROWS)];
    expect(await plan(bare, more, ['add:column:public.t.n'], 'insert into public.t values (1)', major), column).toEqual({ outcome: 'done', why: '' });
    expect(await plan(more, bare, ['remove:column:public.t.n'], 'insert into public.t values (1)', major), column).toEqual({ outcome: 'done', why: '' });
  }
});

test('a column with a value is refused, by name, for a table whose rows stand in a column of another', async () => {
  const holder = 'create table public.u (r public.t);';
  expect(await plan(heldRows('', holder), heldRows(', n integer default 5', holder), ['add:column:public.t.n'])).toMatchObject({ outcome: 'refused', why: expect.stringContaining('column public.u.r holds rows of the same table') });
  expect(await plan(heldRows('', holder), heldRows(', n integer', holder), ['add:column:public.t.n'], `insert into public.t values (1)`)).toEqual({ outcome: 'done', why: '' });
});

const hashed = (remainder: number) => `create table public.p (k integer not null, word text) partition by hash (k); create table public.p1 (word text, k integer not null); alter table public.p attach partition public.p1 for values with (modulus 5, remainder ${remainder});`;

test('rows that stand outside the bounds that their partition gets block it, and are shown', async () => {
  const [a, b] = [hashed(0), hashed(1)];
  const chosen = ['change:table:public.p1'];
  const rows = `insert into public.p1 select 'w', k from generate_series(1, 200) k where satisfies_hash_partition('public.p'::regclass, 5, 0, k) order by k limit 1`;
  expect(await plan(a, b, chosen, rows, 14)).toMatchObject({ outcome: 'blocked', why: expect.stringMatching(/^1 row of public\.p1 breaks the new rule public\.p FOR VALUES WITH \(modulus 5, remainder 1\) \(bounds of a partition\): \(k \d+\)\. Mend it first\.$/) });
  expect(await plan(a, b, chosen, '', 14)).toEqual({ outcome: 'done', why: '' });
});

const ranged = (joins = '') => `create table public.p (at date, "no" integer) partition by range (at, ("no" * 2)); create table public.old (at date, "no" integer, primary key (at, "no")); ${joins}`;

test('rows of a table that becomes a partition, of a DEFAULT one that gets a neighbour, and of one below another, are held to their bounds', async () => {
  const [a, b] = [ranged(), ranged(`alter table public.p attach partition public.old for values from ('2026-01-01', minvalue) to ('2026-02-01', 10)`)];
  const chosen = ['change:table:public.old'];
  expect(await plan(a, b, chosen, `insert into public.old values ('2025-12-31', 1), ('2026-02-01', 4), ('2026-02-01', 5)`)).toEqual({ outcome: 'blocked', why: `2 rows of public.old break the new rule public.p FOR VALUES FROM ('2026-01-01', MINVALUE) TO ('2026-02-01', 10) (bounds of a partition): (at 2025-12-31, no 1) and (at 2026-02-01, no 5). Mend them first.` });
  expect(await plan(a, b, chosen, `insert into public.old values ('2026-01-31', 1), ('2026-02-01', 4)`)).toEqual({ outcome: 'done', why: '' });
  const shops = 'create table public.s (shop text, no integer) partition by list (shop); create table public.rest partition of public.s default;';
  const more = `${shops} create table public.one partition of public.s for values in ('a', null) partition by range (no); create table public.few partition of public.one for values from (0) to (9);`;
  const parts = ['add:table:public.one', 'add:table:public.few'];
  expect(await plan(shops, more, parts, `insert into public.s values ('b', 1), (null, 2)`)).toEqual({ outcome: 'blocked', why: `1 row of public.rest breaks the new rule public.s DEFAULT (bounds of a partition): (shop null). Mend it first.` });
  expect(await plan(shops, more, parts, `insert into public.s values ('b', 1)`)).toEqual({ outcome: 'done', why: '' });
  const [apart, under] = [`${more} create table public.low (shop text, no integer);`, `${more} create table public.low partition of public.one for values from (-9) to (0);`];
  expect(await plan(apart, under, ['change:table:public.low'], `insert into public.low values ('a', -1), ('b', -2)`)).toMatchObject({ outcome: 'blocked', why: expect.stringContaining(`1 row of public.low breaks the new rule public.s FOR VALUES IN ('a', NULL)`) });
  expect(await plan(apart, under, ['change:table:public.low'], `insert into public.low values (null, -1)`)).toEqual({ outcome: 'done', why: '' });
});

const graded = (domain: string) => `create domain public.grade as ${domain}; create domain public.mark as public.grade; create table public.t (id integer primary key, g public.grade, m public.mark, many public.grade[]); create table public.p (k integer, g public.grade) partition by range (k); create table public.p1 partition of public.p default;`;
const MORE = `integer constraint "at most" check (value < 10 and value::text <> 'VALUE') not null`;

test.each([14, 18] as const)('on %i rows that do not keep what a domain asks from now on block it, wherever they stand, and are shown', async (major) => {
  const chosen = ['change:domain:public.grade'];
  const [a, b] = [graded('integer'), graded(MORE)];
  const told = async (rows: string, to = b) => (await plan(a, to, chosen, rows, major)).why;
  expect(await told(`insert into public.t values (1, 12, 1, '{}')`)).toBe('1 row of public.t breaks the new rule g as public.grade "at most" (check): (id 1, g 12). Mend it first.');
  expect(await told(`insert into public.t values (1, 1, null, '{}')`)).toContain('1 row of public.t breaks the new rule m as public.grade NOT NULL');
  expect(await told(`insert into public.t values (1, 1, 1, '{1,20}')`)).toContain('breaks the new rule many as public.grade "at most"');
  expect(await told('insert into public.p values (50, 50)')).toContain('1 row of public.p1 breaks');
});

test.each([14, 18] as const)('on %i values that cannot be read as what a domain is made of from now on block it', async (major) => {
  const [a, b] = ['text', 'bigint'].map((type) => `create domain public.code as ${type}; create table public.t (id integer primary key, c public.code, n integer);`);
  const chosen = ['change:domain:public.code'];
  expect(await plan(a ?? '', b ?? '', chosen, `insert into public.t values (1, '7', 1), (2, 'x', 1), (3, null, 1)`, major)).toEqual({ outcome: 'blocked', why: '1 row of public.t breaks the new rule c as public.code, bigint from now on (check): (id 2, c x). Mend it first.' });
  expect(await forwardForGood(await sideOn(major, a ?? '', `insert into public.t values (1, '7', 1), (3, null, 1)`), await sideOn(major, b ?? ''), chosen)).toEqual([]);
});
