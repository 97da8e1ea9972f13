import { expect, test } from 'vitest';
import { act, done } from '#lib/testing/acting.ts';
import type { Evidence } from '#lib/pipeline/evidence.ts';
import { facts, phaseNow, SIDES } from '#lib/testing/bazaar-plan.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';
import { differences } from '#lib/pipeline/noise.ts';
import { latestSnapshot } from '#lib/store/snapshots.ts';
import { readAgainSpec } from './compare.ts';
import { createPlanSpec, decideOrphansSpec } from './plans.ts';
import { measurePhaseSpec } from './review.ts';

const TABLES = 'create table shop_customer (id integer primary key); create table shop_order (id integer primary key, customer_id integer); create table shop_note (id integer primary key, customer_id integer, text text); create table shop_line (id integer primary key, order_id integer references shop_order)';
const ROWS = 'insert into shop_order values (1, 7), (2, 8); insert into shop_note values (1, 9, null); insert into shop_line select i, 1 from generate_series(1, 3) i';
const WANTED = 'alter table shop_order add constraint shop_order_customer foreign key (customer_id) references shop_customer; alter table shop_note add constraint shop_note_customer foreign key (customer_id) references shop_customer, add column lang text';

/** A plan that changes two tables in place, measured: rows of both have no parent. */
async function altered(): Promise<{ world: World; planId: string }> {
  const world = await freshWorld();
  const [prod, dev] = [await world.prod.client('operator'), await world.dev.client('operator')];
  await prod.query(`${TABLES}; ${ROWS}`);
  await dev.query(`${TABLES}; ${WANTED}`);
  await done(act(world, 'author', readAgainSpec, SIDES));
  const [current, desired] = await Promise.all([latestSnapshot(world.db, SIDES.current), latestSnapshot(world.db, SIDES.desired)]);
  if (!current || !desired) throw new Error('the databases were not read');
  const deltaId = differences(current.snapshot, desired.snapshot).map((delta) => delta.id).filter((id) => id.includes('shop_'));
  const made = await done(act(world, 'author', createPlanSpec, { ...SIDES, deltaId, name: 'Shop', windowHours: '72' }));
  return { world, planId: made.to?.split('/').at(-1) ?? '' };
}

/** What was found, without when and how long it took. */
function factsIn(evidence: Evidence | undefined): unknown {
  return evidence?.measurements.map(({ ms: _ms, ...fact }) => fact);
}

async function measuredAnew(world: World, planId: string): Promise<unknown> {
  await done(act(world, 'author', measurePhaseSpec, { planId, version: (await facts(world, planId)).stored.version, phaseId: 'alter' }));
  return factsIn((await phaseNow(world, planId, 'alter')).evidence?.evidence);
}

async function decide(world: World, planId: string, verdict: string) {
  const { version } = await phaseNow(world, planId, 'alter');
  await done(act(world, 'author', decideOrphansSpec, { planId, version, phaseId: 'alter', foreignKey: 'shop_order_customer', verdict, reason: 'the customers are gone' }));
  return (await phaseNow(world, planId, 'alter')).findings.map((finding) => finding.sentence).filter((sentence) => sentence.includes('shop_line'));
}

test.each(['delete', 'set_null', 'stop'])('the decision %s on one foreign key of a phase that changes tables in place keeps what was measured, and the next is still asked about', async (verdict) => {
  const { world, planId } = await altered();
  const before = await phaseNow(world, planId, 'alter');
  await decide(world, planId, verdict);
  const after = await phaseNow(world, planId, 'alter');
  expect(after.phase.orphanDecisions.shop_order_customer?.verdict).toBe(verdict);
  expect(after.evidence?.evidence.measuredAt).toBe(before.evidence?.evidence.measuredAt);
  const open = after.findings.filter((finding) => finding.code === 'ORPHANS_UNDECIDED').map((finding) => finding.sentence);
  expect(open).toContain('1 row of public.shop_note points at no row of public.shop_customer (customer_id); decide what becomes of it.');
  expect(await measuredAnew(world, planId)).toEqual(factsIn(after.evidence?.evidence));
  expect(Object.keys((await facts(world, planId)).stored.plan.phases.find((phase) => phase.id === 'alter')?.orphanDecisions ?? {})).toEqual(['shop_order_customer']);
});

test('what hangs on rows that stay is not asked about from the decision on, and is unknown until it is measured again once they go after all', async () => {
  const { world, planId } = await altered();
  const follows = '3 rows of public.shop_line lose their parent when rows of public.shop_order are removed (order_id); decide what becomes of them.';
  expect(await decide(world, planId, 'stop')).toEqual([follows]);
  expect(await decide(world, planId, 'set_null')).toEqual([]);
  expect(await decide(world, planId, 'delete')).toEqual(['The number of rows without a parent in public.shop_line.order_id is unknown: what becomes of their parents was decided after it was measured, so measure again.']);
  await measuredAnew(world, planId);
  expect((await phaseNow(world, planId, 'alter')).findings.map((finding) => finding.sentence)).toContain(follows);
});
