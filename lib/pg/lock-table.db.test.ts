import { loadModule, parseSync } from 'libpg-query';
import type { Client } from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { LOCK_MODES, type LockMode } from '#lib/pipeline/hazards.ts';
import { existingOf } from '#lib/pipeline/sql-facts/existing.ts';
import { factsOf } from '#lib/pipeline/sql-facts/facts-of.ts';
import { strength, unwrap } from '#lib/pipeline/sql-facts/tree.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { introspect } from './introspect.ts';

const SCENE = `
create table people (id int primary key, name varchar(20), age int, note text);
create table orders (id int primary key, person int constraint orders_person references people, amount numeric(10,2) not null, code varchar(50), constraint code_known check (code is not null), at timestamptz default now());
alter table orders add constraint later check (amount > 0) not valid;
create index orders_code on orders (code);
create unique index people_name on people (name);
create table notes (id int, person int references people);
create table parts (id int, region text) partition by list (region);
create table parts_a partition of parts for values in ('a');
create table parts_b (id int, region text);
create view order_view as select id from orders;
create materialized view order_sums as select person, count(*) from orders group by person;
create unique index on order_sums (person);
create function noop() returns trigger language plpgsql as 'begin return new; end';
create trigger noop before insert on orders for each row execute function noop();
create policy everybody on orders using (true);
create publication news;
create sequence numbers;
create type mood as enum ('good');
create domain free as int;
create domain positive as int check (value > 0);
create domain filled as int default 1 not null;
create table moods (id int, mood mood);
create view mood_view as select mood from moods;
insert into people select i, 'p' || i, i, 'n' from generate_series(1, 5) i;
insert into orders select i, i, i, 'c' || i from generate_series(1, 5) i`;

/** Each is run in a transaction that is rolled back. */
const STATEMENTS = [
  'ALTER TABLE orders ADD COLUMN a free', 'ALTER TABLE orders ADD COLUMN a positive', 'ALTER TABLE orders ADD COLUMN a filled', 'DROP TYPE mood CASCADE', 'DROP FUNCTION noop() CASCADE', 'ALTER TABLE people DROP CONSTRAINT people_pkey CASCADE', 'TRUNCATE people CASCADE',
  'ALTER TABLE orders ADD COLUMN a int', 'ALTER TABLE orders ADD COLUMN a int DEFAULT 1', 'ALTER TABLE orders ADD COLUMN a timestamptz DEFAULT now()', 'ALTER TABLE orders ADD COLUMN a uuid DEFAULT gen_random_uuid()', 'ALTER TABLE orders ADD COLUMN a serial',
  'ALTER TABLE orders ADD COLUMN a int GENERATED ALWAYS AS IDENTITY', 'ALTER TABLE orders ADD COLUMN a numeric GENERATED ALWAYS AS (amount * 2) STORED', 'ALTER TABLE orders ADD COLUMN p int REFERENCES people', 'ALTER TABLE orders DROP COLUMN code',
  'ALTER TABLE orders ALTER code TYPE varchar(80)', 'ALTER TABLE orders ALTER code TYPE text', 'ALTER TABLE orders ALTER code TYPE varchar(40)', 'ALTER TABLE orders ALTER amount TYPE numeric(12,2)', 'ALTER TABLE orders ALTER amount TYPE numeric(12,3)', 'ALTER TABLE people ALTER age TYPE bigint', 'ALTER TABLE people ALTER note TYPE varchar',
  'ALTER TABLE orders ALTER code SET NOT NULL', 'ALTER TABLE people ALTER age SET NOT NULL', 'ALTER TABLE orders ALTER amount DROP NOT NULL', "ALTER TABLE orders ALTER code SET DEFAULT 'x'", 'ALTER TABLE orders ALTER code SET STATISTICS 50', 'ALTER TABLE orders ALTER code SET (n_distinct = 5)', 'ALTER TABLE orders ALTER code SET STORAGE MAIN',
  'ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES people', 'ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES people NOT VALID', 'ALTER TABLE orders VALIDATE CONSTRAINT later', 'ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0)', 'ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0) NOT VALID',
  'ALTER TABLE orders ADD CONSTRAINT u UNIQUE (code)', 'ALTER TABLE people ADD CONSTRAINT u UNIQUE USING INDEX people_name', 'ALTER TABLE orders DROP CONSTRAINT orders_person', 'ALTER TABLE orders DROP CONSTRAINT code_known',
  'ALTER TABLE orders SET (fillfactor = 70)', 'ALTER TABLE orders SET (autovacuum_enabled = false)', 'ALTER TABLE orders SET UNLOGGED', 'ALTER TABLE orders ENABLE ROW LEVEL SECURITY', 'ALTER TABLE orders DISABLE TRIGGER noop', 'ALTER TABLE orders REPLICA IDENTITY FULL', 'ALTER TABLE orders CLUSTER ON orders_code', 'ALTER TABLE orders OWNER TO postgres', 'ALTER TABLE orders SET SCHEMA aside',
  'ALTER TABLE orders RENAME TO orders2', 'ALTER TABLE orders RENAME COLUMN code TO code2', 'ALTER TABLE orders RENAME CONSTRAINT later TO sooner', 'ALTER INDEX orders_code RENAME TO orders_code2', 'ALTER VIEW order_view RENAME TO order_view2',
  'ALTER TABLE parts ATTACH PARTITION parts_b FOR VALUES IN (\'b\')', 'ALTER TABLE parts DETACH PARTITION parts_a', "CREATE TABLE parts_c PARTITION OF parts FOR VALUES IN ('c')",
  'CREATE INDEX i ON orders (code)', 'CREATE UNIQUE INDEX i ON orders (code)', 'DROP INDEX orders_code', 'REINDEX TABLE orders', 'REINDEX INDEX orders_code', 'CLUSTER orders USING orders_code', 'ANALYZE orders',
  'CREATE TABLE t (id int)', 'CREATE TABLE t (id int REFERENCES people)', 'CREATE TABLE t (LIKE orders INCLUDING ALL)', 'CREATE TABLE t AS SELECT * FROM orders', 'SELECT * INTO t FROM orders', 'DROP TABLE notes', 'DROP TABLE people CASCADE', 'DROP VIEW order_view', 'TRUNCATE orders',
  'CREATE VIEW v AS SELECT id FROM orders', 'CREATE OR REPLACE VIEW order_view AS SELECT id FROM orders', 'REFRESH MATERIALIZED VIEW CONCURRENTLY order_sums', 'CREATE TRIGGER g BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION noop()', 'DROP TRIGGER noop ON orders',
  'CREATE POLICY p ON orders USING (true)', 'ALTER POLICY everybody ON orders USING (false)', 'DROP POLICY everybody ON orders', 'CREATE RULE r AS ON INSERT TO orders DO NOTHING', 'CREATE STATISTICS s ON amount, code FROM orders', 'ALTER PUBLICATION news ADD TABLE orders', 'CREATE PUBLICATION more FOR TABLE orders',
  "COMMENT ON TABLE orders IS 'x'", "COMMENT ON COLUMN orders.code IS 'x'", "COMMENT ON CONSTRAINT later ON orders IS 'x'", 'GRANT SELECT ON orders TO public', 'ALTER SEQUENCE numbers OWNED BY orders.id', "ALTER TYPE mood ADD VALUE 'bad'",
  "INSERT INTO people VALUES (9, 'x', 1, '')", "UPDATE orders SET code = 'x'", 'DELETE FROM orders', 'WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone', 'SELECT * FROM orders FOR UPDATE', 'SELECT count(*) FROM orders', 'LOCK TABLE orders IN SHARE MODE', 'LOCK TABLE orders',
  "DO $$ BEGIN UPDATE orders SET code = 'y'; END $$",
];

beforeAll(() => loadModule());

interface Held { table: string; mode: LockMode; file: string | null }

/** Locks on tables and views that were there before, strongest first, and which file a table's rows are in. */
async function held(client: Client): Promise<Map<string, Held>> {
  const { rows } = await client.query<Held>(`select w.name as table, upper(regexp_replace(replace(l.mode, 'Lock', ''), '([a-z])([A-Z])', '\\1 \\2', 'g')) as mode, pg_relation_filenode(w.oid::regclass)::text as file
    from pg_temp.was w left join pg_locks l on l.locktype = 'relation' and l.pid = pg_backend_pid() and l.relation = w.oid and l.database = (select oid from pg_database where datname = current_database())`);
  const found = new Map<string, Held>();
  for (const row of rows) {
    const known = found.get(row.table);
    if (!known?.mode || (row.mode && strength(row.mode) > strength(known.mode))) found.set(row.table, row);
  }
  return found;
}

function line(locks: readonly string[]): string {
  return locks.toSorted().join(', ');
}

/** Locks that keep nobody from anything are taken by the way too, for looking something up. */
function strong(mode: LockMode | null): boolean {
  return mode !== null && strength(mode) > LOCK_MODES.indexOf('ROW SHARE');
}

test.each([14, 15, 18] as const)('the locks and rewrites that are said of statements are those of Postgres %i', async (major) => {
  const database = await freshDatabase({ major });
  const client = await database.client();
  await client.query(SCENE);
  const existing = existingOf(await introspect(client));
  await client.query(`create temp table was as select c.oid, c.relname as name, pg_relation_filenode(c.oid)::text as file from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')`);
  const before = new Map((await client.query<{ name: string; file: string | null }>('select * from pg_temp.was')).rows.map((row) => [row.name, row.file]));
  const wrong: string[] = [];
  for (const sql of STATEMENTS) {
    await client.query('begin; create schema aside');
    await client.query(sql);
    const real = await held(client);
    await client.query('rollback');
    const statement = unwrap(parseSync(sql).stmts?.[0]?.stmt);
    const said = statement ? factsOf(statement.kind, statement.node, sql, { major, searchPath: ['public'], existing }) : null;
    const truth = line([...real.values()].filter((one) => strong(one.mode)).map((one) => `${one.mode} ${one.table}`));
    const claimed = line((said?.locks ?? []).filter((one) => strong(one.mode)).map((one) => `${one.mode} ${one.table.name}`));
    if (truth !== claimed) wrong.push(`${sql}: is [${truth}], said [${claimed}]`);
    for (const { mode, table } of said?.locks ?? []) if (!strong(mode) && !real.get(table.name)?.mode) wrong.push(`${sql}: ${mode} on ${table.name} is said and not held`);
    const rewritten = [...real.values()].some((one) => one.file !== null && one.file !== before.get(one.table)) && !/^(?:TRUNCATE|REFRESH|DROP|CLUSTER)/.test(sql);
    if (rewritten !== (said?.rewrite ?? false) && !sql.startsWith('CLUSTER')) wrong.push(`${sql}: rewrites ${rewritten}, said ${said?.rewrite}`);
  }
  expect(wrong).toEqual([]);
});
