import { expect, test } from 'vitest';
import { introspect } from '#lib/pg/introspect.ts';
import { measurePhase } from '#lib/pg/measure.ts';
import { judge } from '#lib/pipeline/preflight.ts';
import { fingerprint } from '#lib/pipeline/snapshot.ts';
import { altering, back, forward, type Altering } from '#lib/testing/altering.ts';

const PARTITIONED = 'create table public.reading (id integer, at integer, kind integer, primary key (id, at)) partition by range (at); create table public.reading_1 partition of public.reading for values from (1) to (10)';
const WITH_KEY = `${PARTITIONED}; create table public.kind (id integer primary key); alter table public.reading add constraint reading_kind foreign key (kind) references public.kind (id);
  comment on constraint reading_kind on public.reading is 'which'; insert into public.reading select i, i % 9 + 1, null from generate_series(1, 20) i`;

async function schema(one: Altering): Promise<string> {
  return fingerprint((await introspect(await one.bench.database.client())).objects);
}

test.each([14, 15, 18] as const)('on %i a table goes although a partitioned table has a foreign key to it: the key goes with it, and comes back with it', async (major) => {
  const one = await altering(major, WITH_KEY, PARTITIONED, {}, 'empty');
  const writer = await one.bench.database.client('operator');
  await writer.query(`create schema ${one.plan.keepSchema}; create table public.reading_2 partition of public.reading for values from (10) to (20)`);
  expect(judge(one.phase, await measurePhase(await one.bench.database.client(), one.phase)).map((finding) => finding.sentence)).toEqual([]);
  const before = await schema(one);
  await forward(one.bench, one.phase);
  expect((await one.deltasLeft()).filter((id) => !id.includes('reading_2'))).toEqual([]);
  await back(one.bench, one.phase, one.phase.steps.map((step) => step.id));
  expect(await schema(one)).toBe(before);
});

test.each([[14, []], [18, ['reading_kind false']]] as const)('on %i a row that has no parent any more does not hold up the way back: the key stays off where none can be unchecked, and the step says so', async (major, left) => {
  const one = await altering(major, WITH_KEY, PARTITIONED, {}, 'empty');
  const writer = await one.bench.database.client('operator');
  await writer.query(`create schema ${one.plan.keepSchema}`);
  await forward(one.bench, one.phase);
  await writer.query('insert into public.reading values (99, 1, 7)');
  await back(one.bench, one.phase, one.phase.steps.map((step) => step.id));
  const { rows } = await writer.query<{ key: string }>(`select conname || ' ' || convalidated as key from pg_constraint where conrelid = 'public.reading'::regclass and contype = 'f'`);
  expect(rows.map(({ key }) => key)).toEqual(left);
  const said = one.phase.steps.flatMap((step) => step.hazards.map((hazard) => hazard.sentence)).find((sentence) => sentence.includes('reading_kind') || sentence.includes('foreign key to kind'));
  expect(said).toContain(major < 18 ? 'leaves a key off where a row of reading has no parent any more: before PostgreSQL 18' : 'leaves a key unchecked (NOT VALID) where a row of reading has no parent any more');
});

test.each([14, 18] as const)('on %i a partitioned table that goes with its rows holds back no delete in the tables that stay', async (major) => {
  const stays = 'create table public.kind (id integer primary key); insert into public.kind values (7), (8)';
  const goes = `${PARTITIONED}; ${stays}; alter table public.reading add constraint reading_kind foreign key (kind) references public.kind (id); insert into public.reading select i, i % 9 + 1, 7 from generate_series(1, 20) i`;
  const one = await altering(major, goes, stays, {}, 'empty', { 'public.reading': { verdict: 'archive', reason: 'r' }, 'public.reading_1': { verdict: 'archive', reason: 'r' } });
  const writer = await one.bench.database.client('operator');
  await writer.query(`create schema ${one.plan.keepSchema}`);
  const before = await schema(one);
  await forward(one.bench, one.phase);
  await writer.query('delete from public.kind where id = 7; insert into public.kind values (7)');
  await back(one.bench, one.phase, one.phase.steps.map((step) => step.id));
  expect(await schema(one)).toBe(before);
});

const MEMBER = 'create table public.member (id integer primary key); insert into public.member values (1), (2)';
const sheet = (id: string) => `create table public.sheet (id ${id} primary key, member_id integer, owner_id integer, constraint sheet_member foreign key (member_id) references public.member (id), constraint sheet_owner foreign key (owner_id) references public.member (id) on delete cascade)`;

test('the old table of a conversion holds back nothing that the application deletes, goes with what it cascades from, and gets its key back, unchecked where a parent has gone', async () => {
  const one = await altering(15, `${MEMBER}; ${sheet('text')}; insert into public.sheet values (gen_random_uuid()::text, 1, 2), (gen_random_uuid()::text, 2, 2)`, `${MEMBER}; ${sheet('uuid')}`, {}, 'convert');
  const writer = await one.bench.database.client('operator');
  await writer.query(`create schema ${one.plan.keepSchema}`);
  const before = await schema(one);
  await forward(one.bench, one.phase);
  expect(one.phase.steps.at(-1)).toMatchObject({ title: 'Take the foreign keys of the old sheet to member off', statements: [{ label: 'take off sheet_member' }] });
  await writer.query('delete from public.sheet where member_id = 1; delete from public.member where id = 1');
  await back(one.bench, one.phase, one.phase.steps.map((step) => step.id));
  expect((await writer.query(`select conname, convalidated from pg_constraint where conrelid = 'public.sheet'::regclass and contype = 'f' order by 1`)).rows).toEqual([{ conname: 'sheet_member', convalidated: false }, { conname: 'sheet_owner', convalidated: true }]);
  await writer.query('insert into public.member values (1); alter table public.sheet validate constraint sheet_member');
  expect(await schema(one)).toBe(before);
});
