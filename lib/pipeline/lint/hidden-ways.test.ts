import { describe, expect, test } from 'vitest';
import { factsOf, planOf, readTable, reading } from '#lib/testing/lint-scene.ts';
import { withAsks } from './asks.ts';
import type { LintFinding } from './finding.ts';
import { lintPlan } from './lint.ts';
import { applySafer } from './safer/safer.ts';

// Ways to take rows out by statements that do not look like it: each would make a phase that fewer people sign, and in which nobody types a number.

const facts = factsOf({ current: reading(...readTable('t', { id: 'integer', c: 'text' }), ...readTable('u', { id: 'integer' })) });

async function seen(...sql: string[]) {
  const plan = await withAsks(planOf(...sql), facts);
  const [phase] = plan.phases;
  return { destructive: phase?.destructive, counted: phase?.checks.flatMap((check) => (check.kind === 'rows' ? [check.table.name] : [])), codes: [...new Set((await lintPlan(plan, facts)).map(({ code }) => code))] };
}

describe('what the plan makes and then uses is followed as what is there', () => {
  test.each([
    ['a function', 'CREATE FUNCTION purge() RETURNS void LANGUAGE sql AS $$ DELETE FROM public.t $$', 'SELECT purge()'],
    ['a procedure', 'CREATE PROCEDURE purge() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM t; END $$', 'CALL purge()'],
    ['a rule', 'CREATE RULE r AS ON INSERT TO u DO ALSO DELETE FROM t', 'INSERT INTO u VALUES (1)'],
    ['a view', 'CREATE VIEW v AS SELECT * FROM t', 'DELETE FROM v'],
  ])('%s', async (_what, make, use) => {
    expect(await seen(make, use)).toMatchObject({ destructive: true, counted: expect.arrayContaining(['t']) });
  });

  test('a function that promises to write nothing is no question', async () => {
    expect((await seen('CREATE FUNCTION one() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 1 $$', 'SELECT one()')).codes).not.toContain('HIDDEN_SQL');
  });

  test('a trigger, by its name', async () => {
    expect((await seen('CREATE FUNCTION del() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM t; RETURN NEW; END $$', 'CREATE TRIGGER tr AFTER INSERT ON u FOR EACH ROW EXECUTE FUNCTION del()', 'INSERT INTO u VALUES (1)')).codes).toContain('TRIGGER_FIRES');
  });
});

test.each(['PREPARE p AS DELETE FROM t WHERE id = 1', 'CREATE TABLE x AS WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d', 'COPY (DELETE FROM t RETURNING *) TO STDOUT'])('a statement within another takes its rows: %s', async (sql) => {
  expect(await seen(sql)).toMatchObject({ destructive: true, counted: ['t'] });
});

test.each(["SELECT count(*) FROM dblink('x', 'DELETE FROM t') AS d(a int)", "SELECT cron.schedule('x', '* * * * *', 'DELETE FROM t')", 'SELECT other.f(id) FROM t'])('%s says that it hides what it does', async (sql) => {
  expect((await seen(sql)).codes).toContain('HIDDEN_SQL');
});

test.each(['SELECT pg_catalog.count(*) FROM t', 'SELECT jsonb_agg(c) FROM t'])('%s hides nothing', async (sql) => {
  expect((await seen(sql)).codes).not.toContain('HIDDEN_SQL');
});

test.each(['DELETE FROM pg_class', 'UPDATE pg_catalog.pg_attribute SET attnotnull = false', 'INSERT INTO pg_enum VALUES (1)', 'DO $$ BEGIN UPDATE pg_index SET indisvalid = false; END $$'])('%s writes to the server’s own tables, and blocks', async (sql) => {
  expect((await seen(sql)).codes).toContain('CATALOG_WRITTEN');
});

describe('values of which nothing is left make a phase one that takes something away', () => {
  test.each([
    ['NULL', ['UPDATE t SET c = NULL']],
    ['USING without the column', ["ALTER TABLE t ALTER COLUMN c TYPE text USING ''"]],
    ['a cast that cuts', ['ALTER TABLE t ALTER COLUMN c TYPE varchar(3) USING c::varchar(3)'], 'text'],
    ['a cast that cuts on the way', ['ALTER TABLE t ALTER COLUMN c TYPE timestamp USING c::date::timestamp'], 'timestamp without time zone'],
    ['a type that holds less', ['ALTER TABLE t ALTER COLUMN c TYPE date'], 'timestamp without time zone'],
    ['a block', ["DO $$ BEGIN UPDATE t SET c = 'x'; END $$"]],
    ['a function that the plan makes', ["CREATE FUNCTION wipe() RETURNS void LANGUAGE sql AS $$ UPDATE public.t SET c = NULL $$", 'SELECT wipe()']],
    ['a rule', ['CREATE RULE r AS ON INSERT TO u DO ALSO UPDATE t SET c = NULL', 'INSERT INTO u VALUES (1)']],
    ['a view', ['CREATE VIEW v AS SELECT * FROM t', 'UPDATE v SET c = NULL']],
    ['MERGE', ['MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN UPDATE SET c = NULL']],
    ['a column that IF NOT EXISTS found', ['ALTER TABLE t ADD COLUMN IF NOT EXISTS c text', "UPDATE t SET c = 'x'"]],
  ])('%s', async (_what, statements, type = 'text') => {
    const told = factsOf({ current: reading(...readTable('t', { id: 'integer', c: type }), ...readTable('u', { id: 'integer' })) });
    const [phase] = (await withAsks(planOf(...statements), told)).phases;
    expect(phase).toMatchObject({ destructive: true, pointOfNoReturn: true });
    expect(phase?.checks.some((check) => (check.kind === 'rows' && check.table.name === 't') || (check.kind === 'matched' && check.tables.some((one) => one?.loses === true)))).toBe(true);
  });

  test.each([['a value made of the one before', 'UPDATE t SET c = upper(c)'], ['what the condition says', "UPDATE t SET c = 'x' WHERE c = 'y'"], ['a type that holds as much', 'ALTER TABLE t ALTER COLUMN c TYPE varchar']])('but not %s', async (_what, sql) => {
    expect((await withAsks(planOf(sql), facts)).phases[0]).toMatchObject({ destructive: false });
  });

  test('and not the batches of the engine, one press away, which keep what stood there', async () => {
    const plan = planOf('UPDATE t SET c = NULL WHERE id > 3');
    const finding = (await lintPlan(plan, facts)).find(({ code }) => code === 'VALUES_REPLACED');
    const pressed = await applySafer(plan, finding as LintFinding, facts);
    expect(pressed.ok && (await withAsks(pressed.plan, facts)).phases.map(({ kind, destructive, pointOfNoReturn }) => [kind, destructive, pointOfNoReturn])).toEqual([['written', false, false], ['cleanup', true, true]]);
  });
});
