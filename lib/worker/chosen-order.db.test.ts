import { expect, test } from 'vitest';
import { plan } from '#lib/testing/chosen-plan.ts';

const DONE = { outcome: 'done', why: '' };

const parted = (column: string) => `create table public.t (k integer not null, v text, ${column} bigint) partition by list (k);
  create table public.p partition of public.t default; alter table public.p add constraint low check (${column} < 1000 or v is not null);`;

test('a column that a check of a partition asks for comes with the partitioned table’s, before the old one goes', async () => {
  expect(await plan(parted('was'), parted('now'), undefined, `insert into public.t values (1, 'a', 5)`)).toEqual(DONE);
});

const keyed = (unique: string, act: string) => `create table public.t (k integer not null, v text) partition by list (k); create table public.p partition of public.t default; alter table public.t add constraint once unique ${unique} (k, v);
  create table public.c (k integer, v text, constraint of_t foreign key (k, v) references public.t (k, v) on delete ${act})`;

test('a key that a partition has from its table goes and comes with the table’s', async () => {
  expect(await plan(keyed('', 'cascade'), keyed('nulls not distinct', 'restrict'), undefined, `insert into public.t values (1, 'a'), (2, null)`)).toEqual(DONE);
});

const referred = (column: string) => `create table public.t (a uuid, ${column} date, constraint once unique (${column}, a)); create table public.c (a uuid, d date, constraint of_t foreign key (a, d) references public.t (a, ${column}));`;

test('a foreign key goes over to other columns together with the key that it refers to', async () => {
  expect(await plan(referred('was'), referred('since'), undefined, `insert into public.t values (null, '2026-01-01')`)).toEqual(DONE);
});

test('a domain takes the name of an enum that goes before it is needed', async () => {
  const a = `create type public.kind as enum ('a'); create table public.t (id integer primary key, n integer not null)`;
  const b = `create domain public.kind as bigint check (value <> 0); create table public.t (id integer primary key, n public.kind not null)`;
  expect(await plan(a, b, undefined, 'insert into public.t values (1, 7)')).toEqual(DONE);
});

const list = (columns: string) => `create table public.t (k integer not null${columns}) partition by list (k);`;

test('a column does not stay until clean-up where a partition comes without it', async () => {
  expect(await plan(list(', was text'), `${list('')} create table public.p partition of public.t default`)).toMatchObject({ outcome: 'refused', why: expect.stringContaining('column public.t.was') });
});

test('a foreign key to a key that may be checked late here is refused without that key', async () => {
  const [a, b] = [' deferrable', ''].map((late) => `create table public.t (id integer constraint once unique${late});`);
  const [c, d] = ['create table public.c (t integer);', 'create table public.c (t integer constraint of_t references public.t (id));'];
  expect(await plan(`${a} ${c}`, `${b} ${d}`, ['add:constraint:public.c.of_t'])).toMatchObject({ outcome: 'refused', why: expect.stringContaining('choose “change constraint public.t.once” too') });
  expect(await plan(`${a} ${c}`, `${b} ${d}`)).toEqual(DONE);
});

const ruled = (type: string) => `create table public.t (id integer primary key, n ${type});
  create procedure public.clear(a bigint) language sql begin atomic delete from public.t where n::text <> 'x'; end;
  create rule also as on insert to public.t do also delete from public.t where n::text <> 'y';
  create policy part on public.t using (n::text <> 'z'); alter table public.t add constraint other check (n::text <> 'w');`;

test('what the server says by the type of a column that it reads is refused without that column: a body, a rule, a policy, a check', async () => {
  const [a, b] = [ruled('text'), ruled('varchar(40)')];
  for (const id of ['procedure:public.clear(bigint)', 'rule:public.t.also', 'policy:public.t.part', 'constraint:public.t.other']) expect([id, await plan(a, b, [`change:${id}`])]).toMatchObject([id, { outcome: 'refused', why: expect.stringContaining('choose “change column public.t.n” too') }]);
});

test('a new table of a type is refused without what its type gets', async () => {
  const [a, b] = ['a integer', 'a integer, b text'].map((fields) => `create type public.pair as (${fields});`);
  expect(await plan(a ?? '', `${b} create table public.t of public.pair`, ['add:table:public.t'])).toMatchObject({ outcome: 'refused', why: expect.stringContaining('choose “change composite type public.pair” too') });
});

const indexed = (type: string) => `create table public.t (id integer, n ${type}); create index said on public.t ((n || '!'));`;

test('an index over a column that gets another type is as wanted when the column has it', async () => {
  expect(await plan(indexed('varchar(40)'), indexed('text'), undefined, `insert into public.t values (1, 'a')`)).toEqual(DONE);
});

const published = (columns: string) => `create table public.t (id integer primary key, n integer${columns}); create publication part for table public.t where (n > 3);`;

test('the values of a column are kept until clean-up where a publication lets nobody change a row', async () => {
  expect(await plan(published(', was text'), published(''), ['remove:column:public.t.was'], `insert into public.t values (1, 7, 'a')`)).toEqual(DONE);
});

test('a materialized view that nobody has filled comes back without rows', async () => {
  const a = `create table public.t (id integer primary key); create materialized view public.m as select 1 / (id - id) as n from public.t with no data;`;
  expect(await plan(a, 'create table public.t (id integer primary key)', undefined, 'insert into public.t values (1)')).toEqual(DONE);
});

const day = (name: string, key: string) => `create table public.t (k integer${key}) partition by range (k); create table public.${name} partition of public.t for values from (1) to (9); alter table public.${name} add primary key (k);`;

test('a partition that takes the place of another holds the key on its own while its table may have nulls from now on', async () => {
  expect(await plan(day('was', ' not null'), day('since', ''))).toEqual(DONE);
});

test('a partition is refused without the one that has its bounds', async () => {
  expect(await plan(day('was', ''), day('since', ''), ['add:table:public.since'])).toMatchObject({ outcome: 'refused', why: expect.stringContaining('choose “remove table public.was” too') });
});

const shelf = `create table public.t (k integer, s varchar check (s in ('a', 'b'))) partition by list (k);`;

test.each([14, 18] as const)('on %i a partition comes under a table whose check is of one of several words', async (major) => {
  expect(await plan(shelf, `${shelf} create table public.p partition of public.t for values in (1)`, undefined, '', major)).toEqual(DONE);
});

const ranged = (type: string) => `create table public.t (k ${type} not null) partition by range (k); create table public.p partition of public.t for values from (1) to (9);`;

test('the column of a partition is refused another type without the column that it comes from', async () => {
  expect(await plan(ranged('integer'), ranged('bigint'), ['change:column:public.p.k', 'change:table:public.p'])).toMatchObject({ outcome: 'refused', why: expect.stringContaining('choose “change column public.t.k” too') });
});
