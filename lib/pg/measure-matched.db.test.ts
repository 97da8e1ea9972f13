import { expect, test } from 'vitest';
import type { Measurement } from '#lib/pipeline/evidence.ts';
import { withAsks } from '#lib/pipeline/lint/asks.ts';
import { destroyedRows } from '#lib/pipeline/preflight.ts';
import { exactValue } from '#lib/pipeline/unknowns.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { factsOf, planOf } from '#lib/testing/lint-scene.ts';
import { introspect } from './introspect.ts';
import { measurePhase } from './measure.ts';

const SCHEMA = `
  create table people (id int primary key, boss int references people on delete cascade, name text, code text unique);
  create table orders (id int primary key, person int references people on delete cascade, other int references people on delete set null, total int);
  create table lines (id int primary key, orders int references orders on delete cascade on update cascade, amount int);
  create table cards (id int primary key, code text default 'c0' references people (code) on delete set default on update cascade);
  create table notes (id int, line int references lines on delete restrict);
  create table old_people (note text) inherits (people);
  create table days (day int, id int, primary key (day, id)) partition by range (day);
  create table days_1 partition of days for values from (0) to (5); create table days_2 partition of days default;
  create table visits (id int, day int, of int, foreign key (day, of) references days on delete cascade);
  insert into people select i, nullif(i / 3, 0), 'n' || i, 'c' || i from generate_series(0, 200) i;
  insert into orders select i, i % 201, (i * 7) % 201, i % 10 from generate_series(1, 500) i;
  insert into lines select i, 1 + i % 500, i from generate_series(1, 900) i;
  insert into cards select i, 'c' || i % 201 from generate_series(1, 300) i;
  insert into old_people select 1000 + i, null, 'o' || i, 'o' || i from generate_series(1, 20) i;
  insert into days select i % 10, i from generate_series(1, 60) i;
  insert into visits select i, (1 + i % 60) % 10, 1 + i % 60 from generate_series(1, 100) i;`;
/** Upserts, and how many rows each meets, all of which lose a value. */
const UPSERTS: Readonly<Record<string, number>> = {
  "INSERT INTO orders (id, person, total) SELECT id, 5, 9 FROM orders WHERE id BETWEEN 30 AND 40 UNION ALL VALUES (2000, 1, 7) ON CONFLICT (id) DO UPDATE SET total = EXCLUDED.total -- on conflict": 11,
  "WITH few AS (SELECT code, name FROM people WHERE id < 4) INSERT INTO public.people AS p (id, code, name) SELECT 1000 + random()::int, f.code, 'x' FROM few f JOIN people o ON o.code = f.code ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name": 4,
  "INSERT INTO days (day, id) VALUES ('3', '3'), (3, 4), (77, 1) ON CONFLICT ON CONSTRAINT days_pkey DO UPDATE SET id = EXCLUDED.id WHERE EXCLUDED.day > 0": 1,
};
/** Each list is one phase. */
const STATEMENTS = [
  ['DELETE FROM people WHERE id BETWEEN 100 AND 120'],
  ["DELETE FROM public.people AS p USING orders o, cards WHERE o.person = p.id AND o.total = 3 AND cards.code = p.code -- ; 'x'\nRETURNING p.id"],
  ['WITH few AS (SELECT id FROM orders WHERE total IS DISTINCT FROM 4 ORDER BY id) DELETE FROM orders WHERE id IN (SELECT id FROM few LIMIT 7)'],
  ['DELETE FROM lines WHERE amount > 850', 'DELETE FROM orders WHERE total = 1', 'DELETE FROM people WHERE id = 200;'],
  ['DELETE FROM ONLY people WHERE id > 150'], ['DELETE FROM days WHERE day < 3'], ['DELETE FROM days_1 WHERE id > 20'], ['DELETE FROM orders'],
  ['DELETE FROM people a USING people b WHERE a.id < b.id AND a.boss = b.boss AND b.id > 90'],
  ["UPDATE people SET name = upper(name) WHERE id % 3 = 1 AND name IS DISTINCT FROM 'n4'"],
  ["UPDATE people AS p SET code = 'x' || p.id FROM orders o JOIN lines l ON l.orders = o.id WHERE o.person = p.id AND p.id > 150"],
  ['UPDATE orders SET id = id + 10000 WHERE id <= 20'], ['DELETE FROM lines WHERE amount < 9', 'UPDATE people SET name = NULL WHERE id < 5'],
  ['DELETE FROM people WHERE id = -1'], ['UPDATE people SET boss = NULL WHERE id < 10'], ['UPDATE orders SET other = NULL, total = total + 1 WHERE id < 10', 'DELETE FROM lines WHERE amount < 3'],
  ...Object.keys(UPSERTS).map((sql) => [sql]),
];
/** In how many rows something stood of which nothing is left, by the first statement with such a loss. */
const VALUES: Readonly<Record<string, number>> = { "UPDATE people AS p SET code = 'x' || p.id FROM orders o JOIN lines l ON l.orders = o.id WHERE o.person = p.id AND p.id > 150": 50, 'UPDATE people SET name = NULL WHERE id < 5': 5, 'UPDATE people SET boss = NULL WHERE id < 10': 7, 'UPDATE orders SET other = NULL, total = total + 1 WHERE id < 10': 9, ...UPSERTS };
const TABLES = ['people', 'orders', 'lines', 'cards', 'days', 'visits'];

/** How many rows of each table there are, and how many were written in this transaction. */
const PRINT = TABLES.map((name) => `select '${name}' as name, count(*)::int as rows, (count(*) filter (where xmin::text = (txid_current() % (2::bigint ^ 32)::bigint)::text))::int as written from ${name}`).join(' union all ');

test.each([14, 15, 18] as const)('on Postgres %i the rows that go, change and lose a value are those that the server takes and changes, by whatever keys', async (major) => {
  const database = await freshDatabase({ major });
  const [operator, reader] = [await database.client('operator'), await database.client('reader')];
  await operator.query(SCHEMA);
  const current = await introspect(reader);
  const asked = async (...sql: string[]) => {
    const [phase] = (await withAsks(planOf(...sql), factsOf({ current }))).phases;
    if (!phase) throw new Error('no phase');
    const evidence = await measurePhase(reader, phase);
    const matched = evidence.measurements.find((one): one is Extract<Measurement, { kind: 'matched' }> => one.kind === 'matched');
    return { phase, evidence, said: folded((matched?.tables ?? []).map(({ table, goes, changes }) => [table.name, exactValue(goes) ?? -1, exactValue(changes) ?? -1])) };
  };
  const done = async (...sql: string[]) => {
    type Row = { name: string; rows: number; written: number };
    await operator.query('begin');
    const before = (await operator.query<Row>(PRINT)).rows;
    for (const one of sql) await operator.query(one);
    const after = (await operator.query<Row>(PRINT)).rows;
    await operator.query('rollback');
    // An upsert also writes new rows.
    return folded(after.map(({ name, rows, written }, i) => [name, Math.max(0, (before[i]?.rows ?? 0) - rows), written - Math.max(0, rows - (before[i]?.rows ?? 0))]));
  };
  for (const sql of STATEMENTS) {
    const { phase, evidence, said } = await asked(...sql);
    const there = await done(...sql);
    expect([sql, said]).toEqual([sql, there]);
    const gone = Object.values(there).reduce((sum, [goes]) => sum + goes, 0) + (sql.map((one) => VALUES[one] ?? 0).find((lost) => lost > 0) ?? 0);
    if (phase.destructive) expect([sql, destroyedRows(phase, evidence)]).toEqual([sql, gone]);
    else expect([sql, gone]).toEqual([sql, 0]);
    expect(phase.touches).toEqual(expect.arrayContaining(Object.keys(there).filter((name) => name !== 'days').map((name) => `table:public.${name}`)));
  }
});

/** Only what is touched; rows of a partition are those of its table. */
function folded(rows: readonly (readonly [name: string, goes: number, changes: number])[]): Record<string, [number, number]> {
  return Object.fromEntries(rows.filter(([, goes, changes]) => goes !== 0 || changes !== 0).map(([name, goes, changes]): [string, [number, number]] => [name.replace(/_\d$/, ''), [goes, changes]]).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
