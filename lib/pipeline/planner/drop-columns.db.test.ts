import { expect, test } from 'vitest';
import { introspect } from '#lib/pg/introspect.ts';
import { differences } from '#lib/pipeline/noise.ts';
import { altering, back, forward } from '#lib/testing/altering.ts';

const KEPT = `create type public.mood as enum ('sad', 'ok');
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
  await client.query(`update public.note set body = 'since', extra = '[1]' where no = 7; delete from public.note where no = 8; insert into public.note values ('s', 300000, 0, 'new', null, null, '{}')`);
  const rows = (await client.query<{ string_agg: string }>(ROWS)).rows;
  await forward(bench, { ...phase, steps: phase.steps.slice(1) });
  expect(await deltasLeft()).toEqual([]);
  await client.query(`delete from public.note where no = 9`);
  await back(bench, phase, phase.steps.map((step) => step.id));
  for (const one of first.toReversed()) await back(bench, one, one.steps.map((step) => step.id));
  expect((await client.query<{ string_agg: string }>(ROWS)).rows[0]?.string_agg.split(';')).toEqual(rows[0]?.string_agg.split(';').filter((row) => !row.startsWith('(s0,9,')));
  expect(differences(before, await introspect(await bench.database.client())).filter((delta) => !delta.id.startsWith('aside:')).map((delta) => [delta.id, delta.attributes])).toEqual([]);
});
