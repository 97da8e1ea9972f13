import { expect, test } from 'vitest';
import type { Phase } from '#lib/pipeline/plan.ts';
import { altering, back, forward } from '#lib/testing/altering.ts';

/** Members have a key of two columns, one of which refers to a key that changes; a profile has its project's key; a note refers to a member. */
const TABLES = (id: 'text' | 'uuid'): string => `create table public.project (id ${id} primary key, name text);
  create table public.member (project_id ${id} constraint member_project references public.project (id), person integer, role text, primary key (project_id, person));
  create table public.profile (id ${id} primary key constraint profile_project references public.project (id), note text);
  create table public.note (id integer primary key, project_id ${id}, person integer, body text, constraint note_member foreign key (project_id, person) references public.member (project_id, person))`;
/** The first three projects are spelled in braces and capitals. */
const key = (n: number | string): string => `(case when ${n} <= 3 then '{' || upper(md5('p' || ${n})::uuid::text) || '}' else md5('p' || ${n})::uuid::text end)`;
const ROWS = `insert into public.project select ${key('i')}, 'n' || i from generate_series(1, 40) i;
  insert into public.member select ${key('i')}, n, 'r' from generate_series(1, 40) i, generate_series(1, 60) n;
  insert into public.profile select ${key('i')}, 'p' from generate_series(1, 40) i; insert into public.note select i * 100 + n, ${key('i')}, n, 'b' from generate_series(1, 40) i, generate_series(1, 3) n`;
const uuid = (n: number): string => `md5('p${n}')::uuid`;
const all = (phase: Phase): string[] => phase.steps.map((step) => step.id);

test.each([[14, 'beside', -1], [15, 'under one lock', undefined], [15, 'beside', -1], [18, 'beside', -1]] as const)('on %i, tables with a key of several columns are converted %s with what refers to them, and come back as they were spelled', async (major, way, pause) => {
  const one = await altering(major, `${TABLES('text')}; ${ROWS}`, TABLES('uuid'), {}, 'convert', {}, pause);
  const application = await one.bench.database.client('operator');
  await application.query(`create schema ${one.plan.keepSchema}`);
  const content = async (): Promise<unknown> => (await application.query('select (select jsonb_agg(t order by project_id, person) from member t) as members, (select jsonb_agg(t order by id) from profile t) as profiles, (select jsonb_agg(t order by id) from note t) as notes')).rows[0];
  const before = await content();
  const phases = one.plan.phases.filter((phase) => phase.kind === 'convert');
  expect(phases.map((phase) => phase.id)).toEqual(way === 'beside' ? ['convert', 'convert-swap'] : ['convert']);
  for (const phase of phases) {
    if (phase.id === 'convert-swap') await application.query(`insert into member values (${key(1)}, 100, 'new'); update member set role = 'other' where project_id = ${key(2)} and person = 7; delete from member where project_id = ${key(3)} and person = 60`);
    await forward(one.bench, phase);
  }
  expect(await one.deltasLeft()).toEqual([]);
  expect((await application.query(`select count(*)::int as members, count(distinct project_id)::int as projects from member where project_id in (select id from project)`)).rows[0]).toEqual({ members: 2400, projects: 40 });
  if (way === 'beside') {
    await application.query(`insert into member values (${uuid(1)}, 101, 'later'); insert into note values (9001, ${uuid(1)}, 101, 'later'), (9002, ${uuid(2)}, 7, 'later'); update profile set note = 'later' where id = ${uuid(3)}; delete from profile where id = ${uuid(2)}; insert into profile values (${uuid(2)}, 'anew')`);
    await application.query(`delete from member where project_id = ${uuid(1)} and person = 100; update member set role = 'r' where project_id = ${uuid(2)} and person = 7; insert into member values (${uuid(3)}, 60, 'r')`);
  }
  for (const phase of phases.toReversed()) await back(one.bench, phase, all(phase));
  expect((await application.query(`select count(*)::int as n from pg_constraint where contype = 'f' and not convalidated`)).rows[0]).toEqual({ n: 0 });
  if (way === 'beside') {
    const later = await application.query(`select array_agg(m.project_id = p.id) as spelled from (select project_id from member where role = 'later' union all select project_id from note where body = 'later' union all select id from profile where note in ('later', 'anew')) m join project p on p.id::uuid = m.project_id::uuid`);
    expect(later.rows).toEqual([{ spelled: [true, true, true, true, true] }]);
    await application.query(`delete from note where body = 'later'; delete from member where role = 'later'; update profile set note = 'p'`);
  }
  expect(await content()).toEqual(before);
});
