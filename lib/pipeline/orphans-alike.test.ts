import { describe, expect, test } from 'vitest';
import { foreignKey, phaseOf, publicTable } from '#lib/testing/phase.ts';
import type { Evidence, ForeignKeySpec, OrphanSet, Quantity } from './evidence.ts';
import { alikeRefusal, orphansAlike } from './orphans-alike.ts';
import type { Phase } from './plan.ts';
import { exact, unknown, WHY } from './unknowns.ts';

const ORDERS = foreignKey('orders_customer', 'orders', 'customer_id', 'customer', { nullable: true });
const LINES = foreignKey('line_order', 'line', 'order_id', 'orders');
const NOTES = foreignKey('note_customer', 'note', 'customer_id', 'customer');
const KEYS = [ORDERS, LINES, NOTES];
const CHECK = { id: 'o', kind: 'orphans' as const, foreignKeys: KEYS, keys: {} };

function set({ id, child, columns, parent }: ForeignKeySpec, depth: number, rows: Quantity): OrphanSet {
  return { foreignKey: id, child, columns, parent, depth, rows, keys: [], keysDigest: '', firstRows: [], missing: [] };
}

function measured(sets: readonly OrphanSet[], rowsByTable: Readonly<Record<string, number>>): Evidence {
  return { phaseId: 'alter', measuredAt: '2026-01-01T00:00:00Z', ms: 1, target: { systemIdentifier: '7', timeline: 1, databaseOid: 5, database: 'prod', serverVersion: 150_018 }, fingerprints: {}, measurements: [{ check: 'o', ms: 1, kind: 'orphans', sets, rowsTotal: exact(0), rowsByTable }] };
}

const phase = phaseOf([CHECK], { kind: 'alter', title: 'Change' });
const SETS = [set(ORDERS, 0, exact(60)), set(LINES, 0, exact(3)), set(LINES, 1, exact(120)), set(NOTES, 0, exact(5))];
const evidence = measured(SETS, { 'public.orders': 60, 'public.line': 123, 'public.note': 5 });

describe('what may be decided alike', () => {
  test('is every foreign key that nobody decided on, with its rows of today and those that are taken along', () => {
    expect(orphansAlike(phase, evidence)?.open).toEqual([
      { foreignKey: 'orders_customer', child: publicTable('orders'), columns: ['customer_id'], parent: publicTable('customer'), today: 60, along: 0, nullable: true, shared: false },
      { foreignKey: 'line_order', child: publicTable('line'), columns: ['order_id'], parent: publicTable('orders'), today: 3, along: 120, nullable: false, shared: false },
      { foreignKey: 'note_customer', child: publicTable('note'), columns: ['customer_id'], parent: publicTable('customer'), today: 5, along: 0, nullable: false, shared: false },
    ]);
  });

  test('leaves out what is decided, what has no such row, and what is not counted, which is named', () => {
    const decided = { ...phase, orphanDecisions: { note_customer: { verdict: 'stop', reason: 'r' } } } satisfies Phase;
    expect(orphansAlike(decided, evidence)?.open.map((one) => one.foreignKey)).toEqual(['orders_customer', 'line_order']);
    const uncounted = measured([set(ORDERS, 0, exact(60)), set(LINES, 0, exact(3)), set(NOTES, 0, exact(0)), set(NOTES, 1, unknown(WHY.upstream))], {});
    expect(orphansAlike(phase, uncounted)).toMatchObject({ open: [{ foreignKey: 'orders_customer' }, { foreignKey: 'line_order' }], apart: ['note_customer'] });
    expect(orphansAlike(phase, measured([set(ORDERS, 0, exact(60)), set(LINES, 0, exact(3)), set(NOTES, 0, exact(0))], {}))?.open).toHaveLength(2);
  });

  test('is nothing where fewer than two are open, or nothing was measured', () => {
    expect(orphansAlike(phase, null)).toBeNull();
    expect(orphansAlike(phase, measured([set(ORDERS, 0, exact(60)), set(LINES, 0, exact(0)), set(NOTES, 0, exact(0))], {}))).toBeNull();
  });

  test('says of which tables rows are counted for several foreign keys', () => {
    const second = foreignKey('orders_seller', 'orders', 'seller_id', 'seller');
    const two = phaseOf([{ ...CHECK, foreignKeys: [ORDERS, second, NOTES] }], { kind: 'alter' });
    const found = orphansAlike(two, measured([set(ORDERS, 0, exact(60)), set(second, 0, exact(10)), set(NOTES, 0, exact(5))], { 'public.orders': 65, 'public.note': 5 }));
    expect(found?.open.map(({ foreignKey: id, shared }) => [id, shared])).toEqual([['orders_customer', true], ['orders_seller', true], ['note_customer', false]]);
  });

  test('leaves foreign keys of one name apart, because a decision is kept by the name', () => {
    const twins = phaseOf([{ ...CHECK, foreignKeys: [...KEYS, foreignKey('note_customer', 'memo', 'customer_id', 'customer')] }], { kind: 'alter' });
    expect(orphansAlike(twins, evidence)).toMatchObject({ open: [{ foreignKey: 'orders_customer' }, { foreignKey: 'line_order' }], apart: ['note_customer'] });
    expect(alikeRefusal(twins, evidence, [{ foreignKey: 'note_customer', rows: 5 }])).toEqual({ code: 'cannot_plan', sentence: 'Several foreign keys are called note_customer, so it is decided on by itself. Nothing was decided.' });
  });

  test('a phase that cannot mend rows offers nothing but to stop', () => {
    expect(orphansAlike(phase, evidence)?.mends).toBe(true);
    expect(orphansAlike(phaseOf([CHECK], { kind: 'written' }), evidence)?.mends).toBe(false);
  });
});

describe('deciding alike', () => {
  const seen = [{ foreignKey: 'orders_customer', rows: 60 }, { foreignKey: 'line_order', rows: 123 }];

  test('goes for what is open and was seen as it was measured', () => {
    expect(alikeRefusal(phase, evidence, seen)).toBeNull();
  });

  test('decides nothing that was decided meanwhile, and says how', () => {
    const decided = { ...phase, orphanDecisions: { line_order: { verdict: 'stop', reason: 'r' } } } satisfies Phase;
    expect(alikeRefusal(decided, evidence, seen)).toEqual({ code: 'plan_changed', sentence: 'Somebody has decided on the orphans of line_order already: stop: they are put right by hand first. Nothing was decided.' });
  });

  test('is refused on another number of rows than was seen, on rows that are not counted, and on none', () => {
    expect(alikeRefusal(phase, evidence, [{ foreignKey: 'line_order', rows: 3 }])).toEqual({ code: 'evidence_moved', sentence: 'line_order was measured again: it has 123 rows without a parent, and you saw 3. Nothing was decided.' });
    const uncounted = measured([set(ORDERS, 0, exact(0)), set(LINES, 0, exact(3)), set(LINES, 1, unknown(WHY.tooMany))], {});
    expect(alikeRefusal(phase, uncounted, [{ foreignKey: 'line_order', rows: 3 }])).toMatchObject({ code: 'evidence_missing' });
    expect(alikeRefusal(phase, uncounted, [{ foreignKey: 'orders_customer', rows: 0 }])).toMatchObject({ code: 'invalid_input' });
    expect(alikeRefusal(phase, null, seen)).toMatchObject({ code: 'evidence_missing' });
  });

  test('is refused on a foreign key that the phase does not ask about, and on none at all', () => {
    expect(alikeRefusal(phase, evidence, [...seen, { foreignKey: 'elsewhere', rows: 1 }])).toMatchObject({ code: 'not_found' });
    expect(alikeRefusal(phase, evidence, [])).toMatchObject({ code: 'invalid_input' });
  });
});
