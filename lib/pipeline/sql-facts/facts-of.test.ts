import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { objectId, type SchemaObject, type Snapshot } from '../snapshot.ts';
import { existingOf } from './existing.ts';
import type { StatementFacts } from './facts.ts';
import { factsOf } from './facts-of.ts';
import { keepsRows, typeText } from './type-text.ts';
import { findNodes, type Node, unwrap } from './tree.ts';

beforeAll(() => loadModule());

const SNAPSHOT: Snapshot = {
  target: { systemIdentifier: '1', timeline: 1, databaseOid: 1, database: 'd', serverVersion: 150_000 }, takenAt: '2026-01-01T00:00:00Z', estimates: {}, notCompared: [],
  objects: [
    object('table', null, 'orders'), object('table', null, 'people'), object('table', null, 'old.orders', { rowSecurity: false }), object('index', 'old.orders', 'dotted', { using: 'btree (id)', unique: false }),
    object('column', 'orders', 'code', { type: 'character varying(50)', nullable: true, default: "'x'::character varying" }),
    object('column', 'orders', 'at', { type: 'timestamp without time zone', nullable: true, default: null }),
    object('column', 'orders', 'amount', { type: 'numeric(10,2)', nullable: false, default: null }),
    object('constraint', 'orders', 'orders_person_fkey', { type: 'foreign key', definition: 'FOREIGN KEY (person) REFERENCES people(id)', references: 'table:public.people', columns: ['person'], referencedColumns: ['id'], onUpdate: 'NO ACTION', onDelete: 'CASCADE', match: 'SIMPLE', deferrable: 'NOT DEFERRABLE', onDeleteColumns: [], validated: true }),
    object('constraint', 'orders', 'code_known', { type: 'check', definition: 'CHECK ((code IS NOT NULL))', validated: true }),
    object('index', 'orders', 'orders_code', { using: 'btree (code)', unique: false }),
  ],
};

function object(kind: SchemaObject['kind'], table: string | null, name: string, attributes: SchemaObject['attributes'] = {}): SchemaObject {
  return { id: table === null ? objectId(kind, 'public', name) : objectId(kind, 'public', table, name), kind, schema: 'public', name, parent: table === null ? null : objectId('table', 'public', table), position: null, attributes };
}

function facts(sql: string, known = false, major = 15): StatementFacts {
  const statement = unwrap(parseSync(sql).stmts?.[0]?.stmt);
  if (!statement) throw new Error(`no statement in ${sql}`);
  return factsOf(statement.kind, statement.node, sql, { major, searchPath: ['public'], existing: known ? existingOf(SNAPSHOT) : null });
}

const locks = (sql: string, known = false) => facts(sql, known).locks.map(({ mode, table }) => `${mode} ${table.schema}.${table.name}`);

function typeOf(type: string): string {
  return typeText(findNodes(parseSync(`SELECT x::${type}`).stmts?.[0]?.stmt, ['typeName'])[0]?.node ?? {});
}

describe('what takes a statement back', () => {
  test.each([
    ['CREATE TABLE t (id int)', 'DROP TABLE public.t'],
    ['CREATE TABLE IF NOT EXISTS t (id int)', null],
    ['CREATE TEMP TABLE t (id int)', null],
    ['CREATE TABLE "My Table" AS SELECT 1', 'DROP TABLE public."My Table"'],
    ['CREATE INDEX i ON s.t (a)', 'DROP INDEX s.i'],
    ['CREATE INDEX ON t (a)', null],
    ['CREATE INDEX CONCURRENTLY i ON t (a)', 'DROP INDEX CONCURRENTLY public.i'],
    ['ALTER TABLE t ADD COLUMN a int, ADD CONSTRAINT c CHECK (a > 1)', 'ALTER TABLE public.t DROP CONSTRAINT c, DROP COLUMN a'],
    ['ALTER TABLE t ADD COLUMN a int, DROP COLUMN b', null],
    ['ALTER TABLE t ADD COLUMN IF NOT EXISTS a int', null],
    ['ALTER TABLE t ADD PRIMARY KEY (id)', 'ALTER TABLE public.t DROP CONSTRAINT t_pkey'],
    ['ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX i', null],
    ['ALTER TABLE t RENAME TO u', 'ALTER TABLE public.u RENAME TO t'],
    ['ALTER TABLE t RENAME COLUMN a TO "Select"', 'ALTER TABLE public.t RENAME COLUMN "Select" TO a'],
    ['ALTER TABLE t RENAME CONSTRAINT a TO b', 'ALTER TABLE public.t RENAME CONSTRAINT b TO a'],
    ['ALTER TABLE t SET SCHEMA s', 'ALTER TABLE s.t SET SCHEMA public'],
    ['ALTER TYPE mood RENAME VALUE \'a\' TO \'b\'', "ALTER TYPE public.mood RENAME VALUE 'b' TO 'a'"],
    ["ALTER TYPE mood ADD VALUE 'c'", null],
    ['CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()', 'DROP TRIGGER g ON public.t'],
    ['CREATE FUNCTION f(a int, b varchar(10)[], OUT c text) LANGUAGE sql AS $$ SELECT 1 $$', 'DROP FUNCTION public.f(integer, character varying(10)[])'],
    ['CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$', null],
    ['CREATE OR REPLACE VIEW v AS SELECT 1', null],
    ['CREATE VIEW v AS SELECT 1', 'DROP VIEW public.v'],
    ['ALTER TABLE p ATTACH PARTITION c FOR VALUES IN (1)', 'ALTER TABLE public.p DETACH PARTITION public.c'],
    ['ALTER TABLE orders ALTER code SET DEFAULT 1', null],
    ['DROP TABLE orders', null],
    ['INSERT INTO orders VALUES (1)', null],
  ])('%s', (sql, inverse) => {
    expect(facts(sql).inverse).toBe(inverse);
    // What takes something back is itself a statement.
    if (inverse !== null) expect(parseSync(inverse).stmts).toHaveLength(1);
  });

  test('a reading knows what a statement alone does not', () => {
    expect(facts('ALTER TABLE orders ALTER code SET DEFAULT 1', true).inverse).toBe("ALTER TABLE public.orders ALTER COLUMN code SET DEFAULT 'x'::character varying");
    expect(facts('ALTER TABLE orders ALTER code SET NOT NULL', true).inverse).toBe('ALTER TABLE public.orders ALTER COLUMN code DROP NOT NULL');
    expect(facts('ALTER TABLE orders ALTER amount SET NOT NULL', true).inverse).toBeNull();
    expect(facts('ALTER TABLE orders DROP CONSTRAINT orders_person_fkey', true).inverse).toBe('ALTER TABLE public.orders ADD CONSTRAINT orders_person_fkey FOREIGN KEY (person) REFERENCES public.people(id) ON DELETE CASCADE');
    expect(facts('DROP INDEX orders_code', true).inverse).toBe('CREATE INDEX orders_code ON public.orders USING btree (code)');
    expect(facts('ALTER TABLE "old.orders" ENABLE ROW LEVEL SECURITY', true).inverse).toBe('ALTER TABLE public."old.orders" DISABLE ROW LEVEL SECURITY');
    expect(facts('ALTER INDEX dotted SET (fillfactor = 70)', true).tables).toEqual([{ schema: 'public', name: 'old.orders' }]);
    expect(facts('CREATE TABLE IF NOT EXISTS fresh (id int)', true).inverse).toBe('DROP TABLE public.fresh');
    expect(facts('CREATE TABLE IF NOT EXISTS orders (id int)', true).inverse).toBeNull();
  });
});

describe('locks', () => {
  test('a foreign key locks both tables, valid or not, and dropping one locks the other as hard', () => {
    expect(locks('ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES s.people NOT VALID')).toEqual(['SHARE ROW EXCLUSIVE public.orders', 'SHARE ROW EXCLUSIVE s.people']);
    expect(locks('ALTER TABLE orders DROP CONSTRAINT orders_person_fkey', true)).toEqual(['ACCESS EXCLUSIVE public.orders', 'ACCESS EXCLUSIVE public.people']);
    expect(locks('DROP TABLE people', true)).toEqual(['ACCESS EXCLUSIVE public.people', 'ACCESS EXCLUSIVE public.orders']);
  });

  test('the strongest of several actions counts for all', () => {
    expect(locks('ALTER TABLE t ALTER a SET STATISTICS 100')).toEqual(['SHARE UPDATE EXCLUSIVE public.t']);
    expect(locks('ALTER TABLE t ALTER a SET STATISTICS 100, DROP COLUMN b')).toEqual(['ACCESS EXCLUSIVE public.t']);
  });

  test('a new table locks only what it refers to, and a temporary one nothing', () => {
    expect(locks('CREATE TABLE t (id int REFERENCES people, up int REFERENCES t)')).toEqual(['SHARE ROW EXCLUSIVE public.people']);
    expect(locks('CREATE TEMP TABLE t (id int)')).toEqual([]);
  });

  test('of a block the statements inside are seen, and EXECUTE is said to be unknown', () => {
    const block = facts("DO $$ BEGIN FOR i IN 1..3 LOOP UPDATE orders SET code = 'x' WHERE id = i; EXECUTE 'DROP TABLE ' || i; END LOOP; END $$");
    expect(block.locks).toEqual([{ mode: 'ROW EXCLUSIVE', table: { schema: 'public', name: 'orders' } }]);
    expect(block.hazards.at(-1)?.sentence).toContain('EXECUTE');
    expect(facts("DO LANGUAGE plpython3u $$ import os $$").hazards[0]?.code).toBe('NOT_REVERSIBLE');
  });
});

const changes = (action: string) => facts(`ALTER TABLE orders ${action}`, true).hazards.filter(({ code }) => code === 'CHANGES_VALUES').map(({ sentence }) => sentence);

test('a type that changes values without an error says so, and one that keeps them or fails does not', () => {
  expect(changes('ALTER amount TYPE integer')).toEqual(['orders.amount goes from numeric(10,2) to integer, which holds less: values are rounded or cut off without an error.']);
  expect(changes('ALTER code TYPE varchar(20) USING code::varchar(20)')).toEqual(['orders.code goes from character varying(50) to character varying(20), and the cast to character varying(20) cuts what is longer, without an error.']);
  expect(changes('ALTER at TYPE timestamptz')[0]).toContain('which is UTC in a run');
  expect(["ALTER at TYPE timestamptz USING at AT TIME ZONE 'Europe/Berlin'", 'ALTER code TYPE varchar(20)', 'ALTER code TYPE varchar(80) USING code::varchar(80)', 'ALTER amount TYPE numeric(12,2)', 'ALTER unknown TYPE integer'].flatMap(changes)).toEqual([]);
});

test('what rewrites a table, and what only looks like it', () => {
  const rewrites = (sql: string) => facts(sql, true).rewrite;
  expect(['ADD a int', 'ADD a timestamptz DEFAULT now()', "ADD a text DEFAULT lower('X')", 'ADD a int DEFAULT NULL', 'ALTER code TYPE varchar(80)', 'ALTER code TYPE text', 'ALTER code TYPE text USING code::text', 'ALTER amount TYPE numeric(12,2)'].filter((action) => rewrites(`ALTER TABLE orders ${action}`))).toEqual([]);
  expect(['ADD a uuid DEFAULT gen_random_uuid()', 'ADD a serial', 'ADD a int GENERATED ALWAYS AS IDENTITY', 'ADD a int GENERATED ALWAYS AS (1) STORED', 'ALTER code TYPE varchar(20)', 'ALTER code TYPE uuid USING code::uuid', 'ALTER amount TYPE numeric(12,3)', "ALTER code TYPE text USING code || 'x'", 'SET UNLOGGED'].filter((action) => !rewrites(`ALTER TABLE orders ${action}`))).toEqual([]);
  expect(facts('ALTER TABLE orders ALTER code TYPE text').rewrite, 'what the column is now is not known').toBe(true);
  expect(facts('ALTER TABLE orders ADD a int GENERATED ALWAYS AS (1) VIRTUAL', true, 18).rewrite).toBe(false);
});

test('what cannot run in a transaction has an act where the engine knows one', () => {
  expect(facts('CREATE UNIQUE INDEX CONCURRENTLY i ON "T" (a, b DESC) INCLUDE (c)').outside).toEqual({ word: 'CREATE INDEX CONCURRENTLY', act: { act: 'create_index', index: { schema: 'public', name: 'i', table: { schema: 'public', name: 'T' }, unique: true, using: 'btree (a, b DESC) INCLUDE (c)' } } });
  expect(facts("/* ü */ CREATE INDEX CONCURRENTLY i ON s . \"T\"\n USING gin (lower(a)) WHERE b = 'x';").outside?.act).toMatchObject({ index: { using: "gin (lower(a)) WHERE b = 'x'", asWritten: true } });
  expect(facts('DROP INDEX CONCURRENTLY orders_code', true).outside?.act).toMatchObject({ act: 'drop_index', index: { using: 'btree (code)' } });
  expect(facts('DROP INDEX CONCURRENTLY orders_code').outside).toEqual({ word: 'DROP INDEX CONCURRENTLY', act: null });
  expect(facts('VACUUM ANALYZE t').outside?.act).toEqual({ act: 'vacuum', table: { schema: 'public', name: 't' } });
  expect(facts('VACUUM FULL t')).toMatchObject({ rewrite: true, outside: { act: null } });
  expect(facts('ANALYZE t').outside).toBeNull();
  expect(facts('REINDEX INDEX CONCURRENTLY orders_code', true).outside?.act).toMatchObject({ act: 'reindex', table: { name: 'orders' } });
  expect(facts('ALTER TABLE p DETACH PARTITION c CONCURRENTLY').outside?.act).toMatchObject({ act: 'detach_partition', child: { name: 'c' } });
  for (const sql of ['BEGIN', 'CREATE DATABASE x', 'SET search_path = x', 'ALTER SYSTEM SET work_mem = 1']) expect(facts(sql).outside, sql).not.toBeNull();
});

test('reading is told from writing, in WITH clauses and functions too', () => {
  const reads = (sql: string) => facts(sql).reads;
  expect(['SELECT 1', 'WITH a AS (SELECT 1) SELECT * FROM a, orders', 'VALUES (1)', 'EXPLAIN DELETE FROM orders', 'SHOW all', 'COPY orders TO STDOUT'].filter((sql) => !reads(sql))).toEqual([]);
  expect(["SELECT setval('s', 1)", 'SELECT * INTO x FROM orders', 'WITH d AS (DELETE FROM orders RETURNING *) SELECT * FROM d', 'EXPLAIN ANALYZE DELETE FROM orders', 'COPY orders FROM STDIN', 'LOCK TABLE orders'].filter(reads)).toEqual([]);
  expect(facts('WITH a AS (SELECT 1) SELECT * FROM a').tables, 'a name of its own WITH is no table').toEqual([]);
});

test('names are looked up along the search path', () => {
  const statement = unwrap(parseSync('TRUNCATE orders').stmts?.[0]?.stmt) ?? { kind: '', node: {} };
  const at = (searchPath: string[]) => factsOf(statement.kind, statement.node, '', { major: 15, searchPath, existing: existingOf(SNAPSHOT) }).tables[0]?.schema;
  expect([at([]), at(['app']), at(['app', 'public'])]).toEqual(['public', 'app', 'public']);
});

test('odd trees and names that cannot be are no surprise', () => {
  const nodes: Node[] = [{}, { relation: { relname: 1 } }, { objects: [{ List: {} }, null, 'x'] }, { cmds: [{}, { AlterTableCmd: { subtype: 'AT_AddColumn' } }], relation: { relname: 't' } }, { relation: { relname: 'x'.repeat(80) } }];
  for (const kind of ['CreateStmt', 'IndexStmt', 'AlterTableStmt', 'DropStmt', 'RenameStmt', 'CommentStmt', 'GrantStmt', 'DoStmt', 'VacuumStmt', 'SelectStmt', 'MergeStmt', 'AlterEnumStmt', 'NothingStmt']) {
    for (const node of nodes) expect(() => factsOf(kind, node, '', { major: 15, searchPath: [], existing: null })).not.toThrow();
  }
});

test('types are written as the server writes them', () => {
  expect(['int', 'varchar(5)', 'timestamptz(3)', 'numeric(10,0)', 'text[]', 'char(3)', 'public."Mood"'].map(typeOf)).toEqual(['integer', 'character varying(5)', 'timestamp(3) with time zone', 'numeric(10,0)', 'text[]', 'character(3)', 'public."Mood"']);
  expect([keepsRows('text', 'character varying'), keepsRows('timestamp(3) with time zone', 'timestamp with time zone'), keepsRows('integer', 'bigint'), keepsRows('text', 'character varying(9)'), keepsRows('character(3)', 'character(5)')]).toEqual([true, true, false, false, false]);
});
