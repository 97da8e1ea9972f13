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

test('a row that the application gives a parent meanwhile stays, and so do new rows that obey the key', async () => {
  const one = await withKeepSchema(await altering(15, CURRENT, DESIRED, BOTH));
  const facts = runFacts(one.phase, await measurePhase(await one.bench.database.client(), one.phase));
  const writer = await one.bench.database.client('operator');
  for (const step of one.phase.steps) {
    if (step.work?.kind === 'batches') await writer.query('update orders set customer_id = 1 where id = 96; insert into orders values (5000, 1, $$new$$)');
    if (step.work?.kind === 'batches') await expect(writer.query('insert into orders values (5001, 96)')).rejects.toThrow('orders_customer');
    expect(await one.bench.run1(step, { evidenced: (expectation) => facts[factKey(expectation)] ?? null })).toMatchObject({ outcome: 'applied' });
  }
  expect(await counts(one)).toMatchObject({ orders: 1142 });
  expect(await one.deltasLeft()).toEqual([]);
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
