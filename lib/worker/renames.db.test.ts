import type { Client } from 'pg';
import { expect, test } from 'vitest';
import type { Major } from '#lib/cli/server-account.ts';
import { introspect } from '#lib/pg/introspect.ts';
import { notNullCalled } from '#lib/pipeline/kinds/not-null.ts';
import { differences } from '#lib/pipeline/noise.ts';
import { withRename } from '#lib/pipeline/renamed.ts';
import type { Rename } from '#lib/pipeline/rename.ts';
import { partStatements } from '#lib/pipeline/renamed-parts.ts';
import { fateOf } from '#lib/pipeline/rename-fate.ts';
import { renameStatements } from '#lib/pipeline/rename-kinds.ts';
import { differencesRenamed, foldRenames } from '#lib/pipeline/renames.ts';
import { scriptOfChosen } from '#lib/pipeline/script/chosen.ts';
import type { Snapshot } from '#lib/pipeline/snapshot.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { FAMILY_RENAMES, familySchema } from '#lib/testing/family-schema.ts';
import { labelled } from '#lib/testing/security-label.ts';

/** Everything that says the name of a column or of its table. */
const SCHEMA = `
  create table public.member (id serial primary key, mail text not null default 'mail', "Mail Host" text, total int generated always as (length(mail)) stored, constraint member_mail_ok check (mail <> 'mail' and "Mail Host" <> mail));
  create unique index member_mail on public.member (mail) where mail like 'mail%';
  create unique index member_mail_key on public.member (mail);
  create table public.letter (id int primary key, mail text references public.member (mail) on update cascade, boss text, constraint letter_boss foreign key (boss) references public.member (mail));
  create view public.directory as select id, mail, lower(mail) as name, m."Mail Host" from public.member m where mail <> '';
  create view public.written as select l.id, m.mail, l.mail as letter_mail from public.letter l join public.member m on m.mail = l.mail order by m.mail;
  create function public.notice() returns trigger language plpgsql as $$ begin return new; end $$;
  create trigger noticed before update of mail on public.member for each row when (old.mail is distinct from new.mail) execute function public.notice();
  alter table public.member enable row level security;
  create policy own on public.member using (mail = current_user);
  create statistics public.member_stat on mail, "Mail Host" from public.member;
  comment on index public.member_mail is 'mail';
  comment on column public.member.mail is 'where to write to';
  comment on table public.member is 'member';
  grant select (mail) on public.member to public;
  alter trigger noticed on public.member depends on extension plpgsql;
  alter index public.member_mail depends on extension plpgsql;
  ${labelled('public.member', 'mail')}
`;

const notNullsOf = ({ objects }: Snapshot): [string, string][] => objects.flatMap((object) => (object.kind === 'column' && object.attributes.nullable === false ? [[object.id, notNullCalled(object)]] : []));

test.each<[string, Rename, Major?]>([
  ['a column', { from: 'column:public.member.mail', to: 'column:public.member.E-Mail' }],
  ['a column with a name that needs quotes', { from: 'column:public.member.Mail Host', to: 'column:public.member.host' }],
  ['a table', { from: 'table:public.member', to: 'table:public.person' }],
  ['a column of Postgres 18', { from: 'column:public.member.mail', to: 'column:public.member.email' }, 18],
  ['a table of Postgres 18', { from: 'table:public.member', to: 'table:public.person' }, 18],
])('a reading is foreseen as the server will give it after the rename of %s, in all that rests on it', async (_, rename, major = 15) => {
  const client = await (await freshDatabase({ major })).client();
  await client.query(SCHEMA);
  const before = await introspect(client);
  await inTurn(client, renameStatements(rename).forward);
  const after = await introspect(client);
  expect(differences(before, after).length).toBeGreaterThan(1);
  expect(differences(withRename(before, rename), after).map((delta) => [delta.id, delta.attributes])).toEqual([]);
  // Before 18 it has no name that anybody could need.
  if (major === 18) expect(notNullsOf(withRename(before, rename))).toEqual(notNullsOf(after));
  await inTurn(client, renameStatements(rename).back);
  expect(differences(await introspect(client), before)).toEqual([]);
});

test('a table or view whose name is a column, a query or a row elsewhere as well leaves foreign keys, functions and publications as they are', async () => {
  const client = await (await freshDatabase()).client();
  await client.query(`
    create table public.customer (id int primary key, customer text constraint said check (customer <> 'public.customer' and customer <> 'customer'), constraint whole check (customer.* is not null));
    create index by_customer on public.customer (lower(customer)) where customer <> 'x';
    create table public.orders (customer int constraint by references public.customer (id), nothing int);
    create view public.rec as with recursive rec(n) as (values (1) union all select rec.n + 1 from rec where n < 5) select n from rec;
    create function public.g(public.rec) returns int language plpgsql as $$ begin return (select count(*) from public.rec); end $$;
    comment on function public.g(public.rec) is 'rec';
    create publication told for table public.customer, public.orders;
  `);
  const before = await introspect(client);
  for (const rename of [{ from: 'table:public.customer', to: 'table:public.person' }, { from: 'view:public.rec', to: 'view:public.Other' }]) {
    await inTurn(client, renameStatements(rename).forward);
    expect(differences(withRename(before, rename), await introspect(client)).map((delta) => [delta.id, delta.attributes])).toEqual([]);
    await inTurn(client, renameStatements(rename).back);
  }
});

/** What reads a relation that has the name of a column, an alias, a WITH or a role elsewhere as well; of several readings of one relation the server numbers the names. */
const READERS = (named: string) => `
  create table public.${named} (id int primary key, t int, u int, b int); create table public.z (id int primary key, t int);
  create view public.own as select ${named}.t as x, ${named}.u as y from public.${named} where ${named}.t > 0 order by ${named}.t;
  create view public.alias as select t.id, z.t from public.z join public.${named} t on t.id = z.t;
  create view public.other as with t as (select 5 as id) select t.id, x.b from t join public.${named} x on x.id = t.id union all select t.id, q.b from public.z t join public.${named} q on true;
  create view public.inside as select ${named}.id from public.${named}, public.z where exists (select from public.${named} where ${named}.b > 1) and extract(year from now()) > ${named}.t and ${named}.b is distinct from z.t;
  create view public.whole as select ${named} as r, '${named}'::regclass as c from public.${named}, lateral (select max(q.t) from public.z q where q.id = ${named}.id) l;
  alter table public.z enable row level security; create policy aliased on public.z using (exists (select from public.${named} t where t.id = z.id)); create policy named on public.z using (exists (select from public.${named} where ${named}.id = z.id));
  alter table public.${named} enable row level security; create policy itself on public.${named} using (exists (select from public.z where z.id = ${named}.id));
  create rule into_z as on insert to public.own do instead (insert into public.${named} as t (id, t) values (new.x, new.y) on conflict (id) do update set t = excluded.t + t.t; delete from public.z t where t.id = new.x);
  create rule from_z as on delete to public.own do instead delete from public.${named} using public.z where ${named}.id = old.x and z.id = ${named}.t;
  create function public.body(r public.${named}) returns int begin atomic update public.${named} set t = 1 where ${named}.t = 2; select ${named}.t from public.${named} where ${named}.u > 2; end;
`;

test('queries, policies, rules and bodies that read a renamed table say its new name, and whatever else is called like it keeps its own', async () => {
  const [client, other] = [await (await freshDatabase()).client(), await (await freshDatabase()).client()];
  await client.query(READERS('t'));
  await other.query(READERS('u'));
  const [before, wanted, rename] = [await introspect(client), await introspect(other), { from: 'table:public.t', to: 'table:public.u' }];
  await client.query('alter table public.t rename to u; alter table public.u rename constraint t_pkey to u_pkey');
  const after = await introspect(client);
  const foreseen = foldRenames(before, wanted, [rename]).renamed;
  expect(differences(foreseen, after)).toEqual([]);
  // Another column of the same view, which has the table's new name, is a difference; a word too many replaced would hide it.
  expect(differences(foreseen, wanted).map(({ objectId }) => objectId)).toEqual(differences(after, wanted).map(({ objectId }) => objectId));
  await client.query('create or replace view public.own as select u.u as x, u.t as y from public.u where u.u > 0 order by u.u');
  expect(differences(foreseen, await introspect(client)).map(({ objectId }) => objectId)).toEqual(['view:public.own']);
});

const NAMED = (table: string, key: string) => `
  create table public.${table} (id int generated by default as identity primary key, no serial not null unique, ${key} text not null constraint ${table}_${key}_ok check (${key} <> ''), boss int constraint ${table}_boss_fkey references public.${table} (id));
  create index ${table}_${key}_idx on public.${table} (lower(${key}));
  create unique index ${table}_${key}_key on public.${table} (${key});
  alter table public.${table} replica identity using index ${table}_${key}_key;
  create view public.next as select nextval('public.${table}_no_seq') as no;
  comment on constraint ${table}_pkey on public.${table} is 'key';
  comment on index public.${table}_pkey is 'its index';
  comment on index public.${table}_${key}_idx is 'to find';
  alter index public.${table}_${key}_idx depends on extension plpgsql;
  alter index public.${table}_pkey depends on extension plpgsql;
  ${labelled(`public.${table}`, key)}
  grant usage on sequence public.${table}_no_seq, public.${table}_id_seq to public;
`;

async function inTurn(client: Client, statements: readonly string[]): Promise<void> {
  for (const sql of statements) await client.query(sql);
}

/** The script of the renames gives names and does nothing else, there and back. */
async function expectNamesAlone(client: Client, other: Client, renames: readonly Rename[]): Promise<void> {
  const [current, desired] = [await introspect(client), await introspect(other)];
  const folded = foldRenames(current, desired, renames);
  const script = scriptOfChosen(folded.renamed, desired, differencesRenamed(folded, desired), folded.taken);
  const statements = script.steps.flatMap((step) => step.statements.map(({ sql }) => sql));
  expect(statements.filter((sql) => !sql.includes(' RENAME '))).toEqual([]);
  for (const sql of statements) await client.query(sql);
  expect(differences(await introspect(client), desired)).toEqual([]);
  await inTurn(client, folded.taken.toReversed().flatMap((rename) => [...rename.parts.toReversed().map((part) => partStatements(part).back), ...renameStatements(rename).back]));
  expect(differences(await introspect(client), current)).toEqual([]);
}

test.each<[string, [string, string], [string, string], Rename[], Major?]>([
  ['a table', ['member', 'mail'], ['person', 'mail'], [{ from: 'table:public.member', to: 'table:public.person' }]],
  ['a table of Postgres 18', ['member', 'mail'], ['person', 'mail'], [{ from: 'table:public.member', to: 'table:public.person' }], 18],
  ['a table and its column', ['member', 'mail'], ['person', 'email'], [{ from: 'column:public.person.mail', to: 'column:public.person.email' }, { from: 'table:public.member', to: 'table:public.person' }]],
  ['a column', ['member', 'mail'], ['member', 'email'], [{ from: 'column:public.member.mail', to: 'column:public.member.email' }]],
])('keys, checks, indexes and sequences of %s that was renamed take their new names, and nothing else is done', async (_, before, after, renames, major = 15) => {
  const [client, other] = [await (await freshDatabase({ major })).client(), await (await freshDatabase({ major })).client()];
  await client.query(NAMED(...before));
  await other.query(NAMED(...after));
  await expectNamesAlone(client, other, renames);
});

const inSchema = (name: string) => `create schema ${name}; ${NAMED('member', 'mail').replaceAll('public.', `${name}.`)} create table ${name}.plain (id int); create index on ${name}.plain (id); create table ${name}.numbered (id int generated always as identity (sequence name ${name}.${name}_numbers), like_it int default nextval('${name}.${name}_numbers'));`;

test('in a schema that was renamed an index, a key, a check and a sequence with other names take these, and no index is built anew', async () => {
  const [client, other] = [await (await freshDatabase()).client(), await (await freshDatabase()).client()];
  await client.query(inSchema('old'));
  await other.query(`${inSchema('new').replaceAll('member_mail_idx', 'to_find').replaceAll('member_mail_ok', 'said')} alter sequence new.member_no_seq rename to numbers; alter table new.member rename constraint member_pkey to member_key;`);
  await expectNamesAlone(client, other, [{ from: 'schema:old', to: 'schema:new' }]);
});

function sortedLists(dependencies: Readonly<Record<string, readonly string[]>> = {}): Record<string, string[]> {
  return Object.fromEntries(Object.entries(dependencies).map(([id, ids]) => [id, ids.toSorted()]));
}

test.each<[string, Rename, Major?]>(
  ([15, 18] as const).flatMap((major): [string, Rename, Major][] => [
    [`a partitioned table of Postgres ${major}`, { from: 'table:public.days', to: 'table:public.dates' }, major],
    [`a partition of Postgres ${major} with partitions`, { from: 'table:public.two', to: 'table:public.second' }, major],
    [`a parent of Postgres ${major}`, { from: 'table:public.items', to: 'table:public.things' }, major],
    [`a column of Postgres ${major} that partitions are divided by`, { from: 'column:public.days.label', to: 'column:public.days.title' }, major],
    [`a column of Postgres ${major} that heirs inherit`, { from: 'column:public.items.code', to: 'column:public.items.number' }, major],
  ]),
)('a reading is foreseen for heirs and partitions as well after the rename of %s', async (_, rename, major = 15) => {
  const client = await (await freshDatabase({ major })).client();
  await client.query(familySchema('days', 'label', 'items', 'code'));
  const before = await introspect(client);
  await inTurn(client, renameStatements(rename).forward);
  const after = await introspect(client);
  expect(differences(withRename(before, rename), after).map((delta) => [delta.id, delta.attributes])).toEqual([]);
  expect(sortedLists(withRename(before, rename).dependencies)).toEqual(sortedLists(after.dependencies));
  await inTurn(client, renameStatements(rename).back);
  expect(differences(await introspect(client), before)).toEqual([]);
});

test('a renamed parent table and its renamed columns leave nothing to do for heirs and partitions but names', async () => {
  const [client, other] = [await (await freshDatabase()).client(), await (await freshDatabase()).client()];
  await client.query(familySchema('days', 'label', 'items', 'code'));
  await other.query(familySchema('dates', 'title', 'things', 'number'));
  await expectNamesAlone(client, other, FAMILY_RENAMES);
});

test('a column that comes from elsewhere is not renamed by itself, and why is said', async () => {
  const client = await (await freshDatabase()).client();
  await client.query(`
    create table public.one (name text);
    create table public.two (name text);
    create table public.of_both () inherits (public.one, public.two);
    create type public.shape as (name text);
    create table public.typed of public.shape;
  `);
  const current = await introspect(client);
  for (const [table, why] of [['one', 'goes along with it and comes from table public.two'], ['of_both', 'comes from table public.one'], ['typed', 'of the type public.shape']] as const) {
    const rename = { from: `column:public.${table}.name`, to: `column:public.${table}.title` };
    const desired = withRename(current, rename);
    await expect(inTurn(client, renameStatements(rename).forward)).rejects.toThrow(/cannot rename/);
    expect(fateOf(current, desired, rename, { current: 'prod', desired: 'dev' })).toEqual({ fate: 'lapsed', why: expect.stringContaining(why) });
    expect(foldRenames(current, desired, [rename]).taken).toEqual([]);
  }
});
