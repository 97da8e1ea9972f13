import { describe, expect, test } from 'vitest';
import { planOf, reading, readTable, sceneFor } from '#lib/testing/lint-scene.ts';
import { nodeAt } from '../sql-facts/tree.ts';
import { namesOf, tableAt } from './names.ts';

const current = reading(...readTable('exports', { id: 'text', note: 'text' }));

async function walked(...statements: string[]) {
  const scene = await sceneFor(planOf(...statements), { current });
  const names = namesOf(scene);
  return { scene, names, at: (index: number) => scene.statements[index] ?? fail(index) };
}

function fail(index: number): never {
  throw new Error(`no statement ${index}`);
}

const block = (body: string) => `DO $$ BEGIN ${body} END $$`;
const there = (name: string) => ({ schema: 'public', name });

describe('names at each moment of a plan', () => {
  test('a table that the plan makes is fresh until something is put into it', async () => {
    const { scene, at } = await walked('CREATE TABLE t (id int)', 'CREATE INDEX a ON t (id)', 'INSERT INTO t SELECT 1', 'CREATE INDEX b ON t (id)');
    expect(tableAt(scene, at(1), nodeAt(at(1).node, 'relation'))?.fresh).toBe(true);
    expect(tableAt(scene, at(3), nodeAt(at(3).node, 'relation'))?.fresh).toBe(false);
  });

  test('a table that was there is not fresh, nor one that IF NOT EXISTS may have found', async () => {
    const { scene, at } = await walked('CREATE TABLE IF NOT EXISTS exports (id int)', 'CREATE INDEX a ON exports (id)');
    expect(tableAt(scene, at(1), nodeAt(at(1).node, 'relation'))?.fresh).toBe(false);
    const blind = await sceneFor(planOf('CREATE TABLE IF NOT EXISTS x (id int)', 'CREATE INDEX a ON x (id)'));
    const second = blind.statements[1] ?? fail(1);
    expect(tableAt(blind, second, nodeAt(second.node, 'relation'))?.fresh).toBe(false);
  });

  test('a swap by renames leaves each table its identity', async () => {
    const { names } = await walked('CREATE TABLE exports_new (id uuid PRIMARY KEY)', 'INSERT INTO exports_new SELECT id::uuid FROM exports', 'ALTER TABLE exports RENAME TO exports_old', 'ALTER TABLE exports_new RENAME TO exports');
    expect(names.table(names.end, there('exports_old'))?.before).toEqual(there('exports'));
    expect(names.table(names.end, there('exports'))).toMatchObject({ before: null, filledFrom: ['table:public.exports'], columns: [{ name: 'id', type: 'uuid', nullable: false }] });
    expect(names.gone(names.end, there('exports_new'))).toMatchObject({ why: 'renamed', to: there('exports') });
  });

  test('an index goes with its table, and a constraint brings one', async () => {
    const { names } = await walked('CREATE TABLE t (id int PRIMARY KEY, u int UNIQUE)', 'CREATE INDEX i ON t (u)', 'DROP TABLE t');
    expect(names.indexesOf(3, names.table(3, there('t'))?.id ?? '').map((index) => index.name.name)).toEqual(['t_pkey', 't_u_key', 'i']);
    expect(names.index(names.end, there('i'))).toBeNull();
  });

  test('a statement sees the names before it, not its own', async () => {
    const { scene, at } = await walked('DROP TABLE exports', 'SELECT * FROM exports');
    expect(tableAt(scene, at(0), { relname: 'exports' })?.id).toBe('table:public.exports');
    expect(tableAt(scene, at(1), { relname: 'exports' })).toBeNull();
  });

  test('what is named and is not there is noted; common table expressions and catalogs are no tables', async () => {
    const { names } = await walked('WITH a AS (SELECT 1) SELECT * FROM a, pg_class, nobody', 'DROP TABLE IF EXISTS nobody', 'UPDATE information_schema.tables SET x = 1');
    expect(names.happenings.flatMap((one) => (one.what === 'missed' ? [one.name.name] : []))).toEqual(['nobody']);
  });

  test('the statements of a DO block count, and what stands there under a condition is not called missing or taken', async () => {
    const { scene, names, at } = await walked('CREATE TABLE t (id int)', block('IF true THEN INSERT INTO t SELECT 1; ALTER TABLE t RENAME TO u; END IF;'), 'CREATE INDEX a ON u (id)', block('CREATE TABLE exports (id int); CREATE TABLE v (id int); DROP TABLE nobody;'), 'SELECT * FROM v', block('DROP TABLE exports;'));
    expect(tableAt(scene, at(2), nodeAt(at(2).node, 'relation'))?.fresh).toBe(false);
    expect(names.table(names.end, there('t'))).toBeNull();
    expect(names.happenings.map((one) => one.what)).toEqual(['made', 'indexed', 'dropped']);
    expect(names.gone(names.end, there('exports'))?.by.stepId).toBe('written.6');
  });
});
