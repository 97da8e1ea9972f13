import { expect, test } from 'vitest';
import { introspect } from '#lib/pg/introspect.ts';
import { differences } from '#lib/pipeline/noise.ts';
import type { Phase } from '#lib/pipeline/plan.ts';
import { altering, back, forward } from '#lib/testing/altering.ts';

const KEPT = `create type public.mood as enum ('sad', 'ok');
  create function public.silent(public.mood) returns text language sql immutable as $$ select null $$; create cast (public.mood as text) with function public.silent(public.mood) as assignment;
  create function public.touch() returns trigger language plpgsql as $$ begin new.touched := new.touched + 1; return new; end $$;`;
const CURRENT = `${KEPT}
  create table public.note (shop text, no integer, touched integer not null default 0, body text collate "C" not null default 'none', place point, mood public.mood, extra json not null, primary key (shop, no));
  create index note_body on public.note (body);
  create view public.bodies as select no, body from public.note;
  comment on column public.note.body is 'what it says';
  insert into public.note select 's' || i % 3, i, 0, 'body ' || i, point(i, i), 'ok', '{}' from generate_series(1, 300) i;
  update public.note set place = null, mood = null where no % 2 = 0;
  create trigger touched before update on public.note for each row execute function public.touch();`;
const DESIRED = `${KEPT}
  create table public.note (shop text, no integer, touched integer not null default 0, primary key (shop, no));
  create view public.bodies as select no from public.note;
  create trigger touched before update on public.note for each row execute function public.touch();`;
const ROWS = `select string_agg(n::text, ';' order by no) from (select shop, no, touched, body, place, mood, extra from public.note where no <= 300) n`;

test.each([14, 15, 18] as const)('on %i columns go with their values kept, also of rows written since the copy, and come back with them', async (major) => {
  const { bench, plan, phase, deltasLeft } = await altering(major, CURRENT, DESIRED, {}, 'remove');
  const client = await bench.database.client('operator');
  const before = await introspect(await bench.database.client());
  expect(plan.phases.map((one) => one.id)).toEqual(['prepare', 'backup', 'alter', 'remove-columns', 'validate', 'cleanup']);
  const first = plan.phases.filter((one) => ['prepare', 'backup', 'alter'].includes(one.kind));
  for (const one of first) await forward(bench, one);
  await forward(bench, { ...phase, steps: phase.steps.slice(0, 1), verifications: [] });
  await client.query(`update public.note set body = 'since', extra = '[1]' where no = 7; update public.note set mood = 'sad' where no = 11; delete from public.note where no = 8; insert into public.note values ('s', 300000, 0, 'new', null, null, '{}')`);
  const rows = (await client.query<{ string_agg: string }>(ROWS)).rows;
  await forward(bench, { ...phase, steps: phase.steps.slice(1) });
  expect(await deltasLeft()).toEqual([]);
  await client.query(`delete from public.note where no = 9`);
  await back(bench, phase, phase.steps.map((step) => step.id));
  for (const one of first.toReversed()) await back(bench, one, one.steps.map((step) => step.id));
  expect((await client.query<{ string_agg: string }>(ROWS)).rows[0]?.string_agg.split(';')).toEqual(rows[0]?.string_agg.split(';').filter((row) => !row.startsWith('(s0,9,')));
  expect(differences(before, await introspect(await bench.database.client())).filter((delta) => !delta.id.startsWith('aside:')).map((delta) => [delta.id, delta.attributes])).toEqual([]);
});

const LOOSE = `create domain public.note as text default 'n'; create table public.log (at integer, no serial, what public.note, who text not null); insert into public.log (at, who) select i, 'w' from generate_series(1, 20) i;
  create table public.day (at integer, no bigint generated always as identity) partition by range (at); create table public.day_1 partition of public.day for values from (1) to (10);`;
const TIGHT = `create table public.log (at integer);`;

const again = (phase: Phase) => ({ ...phase, steps: phase.steps.map((step) => ({ ...step, id: `again.${step.id}` })) });

test.each([14, 15, 18] as const)('on %i columns that no key finds again stay until clean-up drops them, with what they rest on and their sequence; partitions leave with their parent', async (major) => {
  const { bench, plan, deltasLeft } = await altering(major, LOOSE, TIGHT, {}, 'remove');
  const client = await bench.database.client('operator');
  const before = await introspect(await bench.database.client());
  const changing = plan.phases.filter((one) => one.kind !== 'cleanup');
  const cleanup = plan.phases.find((one) => one.kind === 'cleanup');
  if (!cleanup) throw new Error('nothing is kept');
  const position = async () => (await client.query<{ n: string }>(`select nextval('public.log_no_seq') as n`)).rows[0]?.n;
  expect(await position()).toBe('21');
  for (const one of changing) await forward(bench, one);
  await client.query('insert into public.log (at) values (0)');
  await client.query('delete from public.log where at = 0');
  for (const one of changing.toReversed()) await back(bench, one, one.steps.map((step) => step.id));
  expect(differences(before, await introspect(await bench.database.client())).map((delta) => [delta.id, delta.attributes])).toEqual([]);
  expect([await position(), (await client.query(`select at, no, what, who from public.log order by at limit 1`)).rows]).toEqual(['22', [{ at: 1, no: 1, what: 'n', who: 'w' }]]);
  for (const one of [...changing, cleanup]) await forward(bench, again(one));
  expect(await deltasLeft()).toEqual([]);
  expect((await client.query(`select nspname from pg_namespace where nspname like 'countersign\\_%'`)).rows).toEqual([]);
});
