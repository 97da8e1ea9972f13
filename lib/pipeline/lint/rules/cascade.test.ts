import { describe, expect, test } from 'vitest';
import { factsOf, planOf, readForeignKey, reading, readTable } from '#lib/testing/lint-scene.ts';
import { objectId, type ObjectKind, type SchemaObject, type Snapshot } from '../../snapshot.ts';
import { withAsks } from '../asks.ts';
import type { LintFinding } from '../finding.ts';
import { lintPlan } from '../lint.ts';

function alone(kind: ObjectKind, name: string): SchemaObject {
  return { id: objectId(kind, 'public', name), kind, schema: 'public', name, parent: null, position: null, attributes: {} };
}

const CURRENT: Snapshot = {
  ...reading(
    ...readTable('people', { id: 'bigint', mood: 'mood', n: { type: 'integer', default: 'twice(1)' } }),
    ...readTable('orders', { id: 'bigint', person: 'bigint' }, readForeignKey('orders', 'orders_person_fkey', 'person', 'people', 'CASCADE')),
    ...readTable('heirs', { id: 'bigint' }),
    alone('enum', 'mood'), alone('enum', 'unused'), alone('function', 'twice(integer)'), alone('view', 'moods'), alone('view', 'more'),
  ),
  dependencies: {
    'column:public.people.mood': ['enum:public.mood'], 'view:public.moods': ['column:public.people.mood'], 'view:public.more': ['view:public.moods'], 'default:public.people.n': ['column:public.people.n', 'function:public.twice(integer)'],
    'constraint:public.orders.orders_person_fkey': ['column:public.orders.person', 'constraint:public.people.people_pkey'], 'table:public.heirs': ['table:public.orders'], 'column:public.orders.person': ['composite_type:public.pair'],
  },
};

async function cascades(sql: string, current: Snapshot | null = CURRENT): Promise<LintFinding[]> {
  return (await lintPlan(planOf(sql), factsOf({ current }))).filter(({ code }) => code === 'DROP_CASCADE');
}

describe('CASCADE', () => {
  test.each([
    ['DROP TYPE mood CASCADE', 'CASCADE takes along with mood: column mood of people with its values, view moods and view more.'],
    ['DROP FUNCTION twice(int) CASCADE', 'CASCADE takes along with twice: default n of people.'],
    ['DROP VIEW moods CASCADE', 'CASCADE takes along with moods: view more.'],
    ['ALTER TABLE people DROP COLUMN mood CASCADE', 'CASCADE takes along with people.mood: view moods and view more.'],
    ['ALTER TABLE people DROP CONSTRAINT people_pkey CASCADE', 'CASCADE takes along with people.people_pkey: constraint orders_person_fkey of orders.'],
    ['DROP TABLE people CASCADE', 'CASCADE takes along with people: foreign key orders_person_fkey of orders, view moods and view more.'],
    ['DROP TABLE orders CASCADE', 'CASCADE takes along with orders: table heirs with its rows.'],
    ["DO $$ BEGIN DROP TYPE mood CASCADE; END $$", 'CASCADE takes along with mood: column mood of people with its values, view moods and view more.'],
  ])('%s blocks, and says what goes along', async (sql, sentence) => {
    expect(await cascades(sql)).toMatchObject([{ severity: 'blocking', sentence }]);
  });

  test('over nothing is to be known, and its safer form is the same without it', async () => {
    expect(await cascades('DROP TYPE unused CASCADE')).toMatchObject([{ severity: 'to_know', safer: { form: 'drop_restrict' } }]);
    expect(await cascades('DROP TYPE mood')).toEqual([]);
  });

  test('over what was not read blocks, because columns may be among it', async () => {
    expect(await cascades('DROP EXTENSION citext CASCADE', null)).toMatchObject([{ severity: 'blocking', sentence: 'What CASCADE takes along with citext is not known: prod was not read, and columns with their values may be among it.' }]);
  });

  test('that takes values along is a loss without a copy', async () => {
    expect((await lintPlan(planOf('DROP TYPE mood CASCADE'), factsOf({ current: CURRENT }))).filter(({ code }) => code === 'NO_WAY_BACK')).toMatchObject([{ severity: 'blocking', sentence: 'Rows or values of people go for good, and no step before keeps a copy of them.' }]);
  });
});

describe('a phase from which rows leave', () => {
  test.each([
    ['in the body of a block', 'DO $$ BEGIN DELETE FROM orders; END $$', ['orders']],
    ['in a WITH clause', 'WITH gone AS (DELETE FROM orders RETURNING *) SELECT count(*) FROM gone', ['orders']],
    ['by MERGE', 'MERGE INTO orders o USING heirs h ON h.id = o.id WHEN MATCHED THEN DELETE', ['orders']],
    ['with a schema', 'DROP SCHEMA public CASCADE', ['people', 'orders', 'heirs']],
    ['with a type', 'DROP TYPE mood CASCADE', ['people']],
    ['with a field of a type', 'ALTER TYPE pair DROP ATTRIBUTE x', ['orders']],
    ['of tables that refer to them by a key that cascades', 'DELETE FROM people', ['people', 'orders']],
    ['of tables that TRUNCATE … CASCADE empties', 'TRUNCATE people CASCADE', ['people', 'orders']],
  ])('%s is destructive, counts them, and is signed over their tables', async (_, sql, tables) => {
    const [phase] = (await withAsks(planOf(sql), factsOf({ current: CURRENT }))).phases;
    expect(phase).toMatchObject({ destructive: true, pointOfNoReturn: true });
    expect(phase?.checks.flatMap((check) => (check.kind === 'rows' ? [check.table.name] : check.kind === 'matched' ? check.tables.flatMap((one) => (one?.goes ? one.table.name : [])) : []))).toEqual(tables);
    expect(phase?.touches).toEqual(expect.arrayContaining(tables.map((name) => `table:public.${name}`)));
  });

  test('is signed over the tables of a block that only changes rows', async () => {
    const [phase] = (await withAsks(planOf('DO $$ BEGIN UPDATE orders SET person = person + 1 WHERE id = 2; END $$'), factsOf({ current: CURRENT }))).phases;
    expect(phase).toMatchObject({ destructive: false, touches: ['table:public.orders'] });
  });
});
