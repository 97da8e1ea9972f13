import { expect, test } from 'vitest';
import type { Assertion, Statement, Step } from '#lib/pipeline/plan.ts';
import { execute } from '#lib/testing/small-run.ts';
import { benchStep, stepBench, type StepBench } from '#lib/testing/step-bench.ts';

const SCHEMA = `create schema "Shop"; create table "Shop".orders (id integer primary key, total numeric);
  insert into "Shop".orders select i, i from generate_series(1, 30) i; create function "Shop".cents(numeric) returns numeric immutable language sql as 'select $1 * 100'`;
const ask = (label: string, sql: string, expect: Assertion['expect']): Statement => ({ do: 'assert', label, sql, expect });
const written = (id: string, statements: readonly Statement[], change: Partial<Step> = {}): Step => benchStep(id, { statements, searchPath: ['Shop'], ...change });

async function count(bench: StepBench): Promise<unknown> {
  return (await (await bench.database.client()).query('select count(*)::int as n from "Shop".orders')).rows;
}

test('a name without a schema is found where the step says, and by a step that says nothing it is not', async () => {
  const bench = await stepBench(15, SCHEMA);
  const forget = [execute('forget', 'DELETE FROM orders WHERE id > 20'), ask('left', 'SELECT count(*) FROM orders', { from: 'literal', value: '20' })];
  const { searchPath: _, ...without } = written('s.1', forget);
  expect(await bench.run1(without)).toMatchObject({ outcome: 'failed', sentence: expect.stringContaining('42P01') });
  expect(await count(bench)).toEqual([{ n: 30 }]);
  expect(await bench.run1(written('s.1', forget))).toMatchObject({ outcome: 'applied', result: { rows: 10 } });
  expect(await count(bench)).toEqual([{ n: 20 }]);
  // What the step was given ends with it.
  expect((await bench.session.client.query('show search_path')).rows[0]).not.toEqual({ search_path: '"Shop"' });
  expect(await bench.run1({ ...without, id: 's.2' })).toMatchObject({ outcome: 'failed' });
});

test('batches and statements outside a transaction look there as well', async () => {
  const bench = await stepBench(15, SCHEMA);
  const walk = {
    label: 'double', totalSql: 'SELECT count(*) FROM orders', untilSql: 'SELECT max(id)::text FROM orders',
    sql: 'WITH w AS (SELECT id FROM orders WHERE ($1::text IS NULL OR id > $1::int) AND id <= $3::int ORDER BY id LIMIT $2::int), u AS (UPDATE orders o SET total = o.total * 2 FROM w WHERE o.id = w.id RETURNING 1) SELECT (SELECT count(*)::int FROM w) AS rows, (SELECT count(*)::int FROM u) AS changed, (SELECT max(id)::text FROM w) AS last',
  };
  expect(await bench.run1(written('b.1', [execute('first', 'UPDATE orders SET total = 1 WHERE id = 1')], { work: { kind: 'batches', walks: [walk], after: [ask('sum', 'SELECT sum(total) FROM orders', { from: 'literal', value: '930' })] } }))).toMatchObject({ outcome: 'applied', result: { rows: 30 } });
  const index = { schema: 'Shop', name: 'orders_cents', table: { schema: 'Shop', name: 'orders' }, unique: false, using: 'btree (cents(total))' };
  expect(await bench.run1(written('o.1', [], { work: { kind: 'outside', act: { act: 'create_index', index } } }))).toMatchObject({ outcome: 'applied' });
});

test('what is only to be read is noted with its first rows, however many there are, and a question without a known answer is not asked', async () => {
  const bench = await stepBench(15, SCHEMA);
  const noted = await bench.run1(written('n.1', [ask('orders', 'SELECT id, total > 29 AS large FROM orders ORDER BY id; ', { from: 'any' }), ask('path', '-- as it is\nSHOW search_path', { from: 'any' })]));
  if (noted.outcome !== 'applied') throw new Error(JSON.stringify(noted));
  const [orders, path] = noted.result.assertions;
  expect(orders).toMatchObject({ ok: true, noted: true, expected: 'to be read by a person' });
  expect(orders?.actual.split('\n').slice(0, 2)).toEqual(['id | large', '1  | false']);
  expect(orders?.actual).toMatch(/… and 10 more rows of 30$/);
  expect(path?.actual).toBe('"Shop"');
  expect(await bench.run1(written('n.2', [execute('forget', 'DELETE FROM orders'), ask('orders', 'SELECT count(*) FROM orders', { from: 'unsaid' })]))).toMatchObject({ outcome: 'assertion_failed', sentence: '“orders” asks, and nobody has said what must come out. The step was rolled back; nothing of it stands.' });
  expect(await count(bench)).toEqual([{ n: 30 }]);
});
