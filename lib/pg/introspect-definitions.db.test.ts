import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pairsIn } from '#lib/cli/corpus.ts';
import { createRoles, loadTexts } from '#lib/cli/proof-database.ts';
import { canonicalExpression } from '#lib/pipeline/expression.ts';
import { objectId } from '#lib/pipeline/snapshot.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { introspect } from './introspect.ts';

const MAJORS = [14, 15, 18] as const;
const CORPUS = join(import.meta.dirname, '..', 'testing', 'corpus');

/** What an index says and what it leaves out: orders, collations, operator classes that are not the type's own, types that are taken for another. */
const INDEXES = `
  create domain public.words as text;
  create table public."T x" (
    id bigint, a integer, "b c" text, "select" varchar(20), c text, d text collate "C", e character(4), f numeric(10,2), g timestamptz(3), h uuid, i words, k integer[], l jsonb, m name, n regclass,
    primary key (id, "b c") deferrable initially deferred, unique (a), unique ("select") include (f));
  create index "Plain" on public."T x" (a);
  create unique index plain_2 on public."T x" (a, "b c", "select", f, g, h);
  create index orders on public."T x" (a desc, "b c" desc nulls last, "select" nulls first, f asc nulls last);
  create index usual_of_another on public."T x" (d collate "default", a);
  create index its_own on public."T x" (d);
  create index another on public."T x" ("b c" collate "C");
  create index pattern on public."T x" ("b c" text_pattern_ops, "select" varchar_pattern_ops);
  create index as_varchar on public."T x" ("b c" varchar_ops);
  create index as_bpchar on public."T x" ("b c" bpchar_ops);
  create index fixed on public."T x" (e);
  create index over_domain on public."T x" (i);
  create index arrays on public."T x" (k);
  create index documents on public."T x" (l);
  create index over_name on public."T x" (m);
  create index classes on public."T x" (n, a oid_ops);
  create index hashed on public."T x" using hash (a);
  create index inverted on public."T x" using gin (l jsonb_path_ops);
  create index including on public."T x" (a) include (f);
  create index filled on public."T x" (a) with (fillfactor = 70);
  create index partial on public."T x" (a) where f > 0;
  create index computed on public."T x" (lower("b c"), a);
  create index conditions on public."T x" (a desc, "select") where "b c" ~~ 'x%' and "select" is not null;
  create index condition_in_lines on public."T x" (a) where case when f > 0 then a = 1 else false end;
  create index condition_on_own on public."T x" (d) where d collate "C" > 'a' or h is null;
  create unique index several on public."T x" (lower("b c") desc, "select", (a + 1) nulls first, coalesce("b c", 'x, (y)')) where f is not null;
  create index in_lines on public."T x" ((case when f > 0 then a else 0 end));
  create index lowered_own on public."T x" (lower(d));
  create index lowered_usual on public."T x" (lower(d) collate "default");
  create index lowered_another on public."T x" (lower("b c") collate "C");
  create index collated_inside on public."T x" (lower("b c" collate "C"));
  create index beside_own on public."T x" ((a + 1), d collate "default");
  create index compared_own on public."T x" ((d > 'x'));
  create index lowered_pattern on public."T x" (lower("b c") text_pattern_ops);
  create index lowered_loose on public."T x" (lower(c::text), (c || 'x'), c);
  create index casted on public."T x" (("select"::text), ((l ->> 'k')::integer), (l -> 'a' ->> 'b'), (e::text), (n::oid));
  create index of_arrays on public."T x" ((k[1]), (k || 1));
  create index hashed_expression on public."T x" using hash (lower("b c"));
  create index filled_expression on public."T x" (lower("b c")) with (fillfactor = 70);
  create index including_expression on public."T x" (lower("b c")) include (f);
  create index over_words on public."T x" (upper(i), (i || 'x'));
  create materialized view public.m as select a, "b c" from public."T x";
  create unique index of_view on public.m (a desc);
  create table public.parts (k integer, v text, primary key (k)) partition by list (k);
  create table public.part partition of public.parts for values in (1);
  create index on public.parts (v desc);`;

/** Where a type is taken for text, the operator class of text says that it is text's. */
const TAKEN_FOR_TEXT = `
  create extension citext;
  create type loose;
  create function loose_in(cstring) returns loose language internal immutable strict as 'textin';
  create function loose_out(loose) returns cstring language internal immutable strict as 'textout';
  create type loose (input = loose_in, output = loose_out, like = text, collatable = true);
  create cast (loose as text) without function as implicit;
  alter table public."T x" alter c type citext, add j loose;
  create index as_own on public."T x" (c);
  create index as_text on public."T x" (c text_ops);
  create index taken_for_text on public."T x" (j);
  create index taken_in_expression on public."T x" ((c || 'x'), (j::text) text_ops, lower(j::text));`;

/** On an older server these names stand without quotes, because the word came later. */
const LATER_WORDS = `
  create table public.system_user (id integer primary key, merge_action text unique, json_table integer references public.system_user);
  create index system_user_merge on public.system_user (merge_action, json_table);
  create index json_scalar on public.system_user (id desc, json_table);`;

/** Deparsed by the server, with its own quotes; before the condition stand the names of the index and its table. */
const DEPARSED = 'create index system_user_some on public.system_user (id) where id > 0';

const SERVERS_OWN = `
  select 'index' as kind, n.nspname as schema, t.relname as relation, c.relname as name, pg_get_indexdef(c.oid) as definition
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid join pg_namespace n on n.oid = t.relnamespace
  union all
  select 'constraint', n.nspname, t.relname, k.conname, pg_get_constraintdef(k.oid)
  from pg_constraint k join pg_class t on t.oid = k.conrelid join pg_namespace n on n.oid = t.relnamespace`;

/** Each definition beside the server's own, and how many there were. */
async function beside(major: (typeof MAJORS)[number], texts: readonly string[], roles: readonly string[] = []): Promise<{ unlike: [string, unknown, string | undefined][]; count: number }> {
  const database = await freshDatabase({ major });
  await createRoles({ url: (name) => database.url().replace(/[^/]*$/, name), pgDump: null }, roles);
  const client = await database.client();
  await loadTexts(client, texts);
  const { objects } = await introspect(client);
  await client.query(`set search_path = ''`);
  const { rows } = await client.query<{ kind: 'index' | 'constraint'; schema: string; relation: string; name: string; definition: string }>(SERVERS_OWN);
  await client.end();
  const theirs = new Map(rows.map(({ kind, schema, relation, name, definition }) => [objectId(kind, schema, relation, name), canonicalExpression(definition)]));
  const ours = objects.filter(({ kind }) => kind === 'index' || kind === 'constraint');
  return { unlike: ours.flatMap(({ id, attributes }) => (attributes.definition === theirs.get(id) ? [] : [[id, attributes.definition, theirs.get(id)] as [string, unknown, string | undefined]])), count: ours.length };
}

test.each(MAJORS)('on Postgres %i a definition that is written from its parts is the server’s own, whatever an index orders, collates or takes for something else', async (major) => {
  expect(await beside(major, [INDEXES])).toEqual({ unlike: [], count: 48 });
  expect(await beside(major, [INDEXES, TAKEN_FOR_TEXT])).toEqual({ unlike: [], count: 52 });
});

test.each(MAJORS)('on Postgres %i every definition of an index or constraint in our corpus is the server’s own', async (major) => {
  const pairs = pairsIn(CORPUS, 14).filter(({ name }) => /^(whole|constraint|index)--/.test(name));
  expect(pairs.length).toBeGreaterThan(10);
  for (const pair of pairs) {
    for (const text of [pair.a, pair.b]) expect({ pair: pair.name, unlike: (await beside(major, [pair.setup, text], pair.roles)).unlike }).toEqual({ pair: pair.name, unlike: [] });
  }
});

test('a word that became a keyword later makes no difference between servers, and none of them fails to be read', async () => {
  const read = await Promise.all(MAJORS.map(async (major) => {
    const client = await (await freshDatabase({ major })).client();
    await loadTexts(client, [LATER_WORDS]);
    const { objects } = await introspect(client);
    await client.query(DEPARSED);
    const some = (await introspect(client)).objects.find(({ name }) => name === 'system_user_some');
    expect(some?.attributes).toMatchObject({ definition: 'CREATE INDEX system_user_some ON public."system_user" USING btree (id) WHERE (id > 0)', predicate: '(id > 0)' });
    return objects.filter(({ kind }) => kind === 'index' || kind === 'constraint').map(({ id, attributes }) => [id, attributes.definition]);
  }));
  const [oldest = []] = read;
  expect(oldest).toContainEqual(['index:public.system_user.system_user_merge', 'CREATE INDEX system_user_merge ON public."system_user" USING btree ("merge_action", "json_table")']);
  for (const each of read) expect(each).toEqual(oldest);
});
