import { expect, test } from 'vitest';
import { factsOf, planOf, readForeignKey, reading, readPart, readTable, writtenPhase, writtenPlan, writtenStep } from '#lib/testing/lint-scene.ts';
import { evidenceOf } from '#lib/testing/phase.ts';
import { destroyedRows, judge } from '../preflight.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { exact } from '../unknowns.ts';
import { withAsks } from './asks.ts';

const MOODY: SchemaObject = { id: objectId('function', 'public', 'moody(integer)'), kind: 'function', schema: 'public', name: 'moody(integer)', parent: null, position: null, attributes: { definition: 'CREATE FUNCTION moody(integer)\n RETURNS boolean\n LANGUAGE sql\nAS $$select true$$' } };
const NUMBERED = readPart('trigger', 'orders', 'orders_number', { definition: 'CREATE TRIGGER orders_number BEFORE INSERT OR UPDATE ON public.orders FOR EACH ROW EXECUTE FUNCTION public.number()', enabled: 'origin' });
const CURRENT = reading(...readTable('people', { id: 'bigint', name: 'text' }), ...readTable('orders', { id: 'bigint', person: 'bigint' }, readForeignKey('orders', 'orders_person_fkey', 'person', 'people', 'CASCADE'), NUMBERED), ...readTable('logs', { id: 'bigint', at: 'timestamptz' }), MOODY);

async function phasesOf(plan: ReturnType<typeof planOf>) {
  return (await withAsks(plan, factsOf({ current: CURRENT }))).phases;
}

async function instead(...sql: string[]): Promise<(string | undefined)[]> {
  const [phase] = await phasesOf(planOf(...sql));
  return (phase?.checks ?? []).flatMap((check) => (check.kind === 'rows' ? [`${check.table.name}: ${check.instead ?? 'all go'}`] : []));
}

test.each([
  ['calls what may answer otherwise', ['DELETE FROM logs WHERE random() < 0.1'], 'logs: its condition calls random(), which may answer another time otherwise'],
  ['calls a function of people that promises nothing', ['DELETE FROM logs WHERE moody(id::int)'], 'logs: its condition calls moody(), which may answer another time otherwise'],
  ['comes after a step that writes rows of its table', ["UPDATE logs SET at = now() WHERE at IS NULL", 'DELETE FROM logs WHERE at < now()'], 'logs: a step before it changes logs'],
  ['comes after a step that gives its table another column', ['ALTER TABLE logs ADD COLUMN old boolean', 'DELETE FROM logs WHERE old'], 'logs: a step before it changes logs'],
  ['reads a table that a step before it changes', ['DELETE FROM orders WHERE id < 10', 'DELETE FROM logs WHERE id NOT IN (SELECT id FROM orders)'], 'logs: it reads orders, which a step before it changes'],
  ['reads a table that the plan makes', ['CREATE TABLE doomed AS SELECT id FROM logs', 'DELETE FROM logs USING doomed WHERE doomed.id = logs.id'], 'logs: it reads doomed, which a step before it changes'],
  ['comes after what is not in the text', ["DO $$ BEGIN EXECUTE 'select 1'; END $$", 'DELETE FROM logs WHERE id = 1'], 'logs: a step before it runs what its text does not say'],
  ['stands in a block', ['DO $$ BEGIN DELETE FROM logs WHERE id = 1; END $$'], 'logs: a statement stands in a block'],
  ['stands in a WITH clause', ['WITH gone AS (DELETE FROM logs WHERE id = 1 RETURNING id) SELECT count(*) FROM gone'], 'logs: a statement stands in a WITH clause'],
  ['writes over rows of a key that may be another next time', ['INSERT INTO logs (id, at) SELECT (random() * 9)::int, now() FROM people ON CONFLICT (id) DO UPDATE SET at = EXCLUDED.at'], 'logs: what it writes comes from random(), which may answer another time otherwise'],
  ['writes over rows and has DEFAULT among its values', ["INSERT INTO logs (id, at) VALUES (DEFAULT, now()) ON CONFLICT (id) DO UPDATE SET at = EXCLUDED.at"], 'logs: DEFAULT stands among its values'],
  ['writes over rows of a key that it does not say', ['INSERT INTO logs (at) VALUES (now()) ON CONFLICT (id) DO UPDATE SET at = EXCLUDED.at'], 'logs: it says no value for id, by which rows conflict'],
  ['writes over rows by an expression', ['INSERT INTO logs (id, at) VALUES (1, now()) ON CONFLICT ((id + 1)) DO UPDATE SET at = EXCLUDED.at'], 'logs: rows conflict by an expression or under a condition'],
  ['writes over rows of a table whose trigger may write another key', ['INSERT INTO orders (id, person) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET person = EXCLUDED.person'], 'orders: the trigger orders_number may write another key'],
  ['writes over rows after a step that writes what it reads', ["INSERT INTO people (id, name) VALUES (1, 'a')", 'INSERT INTO logs (id, at) SELECT id, now() FROM people ON CONFLICT (id) DO UPDATE SET at = EXCLUDED.at'], 'logs: it reads people, which a step before it changes'],
  ['takes all rows by its nature', ['TRUNCATE logs'], 'logs: all go'],
])('a statement that %s is counted by all rows of its table, and it is said why', async (_, sql, said) => {
  expect(await instead(...sql)).toEqual(expect.arrayContaining([said]));
});

test('a statement in a later phase over what an earlier phase writes is not counted by its condition', async () => {
  const plan = writtenPlan(writtenPhase('one', [writtenStep('one.1', ['UPDATE logs SET at = now() WHERE at IS NULL'])]), writtenPhase('two', [writtenStep('two.1', ['DELETE FROM logs WHERE at < now()'])]));
  expect((await phasesOf(plan)).map(({ checks }) => checks.map(({ kind }) => kind))).toEqual([['rows', 'matched'], ['rows']]);
});

test('a table that one statement empties is not counted a second time for another’s condition', async () => {
  const [phase] = await phasesOf(planOf('DELETE FROM people WHERE id = 1', 'TRUNCATE orders'));
  if (!phase) throw new Error('no phase');
  const evidence = evidenceOf(phase, [
    { check: 'rows:public.orders', ms: 1, kind: 'rows', table: { schema: 'public', name: 'orders' }, rows: exact(50) },
    { check: 'matched', ms: 1, kind: 'matched', tables: [{ table: { schema: 'public', name: 'people' }, goes: exact(1), changes: exact(0) }] },
  ]);
  expect(phase.checks).toMatchObject([{ id: 'rows:public.orders' }, { kind: 'matched', tables: [{ table: { name: 'people' }, goes: true, by: [] }, null] }]);
  expect(destroyedRows(phase, evidence)).toBe(51);
});

test('what foreign keys take along is said with the key, and a number that is not exact blocks', async () => {
  const [phase] = await phasesOf(planOf('DELETE FROM people WHERE id < 3'));
  if (!phase) throw new Error('no phase');
  const measured = (goes: number | null) => evidenceOf(phase, [{ check: 'matched', ms: 1, kind: 'matched', tables: [{ table: { schema: 'public', name: 'people' }, goes: exact(2), changes: exact(0) }, { table: { schema: 'public', name: 'orders' }, goes: goes === null ? { provenance: 'unknown', why: 'it took too long' } : exact(goes), changes: exact(0) }] }]);
  expect(judge(phase, measured(7)).map(({ sentence }) => sentence)).toEqual(['7 rows of public.orders go with the rows that they refer to, by the foreign key orders_person_fkey.']);
  expect(destroyedRows(phase, measured(7))).toBe(9);
  expect(judge(phase, measured(null)).map(({ severity, sentence }) => [severity, sentence])).toEqual([['blocking', 'The number of rows of public.orders that go is unknown: it took too long.']]);
  expect(destroyedRows(phase, measured(null))).toBeNull();
});
