import { expect, test } from 'vitest';
import { introspect } from '#lib/pg/introspect.ts';
import { measurePhase } from '#lib/pg/measure.ts';
import { measurePrice } from '#lib/pg/price.ts';
import type { StepContext, StepOutcome } from '#lib/pg/execute-kind.ts';
import type { Measurement } from '#lib/pipeline/evidence.ts';
import type { OverlapDecision } from '#lib/pipeline/plan.ts';
import { destroyedRows, judge } from '#lib/pipeline/preflight.ts';
import { factKey, runFacts } from '#lib/pipeline/run-facts.ts';
import { fingerprint } from '#lib/pipeline/snapshot.ts';
import { altering, back, forward, type Altering } from '#lib/testing/altering.ts';

/** 1 to 3 are the same, 4 and 5 contradict each other (the first is newer in the duplicate), 6 is only kept, 7 and 40 are only in the duplicate. */
const COLUMNS = 'code integer, label text, weight numeric, changed timestamptz, primary key (id)';
const KEPT = `create table public.app_metric (id bigint generated always as identity, ${COLUMNS}, note text)`;
const DUPLICATE = `create table public.metric (id bigint, ${COLUMNS})`;
const ROWS = `insert into public.app_metric (id, code, label, weight, changed, note) overriding system value select i, i, 'l' || i, 1.50, '2026-01-01', 'ours' from generate_series(1, 6) i;
  insert into public.metric select i, i, 'l' || i, 1.50, '2026-01-01' from generate_series(1, 3) i;
  insert into public.metric values (4, 4, 'theirs', 1.5, '2026-02-01'), (5, 5, null, 1.50, '2025-12-01'), (7, 7, 'only', null, null), (40, 40, 'only', 2, null);
  select setval('public.app_metric_id_seq', 6)`;

const settled = (verdict: OverlapDecision['verdict'], more: Partial<OverlapDecision> = {}): Record<string, OverlapDecision> => ({ 'public.metric': { verdict, into: 'public.app_metric', reason: 'r', ...more } });

async function scene(decisions: Record<string, OverlapDecision>, major: 14 | 15 | 18 = 15, batched?: { more: string }): Promise<Altering> {
  const one = await altering(major, `${KEPT}; ${DUPLICATE}; ${ROWS}${batched ? `; ${batched.more}` : ''}`, KEPT, {}, 'duplicate', decisions, ...(batched ? [0] : []));
  await (await one.bench.database.client('operator')).query(`create schema ${one.plan.keepSchema}`);
  return one;
}

async function labels(one: Altering): Promise<string> {
  const { rows } = await (await one.bench.database.client()).query<{ all: string }>(`select string_agg(id || ' ' || coalesce(label, '-') || ' ' || coalesce(note, '-'), ', ' order by id) as all from app_metric`);
  return rows[0]?.all ?? '';
}

async function content(one: Altering): Promise<unknown> {
  const client = await one.bench.database.client();
  const { rows } = await client.query("select (select jsonb_agg(t order by id) from app_metric t) as kept, (select jsonb_agg(t order by id) from metric t) as duplicate");
  return [rows[0], fingerprint((await introspect(client)).objects)];
}

// The others are on 15.
test.each([14, 18] as const)('on %i, conflicts go to the newer row, rows that only the duplicate has come over, its numbers are not given again, and the way back leaves both tables as they were', async (major) => {
  const one = await scene(settled('newest', { by: 'changed' }), major);
  const before = await content(one);
  const evidence = await measurePhase(await one.bench.database.client(), one.phase);
  const measured = evidence.measurements.find((each): each is Extract<Measurement, { kind: 'overlap' }> => each.kind === 'overlap');
  expect(measured).toMatchObject({ onlyDuplicate: { value: 2 }, onlyKept: { value: 1 }, same: { value: 3 }, conflict: { value: 2 }, firstOnly: [{ id: '40' }, { id: '7' }] });
  expect(measured?.conflicting).toMatchObject({ newest: [{ column: 'changed', duplicate: 1, kept: 1, tied: 0 }], rows: [{ duplicate: { id: '4', label: 'theirs', weight: '1.5' }, kept: { label: 'l4', weight: '1.50' } }, { duplicate: { label: null }, kept: { label: 'l5' } }] });
  expect(judge(one.phase, evidence).map(({ code, severity }) => [code, severity])).toEqual([['CONFLICTS_SETTLED', 'to_know'], ['ROWS_ONLY_IN_DUPLICATE', 'to_know']]);
  await forward(one.bench, one.phase);
  expect(await labels(one)).toBe('1 l1 ours, 2 l2 ours, 3 l3 ours, 4 theirs ours, 5 l5 ours, 6 l6 ours, 7 only -, 40 only -');
  const writer = await one.bench.database.client('operator');
  expect((await writer.query<{ id: string }>(`insert into app_metric (label) values ('new') returning id`)).rows).toEqual([{ id: '41' }]);
  await writer.query('delete from app_metric where id = 41');
  await back(one.bench, one.phase, one.phase.steps.map((step) => step.id));
  expect(await content(one)).toEqual(before);
  expect((await writer.query(`select from pg_class where relnamespace = '${one.plan.keepSchema}'::regnamespace`)).rowCount).toBe(0);
});

test('what the application writes after the merge is in the price, stays where the row was not brought over, and is kept aside where it was', async () => {
  const one = await scene(settled('keep_duplicate'));
  const reader = await one.bench.database.client();
  await forward(one.bench, one.phase);
  expect(await labels(one)).toContain('4 theirs ours, 5 - ours');
  const ids = one.phase.steps.map((step) => step.id);
  expect(await measurePrice(reader, one.phase, ids)).toMatchObject({ verdict: 'lossless' });
  await (await one.bench.database.client('operator')).query(`update app_metric set label = 'later' where id in (4, 7); delete from app_metric where id = 40`);
  expect(await measurePrice(reader, one.phase, ids)).toMatchObject({ verdict: 'loses', tables: [{ changed: { value: 1 }, deleted: { value: 1 } }] });
  await back(one.bench, one.phase, ids);
  expect(await labels(one)).toBe('1 l1 ours, 2 l2 ours, 3 l3 ours, 4 later ours, 5 l5 ours, 6 l6 ours');
  expect((await reader.query(`select label from ${one.plan.keepSchema}.metric_written_since`)).rows).toEqual([{ label: 'later' }]);
});

test('rows that come over and break a unique key of the table that stays are named before anybody signs, by the decision that says which values stay', async () => {
  const keyed = `${KEPT}; create unique index app_metric_code on public.app_metric (code)`;
  // 4 is newer in the duplicate and overwrites; 5 is older there, and its value never arrives.
  const one = await altering(15, `${keyed}; ${DUPLICATE}; ${ROWS}; update metric set code = 6 where id in (5, 40); update metric set code = 1 where id = 4`, keyed, {}, 'duplicate', settled('newest', { by: 'changed' }));
  const evidence = await measurePhase(await one.bench.database.client(), one.phase);
  expect(evidence.measurements.flatMap((each) => (each.kind === 'violations' ? each.rules : []))).toMatchObject([{ name: 'app_metric_code', rows: { value: 2 }, first: [{ code: '1', times: '2', id: '1, 4' }, { code: '6', times: '2', id: '40, 6' }] }]);
});

test('other conflicts of the same number than those that were signed stop the step before anything is changed', async () => {
  const one = await scene(settled('keep_duplicate'));
  const facts = runFacts(one.phase, await measurePhase(await one.bench.database.client(), one.phase));
  await (await one.bench.database.client('operator')).query(`update metric set label = 'another' where id = 4`);
  const step = one.phase.steps[0];
  if (!step) throw new Error('nothing is merged');
  expect(await one.bench.run1(step, { evidenced: (expectation) => facts[factKey(expectation)] ?? null })).toMatchObject({ outcome: 'assertion_failed', sentence: expect.stringContaining('digest of what they say in the two tables') });
  expect(await labels(one)).toContain('4 l4 ours');
});

test.each([['in one transaction', undefined], ['in batches', { more: 'select 1' }]] as const)('a duplicate that was merged %s holds back nothing in the tables that stay, and gets its keys back, one unchecked where a parent has gone', async (_way, batched) => {
  const members = 'create table public.member (id integer primary key); insert into public.member values (1), (2)';
  const keyed = `alter table public.metric add constraint metric_member foreign key (code) references public.member (id) on delete cascade not valid; comment on constraint metric_member on public.metric is 'whose'`;
  const one = await altering(15, `${members}; ${KEPT}; ${DUPLICATE}; ${ROWS.replace('4, 4,', '4, 1,')}; update public.metric set code = 1 + id % 2; update public.app_metric k set code = m.code from public.metric m where m.id = k.id; ${keyed}; alter table public.metric validate constraint metric_member`, `${members}; ${KEPT}`, {}, 'duplicate', settled('keep_kept'), ...(batched ? [0] : []));
  const writer = await one.bench.database.client('operator');
  await writer.query(`create schema ${one.plan.keepSchema}`);
  const reader = await one.bench.database.client();
  const before = await content(one);
  await forward(one.bench, one.phase);
  expect(one.phase.steps.at(-1)).toMatchObject({ title: 'Take the foreign keys of metric to member off', locks: [{ mode: 'ACCESS EXCLUSIVE', table: { name: 'member' } }] });
  await writer.query('delete from public.member where id = 2');
  expect((await reader.query(`select from ${one.plan.keepSchema}.metric`)).rowCount).toBe(7);
  await back(one.bench, one.phase, one.phase.steps.map((step) => step.id));
  expect((await reader.query(`select convalidated from pg_constraint where conname = 'metric_member'`)).rows).toEqual([{ convalidated: false }]);
  await writer.query('insert into public.member values (2); alter table public.metric validate constraint metric_member');
  expect(await content(one)).toEqual(before);
});

test('a table that a person lets go with its rows holds back nothing in the tables that stay, and comes back with every row; a key whose parent went meanwhile comes back unchecked', async () => {
  const stays = 'create table public.member (id integer primary key); create table public.place (id integer primary key)';
  const archive = { 'public.guest_log': { verdict: 'archive' as const, reason: 'r' } };
  const one = await altering(15, `${stays}; create table public.guest_log (id integer primary key, member_id integer references public.member on delete cascade, place_id integer references public.place);
    insert into public.member select generate_series(1, 3); insert into public.place values (1); insert into public.guest_log select i, i, 1 from generate_series(1, 3) i`, stays, {}, 'empty', archive);
  const writer = await one.bench.database.client('operator');
  await writer.query(`create schema ${one.plan.keepSchema}`);
  const reader = await one.bench.database.client();
  const keys = async () => (await reader.query<{ key: string }>(`select conname || ' ' || convalidated as key from pg_constraint where conrelid = to_regclass('public.guest_log') and contype = 'f'`)).rows.map(({ key }) => key);
  const evidence = await measurePhase(reader, one.phase);
  expect(evidence.measurements[0]).toMatchObject({ kind: 'empty', rows: { value: 3 }, bytes: { provenance: 'exact' } });
  expect([judge(one.phase, evidence).map(({ code }) => code), destroyedRows(one.phase, evidence)]).toEqual([['ROWS_SET_ASIDE'], 3]);
  const before = fingerprint((await introspect(reader)).objects);
  await forward(one.bench, one.phase);
  await writer.query('delete from public.member where id = 2');
  await back(one.bench, one.phase, one.phase.steps.map((step) => step.id));
  expect((await reader.query('select id, member_id from public.guest_log order by id')).rows).toEqual([1, 2, 3].map((id) => ({ id, member_id: id })));
  expect((await keys()).toSorted()).toEqual(['guest_log_member_id_fkey false', 'guest_log_place_id_fkey true']);
  await writer.query('insert into public.member values (2); alter table public.guest_log validate constraint guest_log_member_id_fkey');
  expect(fingerprint((await introspect(reader)).objects)).toBe(before);
});

/** Rows of the duplicate for more than one batch, behind all others. */
const MANY = { more: "insert into metric select i, i, 'many', 2, null from generate_series(1001, 1700) i" };

/** Runs the steps, with something that the application does between two batches; stops behind the step that does not apply. */
async function batchwise(one: Altering, meanwhile: string, change: Partial<StepContext> = {}): Promise<{ applied: string[]; ended: StepOutcome | undefined }> {
  const facts = runFacts(one.phase, await measurePhase(await one.bench.database.client(), one.phase));
  const writer = await one.bench.database.client('operator');
  const applied: string[] = [];
  let ended: StepOutcome | undefined;
  for (const step of one.phase.steps) {
    let batches = 0;
    const pace = async (): Promise<void> => {
      batches += 1;
      if (batches === 2) await writer.query(meanwhile);
    };
    ended = await one.bench.run1(step, { evidenced: (expectation) => facts[factKey(expectation)] ?? null, ...(step.work?.kind === 'batches' ? { pace, ...change } : {}) });
    if (ended.outcome !== 'applied') break;
    applied.push(step.id);
  }
  return { applied, ended };
}

test('a duplicate that is too large for one lock is merged in batches, takes along what was written to it meanwhile, and both tables come back', async () => {
  const one = await scene(settled('newest', { by: 'changed' }), 14, MANY);
  expect(one.phase.summary).toContain('in batches while the application works');
  expect(one.phase.steps.map((step) => step.work?.kind ?? 'sql')).toEqual(['sql', 'sql', 'batches', 'take_over']);
  const meanwhile = `insert into metric values (5000, 9, 'came', 3, null); update metric set label = 'changed' where id = 7; update app_metric set note = 'used' where id = 1001; update metric set weight = weight where id = 1500`;
  const { applied, ended } = await batchwise(one, meanwhile);
  expect(ended).toMatchObject({ outcome: 'applied' });
  expect((await labels(one)).split(', ')).toEqual(['1 l1 ours', '2 l2 ours', '3 l3 ours', '4 theirs ours', '5 l5 ours', '6 l6 ours', '7 changed -', '40 only -', '1001 many used', ...Array.from({ length: 699 }, (_, i) => `${1002 + i} many -`), '5000 came -']);
  const writer = await one.bench.database.client('operator');
  const kept = `select coalesce(string_agg(relname, ' ' order by relname), '') as names from pg_class where relnamespace = '${one.plan.keepSchema}'::regnamespace and relkind in ('r', 'S')`;
  expect((await writer.query(kept)).rows).toEqual([{ names: 'metric metric_merged metric_replaced' }]);
  expect((await writer.query<{ id: string }>(`insert into app_metric (label) values ('new') returning id`)).rows).toEqual([{ id: '5001' }]);
  await writer.query(`delete from app_metric where id = 5001; update app_metric set label = 'later' where id = 1700`);
  expect(await measurePrice(writer, one.phase, applied)).toMatchObject({ verdict: 'loses', tables: [{ changed: { value: 1 }, deleted: { value: 0 } }] });
  await back(one.bench, one.phase, applied);
  expect(await labels(one)).toBe('1 l1 ours, 2 l2 ours, 3 l3 ours, 4 l4 ours, 5 l5 ours, 6 l6 ours');
  expect((await writer.query('select count(*)::int as all, max(label) filter (where id = 7) as changed from metric')).rows).toEqual([{ all: 708, changed: 'changed' }]);
  expect((await writer.query(kept)).rows).toEqual([{ names: 'metric_written_since' }]);
  expect((await writer.query(`select from pg_trigger where tgrelid = 'metric'::regclass`)).rowCount).toBe(0);
});

test('a merge in batches ends within a batch when it is cancelled, and stops at rows that were written to both tables meanwhile; from both it comes back', async () => {
  const one = await scene(settled('keep_duplicate'), 15, MANY);
  const before = await content(one);
  let batches = 0;
  const cancelled = await batchwise(one, 'select 1', { pace: () => Promise.resolve(void (batches += 1)), stopping: () => batches > 1 });
  expect(cancelled.ended).toMatchObject({ outcome: 'cancelled' });
  expect((await labels(one)).split(', ')).toHaveLength(506);
  await back(one.bench, one.phase, cancelled.applied);
  expect(await content(one)).toEqual(before);

  await one.bench.nextRun();
  const torn = await batchwise(one, `delete from metric where id = 7; update metric set label = 'a' where id = 1001; update app_metric set label = 'b' where id = 1001`);
  expect(torn.ended).toMatchObject({ outcome: 'assertion_failed', sentence: expect.stringContaining('“rows written to metric meanwhile that contradict app_metric” was expected to be 0 and is 2') });
  await expect((await one.bench.database.client('operator')).query('truncate metric')).rejects.toThrow('cannot be truncated now');
  await back(one.bench, one.phase, torn.applied);
  expect(await labels(one)).toBe('1 l1 ours, 2 l2 ours, 3 l3 ours, 4 l4 ours, 5 l5 ours, 6 l6 ours');
});

test('what is written to the duplicate behind the batches comes over before the lock, not under it, also what commits while the lock is waited for', async () => {
  const one = await scene(settled('keep_duplicate'), 15, MANY);
  const facts = runFacts(one.phase, await measurePhase(await one.bench.database.client(), one.phase));
  const evidenced: StepContext['evidenced'] = (expectation) => facts[factKey(expectation)] ?? null;
  const last = one.phase.steps.at(-1);
  if (!last) throw new Error('nothing is merged');
  for (const step of one.phase.steps.slice(0, -1)) expect(await one.bench.run1(step, { evidenced })).toMatchObject({ outcome: 'applied' });
  const writer = await one.bench.database.client('operator');
  const reader = await one.bench.database.client();
  const ninefold = Array.from({ length: 9 }, (_, i) => `update metric set label = 'n${i}' where id between 1001 and 1700`).join('; ');
  await writer.query(`insert into metric select i, i, 'late', 3, null from generate_series(20001, 26000) i; ${ninefold}`);
  await writer.query(`begin; ${ninefold}`);
  const looked: string[] = [];
  // The application holds its row locks until the lock is waited for: then it commits, and the lock is had with all its keys.
  const tried = await one.bench.run1(last, { evidenced, reach: (point) => {
    if (!point.includes('batch')) looked.push(point);
    if (point === 'after_ledger') setTimeout(() => void writer.query('commit'), 100);
  } });
  expect([looked, tried]).toEqual([['caught_up', 'before_ledger', 'after_ledger'], { outcome: 'lock_timeout', forWhat: 'a moment in which at most 5,000 changed keys wait', blockers: [] }]);
  expect((await reader.query(`select (select count(*)::int from app_metric where label = 'late') as late, (select is_called and last_value = 26000 from app_metric_id_seq) as numbers`)).rows).toEqual([{ late: 6000, numbers: true }]);
  await writer.query(`create table public.gone as select * from metric where id between 20001 and 20400; delete from metric where id between 20001 and 20400`);
  expect(await one.bench.run1(last, { evidenced })).toMatchObject({ outcome: 'failed', sentence: expect.stringContaining('400 keys were written to metric meanwhile that contradict the table that stays, or whose rows were deleted after they came over. metric is where it was') });
  await writer.query('insert into metric select * from gone; drop table gone');
  expect(await one.bench.run1(last, { evidenced })).toMatchObject({ outcome: 'applied' });
  expect((await reader.query(`select count(*)::int as all, count(*) filter (where label = 'n8')::int as changed from app_metric`)).rows).toEqual([{ all: 6708, changed: 700 }]);
  await back(one.bench, one.phase, one.phase.steps.map((step) => step.id));
  expect(await labels(one)).toBe('1 l1 ours, 2 l2 ours, 3 l3 ours, 4 l4 ours, 5 l5 ours, 6 l6 ours');
  expect((await reader.query('select count(*)::int as all from metric')).rows).toEqual([{ all: 6707 }]);
});
