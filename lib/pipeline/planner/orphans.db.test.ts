import type { Client } from 'pg';
import { expect, test } from 'vitest';
import { introspect } from '#lib/pg/introspect.ts';
import { measurePhase } from '#lib/pg/measure.ts';
import { destroyedRows, judge } from '#lib/pipeline/preflight.ts';
import type { OrphanDecision, Phase } from '#lib/pipeline/plan.ts';
import { factKey, runFacts } from '#lib/pipeline/run-facts.ts';
import { fingerprint } from '#lib/pipeline/snapshot.ts';
import { altering, back, forward, type Altering } from '#lib/testing/altering.ts';

/** 5 of 100 customers are gone; 60 orders point at them, and 120 lines at those orders, by a key that stands. */
const CURRENT = `create table public.customer (id integer primary key, name text);
  create table public.orders (id integer primary key, customer_id integer, note text);
  create table public.line (order_id integer references public.orders (id), no integer, article text, primary key (order_id, no));
  insert into public.customer select i, 'n' || i from generate_series(1, 95) i;
  insert into public.orders select i, (i - 1) % 100 + 1, 'n' from generate_series(1, 1200) i;
  insert into public.line select i, n, 'a' from generate_series(1, 1200) i, generate_series(1, 2) n`;
const DESIRED = `create table public.customer (id integer primary key, name text);
  create table public.orders (id integer primary key, customer_id integer, note text, constraint orders_customer foreign key (customer_id) references public.customer (id));
  create table public.line (order_id integer references public.orders (id), no integer, article text, primary key (order_id, no))`;
const REMOVE: OrphanDecision = { verdict: 'delete', reason: 'the customers are gone' };
const BOTH = { orders_customer: REMOVE, line_order_id_fkey: REMOVE };

async function counts(one: Altering): Promise<unknown> {
  const { rows } = await (await one.bench.database.client()).query('select (select count(*)::int from customer) as customers, (select count(*)::int from orders) as orders, (select count(*)::int from line) as lines, (select count(*)::int from orders where customer_id is null) as unlinked, (select count(*)::int from orders where customer_id = 7) as seventh');
  return rows[0];
}

async function content(one: Altering): Promise<unknown> {
  const client = await one.bench.database.client();
  const { rows } = await client.query("select (select sum(hashtextextended(t::text, 0)::numeric)::text from orders t) as orders, (select sum(hashtextextended(t::text, 0)::numeric)::text from line t) as lines");
  return [rows[0], fingerprint((await introspect(client)).objects)];
}

async function withKeepSchema(one: Altering): Promise<Altering> {
  await (await one.bench.database.client('operator')).query(`create schema ${one.plan.keepSchema}`);
  return one;
}

const BEFORE = { customers: 95, orders: 1200, lines: 2400, unlinked: 0, seventh: 12 };

test.each([14, 15, 18] as const)('on %i, rows without a parent and all that hangs on them go in batches, the key becomes valid, and the way back puts every row back', async (major) => {
  const one = await withKeepSchema(await altering(major, CURRENT, DESIRED, BOTH));
  const before = await content(one);
  const evidence = await measurePhase(await one.bench.database.client(), one.phase);
  expect(judge(one.phase, evidence).filter((finding) => finding.severity === 'blocking')).toEqual([]);
  expect(destroyedRows(one.phase, evidence)).toBe(180);
  await forward(one.bench, one.phase);
  expect(await one.deltasLeft()).toEqual([]);
  expect(await counts(one)).toMatchObject({ orders: 1140, lines: 2280 });
  await back(one.bench, one.phase, one.phase.steps.map((step) => step.id));
  expect(await content(one)).toEqual(before);
});

test('a plan without a decision blocks on the rows, by number, and names what hangs on them', async () => {
  const { bench, phase } = await altering(15, CURRENT, DESIRED);
  const blocking = judge(phase, await measurePhase(await bench.database.client(), phase)).filter((finding) => finding.severity === 'blocking').map((finding) => finding.sentence);
  expect(blocking).toEqual([
    '60 rows of public.orders point at no row of public.customer (customer_id); decide what becomes of them.',
    '120 rows of public.line lose their parent when rows of public.orders are removed (order_id); decide what becomes of them.',
  ]);
});

test.each([['set_null', { verdict: 'set_null', reason: 'r' }, { orders: 1200, lines: 2400, unlinked: 60 }], ['re_point', { verdict: 're_point', to: '7', reason: 'r' }, { orders: 1200, lines: 2400, seventh: 72 }]] as const)('with the decision %s the rows stay, and get their reference back on the way back unless the application has changed it', async (_name, decision, after) => {
  const one = await withKeepSchema(await altering(15, CURRENT, DESIRED, { orders_customer: decision }));
  await forward(one.bench, one.phase);
  expect(await one.deltasLeft()).toEqual([]);
  expect(await counts(one)).toMatchObject(after);
  await (await one.bench.database.client('operator')).query('update orders set customer_id = 8 where id = 96');
  await back(one.bench, one.phase, one.phase.steps.map((step) => step.id));
  expect(await counts(one)).toEqual(BEFORE);
  const { rows } = await (await one.bench.database.client()).query('select customer_id from orders where id in (96, 97) order by id');
  expect(rows).toEqual([{ customer_id: 8 }, { customer_id: 97 }]);
});

test('to point at a row that is not there is refused inside the step, before anything is changed', async () => {
  const one = await withKeepSchema(await altering(15, CURRENT, DESIRED, { orders_customer: { verdict: 're_point', to: '999', reason: 'r' } }));
  const note = one.phase.steps.find((step) => step.title.startsWith('Note'));
  if (!note) throw new Error('nothing is noted');
  expect(await one.bench.run1(note)).toMatchObject({ outcome: 'assertion_failed', sentence: '“customer has the row to point to” was expected to be 1 and is 0. The step was rolled back; nothing of it stands.' });
});

test('a row that the application gives a parent meanwhile stays with all that hangs on it, and so do new rows that obey the key', async () => {
  const one = await withKeepSchema(await altering(15, CURRENT, DESIRED, BOTH));
  const facts = runFacts(one.phase, await measurePhase(await one.bench.database.client(), one.phase));
  const writer = await one.bench.database.client('operator');
  for (const step of one.phase.steps) {
    if (step.work?.kind === 'batches') await writer.query('update orders set customer_id = 1 where id = 96; insert into orders values (5000, 1, $$new$$)');
    if (step.work?.kind === 'batches') await expect(writer.query('insert into orders values (5001, 96)')).rejects.toThrow('orders_customer');
    expect(await one.bench.run1(step, { evidenced: (expectation) => facts[factKey(expectation)] ?? null })).toMatchObject({ outcome: 'applied' });
  }
  expect(await counts(one)).toMatchObject({ orders: 1142, lines: 2282 });
  expect(await one.deltasLeft()).toEqual([]);
});

/** Commits what the client holds once somebody waits for it. */
async function waitedFor(one: Altering, holder: Client): Promise<void> {
  const looker = await one.bench.database.client();
  await expect.poll(async () => (await looker.query<{ n: number }>('select count(*)::int as n from pg_stat_activity where $1 = any (pg_blocking_pids(pid))', [(holder as unknown as { processID: number }).processID])).rows[0]?.n, { timeout: 10_000, interval: 20 }).toBe(1);
  await holder.query('commit');
}

test.each([['cascade', 'before the batch'], ['set null', 'before the batch'], ['cascade', 'while the batch waits for it']] as const)('a row that comes under a noted one is not taken along by ON DELETE %s, committed %s: the row above it stays, and the new key says so', async (action, when) => {
  const drags = (text: string): string => text.replace('order_id integer references public.orders (id)', `order_id integer references public.orders (id) on delete ${action}`).replace('primary key (order_id, no)', 'constraint line_key unique (order_id, no), id integer generated always as identity primary key');
  const one = await withKeepSchema(await altering(15, drags(CURRENT), drags(DESIRED), BOTH));
  const facts = runFacts(one.phase, await measurePhase(await one.bench.database.client(), one.phase));
  const writer = await one.bench.database.client('operator');
  const outcomes: string[] = [];
  for (const step of one.phase.steps) {
    if (step.work?.kind === 'batches') await writer.query(`begin; insert into line (order_id, no, article) values (96, 3, 'new'); ${when === 'before the batch' ? 'commit' : ''}`);
    const running = one.bench.run1(step, { evidenced: (expectation) => facts[factKey(expectation)] ?? null });
    if (step.work?.kind === 'batches' && when !== 'before the batch') await waitedFor(one, writer);
    const ran = await running;
    outcomes.push(ran.outcome);
    if (ran.outcome !== 'applied') break;
  }
  expect(outcomes.at(-1)).toBe('failed');
  expect((await writer.query("select order_id from line where article = 'new'")).rows).toEqual([{ order_id: 96 }]);
  expect((await writer.query('select count(*)::int as n from orders where id in (96, 97)')).rows).toEqual([{ n: 1 }]);
});

/** Batches so small that there are many of them. */
async function upToBatches(one: Altering): Promise<{ batches: Phase['steps'][number]; applied: string[]; evidenced: { evidenced: (expectation: Parameters<typeof factKey>[0]) => string | null } }> {
  const facts = runFacts(one.phase, await measurePhase(await one.bench.database.client(), one.phase));
  const evidenced = { evidenced: (expectation: Parameters<typeof factKey>[0]) => facts[factKey(expectation)] ?? null };
  const applied: string[] = [];
  for (const step of one.phase.steps) {
    if (step.work?.kind === 'batches') return { batches: step, applied, evidenced };
    expect(await one.bench.run1(step, evidenced)).toMatchObject({ outcome: 'applied' });
    applied.push(step.id);
  }
  throw new Error('no step works in batches');
}

test('cancelled between two batches, what was committed stands, goes on from there, or is taken back whole', async () => {
  const one = await withKeepSchema(await altering(15, CURRENT, DESIRED, BOTH));
  const before = await content(one);
  const { batches, applied, evidenced } = await upToBatches(one);
  const state = { batches: 0 };
  const reach = (point: string): void => { if (point === 'after_batch') state.batches += 1; };
  expect(await one.bench.run1(batches, { ...evidenced, reach, stopping: () => state.batches >= 1 })).toEqual({ outcome: 'cancelled' });
  expect(await counts(one)).not.toMatchObject({ lines: 2400 });
  await back(one.bench, one.phase, applied);
  expect(await content(one)).toEqual(before);
});

test('a connection that breaks around the commit of a batch loses nothing and does nothing twice', async () => {
  const one = await withKeepSchema(await altering(15, CURRENT, DESIRED, BOTH));
  const { batches, evidenced } = await upToBatches(one);
  for (const point of ['before_batch_commit', 'after_batch', 'before_commit'] as const) {
    const cut = (reached: string): void => { if (reached === point) (Reflect.get(one.bench.session.client, 'connection') as { stream: { destroy(): void } }).stream.destroy(); };
    expect(await one.bench.run1(batches, { ...evidenced, reach: cut }), point).toEqual({ outcome: 'in_doubt' });
    await one.bench.nextAttempt();
  }
  expect(await one.bench.run1(batches, evidenced)).toMatchObject({ outcome: expect.stringMatching(/applied/) });
  expect(await counts(one)).toMatchObject({ orders: 1140, lines: 2280 });
  const { rows } = await (await one.bench.database.client()).query(`select count(*)::int as n, count(*) filter (where countersign_done)::int as done from ${one.plan.keepSchema}.line_quarantine`);
  expect(rows).toEqual([{ n: 120, done: 120 }]);
});

test('foreign keys of two tables that have one name are measured and decided apart', async () => {
  const tables = 'CREATE TABLE public.owner (id int PRIMARY KEY); CREATE TABLE public.cat (id int PRIMARY KEY, owner_id int); CREATE TABLE public.dog (id int PRIMARY KEY, owner_id int)';
  const keyed = `${tables}; ALTER TABLE public.cat ADD CONSTRAINT fk_owner FOREIGN KEY (owner_id) REFERENCES public.owner; ALTER TABLE public.dog ADD CONSTRAINT fk_owner FOREIGN KEY (owner_id) REFERENCES public.owner`;
  const rows = 'INSERT INTO public.cat SELECT i, i FROM generate_series(1, 2) i; INSERT INTO public.dog SELECT i, i FROM generate_series(1, 3) i';
  const { bench, phase } = await altering(15, `${tables}; ${rows}`, keyed, { 'public.dog.fk_owner': { verdict: 'delete', reason: 'r' } });
  const evidence = await measurePhase(await bench.database.client(), phase);
  expect(evidence.measurements.flatMap((one) => (one.kind === 'orphans' ? one.sets.map((set) => [set.foreignKey, set.rows]) : []))).toEqual([['public.cat.fk_owner', { provenance: 'exact', value: 2 }], ['public.dog.fk_owner', { provenance: 'exact', value: 3 }]]);
  expect(judge(phase, evidence).filter((one) => one.severity === 'blocking').map((one) => one.sentence)).toEqual([expect.stringContaining('public.cat')]);
});

/**
 * Nodes hang on nodes, 50 chains of 60 whose keys grow away from the root, and a ring of two; teams and members point at each other. Customers are missing for
 * the roots, the ring and one team. What hangs on them goes; the keys that stand refuse every other order.
 */
const CIRCLES = `create table public.customer (id integer primary key);
  create table public.node (id integer primary key, parent_id integer constraint node_parent references public.node (id) on delete restrict, customer_id integer, twice integer generated always as (id * 2) stored);
  create table public.team (id integer primary key, lead_id integer, customer_id integer);
  create table public.member (id integer generated always as identity primary key, team_id integer constraint member_team references public.team (id) on delete cascade, boss_id integer constraint member_boss references public.member (id));
  alter table public.team add constraint team_lead foreign key (lead_id) references public.member (id) deferrable`;
const CIRCLE_ROWS = `insert into public.customer values (1);
  insert into public.node select i, case when i % 60 = 1 then null else i - 1 end, case when i % 60 = 1 then 9 end from generate_series(1, 3000) i;
  insert into public.node values (4001, null, 9), (4002, 4001, null), (5001, null, 1), (5002, 5001, null); update public.node set parent_id = 4002 where id = 4001;
  insert into public.team values (1, null, 9), (2, null, 1), (3, null, null), (4, null, 1); insert into public.member (team_id) values (1), (2), (3), (1);
  update public.team set lead_id = case id when 3 then 1 when 1 then 4 else 2 end; update public.member set boss_id = 1 where id in (2, 4)`;
const CIRCLES_KEYED = `${CIRCLES}; alter table public.node add constraint node_customer foreign key (customer_id) references public.customer (id); alter table public.team add constraint team_customer foreign key (customer_id) references public.customer (id)`;

async function circleContent(one: Altering): Promise<unknown> {
  const client = await one.bench.database.client();
  const { rows } = await client.query('select (select jsonb_agg(t order by id) from node t) as nodes, (select jsonb_agg(t order by id) from team t) as teams, (select jsonb_agg(t order by id) from member t) as members');
  return [rows[0], fingerprint((await introspect(client)).objects)];
}

test('rows along circles of foreign keys go whatever their order and rings, in batches, and all of them come back', async () => {
  const all = { node_customer: REMOVE, node_parent: REMOVE, team_customer: REMOVE, member_team: REMOVE, team_lead: REMOVE, member_boss: { verdict: 'set_null', reason: 'r' } } as const;
  const one = await withKeepSchema(await altering(14, `${CIRCLES}; ${CIRCLE_ROWS}`, CIRCLES_KEYED, all));
  const before = await circleContent(one);
  const evidence = await measurePhase(await one.bench.database.client(), one.phase);
  expect([judge(one.phase, evidence).filter((finding) => finding.severity === 'blocking'), destroyedRows(one.phase, evidence)]).toEqual([[], 3002 + 2 + 3]);
  await forward(one.bench, one.phase);
  expect(await one.deltasLeft()).toEqual([]);
  const client = await one.bench.database.client();
  const left = () => client.query(`select (select string_agg(id || ' ' || coalesce(parent_id::text, '-'), ', ' order by id) from node) as nodes, (select string_agg(id || ' ' || coalesce(lead_id::text, '-'), ', ' order by id) from team) as teams, (select string_agg(id || ' ' || team_id || ' ' || coalesce(boss_id::text, '-'), ', ' order by id) from member) as members`);
  expect((await left()).rows).toEqual([{ nodes: '5001 -, 5002 5001', teams: '2 2, 4 2', members: '2 2 -' }]);
  await back(one.bench, one.phase, one.phase.steps.map((step) => step.id));
  expect(await circleContent(one)).toEqual(before);
});

test('rows along a circle go no further than a reference that is to become null, and those that were taken out before a cancel come back', async () => {
  const one = await withKeepSchema(await altering(18, `${CIRCLES}; ${CIRCLE_ROWS}`, CIRCLES_KEYED, { node_customer: REMOVE, node_parent: REMOVE, team_customer: REMOVE, member_team: { verdict: 'set_null', reason: 'r' }, team_lead: REMOVE }));
  const before = await circleContent(one);
  const { batches, applied, evidenced } = await upToBatches(one);
  let done = 0;
  const reach = (point: string): void => { if (point === 'after_batch') done += 1; };
  const client = await one.bench.database.client();
  expect(await one.bench.run1(batches, { ...evidenced, reach, stopping: () => done >= 3 })).toEqual({ outcome: 'cancelled' });
  const nodes = (await client.query<{ n: number }>('select count(*)::int as n from node')).rows[0]?.n ?? 0;
  expect(nodes).toBeGreaterThan(2);
  expect(nodes).toBeLessThan(3004);
  expect(await one.bench.run1(batches, evidenced)).toMatchObject({ outcome: 'applied' });
  expect((await client.query(`select (select count(*)::int from node) as nodes, (select string_agg(id || ' ' || coalesce(lead_id::text, '-'), ', ' order by id) from team) as teams, (select string_agg(id || ' ' || coalesce(team_id::text, '-'), ', ' order by id) from member) as members`)).rows).toEqual([{ nodes: 2, teams: '2 2, 3 1, 4 2', members: '1 -, 2 2, 3 3, 4 -' }]);
  await back(one.bench, one.phase, applied);
  expect(await circleContent(one)).toEqual(before);
});

const folder = (type: string): string => `create table public.folder (id ${type} primary key, parent_id ${type} constraint folder_parent references public.folder (id), seen_id ${type} constraint folder_seen references public.folder (id))`;

test('a table that refers to itself is converted without the rows whose parent is missing and all that hangs on them, however deep, and comes back with them', async () => {
  const rows = `alter table public.folder drop constraint folder_parent; insert into public.folder select md5(i::text), case when i > 1 then md5((i - 1)::text) end, md5(case i when 1 then 4 when 6 then 1 end::text) from generate_series(1, 6) i; delete from public.folder where id = md5('2')`;
  const one = await withKeepSchema(await altering(15, `${folder('text')}; ${rows}`, folder('uuid'), { folder_parent: REMOVE, folder_seen: { verdict: 'set_null', reason: 'r' } }, 'convert'));
  const content = async (): Promise<unknown> => (await (await one.bench.database.client()).query('select jsonb_agg(t order by id::text) as rows from folder t')).rows[0];
  const before = await content();
  expect(destroyedRows(one.phase, await measurePhase(await one.bench.database.client(), one.phase))).toBe(4);
  await forward(one.bench, one.phase);
  expect(await content()).toEqual({ rows: [{ id: 'c4ca4238-a0b9-2382-0dcc-509a6f75849b', parent_id: null, seen_id: null }] });
  await back(one.bench, one.phase, one.phase.steps.map((step) => step.id));
  expect(await content()).toEqual(before);
});
