import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { introspect } from '#lib/pg/introspect.ts';
import { measurePrice } from '#lib/pg/price.ts';
import type { Phase } from '#lib/pipeline/plan.ts';
import { fingerprint } from '#lib/pipeline/snapshot.ts';
import { back, forward } from '#lib/testing/altering.ts';
import { stepBench } from '#lib/testing/step-bench.ts';
import { readRunbook } from './read.ts';

const SHOP = `CREATE TABLE shop_customer (id uuid PRIMARY KEY);
  INSERT INTO shop_customer VALUES ('6d0e5a3c-0000-4000-8000-000000000001');
  CREATE TABLE shop_orders (id text PRIMARY KEY, customer_id text, note text);
  INSERT INTO shop_orders SELECT gen_random_uuid()::text, '6d0e5a3c-0000-4000-8000-000000000001', 'n' || i FROM generate_series(1, 134) i;
  CREATE TABLE shop_owner (id uuid PRIMARY KEY);
  CREATE TABLE empty_a (id int);
  CREATE TABLE empty_b (id int);
  CREATE TABLE pairs (a int, b text);
  INSERT INTO pairs VALUES (2, 'two'), (1, NULL)`;

async function phaseOf(text: string, title: RegExp): Promise<Phase> {
  const { phases } = await readRunbook({ name: 'runbook.md', text }, { target: 'shop_prod', desired: 'shop_dev', windowHours: 72, planId: '7a1f0c1e-0000-4000-8000-000000000001' });
  const phase = phases.find((one) => title.test(one.title));
  if (!phase) throw new Error(`no phase ${title}`);
  return { ...phase, steps: phase.steps.filter(({ work }) => work === undefined) };
}

const sample = (name: string) => readFileSync(join(import.meta.dirname, 'samples', `${name}.md`), 'utf8');

test.each([['plan', /Types/], ['options', /Option 1/]])('the SQL of %s runs on a server, and its way back leaves the schema as it was', async (name, title) => {
  const bench = await stepBench(15, SHOP);
  const client = await bench.database.client();
  const before = fingerprint((await introspect(client)).objects);
  const phase = await phaseOf(sample(name), title);
  await forward(bench, phase);
  expect(fingerprint((await introspect(client)).objects)).not.toBe(before);
  await back(bench, phase, phase.steps.map(({ id }) => id));
  expect(fingerprint((await introspect(client)).objects)).toBe(before);
});

test('after a swap of names the price counts the rows that only one of the two tables has', async () => {
  const bench = await stepBench(15, SHOP);
  const phase = await phaseOf(sample('plan'), /Types/);
  const standing = phase.steps.map(({ id }) => id);
  await forward(bench, phase);
  expect(await measurePrice(await bench.database.client(), phase, standing)).toMatchObject({ verdict: 'lossless' });
  await (await bench.database.client('operator')).query("INSERT INTO shop_orders SELECT gen_random_uuid(), id, 'new' FROM shop_customer; DELETE FROM shop_orders WHERE note = 'n1'");
  const [price] = (await measurePrice(await bench.database.client(), phase, standing)).tables;
  expect([price?.inserted, price?.deleted]).toEqual([{ provenance: 'exact', value: 1 }, { provenance: 'exact', value: 1 }]);
});

test('whatever a query answers is one value that can be compared', async () => {
  const bench = await stepBench(15, SHOP);
  const client = await bench.database.client();
  const queries = ['SELECT count(*) FROM pairs', 'SELECT b, a, a FROM pairs ORDER BY a', 'SELECT * FROM empty_a', 'SELECT 1 AS v -- a remark', "SELECT 'a', count(*) FROM empty_a UNION ALL SELECT 'b', count(*) FROM empty_b", 'SELECT a FROM pairs GROUP BY a HAVING count(*) > 1', 'VALUES (1), (2)', 'TABLE pairs'];
  const phase = await phaseOf(`# P\n\n\`\`\`sql\n${queries.map((query) => `${query}\n;`).join('\n')}\n\`\`\`\n`, /P/);
  const asserts = phase.steps.flatMap(({ statements }) => statements.flatMap((one) => (one.do === 'assert' ? [one.sql] : [])));
  const answers: unknown[] = [];
  for (const sql of asserts) answers.push((await client.query<[string]>({ text: sql, rowMode: 'array' })).rows);
  expect(answers).toEqual([[['2']], [['(,1,1)\n(two,2,2)']], [['']], [['1']], [['(a,0)\n(b,0)']], [['']], [['(1)\n(2)']], [['(1,)\n(2,two)']]]);
});

/** Written by psql 15 itself. */
const SESSION = `SELECT * FROM (VALUES (2, 'two, "three"', true, 1.50, '{a,"b c"}'::text[], '{"k": [1, 2]}'::jsonb, '2026-01-02 03:04:05'::timestamp), (10, E'back\\\\slash', false, NULL, '{}', NULL, NULL)) v(id, note, done, "how much", tags, doc, made);
 id |     note     | done | how much |   tags    |      doc      |        made         
----+--------------+------+----------+-----------+---------------+---------------------
  2 | two, "three" | t    |     1.50 | {a,"b c"} | {"k": [1, 2]} | 2026-01-02 03:04:05
 10 | back\\slash   | f    |          | {}        |               | 
(2 rows)

SELECT EXISTS (SELECT FROM pairs) AS some;
 some 
------
 t
(1 row)

SELECT a, count(*) FROM pairs GROUP BY a;
 a | count 
---+-------
 2 |     1
 1 |     1
(2 rows)

SELECT a FROM pairs WHERE a > 7;
 a 
---
(0 rows)
`;

test('what psql printed is what the server answers', async () => {
  const bench = await stepBench(15, SHOP);
  const client = await bench.database.client();
  const { steps } = await phaseOf(`# P\n\n\`\`\`sql\n${SESSION}\n\`\`\`\n`, /P/);
  const asserts = steps.flatMap(({ statements }) => statements.flatMap((one) => (one.do === 'assert' ? [one] : [])));
  expect(asserts.map(({ expect: wanted }) => wanted.from)).toEqual(['literal', 'literal', 'literal', 'literal']);
  for (const { sql, label, expect: wanted } of asserts) expect((await client.query<[string]>({ text: sql, rowMode: 'array' })).rows, label).toEqual([[wanted.from === 'literal' ? wanted.value : null]]);
});
