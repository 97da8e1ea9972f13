import type { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { keysDigest, keysDigestSql } from '#lib/pipeline/casts.ts';
import { expectedFromEvidence } from '#lib/pipeline/expectation.ts';
import type { Check, Evidence, ForeignKeySpec, OrphanSet } from '#lib/pipeline/evidence.ts';
import type { Phase } from '#lib/pipeline/plan.ts';
import { destroyedRows, judge } from '#lib/pipeline/preflight.ts';
import { WHY } from '#lib/pipeline/unknowns.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { foreignKey, phaseOf } from '#lib/testing/phase.ts';
import { measurePhase } from './measure.ts';

const MAJORS = [14, 15, 18] as const;

interface Found {
  phase: Phase;
  evidence: Evidence;
  sets: readonly OrphanSet[];
  /** foreign key @ depth: number or why unknown. */
  short: Record<string, number | string>;
  measurement: Extract<Evidence['measurements'][number], { kind: 'orphans' }>;
}

async function orphans(client: Client, foreignKeys: readonly ForeignKeySpec[], over: Partial<Phase> = {}, keys: Record<string, string[]> = {}): Promise<Found> {
  const tables = new Set(foreignKeys.map((key) => `${key.child.schema}.${key.child.name}`));
  const check: Check = { id: 'orphans', kind: 'orphans', foreignKeys, keys: { ...Object.fromEntries([...tables].map((table) => [table, ['id']])), ...keys } };
  const phase = phaseOf([check], over);
  const evidence = await measurePhase(client, phase);
  const measurement = evidence.measurements[0];
  if (measurement?.kind !== 'orphans') throw new Error('no orphans');
  const short = Object.fromEntries(measurement.sets.map((set) => [`${set.foreignKey}@${set.depth}`, set.rows.provenance === 'exact' ? set.rows.value : set.rows.provenance === 'unknown' ? set.rows.why : 'estimate']));
  return { phase, evidence, sets: measurement.sets, short, measurement };
}

async function session(statements: string, major: (typeof MAJORS)[number] = 15): Promise<Client> {
  const client = await (await freshDatabase({ major })).client();
  await client.query(statements);
  return client;
}

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

describe.each(MAJORS)('on Postgres %i', (major) => {
  test('references are compared under the new type: another spelling is no orphan, a value that does not cast is none either', async () => {
    const client = await session(`create table p (id text primary key); create table c (id int primary key, p text);
      insert into p values ('${uuid(1)}'), ('{${uuid(2).toUpperCase()}}'), ('junk');
      insert into c values (1, '{${uuid(1)}}'), (2, '${uuid(2).replaceAll('-', '')}'), (3, 'junk'), (4, ''), (5, null), (6, '${uuid(3)}'), (7, 'other junk')`, major);
    const { sets, short } = await orphans(client, [foreignKey('fk', 'c', 'p', 'p')]);
    expect(short).toEqual({ 'fk@0': 1 });
    expect(sets[0]).toMatchObject({ keys: ['6'], missing: [{ value: uuid(3), rows: 1 }], firstRows: [{ id: '6', p: uuid(3) }] });
  });

  test('under the old type the same rows are orphans', async () => {
    const client = await session(`create table p (id text primary key); create table c (id int primary key, p text); insert into p values ('${uuid(1)}'); insert into c values (1, '{${uuid(1)}}')`, major);
    expect((await orphans(client, [foreignKey('fk', 'c', 'p', 'p', { types: ['text'] })])).short).toEqual({ 'fk@0': 1 });
  });

  test('the digest of the keys is the same in Postgres and here, for texts that collations sort otherwise and for several columns', async () => {
    const client = await session(`create table c (id text collate "en_US" primary key, n int, p int); create table p (id int primary key)`.replace('collate "en_US" ', ''), major);
    await client.query(`insert into c select v, row_number() over (), 7 from unnest($1::text[]) v`, [['b', 'B', 'a', 'Ä', 'ä', 'z', '10', '9', '', ' ', '"', "'", '😀', '\u{FFFD}', '_', '-']]);
    for (const key of [['id'], ['id', 'n']]) {
      const found = await orphans(client, [foreignKey('fk', 'c', 'p', 'p', { types: ['integer'] })], { orphanDecisions: { fk: { verdict: 'delete', reason: 'x' } } }, { 'public.c': key });
      const asked = await client.query<{ encode: string }>(keysDigestSql({ schema: 'public', name: 'c' }, key));
      expect(found.short).toEqual({ 'fk@0': 16 });
      expect(found.sets[0]?.keysDigest).toBe(asked.rows[0]?.encode);
      expect(expectedFromEvidence({ from: 'evidence', check: 'orphans', field: 'keysDigest', of: 'public.c' }, found.phase, found.evidence)).toBe(asked.rows[0]?.encode);
    }
    await client.query('delete from c');
    expect((await client.query<{ encode: string }>(keysDigestSql({ schema: 'public', name: 'c' }, ['id']))).rows[0]?.encode).toBe(keysDigest([]));
  });

  test('a cascade through three tables, a diamond and a self-reference is followed to its end, each row once', async () => {
    const client = await session(`create table a (id int primary key, parent int); create table b (id int primary key, a int); create table c (id int primary key, a int, b int);
      insert into a values (1, null), (2, 1), (3, 99), (4, 3), (5, 4), (6, 6);
      insert into b values (1, 2), (2, 3), (3, 5), (4, null);
      insert into c values (1, 1, 1), (2, 3, 2), (3, 1, 3), (4, 5, 3), (5, 1, 77)`, major);
    const int = { types: ['integer'] };
    const keys = [foreignKey('a_a', 'a', 'parent', 'a', int), foreignKey('b_a', 'b', 'a', 'a', int), foreignKey('c_a', 'c', 'a', 'a', int), foreignKey('c_b', 'c', 'b', 'b', int)];
    const { short, measurement } = await orphans(client, keys);
    expect(short).toEqual({
      'a_a@0': 1, 'b_a@0': 0, 'c_a@0': 0, 'c_b@0': 1,
      'a_a@1': 1, 'b_a@1': 1, 'c_a@1': 1,
      'a_a@2': 1, 'c_b@2': 1,
      'b_a@3': 1, 'c_a@3': 1,
      'c_b@4': 2,
    });
    expect(measurement).toMatchObject({ rowsTotal: { value: 9 }, rowsByTable: { 'public.a': 3, 'public.b': 2, 'public.c': 4 } });
  });
});

test('two tables that refer to each other end', async () => {
  const client = await session(`create table a (id int primary key, b int); create table b (id int primary key, a int); insert into a values (1, 1), (2, 2), (3, 9); insert into b values (1, 1), (2, 3), (3, 2)`);
  const int = { types: ['integer'] };
  const { short, measurement } = await orphans(client, [foreignKey('a_b', 'a', 'b', 'b', int), foreignKey('b_a', 'b', 'a', 'a', int)]);
  expect(short).toEqual({ 'a_b@0': 1, 'b_a@0': 0, 'b_a@1': 1, 'a_b@2': 1, 'b_a@3': 1 });
  expect(measurement.rowsByTable).toEqual({ 'public.a': 2, 'public.b': 2 });
});

test('set to null: the rows stay, and nothing follows from them', async () => {
  const client = await session(`create table a (id int primary key, x int); create table b (id int primary key, a int); create table x (id int primary key); insert into a values (1, 5); insert into b values (1, 1)`);
  const keys = [foreignKey('a_x', 'a', 'x', 'x', { types: ['integer'], nullable: true }), foreignKey('b_a', 'b', 'a', 'a', { types: ['integer'] })];
  expect((await orphans(client, keys)).short).toEqual({ 'a_x@0': 1, 'b_a@0': 0, 'b_a@1': 1 });
  const decided = await orphans(client, keys, { orphanDecisions: { a_x: { verdict: 'set_null', reason: 'may be empty' } } });
  expect(decided.short).toEqual({ 'a_x@0': 1, 'b_a@0': 0 });
  expect(judge(decided.phase, decided.evidence).map((one) => one.code)).toEqual(['ROWS_SET_NULL']);
});

test('keys of several columns: a null refers to nothing, and all columns must match', async () => {
  const client = await session(`create table p (a int, b text, primary key (a, b)); create table c (id int primary key, a int, b text); create table d (id int primary key, c int);
    insert into p values (1, 'x'), (2, 'y'); insert into c values (1, 1, 'x'), (2, 1, 'y'), (3, null, 'y'), (4, 2, null), (5, 2, 'x'); insert into d values (1, 2), (2, 1)`);
  const keys = [foreignKey('c_p', 'c', 'a', 'p', { columns: ['a', 'b'], parentColumns: ['a', 'b'], types: ['integer', 'text'] }), foreignKey('d_c', 'd', 'c', 'c', { types: ['integer'] })];
  const { sets, short } = await orphans(client, keys, {}, { 'public.c': ['a', 'b'] });
  expect(short).toEqual({ 'c_p@0': 2, 'd_c@0': 0, 'd_c@1': 1 });
  expect(sets[0]).toMatchObject({ keys: ['["1", "y"]', '["2", "x"]'], missing: [{ value: '["1","y"]' }, { value: '["2","x"]' }] });
});

test('more than 10,000 orphans are unknown with their number, and so is everything that follows from them', async () => {
  const client = await session(`create table p (id int primary key); create table c (id int primary key, p int); create table d (id int primary key, c int); insert into c select i, i from generate_series(1, 10001) i; insert into d values (1, 1)`);
  const keys = [foreignKey('c_p', 'c', 'p', 'p', { types: ['integer'] }), foreignKey('d_c', 'd', 'c', 'c', { types: ['integer'] })];
  const decisions = { c_p: { verdict: 'delete' as const, reason: 'x' }, d_c: { verdict: 'delete' as const, reason: 'x' } };
  const { short, phase, evidence, measurement } = await orphans(client, keys, { orphanDecisions: decisions, destructive: true });
  expect(short).toEqual({ 'c_p@0': `${WHY.tooMany} (10001)`, 'd_c@0': 0, 'd_c@1': WHY.upstream });
  expect(measurement.rowsTotal.provenance).toBe('unknown');
  expect(judge(phase, evidence).map((one) => [one.code, one.severity])).toEqual([['UNKNOWN', 'blocking'], ['UNKNOWN', 'blocking']]);
  expect(destroyedRows(phase, evidence)).toBeNull();
  await client.query('delete from c where id = 1');
  expect((await orphans(client, keys)).short).toEqual({ 'c_p@0': 10_000, 'd_c@0': 1 });
});

test('a chain deeper than 100 levels stops as unknown', async () => {
  const client = await session(`create table t (id int primary key, up int); insert into t select i, i - 1 from generate_series(1, 150) i`);
  const { short } = await orphans(client, [foreignKey('t_t', 't', 'up', 't', { types: ['integer'] })]);
  expect(short).toMatchObject({ 't_t@0': 1, 't_t@100': 1, 't_t@101': WHY.tooDeep });
});

test('rows without a key cannot be signed one by one; without orphans no key is needed', async () => {
  const client = await session(`create table p (id int primary key); create table c (p int); insert into p values (1); insert into c values (1)`);
  const key = foreignKey('c_p', 'c', 'p', 'p', { types: ['integer'] });
  expect((await orphans(client, [key], {}, { 'public.c': [] })).short).toEqual({ 'c_p@0': 0 });
  await client.query('insert into c values (2)');
  expect((await orphans(client, [key], {}, { 'public.c': [] })).short).toEqual({ 'c_p@0': WHY.noKey });
});

test('a parent that does not exist is said to be absent', async () => {
  const client = await session(`create table c (id int primary key, p int)`);
  const { phase, evidence } = await orphans(client, [foreignKey('c_p', 'c', 'p', 'gone', { types: ['integer'] }), foreignKey('c_q', 'c', 'nope', 'c', { types: ['integer'] })]);
  expect(judge(phase, evidence).map((one) => one.code)).toEqual(['TABLE_ABSENT', 'UNKNOWN']);
});

test('names that need quoting, and text columns of different collations, are compared', async () => {
  const client = await session(`create schema "S"; create table "S"."p""x" ("i d" text collate "C" primary key); create table "S"."c;--" (id int primary key, "p'" text collate "POSIX"); insert into "S"."p""x" values ('a'); insert into "S"."c;--" values (1, 'a'), (2, 'A')`);
  const key = foreignKey(`f'k`, 'c;--', `p'`, 'p"x', { child: { schema: 'S', name: 'c;--' }, parent: { schema: 'S', name: 'p"x' }, parentColumns: ['i d'], types: ['text'] });
  expect((await orphans(client, [key])).sets[0]).toMatchObject({ keys: ['2'], firstRows: [{ id: '2', "p'": 'A' }] });
});
