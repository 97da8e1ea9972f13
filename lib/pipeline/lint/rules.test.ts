import { describe, expect, test } from 'vitest';
import { factsOf, planOf, readForeignKey, reading, readIndex, readPart, readTable, writtenPhase, writtenPlan, writtenStep } from '#lib/testing/lint-scene.ts';
import type { Snapshot } from '../snapshot.ts';
import type { LintFacts, LintFinding, TeamRule } from './finding.ts';
import { lintPlan } from './lint.ts';
import { SAYS } from './readme.ts';

const CURRENT: Snapshot = {
  ...reading(
    ...readTable('orders', { id: 'bigint', person: 'integer', code: 'character varying(50)', amount: 'numeric(10,2)', proven: 'text', at: 'timestamp with time zone' },
      readForeignKey('orders', 'orders_person_fkey', 'person', 'people'), readIndex('orders', 'orders_code', ['code']),
      readPart('policy', 'orders', 'seen', { permissive: true }), readPart('policy', 'orders', 'held_back', { permissive: false }), readPart('constraint', 'orders', 'proven_there', { type: 'check', definition: 'CHECK ((proven IS NOT NULL))', validated: true })),
    ...readTable('people', { id: 'integer', name: 'text' }),
    ...readTable('countries', { id: 'integer', name: 'text' }),
    { id: 'domain:public.positive', kind: 'domain', schema: 'public', name: 'positive', parent: null, position: null, attributes: { type: 'integer', nullable: true, default: null, constraints: ['positive_check CHECK ((VALUE > 0))'] } },
    { id: 'domain:public.free', kind: 'domain', schema: 'public', name: 'free', parent: null, position: null, attributes: { type: 'integer', nullable: true, default: null, constraints: [] } },
    ...[['tidy_up', ' VOLATILE'], ['as_text', '\n IMMUTABLE STRICT'], ['asked', '\n STABLE']].map(([name, how]) => ({ id: `function:public.${name}()`, kind: 'function' as const, schema: 'public', name: `${name}()`, parent: null, position: null, attributes: { definition: `CREATE OR REPLACE FUNCTION public.${name}()\n RETURNS integer\n LANGUAGE sql${how}\nAS $function$ select 1 $function$` } })),
    { id: 'view:public.totals', kind: 'view', schema: 'public', name: 'totals', parent: null, position: null, attributes: {} },
    { id: 'materialized_view:public.sums', kind: 'materialized_view', schema: 'public', name: 'sums', parent: null, position: null, attributes: {} },
  ),
  estimates: {
    'table:public.orders': { rows: 1_200_000, bytes: 400_000_000, analyzedAt: null },
    'table:public.people': { rows: null, bytes: 90_000_000, analyzedAt: null },
    'table:public.countries': { rows: 200, bytes: 16_384, analyzedAt: null },
  },
};

type Statements = readonly (string | readonly string[])[];

async function found(code: string, statements: Statements, facts: Partial<LintFacts> = {}): Promise<LintFinding[]> {
  return (await lintPlan(planOf(...statements), factsOf({ current: CURRENT, ...facts }))).filter((finding) => finding.code === code);
}

const NEW = 'CREATE TABLE fresh (id bigint PRIMARY KEY, person int, code text)';

/** Code, what must be found, what is near and must not be: each a plan of steps, a list in it one transaction. */
const CASES: readonly [code: string, bad: readonly Statements[], near: readonly Statements[]][] = [
  ['INDEX_HOLDS_UP_WRITES', [['CREATE INDEX i ON orders (code)'], ['CREATE UNIQUE INDEX i ON public.people (name)']], [['CREATE INDEX CONCURRENTLY i ON orders (code)'], [NEW, 'CREATE INDEX i ON fresh (code)'], [NEW, 'ALTER TABLE fresh RENAME TO newer', 'CREATE INDEX i ON newer (code)'], ['CREATE TABLE people_new (id int)', 'INSERT INTO people_new SELECT id FROM people', 'CREATE INDEX i ON people_new (id)']]],
  ['INDEX_DROP_HOLDS_UP', [['DROP INDEX orders_code'], ['DROP INDEX unread']], [['DROP INDEX CONCURRENTLY orders_code'], ['DROP TABLE countries']]],
  ['REINDEX_HOLDS_UP_WRITES', [['REINDEX TABLE orders'], ['REINDEX INDEX orders_code'], ['REINDEX SCHEMA public']], [['REINDEX TABLE CONCURRENTLY orders'], [NEW, 'REINDEX TABLE fresh']]],
  ['INDEX_WITHOUT_NAME', [['CREATE INDEX ON countries (name)']], [['CREATE INDEX named ON countries (name)']]],
  ['INDEX_OF_MANY_COLUMNS', [['CREATE INDEX i ON countries (a, b, c, d)']], [['CREATE INDEX i ON countries (a, b, c)'], ['CREATE UNIQUE INDEX i ON countries (a, b, c, d)']]],
  ['UNIQUE_BUILDS_INDEX', [['ALTER TABLE orders ADD CONSTRAINT u UNIQUE (code)'], ['ALTER TABLE orders ADD COLUMN u int UNIQUE']], [['ALTER TABLE orders ADD CONSTRAINT u UNIQUE USING INDEX i'], [NEW, 'ALTER TABLE fresh ADD CONSTRAINT u UNIQUE (code)']]],
  ['EXCLUSION_BUILDS_INDEX', [['ALTER TABLE orders ADD CONSTRAINT e EXCLUDE USING gist (code WITH =)']], [[NEW, 'ALTER TABLE fresh ADD CONSTRAINT e EXCLUDE USING gist (code WITH =)']]],
  ['FOREIGN_KEY_SCANS', [['ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (person) REFERENCES people (id)'], ['ALTER TABLE orders ADD COLUMN p int DEFAULT 1 REFERENCES people (id)'], ['CREATE TABLE orders_new (person int)', 'INSERT INTO orders_new SELECT person FROM orders', 'ALTER TABLE orders_new ADD CONSTRAINT f FOREIGN KEY (person) REFERENCES people (id)']], [['ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (person) REFERENCES people (id) NOT VALID'], [NEW, 'ALTER TABLE fresh ADD CONSTRAINT f FOREIGN KEY (person) REFERENCES people (id)'], ['ALTER TABLE orders ADD COLUMN p int REFERENCES people (id)']]],
  ['FOREIGN_KEY_WITHOUT_INDEX', [['ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (person) REFERENCES people (id) NOT VALID']], [['ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (code) REFERENCES people (id) NOT VALID'], ['ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (person) REFERENCES people (id) NOT VALID', 'CREATE INDEX CONCURRENTLY i ON orders (person, code)']]],
  ['CHECK_SCANS', [['ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0)'], ['ALTER TABLE orders ADD COLUMN c int CHECK (c > 0)']], [['ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0) NOT VALID'], [NEW, 'ALTER TABLE fresh ADD CONSTRAINT c CHECK (id > 0)']]],
  ['NOT_NULL_SCANS', [['ALTER TABLE orders ALTER person SET NOT NULL'], ['ALTER TABLE orders ADD CONSTRAINT c CHECK (person IS NOT NULL) NOT VALID', 'ALTER TABLE orders ALTER person SET NOT NULL']], [['ALTER TABLE orders ALTER proven SET NOT NULL'], ['ALTER TABLE orders ADD CONSTRAINT c CHECK (person IS NOT NULL) NOT VALID', 'ALTER TABLE orders VALIDATE CONSTRAINT c', 'ALTER TABLE orders ALTER person SET NOT NULL'], [NEW, 'ALTER TABLE fresh ALTER person SET NOT NULL']]],
  ['VALIDATED_UNDER_LOCK', [[['ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0) NOT VALID', 'ALTER TABLE orders VALIDATE CONSTRAINT c']]], [['ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0) NOT VALID', 'ALTER TABLE orders VALIDATE CONSTRAINT c']]],
  ['DOMAIN_RULE_SCANS', [['ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 0)'], ['CREATE DOMAIN d AS int CHECK (value > 0)']], [['ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 0) NOT VALID'], ['CREATE DOMAIN d AS int']]],
  ['NOT_NULL_DROPPED', [['ALTER TABLE orders ALTER id DROP NOT NULL']], [[NEW, 'ALTER TABLE fresh ALTER id DROP NOT NULL'], ['ALTER TABLE orders ALTER id DROP DEFAULT']]],
  ['COLUMN_REQUIRED', [['ALTER TABLE orders ADD COLUMN c int NOT NULL'], ['ALTER TABLE countries ADD COLUMN c int NOT NULL']], [['ALTER TABLE orders ADD COLUMN c int NOT NULL DEFAULT 1'], ['ALTER TABLE orders ADD COLUMN c int'], [NEW, 'ALTER TABLE fresh ADD COLUMN c int NOT NULL']]],
  ['DEFAULT_REWRITES', [['ALTER TABLE orders ADD COLUMN c uuid DEFAULT gen_random_uuid()'], ['ALTER TABLE orders ADD COLUMN c timestamptz DEFAULT clock_timestamp()']], [['ALTER TABLE orders ADD COLUMN c timestamptz DEFAULT now()'], ['ALTER TABLE orders ALTER code SET DEFAULT random()::text'], [NEW, 'ALTER TABLE fresh ADD COLUMN c uuid DEFAULT gen_random_uuid()']]],
  ['NUMBERING_REWRITES', [['ALTER TABLE orders ADD COLUMN c bigserial'], ['ALTER TABLE orders ADD COLUMN c bigint GENERATED ALWAYS AS IDENTITY']], [['ALTER TABLE orders ADD COLUMN c bigint'], ['CREATE TABLE t (id bigserial PRIMARY KEY)']]],
  ['COMPUTED_COLUMN_REWRITES', [['ALTER TABLE orders ADD COLUMN c int GENERATED ALWAYS AS (1) STORED'], ['ALTER TABLE orders ALTER code SET EXPRESSION AS (amount)']], [['ALTER TABLE orders ADD COLUMN c int GENERATED ALWAYS AS (1) VIRTUAL'], [NEW, 'ALTER TABLE fresh ADD COLUMN c int GENERATED ALWAYS AS (1) STORED']]],
  ['TYPE_CHANGE_REWRITES', [['ALTER TABLE orders ALTER person TYPE bigint'], ['ALTER TABLE orders ALTER code TYPE uuid USING code::uuid'], ['ALTER TABLE orders ALTER code TYPE varchar(20)']], [['ALTER TABLE orders ALTER code TYPE varchar(90)'], ['ALTER TABLE orders ALTER code TYPE text'], [NEW, 'ALTER TABLE fresh ALTER person TYPE bigint']]],
  ['TABLE_RENAMED', [['ALTER TABLE orders RENAME TO orders_old'], ['ALTER TABLE orders SET SCHEMA attic']], [[[NEW, 'ALTER TABLE orders RENAME TO orders_old', 'ALTER TABLE fresh RENAME TO orders']], [['ALTER TABLE orders RENAME TO sales', 'CREATE VIEW orders AS SELECT * FROM sales']], [NEW, 'ALTER TABLE fresh RENAME TO newer']]],
  ['COLUMN_RENAMED', [['ALTER TABLE orders RENAME COLUMN code TO label']], [[NEW, 'ALTER TABLE fresh RENAME COLUMN code TO label'], ['ALTER TABLE orders RENAME CONSTRAINT orders_person_fkey TO f']]],
  ['SCHEMA_RENAMED', [['ALTER SCHEMA app RENAME TO old_app']], [['ALTER INDEX orders_code RENAME TO i']]],
  ['OBJECT_RENAMED', [['ALTER VIEW totals RENAME TO sums_of'], ['ALTER FUNCTION f(int) RENAME TO g'], ['ALTER TYPE mood RENAME TO feeling'], ['ALTER TYPE pair RENAME ATTRIBUTE a TO b'], ["ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'"], ['ALTER SEQUENCE s RENAME TO t'], ['ALTER VIEW totals SET SCHEMA attic']], [[['ALTER VIEW totals RENAME TO old', 'CREATE VIEW totals AS SELECT 1']], ["CREATE TYPE fresh AS ENUM ('a')", 'ALTER TYPE fresh RENAME TO newer'], ['ALTER INDEX orders_code RENAME TO i']]],
  ['OBJECT_DROPPED', [['DROP VIEW totals'], ['DROP FUNCTION f(int)'], ['DROP TYPE mood'], ['DROP EXTENSION citext'], ['DROP SEQUENCE s']], [[['DROP VIEW totals', 'CREATE VIEW totals AS SELECT 1']], [['DROP FUNCTION f(int)', "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'"]], ["CREATE TYPE fresh AS ENUM ('a')", 'DROP TYPE fresh'], ['DROP TABLE orders'], ['DROP INDEX orders_code']]],
  ['ROW_SECURITY_OFF', [['ALTER TABLE orders DISABLE ROW LEVEL SECURITY'], ['ALTER TABLE orders NO FORCE ROW LEVEL SECURITY'], ['DROP POLICY seen ON orders'], ['DROP POLICY held_back ON orders']], [['ALTER TABLE orders ENABLE ROW LEVEL SECURITY'], [['DROP POLICY held_back ON orders', 'CREATE POLICY held_back ON orders AS RESTRICTIVE USING (false)']], ['DROP POLICY IF EXISTS nobody ON orders'], [NEW, 'ALTER TABLE fresh DISABLE ROW LEVEL SECURITY']]],
  ['TRIGGER_OFF', [['ALTER TABLE orders DISABLE TRIGGER audit'], ['ALTER TABLE orders DISABLE TRIGGER USER'], ['DROP TRIGGER audit ON orders']], [['ALTER TABLE orders ENABLE TRIGGER audit'], [['DROP TRIGGER audit ON orders', 'CREATE TRIGGER audit AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f()']], [NEW, 'ALTER TABLE fresh DISABLE TRIGGER USER']]],
  ['CONSTRAINT_DROPPED', [['ALTER TABLE orders DROP CONSTRAINT orders_person_fkey'], ['ALTER TABLE orders DROP CONSTRAINT orders_pkey']], [['ALTER TABLE orders ADD CONSTRAINT c CHECK (id > 0) NOT VALID', 'ALTER TABLE orders DROP CONSTRAINT c'], ['ALTER TABLE orders DROP CONSTRAINT orders_pkey, ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX i'], [NEW, 'ALTER TABLE fresh DROP CONSTRAINT fresh_pkey']]],
  ['DEFAULT_DROPPED', [['ALTER TABLE orders ALTER person DROP DEFAULT'], ['ALTER TABLE orders ALTER id DROP IDENTITY'], ['ALTER TABLE orders ALTER code DROP EXPRESSION']], [['ALTER TABLE orders ALTER code SET DEFAULT 1'], [NEW, 'ALTER TABLE fresh ALTER person DROP DEFAULT']]],
  ['RIGHTS_TAKEN', [['REVOKE SELECT ON orders FROM app'], ['REVOKE ALL ON SCHEMA public FROM PUBLIC']], [['GRANT SELECT ON orders TO app']]],
  ['OWNED_DROPPED', [['DROP OWNED BY app']], [['REASSIGN OWNED BY app TO other']]],
  ['REPLICA_IDENTITY_NOTHING', [['ALTER TABLE orders REPLICA IDENTITY NOTHING']], [['ALTER TABLE orders REPLICA IDENTITY FULL'], [NEW, 'ALTER TABLE fresh REPLICA IDENTITY NOTHING']]],
  ['NUMBERS_SET_BACK', [['ALTER SEQUENCE s RESTART WITH 1'], ['ALTER SEQUENCE s RESTART']], [['ALTER SEQUENCE s CACHE 5']]],
  ['TABLE_REWRITTEN', [['VACUUM FULL orders'], ['CLUSTER orders USING orders_code'], ['ALTER TABLE orders SET UNLOGGED']], [['VACUUM orders'], ['ALTER TABLE orders CLUSTER ON orders_code'], [NEW, 'ALTER TABLE fresh SET UNLOGGED']]],
  ['REFRESH_HOLDS_UP_READS', [['REFRESH MATERIALIZED VIEW sums']], [['REFRESH MATERIALIZED VIEW CONCURRENTLY sums']]],
  ['DETACH_HOLDS_UP', [['ALTER TABLE orders DETACH PARTITION orders_2020']], [['ALTER TABLE orders DETACH PARTITION orders_2020 CONCURRENTLY']]],
  ['ATTACH_SCANS', [['ALTER TABLE orders ATTACH PARTITION people FOR VALUES IN (1)']], [[NEW, 'ALTER TABLE orders ATTACH PARTITION fresh FOR VALUES IN (1)']]],
  ['TRIGGERS_OFF', [['ALTER TABLE orders DISABLE TRIGGER ALL'], [['ALTER TABLE orders DISABLE TRIGGER ALL', 'ALTER TABLE orders ENABLE TRIGGER ALL']]], [['ALTER TABLE orders DISABLE TRIGGER audit'], ['ALTER TABLE orders DISABLE TRIGGER USER']]],
  ['TABLE_UNLOGGED', [['CREATE UNLOGGED TABLE t (id int)'], ['ALTER TABLE countries SET UNLOGGED']], [['CREATE TABLE t (id int)']]],
  ['VALUES_REPLACED',
    [["ALTER TABLE orders ALTER COLUMN code TYPE text USING ''"], ["ALTER TABLE orders ALTER COLUMN code TYPE varchar(2) USING left(code, 2)"], ["ALTER TABLE orders ALTER COLUMN code TYPE text USING (substring(code from 1 for 3))::text"], ['UPDATE orders SET code = split_part(code, $$-$$, 1)'], ['UPDATE orders SET code = NULL'], ['UPDATE orders SET code = NULL WHERE id = 1'], ["UPDATE orders SET code = 'x' WHERE code IN ('y', 'z')"], ['UPDATE orders o SET code = s.code FROM stores s'], ['UPDATE orders SET code = (SELECT code FROM stores LIMIT 1)'], ["INSERT INTO orders (id, code) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET code = EXCLUDED.code"], ["DO $$ BEGIN UPDATE orders SET code = 'x'; END $$"], ["WITH done AS (UPDATE orders SET code = '' RETURNING id) SELECT * FROM done"]],
    [['ALTER TABLE orders ALTER COLUMN code TYPE text USING trim(code)'], ['ALTER TABLE orders ALTER COLUMN code TYPE text'], ['UPDATE orders SET code = upper(code)'], ["UPDATE orders SET code = left(code, 2) || substr(code, 3)"], ['ALTER TABLE orders ALTER COLUMN code TYPE text USING coalesce(left(code, 2), code)'], ["UPDATE orders SET code = 'x' WHERE code = 'y'"], ["UPDATE orders SET code = 'x' WHERE code IS NULL AND id > 3"], ["UPDATE orders o SET code = coalesce(o.code, s.code) FROM stores s"], [NEW, 'UPDATE fresh SET code = NULL'], ['ALTER TABLE orders ADD COLUMN kind text', "UPDATE orders SET kind = 'x'"]]],
  ['COLUMN_DROPPED', [['ALTER TABLE orders DROP COLUMN code'], ['ALTER TYPE pair DROP ATTRIBUTE x']], [[NEW, 'ALTER TABLE fresh DROP COLUMN code'], ['ALTER TABLE orders DROP CONSTRAINT orders_person_fkey']]],
  ['ROWS_TRUNCATED', [['TRUNCATE orders']], [[NEW, 'TRUNCATE fresh']]],
  ['TRUNCATE_CASCADES', [['TRUNCATE people CASCADE']], [['TRUNCATE people, orders'], ['TRUNCATE countries CASCADE']]],
  ['SCHEMA_DROPPED', [['DROP SCHEMA public CASCADE']], [['DROP SCHEMA public'], ['DROP SCHEMA empty CASCADE']]],
  ['MANY_ROWS_AT_ONCE', [["UPDATE orders SET code = 'x' WHERE code IS NULL"], ['DELETE FROM orders WHERE id > 5'], ['UPDATE orders SET code = p.name FROM people p WHERE p.id = orders.person']], [["UPDATE orders SET code = 'x' WHERE id = 5"], ["UPDATE orders SET code = 'x' WHERE orders.id IN (5, 6) AND code IS NULL"], ["UPDATE countries SET name = 'x' WHERE name IS NULL"], ["UPDATE orders SET code = 'x'"], [NEW, "UPDATE fresh SET code = 'x' WHERE code IS NULL"]]],
  ['ASSIGNED_TWICE', [['UPDATE countries SET name = 1, name = 2 WHERE id = 1']], [['UPDATE countries SET name = 1, id = 2 WHERE id = 1']]],
  ['DOMAIN_COLUMN_REWRITES', [['ALTER TABLE orders ADD COLUMN c positive']], [['ALTER TABLE orders ADD COLUMN c int'], ['ALTER TABLE orders ADD COLUMN c free'], [NEW, 'ALTER TABLE fresh ADD COLUMN c positive']]],
  ['NO_WAY_BACK', [['UPDATE countries SET name = upper(name)'], ['DELETE FROM countries'], [['CREATE TABLE t (id int)', 'CREATE VIEW v AS SELECT 1']]], [['SELECT count(*) FROM orders'], ['DROP TABLE orders'], ['DROP TABLE nowhere'], ['ALTER TABLE orders VALIDATE CONSTRAINT c'], ['VACUUM orders'], ['COMMENT ON TABLE orders IS $$x$$']]],
  ['CANNOT_RUN_IN_STEP', [[['CREATE INDEX CONCURRENTLY i ON orders (code)', 'SELECT 1']], ['BEGIN'], ['SET search_path = app'], ['VACUUM FULL orders'], ['CREATE DATABASE other']], [['CREATE INDEX CONCURRENTLY i ON orders (code)'], ['DROP INDEX CONCURRENTLY orders_code'], ['ANALYZE orders']]],
  ['LOCK_HELD_OVER_ROWS', [[['ALTER TABLE orders ADD COLUMN c int', 'UPDATE orders SET c = 1 WHERE id > 5']], [['LOCK TABLE orders IN SHARE MODE', 'CREATE TABLE t AS SELECT * FROM orders']]], [['ALTER TABLE orders ADD COLUMN c int', 'UPDATE orders SET c = 1 WHERE id > 5'], [['ALTER TABLE countries ADD COLUMN c int', 'UPDATE countries SET c = 1']], [['ALTER TABLE orders ADD COLUMN c int', "INSERT INTO people VALUES (1, 'x')"]], [[NEW, 'INSERT INTO fresh SELECT id FROM orders', 'ALTER TABLE orders RENAME TO o', 'ALTER TABLE fresh RENAME TO orders']]]],
  ['SEVERAL_TABLES_LOCKED', [[['ALTER TABLE orders ADD COLUMN c int', 'ALTER TABLE people ADD COLUMN c int']]], [['ALTER TABLE orders ADD COLUMN c int', 'ALTER TABLE people ADD COLUMN c int'], [[NEW, 'ALTER TABLE fresh ADD COLUMN c int', 'ALTER TABLE people ADD COLUMN c int']]]],
  ['HIDDEN_SQL', [["DO $$ BEGIN EXECUTE 'DROP TABLE orders'; END $$"], ['CALL tidy()'], ['SELECT tidy_up()']], [['SELECT as_text(), asked(), count(*) FROM orders'], ['DO $$ BEGIN UPDATE countries SET name = name; END $$']]],
  ['ENUM_VALUE_USED_AT_ONCE', [[["ALTER TYPE mood ADD VALUE 'ok' AFTER 'good'", "UPDATE people SET name = 'ok' WHERE id = 1"]]], [["ALTER TYPE mood ADD VALUE 'ok' AFTER 'good'", "UPDATE people SET name = 'ok' WHERE id = 1"], [["ALTER TYPE mood RENAME VALUE 'a' TO 'ok'", "SELECT 'ok'"]]]],
  ['ENUM_VALUE_AT_THE_END', [["ALTER TYPE mood ADD VALUE 'ok'"]], [["ALTER TYPE mood ADD VALUE 'ok' BEFORE 'good'"]]],
  ['NAME_CUT_OFF', [[`CREATE INDEX "${'x'.repeat(64)}" ON countries (name)`], [`ALTER TABLE countries ADD COLUMN ${'ä'.repeat(32)} int`]], [[`CREATE INDEX ${'x'.repeat(63)} ON countries (name)`], [`COMMENT ON TABLE countries IS '${'x'.repeat(80)}'`]]],
  ['TYPE_CHAR', [['CREATE TABLE t (a char(3))'], ['ALTER TABLE countries ADD COLUMN a character(2)']], [['CREATE TABLE t (a varchar(3), b "char")']]],
  ['TYPE_TIMESTAMP', [['CREATE TABLE t (a timestamp(3))'], ['ALTER TABLE countries ADD COLUMN a timestamp']], [['CREATE TABLE t (a timestamptz, b time)']]],
  ['TYPE_JSON', [['CREATE TABLE t (a json)']], [['CREATE TABLE t (a jsonb)']]],
  ['TYPE_MONEY', [['CREATE TABLE t (a money)']], [['CREATE TABLE t (money numeric)']]],
  ['TYPE_SHORT_TEXT', [['CREATE TABLE t (a varchar(255), b varchar(10))']], [['CREATE TABLE t (a varchar, b text)']]],
  ['KEY_RUNS_OUT', [['CREATE TABLE t (id int PRIMARY KEY)'], ['CREATE TABLE t (id serial, PRIMARY KEY (id))']], [['CREATE TABLE t (id bigint PRIMARY KEY)'], ['CREATE TABLE t (a int, b int, PRIMARY KEY (a, b))'], ['CREATE TABLE t (id uuid PRIMARY KEY, n int)']]],
  ['KEY_BY_SERIAL', [['CREATE TABLE t (id bigserial)']], [['CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY)']]],
];

describe.each(CASES)('%s', (code, bad, near) => {
  test.each(bad.map((statements) => [statements.flat().join('; '), statements] as const))('is found in %s', async (_, statements) => {
    const findings = await found(code, statements);
    expect(findings).toHaveLength(1);
    const says = SAYS[code];
    if (says?.weight !== 'may block') expect(findings[0]?.severity, 'as the page of rules says').toBe(says?.weight === 'blocks' ? 'blocking' : 'to_know');
    expect([...(says?.forms ?? []), undefined], 'as the page of rules says').toContain(findings[0]?.safer?.form);
    expect(findings[0]?.sentence).toMatch(/^\S.*[.]$/);
    expect(findings[0]?.sentence).not.toMatch(/undefined|\bnull\b|\[object|NaN| {2}/);
  });
  test.each(near.map((statements) => [statements.flat().join('; '), statements] as const))('is not found in %s', async (_, statements) => {
    expect(await found(code, statements)).toEqual([]);
  });
});

const TEAM: readonly [TeamRule, code: string, bad: readonly Statements[], near: readonly Statements[]][] = [
  ['no_alter_existing', 'TEAM_ALTERS_EXISTING', [['ALTER TABLE countries ADD COLUMN a int'], ['ALTER TABLE orders RENAME TO orders_old']], [[NEW, 'ALTER TABLE fresh ADD COLUMN a int'], ['CREATE INDEX i ON countries (name)']]],
  ['backup_first', 'TEAM_NO_BACKUP', [['UPDATE orders SET code = 1', 'DELETE FROM orders'], ['CREATE TABLE copy AS SELECT * FROM people', 'DELETE FROM orders']], [['CREATE TABLE copy AS SELECT * FROM orders', 'DELETE FROM orders'], [NEW, 'INSERT INTO fresh SELECT id FROM orders', 'ALTER TABLE orders RENAME TO orders_old'], ['SELECT 1 FROM orders'], [NEW]]],
  ['nullable_first', 'TEAM_NOT_NULLABLE_FIRST', [['ALTER TABLE orders ADD COLUMN a int NOT NULL DEFAULT 1']], [['ALTER TABLE orders ADD COLUMN a int DEFAULT 1'], [NEW, 'ALTER TABLE fresh ADD COLUMN a int NOT NULL']]],
];

test.each(TEAM)('the team’s rule %s is held, where the team has it', async (rule, code, bad, near) => {
  for (const statements of bad) expect(await found(code, statements, { teamRules: [rule] }), statements.flat().join('; ')).toMatchObject([{ severity: 'blocking' }]);
  for (const statements of near) expect((await found(code, statements, { teamRules: [rule] })).filter(({ severity }) => severity === 'blocking'), statements.flat().join('; ')).toEqual([]);
  for (const statements of bad) expect(await found(code, statements)).toEqual([]);
});

async function losses(...statements: Statements): Promise<string[]> {
  return (await found('NO_WAY_BACK', statements)).map((one) => `${one.severity} ${one.statement}`);
}

async function withUndo(sql: string, undo: string): Promise<LintFinding[]> {
  const plan = writtenPlan(writtenPhase('w', [writtenStep('w.1', [sql], { undo: [{ do: 'execute', label: 'back', sql: undo }] })]));
  return (await lintPlan(plan, factsOf({ current: CURRENT }))).filter(({ code }) => code === 'NO_WAY_BACK');
}

test('a rule against ALTER TABLE says that it lets the plan’s own tables be altered, and what that locks', async () => {
  const [finding] = await found('TEAM_ALTERS_EXISTING', [NEW, 'ALTER TABLE fresh ADD CONSTRAINT f FOREIGN KEY (person) REFERENCES people (id)'], { teamRules: ['no_alter_existing'] });
  expect(finding).toMatchObject({ severity: 'to_know', sentence: 'This is an ALTER TABLE of fresh, which the plan itself makes: the team’s rule is about tables that are in use. It locks people (SHARE ROW EXCLUSIVE) for a moment.' });
});

describe('how much it matters', () => {
  test('the rows that are known are named, and few of them do not block', async () => {
    const [large] = await found('INDEX_HOLDS_UP_WRITES', ['CREATE INDEX i ON orders (code)']);
    expect(large).toMatchObject({ severity: 'blocking', lock: 'SHARE', rows: { provenance: 'estimate', value: 1_200_000 }, safer: { form: 'concurrently' } });
    expect(large?.sentence).toBe('Writes to orders wait (SHARE) while about 1,200,000 rows are read for i.');
    expect(await found('INDEX_HOLDS_UP_WRITES', ['CREATE INDEX i ON countries (name)'])).toMatchObject([{ severity: 'to_know' }]);
    expect(await found('INDEX_HOLDS_UP_WRITES', ['CREATE INDEX i ON people (name)']), 'never analysed is not small').toMatchObject([{ severity: 'blocking', rows: { provenance: 'unknown' } }]);
  });

  test('without a reading UPDATE and DELETE of every row are found, but not of what the plan has made', async () => {
    expect(await found('NO_WHERE', ['UPDATE orders SET code = 1', 'DELETE FROM app.people'], { current: null })).toMatchObject([{ severity: 'blocking'}, { severity: 'blocking' }]);
    expect(await found('NO_WHERE', [NEW, 'UPDATE fresh SET code = 1'], { current: null })).toEqual([]);
  });

  test('without a reading nothing is taken for small, and what the plan makes is still known', async () => {
    expect(await found('INDEX_HOLDS_UP_WRITES', ['CREATE INDEX i ON countries (name)'], { current: null })).toMatchObject([{ severity: 'blocking', rows: { provenance: 'unknown' } }]);
    expect(await found('INDEX_HOLDS_UP_WRITES', [NEW, 'CREATE INDEX i ON fresh (code)'], { current: null })).toEqual([]);
  });

  test('a table that has taken the name of one in use is in use', async () => {
    const swap = [NEW, 'INSERT INTO fresh SELECT id FROM orders', ['ALTER TABLE orders RENAME TO o', 'ALTER TABLE fresh RENAME TO orders'], 'CREATE INDEX i ON orders (code)'];
    expect(await found('INDEX_HOLDS_UP_WRITES', swap)).toMatchObject([{ severity: 'blocking' }]);
  });

  test('the body of a DO block is looked at like the plan itself, without a form for a line of it', async () => {
    const guarded = 'DO $$ BEGIN ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (person) REFERENCES people (id); EXCEPTION WHEN duplicate_object THEN NULL; END $$';
    expect(await found('FOREIGN_KEY_SCANS', [guarded])).toMatchObject([{ severity: 'blocking', statement: 0 }]);
    expect((await found('FOREIGN_KEY_SCANS', [guarded]))[0]?.safer).toBeUndefined();
    expect(await found('FOREIGN_KEY_SCANS', [guarded.replace('(id);', '(id) NOT VALID;')])).toEqual([]);
    expect(await found('NO_WAY_BACK', ['DO $$ BEGIN DELETE FROM orders WHERE id < 5; END $$'])).toMatchObject([{ severity: 'blocking' }]);
    expect(await found('LOCK_HELD_OVER_ROWS', ["DO $$ BEGIN UPDATE orders SET code = 'x'; ALTER TABLE orders ADD COLUMN c int; END $$"])).toEqual([]);
    expect(await found('LOCK_HELD_OVER_ROWS', ["DO $$ BEGIN ALTER TABLE orders ADD COLUMN c int; UPDATE orders SET c = 1; END $$"])).toHaveLength(1);
    const [gone] = await found('DROPS_TABLE_FOR_GOOD', ['DO $$ BEGIN IF true THEN DROP TABLE orders; END IF; END $$'], { desired: reading(...readTable('people', { id: 'integer' })) });
    expect(gone).toMatchObject({ severity: 'blocking', statement: 0, table: { schema: 'public', name: 'orders' } });
    expect(gone?.safer).toBeUndefined();
    expect(await found('NO_WHERE', ["DO $$ BEGIN UPDATE orders SET code = 'x'; END $$"])).toMatchObject([{ severity: 'blocking' }]);
    expect(await found('NO_WHERE', ["DO $$ BEGIN UPDATE orders SET code = 'x' WHERE id = 1; END $$"])).toEqual([]);
    expect(await found('CANNOT_RUN_IN_STEP', ['DO $$ BEGIN CREATE INDEX CONCURRENTLY i ON orders (code); END $$'])).toHaveLength(1);
  });

  test('a form is offered only for a statement of one action', async () => {
    expect((await found('NOT_NULL_SCANS', ['ALTER TABLE orders ALTER person SET NOT NULL']))[0]?.safer?.form).toBe('not_null_by_check');
    expect((await found('NOT_NULL_SCANS', ['ALTER TABLE orders ALTER person SET NOT NULL, ADD COLUMN a int']))[0]?.safer).toBeUndefined();
  });

  test('what goes for good blocks, unless a step before keeps a copy; what only stays behind is to be known', async () => {
    expect(await losses('TRUNCATE orders')).toEqual(['blocking 0']);
    expect(await losses('CREATE TABLE copy AS SELECT * FROM orders', 'TRUNCATE orders')).toEqual(['to_know 0', 'to_know 0']);
    expect(await losses('WITH gone AS (DELETE FROM orders RETURNING *) INSERT INTO kept SELECT * FROM gone')).toEqual(['to_know 0']);
    expect(await losses('UPDATE orders SET code = 1')).toEqual(['to_know 0']);
    expect(await found('NO_WAY_BACK', ['DROP TABLE orders'], { current: null }), 'of a table that nobody knows no other rule speaks').toMatchObject([{ severity: 'blocking' }]);
    const dumped = writtenPlan(writtenPhase('w', [writtenStep('w.1', [], { work: { kind: 'manual', instruction: 'Dump it', command: 'pg_dump prod > x' } }), writtenStep('w.2', ['TRUNCATE orders'])]));
    expect((await lintPlan(dumped, factsOf({ current: CURRENT }))).filter(({ code }) => code === 'NO_WAY_BACK')).toMatchObject([{ severity: 'to_know' }]);
  });

  test('a step with a way back is no finding, and rows that it does not bring back are one', async () => {
    expect(await withUndo('CREATE TABLE t (id int)', 'DROP TABLE t')).toEqual([]);
    expect(await withUndo('ALTER TABLE orders DROP COLUMN code', 'ALTER TABLE orders ADD COLUMN code text')).toMatchObject([{ severity: 'blocking' }]);
  });

  test('types that the other database has are not talked about', async () => {
    const desired = reading(...readTable('t', { a: 'character(3)', b: 'text' }));
    expect(await found('TYPE_CHAR', ['CREATE TABLE t (a char(3))'], { desired })).toEqual([]);
    expect(await found('TYPE_CHAR', ['CREATE TABLE t (b char(3))'], { desired })).toHaveLength(1);
    expect(await found('TYPE_CHAR', ['CREATE TABLE t_new (a char(3))', 'ALTER TABLE t_new RENAME TO t'], { desired }), 'built aside, and named at the end').toEqual([]);
  });

  test('what the planner makes is not looked at', async () => {
    const plan = planOf('CREATE INDEX i ON orders (code)');
    const generated = { ...plan, phases: plan.phases.map((phase) => ({ ...phase, kind: 'alter' as const, steps: phase.steps.map((step) => ({ ...step, searchPath: undefined }) as unknown as typeof step) })) };
    expect(await lintPlan(generated, factsOf({ current: CURRENT }))).toEqual([]);
  });
});
