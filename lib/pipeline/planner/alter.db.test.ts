import { expect, test } from 'vitest';
import { introspect } from '#lib/pg/introspect.ts';
import { measurePhase } from '#lib/pg/measure.ts';
import { judge } from '#lib/pipeline/preflight.ts';
import { fingerprint } from '#lib/pipeline/snapshot.ts';
import { altering, back, forward } from '#lib/testing/altering.ts';

const CURRENT = `create table public.customer (id integer primary key, name text);
  create table public.orders (id integer primary key, customer_id integer, code text, note text, amount integer);
  create index orders_code on public.orders using btree (code);
  create index orders_note on public.orders using btree (note);
  insert into public.customer select i, 'n' || i from generate_series(1, 100) i;
  insert into public.orders select i, i % 100 + 1, 'c' || i, 'n', i from generate_series(1, 5000) i`;

const DESIRED = `create table public.customer (id integer primary key, name text not null);
  create table public.orders (id integer primary key, customer_id integer not null, code text, note text default 'x', amount integer,
    constraint orders_code_key unique (code) include (amount) deferrable initially deferred,
    constraint orders_amount check (amount > 0),
    constraint orders_customer foreign key (customer_id) references public.customer (id) on delete cascade);
  create index orders_code on public.orders using btree (code desc) where amount > 10;
  create index orders_customer_id on public.orders using btree (customer_id)`;

test.each([14, 15, 18] as const)('on %i, tables with rows get keys, checks, indexes and NOT NULL in their safe forms, and are as before after the way back', async (major) => {
  const { bench, phase, deltasLeft } = await altering(major, CURRENT, DESIRED);
  const before = fingerprint((await introspect(await bench.database.client())).objects);
  await forward(bench, phase);
  expect(await deltasLeft()).toEqual([]);
  await back(bench, phase, phase.steps.map((step) => step.id));
  expect(fingerprint((await introspect(await bench.database.client())).objects)).toBe(before);
});

test('values that stand twice and rows without a value are named before anybody signs, for constraints, for unique indexes over columns, expressions and conditions, and for NOT NULL', async () => {
  const rows = `insert into public.orders values (5001, 1, 'c1', null, 1), (5002, null, 'C2', null, 1); update public.orders set amount = -1 where id = 7; update public.orders set code = null where id = 9`;
  const unique = 'create unique index orders_lower on public.orders (lower(code)); create unique index orders_some on public.orders (note) where amount = 1; create unique index orders_all on public.orders (id, note); alter table public.orders add column shouted text generated always as (upper(code)) stored not null';
  const { bench, phase } = await altering(15, `${CURRENT}; ${rows}`, `${DESIRED}; ${unique}`);
  const evidence = await measurePhase(await bench.database.client(), phase);
  const [orders] = evidence.measurements.filter((one) => one.check === 'violations:public.orders');
  const first = (name: string) => (orders?.kind === 'violations' ? orders.rules.find((rule) => rule.name === name) : undefined);
  expect(first('customer_id NOT NULL')).toMatchObject({ rows: { value: 1 }, first: [{ id: '5002', customer_id: null }] });
  expect(first('shouted NOT NULL')).toMatchObject({ rows: { value: 1 }, first: [{ id: '9' }] });
  expect(first('orders_amount')).toMatchObject({ rows: { value: 1 }, first: [{ id: '7', amount: '-1' }] });
  expect(first('orders_code_key')).toMatchObject({ rows: { value: 1 }, first: [{ code: 'c1', times: '2', id: '1, 5001' }] });
  expect(first('orders_lower')).toMatchObject({ rows: { value: 2 }, first: [{ 'lower(code)': 'c1', times: '2', id: '1, 5001' }, { 'lower(code)': 'c2', times: '2', id: '2, 5002' }] });
  expect(first('orders_some')).toEqual({ name: 'orders_some', what: 'unique', rows: { provenance: 'exact', value: 0 } });
  expect(first('orders_all')).toEqual({ name: 'orders_all', what: 'unique', rows: { provenance: 'exact', value: 0 } });
  expect(judge(phase, evidence).filter((finding) => finding.code === 'RULE_BROKEN').map((finding) => finding.sentence)).toContain('2 rows of public.orders break the new rule orders_lower (unique): (lower(code) c1, times 2, id 1, 5001) and (lower(code) c2, times 2, id 2, 5002). Mend them first.');
});

test('wherever the phase stops, the steps that stand can be taken back', async () => {
  const { phase } = await altering(15, CURRENT, DESIRED);
  for (let stop = 1; stop < phase.steps.length; stop += 4) {
    const { bench, phase: again } = await altering(15, CURRENT, DESIRED);
    const before = fingerprint((await introspect(await bench.database.client())).objects);
    const some = again.steps.slice(0, stop);
    await forward(bench, { ...again, steps: some, verifications: [] });
    await back(bench, again, some.map((step) => step.id));
    expect(fingerprint((await introspect(await bench.database.client())).objects), `after ${stop} steps`).toBe(before);
  }
});

test.each([15, 18] as const)('on %i no step reads a table under a lock against writes: with a writer at work every step but the momentary ones goes through', async (major) => {
  const { phase } = await altering(major, CURRENT, DESIRED);
  const heavy = phase.steps.filter((step) => /VALIDATE CONSTRAINT/.test(step.statements.map((statement) => statement.sql).join('\n')) || step.work);
  expect(heavy.length).toBeGreaterThan(6);
  for (const step of heavy) expect(step.locks.map((claim) => claim.mode).filter((mode) => !['SHARE UPDATE EXCLUSIVE', 'ROW SHARE'].includes(mode)), step.title).toEqual([]);
  const rest = phase.steps.filter((step) => !heavy.includes(step)).flatMap((step) => step.statements.map((statement) => statement.sql));
  for (const sql of rest) expect(sql).toMatch(/NOT VALID$|USING INDEX|SET NOT NULL$|DROP CONSTRAINT|RENAME TO|DEFAULT|ADD COLUMN/);
});

test('a key of a partitioned table comes from the script, in one step that names its lock, and goes again', async () => {
  const partitioned = `create table public.customer (id integer primary key);
    create table public.orders (id integer, customer_id integer, day date) partition by range (day)`;
  const desired = `${partitioned}; alter table public.orders add constraint orders_customer foreign key (customer_id) references public.customer (id)`;
  const { bench, phase, deltasLeft } = await altering(15, partitioned, desired, {}, 'adapt');
  expect(phase.steps).toHaveLength(1);
  expect(phase.steps[0]?.hazards.map((hazard) => hazard.code)).toContain('BLOCKS_WRITES');
  await forward(bench, phase);
  expect(await deltasLeft()).toEqual([]);
  await back(bench, phase, phase.steps.map((step) => step.id));
  expect(await deltasLeft()).toHaveLength(1);
});
