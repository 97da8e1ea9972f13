import type { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import type { Dependent } from '#lib/pipeline/evidence.ts';
import type { PhaseKind } from '#lib/pipeline/plan.ts';
import { judge, movements } from '#lib/pipeline/preflight.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { phaseOf, publicTable } from '#lib/testing/phase.ts';
import { measurePhase } from './measure.ts';

async function dependents(client: Client, tables: readonly string[], kind: PhaseKind = 'convert'): Promise<readonly Dependent[]> {
  const evidence = await measurePhase(client, phaseOf([{ id: 'dependents', kind: 'dependents', tables: tables.map(publicTable) }], { kind }));
  const found = evidence.measurements[0];
  if (found?.kind !== 'dependents') throw new Error('no dependents');
  return found.dependents;
}

function refused(found: readonly Dependent[]): string[] {
  return [...new Set(found.filter((one) => !one.handled).map((one) => one.kind))].toSorted();
}

describe.each([14, 15, 18] as const)('on Postgres %i', (major) => {
  test('an ordinary table has only what the plan carries over', async () => {
    const client = await (await freshDatabase({ major })).client();
    await client.query(`create role dependents_reader_${major}; create table p (id int primary key); create table t (id uuid primary key default gen_random_uuid(), p int references p, big text unique, check (big <> '')); create index on t (p); comment on table t is 'hello'; grant select on t to dependents_reader_${major}`);
    const found = await dependents(client, ['t']);
    await client.query(`drop owned by dependents_reader_${major}; drop role dependents_reader_${major}`);
    expect(refused(found)).toEqual([]);
    expect([...new Set(found.map((one) => one.kind))].toSorted()).toEqual(['comment', 'constraint', 'default', 'grant', 'index', 'owner']);
    expect(found.find((one) => one.kind === 'grant')?.description).toBe(`SELECT to dependents_reader_${major}`);
  });

  test('everything else that can hang on a table is refused by name', async () => {
    const client = await (await freshDatabase({ major })).client();
    await client.query(`
      create table t (id serial primary key, a int, b int, d date) with (fillfactor = 90);
      alter table t add column i bigint generated always as identity;
      create function f() returns trigger language plpgsql as $$ begin return null; end $$;
      create trigger tr after insert on t for each row execute function f();
      create rule ru as on update to t where false do also nothing;
      create policy po on t using (true);
      create view v as select id from t; create materialized view mv as select a from t; create view vv as select * from v;
      create table outside (t int references t);
      create table other (id int, whole t); create table other2 (x int); create policy op on other2 using (exists (select from t));
      create table child () inherits (t);
      create statistics st on a, b from t;
      create publication pu for table t; create publication pall for all tables;
      create function g() returns setof t language sql as 'select * from public.t'; create function h() returns bigint language sql begin atomic select count(*) from t; end;
      grant select (a) on t to public; comment on column t.a is 'x'; comment on constraint t_pkey on t is 'y'; comment on index t_pkey is 'z';
      cluster t using t_pkey`);
    const found = await dependents(client, ['t']);
    expect(refused(found)).toEqual([
      'child table', 'cluster mark', 'column of its row type', 'comment on a constraint', 'comment on an index', 'extended statistics', 'function', 'inbound foreign key', 'materialized view', 'policy',
      'policy of another table', 'publication', 'publication of all tables', 'rule', 'sequence', 'trigger', 'view',
    ]);
    expect(found.filter((one) => one.kind === 'sequence').map((one) => one.description)).toEqual(['public.t_i_seq', 'public.t_id_seq']);
    expect(found.filter((one) => one.kind === 'function').map((one) => one.description)).toEqual(['public.g()', 'public.h()']);
    expect(found.filter((one) => one.kind === 'view').map((one) => one.description)).toEqual(['public.v', 'public.vv']);
    expect(refused(await dependents(client, ['child']))).toContain('parent table');
  });

  test('a table that moves as it is takes its own things along, but not what points at it', async () => {
    const client = await (await freshDatabase({ major })).client();
    await client.query(`create table t (id serial primary key); create policy po on t using (true); create view v as select id from t; create table u (t int references t)`);
    expect(refused(await dependents(client, ['t'], 'empty'))).toEqual(['inbound foreign key', 'view']);
    expect(refused(await dependents(client, ['t', 'u'], 'empty'))).toEqual(['view']);
    expect(refused(await dependents(client, ['t', 'u']))).toEqual(['policy', 'sequence', 'view']);
  });
});

test('a publication of a schema is found where there are such', async () => {
  const client = await (await freshDatabase({ major: 18 })).client();
  await client.query('create table t (id int); create publication p for tables in schema public');
  expect(await dependents(client, ['t'])).toContainEqual({ table: publicTable('t'), kind: 'publication of its schema', description: 'p', handled: false });
});

test('the demo’s conversion and its empty tables have nothing that blocks; a view made after signing is named', async () => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const [reader, operator] = [await database.client('reader'), await database.client('operator')];
  expect(refused(await dependents(reader, ['bazaar-vid_exports', 'bazaar-vid_export_analytics']))).toEqual([]);
  expect(refused(await dependents(reader, ['bazaar-vid_component_error', 'bazaar-vid_patch', 'bazaar-vid_scene_plan', 'bazaar-vid_scene_specs'], 'empty'))).toEqual([]);
  expect(refused(await dependents(reader, ['api_usage_metric'], 'duplicate'))).toEqual([]);
  const phase = phaseOf([{ id: 'dependents', kind: 'dependents', tables: [publicTable('bazaar-vid_exports')] }]);
  const signed = await measurePhase(reader, phase);
  await operator.query('create view recent as select * from "bazaar-vid_exports"');
  const now = await measurePhase(reader, phase);
  expect(movements(phase, signed, now, { rowsPercent: 10 }).map((one) => one.sentence)).toEqual([
    'Something new hangs on public.bazaar-vid_exports, grants on a view: public.recent: DELETE, INSERT, SELECT, UPDATE to bazaar_app.',
    'Something new hangs on public.bazaar-vid_exports, view: public.recent.',
  ]);
  expect(judge(phase, now).map((one) => one.sentence)).toEqual(['public.bazaar-vid_exports has something that this version does not carry over, view: public.recent.']);
});
