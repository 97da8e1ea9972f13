import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { introspect } from '#lib/pg/introspect.ts';
import { measurePhase } from '#lib/pg/measure.ts';
import type { OrphanDecision, Phase } from '#lib/pipeline/plan.ts';
import { destroyedRows, judge } from '#lib/pipeline/preflight.ts';
import { factKey, runFacts } from '#lib/pipeline/run-facts.ts';
import { fingerprint } from '#lib/pipeline/snapshot.ts';
import { altering, back, forward, type Altering } from '#lib/testing/altering.ts';

const TABLES = (id: 'text' | 'uuid', key = ''): string => `create table public.customer (id ${id} primary key, name text);
  create table public.orders (id ${id} primary key, customer_id ${id}${key}, note text);
  create table public.line (id ${id} primary key, order_id ${id} not null constraint line_order references public.orders (id) on delete cascade, article text);`;
/** 5 of 100 customers are gone; 60 orders point at them, and 120 lines at those orders. Every seventh order spells its customer in capitals. */
const CURRENT = `${TABLES('text')}
  insert into public.customer select md5('c' || i)::uuid::text, 'n' || i from generate_series(1, 95) i;
  insert into public.orders select md5('o' || i)::uuid::text, case when i % 7 = 0 then upper(md5('c' || (i - 1) % 100 + 1)::uuid::text) else md5('c' || (i - 1) % 100 + 1)::uuid::text end, 'n' from generate_series(1, 1200) i;
  insert into public.line select md5('l' || i || n)::uuid::text, md5('o' || i)::uuid::text, 'a' from generate_series(1, 1200) i, generate_series(1, 2) n`;
const DESIRED = TABLES('uuid', ' constraint orders_customer references public.customer (id)');
const REMOVE: OrphanDecision = { verdict: 'delete', reason: 'the customers are gone' };
const BOTH = { orders_customer: REMOVE, line_order: REMOVE };
/** The seventh customer. */
const SEVENTH = createHash('md5').update('c7').digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
const id = (text: string): string => `md5('${text}')::uuid::text`;

async function beside(major: 14 | 15 | 18, decisions: Readonly<Record<string, OrphanDecision>>, current = CURRENT): Promise<Altering & { swap: Phase }> {
  const one = await altering(major, current, DESIRED, decisions, 'convert', {}, -1);
  await (await one.bench.database.client('operator')).query(`create schema ${one.plan.keepSchema}`);
  const swap = one.plan.phases.find((phase) => phase.id === 'convert-swap');
  if (!swap) throw new Error(one.phase.summary);
  return { ...one, swap };
}

async function content({ bench }: Altering): Promise<unknown> {
  const client = await bench.database.client();
  const { rows } = await client.query('select (select sum(hashtextextended(t::text, 0)::numeric)::text from orders t) as orders, (select sum(hashtextextended(t::text, 0)::numeric)::text from line t) as lines');
  return [rows[0], fingerprint((await introspect(client)).objects)];
}

async function counts({ bench }: Altering): Promise<unknown> {
  const { rows } = await (await bench.database.client()).query(`select (select count(*)::int from orders) as orders, (select count(*)::int from line) as lines, (select count(*)::int from orders where customer_id is null) as unlinked, (select count(*)::int from orders where lower(customer_id::text) = ${id('c7')}) as seventh`);
  return rows[0];
}

const all = (phase: Phase): string[] => phase.steps.map((step) => step.id);

test.each([14, 15, 18] as const)('on %i, rows without a parent leave the live tables before new ones are filled beside them, another spelling of a parent is one, and the way back puts every row back', async (major) => {
  const one = await beside(major, BOTH);
  const before = await content(one);
  const evidence = await measurePhase(await one.bench.database.client(), one.phase);
  expect(judge(one.phase, evidence).filter((finding) => finding.severity === 'blocking')).toEqual([]);
  expect([destroyedRows(one.phase, evidence), one.phase.destructive, one.swap.destructive]).toEqual([180, true, false]);
  await forward(one.bench, one.phase);
  await forward(one.bench, one.swap);
  expect(await one.deltasLeft()).toEqual([]);
  expect(await counts(one)).toMatchObject({ orders: 1140, lines: 2280 });
  await back(one.bench, one.swap, all(one.swap));
  expect(await counts(one)).toMatchObject({ orders: 1140, lines: 2280 });
  await back(one.bench, one.phase, all(one.phase));
  expect(await content(one)).toEqual(before);
});

test.each([['set_null', { verdict: 'set_null', reason: 'r' }, { orders: 1200, lines: 2400, unlinked: 60 }], ['re_point', { verdict: 're_point', reason: 'r' }, { orders: 1200, lines: 2400, seventh: 72 }]] as const)('with the decision %s the rows change in the live table first, and get their reference back unless the application has changed it', async (_name, decision, after) => {
  const to = decision.verdict === 're_point' ? { ...decision, to: SEVENTH } : decision;
  const one = await beside(15, { orders_customer: to });
  const before = await counts(one);
  await forward(one.bench, one.phase);
  await forward(one.bench, one.swap);
  expect(await one.deltasLeft()).toEqual([]);
  expect(await counts(one)).toMatchObject(after);
  await back(one.bench, one.swap, all(one.swap));
  await (await one.bench.database.client('operator')).query(`update orders set customer_id = ${id('c8')} where id = ${id('o96')}`);
  await back(one.bench, one.phase, all(one.phase));
  expect(await counts(one)).toEqual(before);
  const { rows } = await (await one.bench.database.client()).query(`select customer_id = ${id('c8')} as kept from orders where id = ${id('o96')} union all select customer_id = ${id('c97')} from orders where id = ${id('o97')}`);
  expect(rows).toEqual([{ kept: true }, { kept: true }]);
});

const SHIPPED = (id: 'text' | 'uuid', keys: readonly [string, string] = ['', '']): string => `create table public.customer (id ${id} primary key); create table public.shop (id ${id} primary key); create table public.orders (id ${id} primary key, customer_id ${id}${keys[0]}, shop_id ${id}${keys[1]})`;

test.each([['under one lock', 'delete', undefined, 5], ['beside', 'delete', -1, 5], ['under one lock', 'set_null', undefined, 7], ['beside', 'set_null', -1, 7]] as const)('a row without two of its parents is mended once, %s, where the shops say %s', async (_way, shops, pause, left) => {
  const rows = `insert into customer select md5('c' || i)::uuid::text from generate_series(1, 8) i; insert into shop select md5('s' || i)::uuid::text from generate_series(1, 7) i;
    insert into orders select md5('o' || i)::uuid::text, md5('c' || i)::uuid::text, md5('s' || case i when 2 then 99 when 1 then 98 else i end)::uuid::text from generate_series(1, 7) i; insert into orders values (${id('o9')}, ${id('c9')}, ${id('s9')})`;
  const one = await altering(15, `${SHIPPED('text')}; ${rows}`, SHIPPED('uuid', [' constraint orders_customer references public.customer (id)', ' constraint orders_shop references public.shop (id)']), { orders_customer: REMOVE, orders_shop: { verdict: shops, reason: 'r' } }, 'convert', {}, pause);
  await (await one.bench.database.client('operator')).query(`create schema ${one.plan.keepSchema}`);
  const client = await one.bench.database.client();
  const content = async (): Promise<unknown> => (await client.query('select jsonb_agg(o order by id::text) as orders from orders o')).rows[0];
  const before = await content();
  const phases = one.plan.phases.filter((phase) => phase.kind === 'convert');
  for (const phase of phases) await forward(one.bench, phase);
  expect(await one.deltasLeft()).toEqual([]);
  expect((await client.query('select count(*)::int as orders, count(*) filter (where shop_id is null)::int as closed from orders')).rows[0]).toEqual({ orders: left, closed: 7 - left === 0 ? 2 : 0 });
  for (const phase of phases.toReversed()) await back(one.bench, phase, all(phase));
  expect(await content()).toEqual(before);
});

const CIRCLE = (id: 'text' | 'uuid', key = ''): string => `create table public.customer (id ${id} primary key);
  create table public.team (id ${id} primary key, customer_id ${id}${key}, lead_id ${id}); create table public.member (id ${id} primary key, team_id ${id} constraint member_team references public.team (id), boss_id ${id} constraint member_boss references public.member (id));
  alter table public.team add constraint team_lead foreign key (lead_id) references public.member (id);`;

test('tables that refer to each other in a circle are converted together, however small, without the rows that have no parent and all that hangs on them', async () => {
  const rows = `insert into customer select md5('c' || i)::uuid::text from generate_series(1, 5) i; insert into team select md5('t' || i)::uuid::text, md5('c' || i)::uuid::text from generate_series(1, 6) i;
    insert into member select md5('m' || i)::uuid::text, md5('t' || i)::uuid::text, case when i in (1, 6) then md5('m6')::uuid::text end from generate_series(1, 6) i; update team set lead_id = case when id = md5('t2')::uuid::text then md5('m6')::uuid::text else (select m.id from member m where m.team_id = team.id) end`;
  const decisions = { team_customer: REMOVE, member_team: REMOVE, team_lead: REMOVE, member_boss: { verdict: 'set_null', reason: 'r' } } as const;
  const one = await altering(14, `${CIRCLE('text')} ${rows}`, CIRCLE('uuid', ' constraint team_customer references public.customer (id)'), decisions, 'convert');
  await (await one.bench.database.client('operator')).query(`create schema ${one.plan.keepSchema}`);
  const phases = one.plan.phases.filter((phase) => phase.kind === 'convert');
  expect(phases[0]?.summary).toContain('form a circle, so the new tables are filled beside the live ones');
  const client = await one.bench.database.client();
  const content = async (): Promise<unknown> => (await client.query(`select (select jsonb_agg(t order by id::text) from team t) as teams, (select jsonb_agg(t order by id::text) from member t) as members`)).rows[0];
  const before = await content();
  for (const phase of phases) await forward(one.bench, phase);
  expect(await one.deltasLeft()).toEqual([]);
  expect((await client.query(`select (select count(*)::int from team) as teams, (select count(*)::int from member) as members, (select count(*)::int from member where boss_id is not null) as bosses`)).rows[0]).toEqual({ teams: 4, members: 4, bosses: 0 });
  for (const phase of phases.toReversed()) await back(one.bench, phase, all(phase));
  expect(await content()).toEqual(before);
});

test('a parent that the application writes in yet another spelling, while the batches run, stops them with everything noted, and the way back puts all rows back', async () => {
  const one = await beside(18, BOTH);
  const before = await counts(one);
  const facts = runFacts(one.phase, await measurePhase(await one.bench.database.client(), one.phase));
  const application = await one.bench.database.client('operator');
  const [note, change] = one.phase.steps;
  if (!note || change?.work?.kind !== 'batches') throw new Error('nothing is mended');
  const evidenced = { evidenced: (expectation: Parameters<typeof factKey>[0]) => facts[factKey(expectation)] ?? null };
  expect(await one.bench.run1(note, evidenced)).toMatchObject({ outcome: 'applied' });
  await application.query(`insert into customer values ('{' || upper(${id('c97')}) || '}', 'late'), (${id('c98')}, 'as the new type writes it')`);
  expect(await one.bench.run1(change, evidenced)).toMatchObject({ outcome: 'assertion_failed', sentence: expect.stringContaining('“rows of orders that have a parent after all, in another spelling” was expected to be 0 and is 12.') as string });
  expect(await counts(one)).toMatchObject({ orders: 1200 - 48 });
  await back(one.bench, one.phase, [note.id]);
  expect(await counts(one)).toEqual(before);
});

test('a row without a parent that comes between build and swap stops the swap before anything is changed, and the swap goes on once it is put right', async () => {
  const one = await beside(15, BOTH);
  await forward(one.bench, one.phase);
  const application = await one.bench.database.client('operator');
  await application.query(`insert into orders values (${id('o5000')}, ${id('c99')}, 'late')`);
  const [proof] = one.swap.steps;
  if (!proof) throw new Error('the swap has no proof');
  const facts = runFacts(one.swap, await measurePhase(await one.bench.database.client(), one.swap));
  const evidenced = { evidenced: (expectation: Parameters<typeof factKey>[0]) => facts[factKey(expectation)] ?? null };
  expect(await one.bench.run1(proof, evidenced)).toMatchObject({ outcome: 'assertion_failed', sentence: expect.stringContaining('“rows without a parent for orders_customer” was expected to be 0 and is 1.') as string });
  await application.query(`delete from orders where id = ${id('o5000')}`);
  await forward(one.bench, { ...one.swap, steps: one.swap.steps.map((step) => ({ ...step, id: `again.${step.id}` })) });
  expect(await one.deltasLeft()).toEqual([]);
});

test('what the live table cannot take yet is said with the reason, and converted in one transaction instead', async () => {
  const held = CURRENT.replace('customer_id text,', 'customer_id text not null,');
  const nulls = await altering(15, held, DESIRED, { orders_customer: { verdict: 'set_null', reason: 'r' } }, 'convert', {}, -1);
  expect(nulls.phase.summary).toContain('because orders.customer_id is to become null where the parent is missing, and until the new table is there it must have a value');
  const dropped = await altering(15, CURRENT, DESIRED.replace(' constraint line_order references public.orders (id) on delete cascade', ''), BOTH, 'convert', {}, -1);
  expect(dropped.phase.summary).toContain('because line_order of line points at rows that are to be taken out, and what becomes of the rows behind it was not asked');
  await expect(altering(15, held, DESIRED, { orders_customer: { verdict: 're_point', to: 'x', reason: 'r' }, line_order: REMOVE }, 'convert')).rejects.toThrow('While a table is converted in one transaction, rows without a parent can be taken out or set to null');
});
