import { expect, test } from 'vitest';
import { factsOf, planOf, readTable, reading, writtenPhase, writtenPlan, writtenStep } from '#lib/testing/lint-scene.ts';
import type { LintFinding } from '../finding.ts';
import { lintPlan } from '../lint.ts';

const current = reading(...readTable('orders', { id: 'bigint', code: 'text' }), ...readTable('people', { id: 'integer', name: 'text' }));
const UNDO = new Set(['UNDO_UNREAD', 'UNDO_OF_ANOTHER', 'UNDO_LEAVES_BEHIND']);

async function found(statements: readonly string[], undo: readonly string[], before: readonly string[] = []): Promise<LintFinding[]> {
  const back = undo.map((sql) => ({ do: 'execute' as const, label: sql, sql }));
  const earlier = before.map((sql, at) => writtenStep(`w.${at + 1}`, [sql]));
  const plan = writtenPlan(writtenPhase('w', [...earlier, writtenStep('w.9', statements, { title: 'The step', undo: back })]));
  return (await lintPlan(plan, factsOf({ current }))).filter(({ code }) => UNDO.has(code));
}

/** What the step does, what is said to take it back, and what is to be found of that. */
const CASES: readonly [statements: readonly string[], undo: readonly string[], said: readonly string[]][] = [
  [['CREATE TABLE y (id int)'], ['DROP TABLE x'], ['UNDO_OF_ANOTHER blocking', 'UNDO_LEAVES_BEHIND to_know']],
  [['CREATE TABLE y (id int)'], ['DROP TABLE IF EXISTS public.y'], []],
  [['CREATE TABLE y (id int)', 'CREATE INDEX y_i ON y (id)'], ['DROP TABLE y'], []],
  [['CREATE TABLE y (id int)', 'CREATE TABLE z (id int)'], ['DROP TABLE y'], ['UNDO_LEAVES_BEHIND to_know']],
  [['CREATE TABLE y (id int)'], ['DROP TABLE y, orders'], ['UNDO_OF_ANOTHER blocking']],
  [['CREATE TABLE y (id int)'], ['DROP TABLE other.y'], ['UNDO_OF_ANOTHER blocking']],
  [['ALTER TABLE orders ADD COLUMN c int'], ['DROP TABLE orders'], ['UNDO_OF_ANOTHER blocking']],
  [['ALTER TABLE orders ADD COLUMN c int'], ['ALTER TABLE orders DROP COLUMN code'], ['UNDO_OF_ANOTHER blocking', 'UNDO_LEAVES_BEHIND to_know']],
  [['ALTER TABLE orders ADD COLUMN c int'], ['ALTER TABLE orders DROP COLUMN c'], []],
  [['ALTER TABLE orders ADD UNIQUE (code)'], ['ALTER TABLE orders DROP CONSTRAINT orders_code_key'], []],
  [['ALTER TABLE orders ADD CONSTRAINT u UNIQUE (code)'], ['DROP INDEX u'], []],
  [['ALTER TABLE orders RENAME COLUMN code TO token'], ['ALTER TABLE orders RENAME COLUMN token TO code'], []],
  [['ALTER TABLE orders ALTER COLUMN code SET NOT NULL'], ['ALTER TABLE people ALTER COLUMN name DROP NOT NULL'], ['UNDO_OF_ANOTHER blocking']],
  [["UPDATE orders SET code = 'x' WHERE code IS NULL"], ["UPDATE orders SET code = NULL FROM kept WHERE kept.id = orders.id"], []],
  [["UPDATE orders SET code = 'x' WHERE code IS NULL"], ["DELETE FROM people WHERE id = 1"], ['UNDO_OF_ANOTHER blocking']],
  [["CREATE TYPE mood AS ENUM ('a')"], ['DROP TYPE mood'], []],
  [["CREATE TYPE mood AS ENUM ('a')"], ['DROP TYPE moods'], ['UNDO_OF_ANOTHER blocking', 'UNDO_LEAVES_BEHIND to_know']],
  [['CREATE SCHEMA s', 'CREATE TABLE s.t (id int)'], ['DROP SCHEMA s CASCADE'], []],
  [['CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$SELECT 1$$'], ['DROP FUNCTION f()'], []],
  [['CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f()'], ['DROP TRIGGER t ON orders'], []],
  [['CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f()'], ['DROP TRIGGER t ON people'], ['UNDO_OF_ANOTHER blocking']],
  [['DROP TABLE orders'], ['CREATE TABLE orders (id bigint)', 'CREATE INDEX again ON orders (id)'], []],
  [['CREATE TEMP TABLE y (id int)', 'ALTER TABLE orders ADD COLUMN c int'], ['ALTER TABLE orders DROP COLUMN c'], []],
  [['CREATE TABLE IF NOT EXISTS y (id int)'], ['SELECT 1'], []],
  // What a plan keeps aside for its own way back is nobody's.
  [['CREATE TABLE y (id int)'], ['DROP TABLE IF EXISTS countersign_7f3a1c52.y_since', 'CREATE TABLE countersign_7f3a1c52.y_since AS TABLE y', 'DROP TABLE y'], []],
  [['CREATE TABLE y (id int)'], ['DROP TABLE IF EXISTS countersign_00000000.y_since', 'DROP TABLE y'], ['UNDO_OF_ANOTHER blocking']],
  // Blocks are read on both sides, as far as their text says what they do.
  [['DO $$ BEGIN CREATE TABLE y (id int); END $$'], ['DROP TABLE y'], []],
  [['CREATE TABLE y (id int)'], ['DO $$ BEGIN DROP TABLE people; END $$'], ['UNDO_OF_ANOTHER blocking', 'UNDO_LEAVES_BEHIND to_know']],
  [["DO $$ BEGIN EXECUTE 'CREATE TABLE x (id int)'; END $$"], ['DROP TABLE x'], []],
  [['CREATE TABLE y (id int)'], ["DO $$ BEGIN EXECUTE 'DROP TABLE y'; END $$"], ['UNDO_UNREAD to_know']],
  [['CREATE TABLE y (id int)'], ['DROP TABEL y'], ['UNDO_UNREAD blocking']],
];

test.each(CASES)('what takes %j back is held against it: %j', async (statements, undo, said) => {
  expect((await found(statements, undo)).map(({ code, severity }) => `${code} ${severity}`)).toEqual(said);
});

test('a table that the plan has made may go with a later step, and one that took the name of another too', async () => {
  const made = ['CREATE TABLE orders_new (id bigint)'];
  expect(await found(['INSERT INTO orders_new SELECT id FROM orders'], ['DROP TABLE orders_new'], made)).toEqual([]);
  expect(await found(['ALTER TABLE orders RENAME TO orders_old', 'ALTER TABLE orders_new RENAME TO orders'], ['ALTER TABLE orders RENAME TO orders_new', 'ALTER TABLE orders_old RENAME TO orders', 'DROP TABLE orders_new'], made)).toEqual([]);
  expect(await found(['INSERT INTO orders_new SELECT id FROM orders'], ['DROP TABLE orders'], made)).toMatchObject([{ code: 'UNDO_OF_ANOTHER', stepId: 'w.9' }]);
});

test('the finding names both, and what would go', async () => {
  const [other, left] = await found(['CREATE TABLE y (id int)'], ['DROP TABLE x']);
  expect(other).toMatchObject({ id: 'UNDO_OF_ANOTHER w.9 public.x', sentence: 'The way back of “The step” would drop table x, which the step does not name: a rollback takes away something else.' });
  expect(left?.sentence).toBe('The way back of “The step” says nothing of table y, which the step makes: it stands after a rollback, and the step fails when it is run again.');
});

test('a way back that follows from the statement itself is not read again', async () => {
  expect((await lintPlan(planOf('CREATE TABLE y (id int)'), factsOf({ current }))).filter(({ code }) => UNDO.has(code))).toEqual([]);
});
