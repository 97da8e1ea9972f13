import type { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { castGuardSql, castIsHarmless } from '#lib/pipeline/casts.ts';
import type { CastResult, CastSpec } from '#lib/pipeline/evidence.ts';
import { judge, movements } from '#lib/pipeline/preflight.ts';
import { exact, WHY } from '#lib/pipeline/unknowns.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { phaseOf, publicTable } from '#lib/testing/phase.ts';
import { measurePhase } from './measure.ts';

const MAJORS = [14, 15, 18] as const;
const UUID = 'a161a5cc-886a-48dc-be84-84d31e131d88';

const TEXTS = [
  '', ' ', 'null', UUID, UUID.toUpperCase(), `{${UUID}}`, `{${UUID}`, `${UUID}}`, UUID.replaceAll('-', ''), `${UUID} `, ` ${UUID}`, 'a161-a5cc886a48dcbe8484d31e131d88', 'a16-1a5cc886a48dcbe8484d31e131d88',
  `${UUID}-`, `${UUID}0`, UUID.slice(1), UUID.slice(0, -1), UUID.replaceAll('-', '').slice(1), `${UUID}\n`, 'A161a5cc886a48dcbe8484d31e131d8g',
  '0', '1', '-1', '+7', '- 1', ' 42 ', '\t42\n', '007', '2147483647', '2147483648', '-2147483648', '-2147483649', '32767', '32768', '9223372036854775807', '9223372036854775808', '1e3', '1.5', '.5', '5.', '1.', '+.5e2', '1,000', 'NaN', 'Infinity', '-inf',
  '99999999.994', '99999999.995', '123456789', `${'0'.repeat(60)}1`, '9'.repeat(60), '1e400', '1e-400',
  't', 'TRUE', ' yes ', 'on', 'of', 'o', 'off', 'y', 'n', 'tru', 'truee', 'ja', '01',
  '2024-02-29', '2023-02-29', '2024-13-01', '2024-00-10', '0000-01-01', '2024-04-31', '2024-01-01 10:00', '2024-01-01T10:00:00Z', '2024-01-01 10:00:00.123456+02', '2024-01-01 25:00', '2024-01-01 10:00:00+99', 'today', 'infinity', 'epoch', 'Jan 2 2024', '1/2/2024', '20240102', 'yesterday noon', '2024-01-01 24:00', '2024-01-01 10:00:00 Europe/Berlin', '2024-01-01 10:60',
  '{}', '{"a":1}', '{a:1}', '[1, 2', '"x"', '12345', '123456', '12345   ', '日本語の文字', 'é', "o'neill", 'back\\slash', '%', '$1',
];
const TARGETS = ['uuid', 'integer', 'smallint', 'bigint', 'numeric', 'numeric(10,2)', 'real', 'double precision', 'boolean', 'date', 'timestamp without time zone', 'timestamp with time zone', 'character varying(5)', 'character(5)', 'character varying', 'jsonb', 'json', 'inet', 'text'];

/** What the server does when the value is really stored: an explicit cast cuts a text off in silence, storing it does not. */
async function fitsInTruth(client: Client, type: string, value: string): Promise<boolean> {
  await client.query('savepoint one');
  const fits = await client.query(type.startsWith('character') ? 'insert into stored values ($1::text)' : `select $1::text::${type}`, [value]).then(() => true, () => false);
  await client.query('rollback to one');
  return fits;
}

/** Values about which the guard and the server disagree. Being unsure is allowed before 16 and for some types only. */
async function wrongGuesses(client: Client, version: number, type: string): Promise<string[]> {
  const guard = castGuardSql('v', 'text', type, version);
  const mayBeUnsure = version < 160_000 && !/^(uuid|integer|smallint|bigint|boolean|character|text)/.test(type);
  await client.query('begin');
  await client.query(`create temp table stored (v ${type})`);
  const { rows } = await client.query<{ v: string; fits: boolean; unsure: boolean }>(`select v, (${guard.fits}) as fits, (${guard.unsure}) as unsure from unnest($1::text[]) v`, [TEXTS]);
  const wrong: string[] = [];
  for (const row of rows) {
    const truth = await fitsInTruth(client, type, row.v);
    if (row.fits !== truth && (row.fits || !row.unsure || !mayBeUnsure)) wrong.push(`${JSON.stringify(row.v)} as ${type}: the guard says ${row.fits}, the server ${truth}`);
  }
  await client.query('rollback');
  return wrong;
}

describe.each(MAJORS)('the guards on Postgres %i', (major) => {
  test('say about every text and every type what the server does', async () => {
    const client = await (await freshDatabase({ major })).client();
    const version = Number((await client.query<{ version: string }>(`select current_setting('server_version_num') as version`)).rows[0]?.version);
    await client.query(`set timezone = 'UTC'`);
    const wrong: string[] = [];
    for (const type of TARGETS) wrong.push(...(await wrongGuesses(client, version, type)));
    expect(wrong).toEqual([]);
  });

  test('numbers into smaller numbers, by range', async () => {
    const client = await (await freshDatabase({ major })).client();
    const results = await castsOf(client, `create table t (id int primary key, a bigint, b numeric, c double precision);
      insert into t values (1, 2147483647, 1.5, 1.5), (2, 2147483648, 'NaN', 1e300), (3, null, 32767.4, 2), (4, -5, 32767.5, 'NaN')`, [
      { column: 'a', from: 'bigint', to: 'integer' }, { column: 'b', from: 'numeric', to: 'smallint' }, { column: 'c', from: 'double precision', to: 'integer' },
    ]);
    expect(results.map((one) => [one.fine, one.failures, one.respelled])).toEqual([
      [{ provenance: 'exact', value: 2 }, { provenance: 'exact', value: 1 }, { provenance: 'exact', value: 0 }],
      [{ provenance: 'exact', value: 2 }, { provenance: 'exact', value: 2 }, { provenance: 'exact', value: 2 }],
      [{ provenance: 'exact', value: 2 }, { provenance: 'exact', value: 2 }, { provenance: 'exact', value: 1 }],
    ]);
  });
});

async function castsOf(client: Client, statements: string, casts: readonly CastSpec[], key: readonly string[] = ['id']): Promise<readonly CastResult[]> {
  await client.query(statements);
  const evidence = await measurePhase(client, phaseOf([{ id: 'casts', kind: 'casts', table: publicTable('t'), key, casts }]));
  const found = evidence.measurements[0];
  if (found?.kind !== 'casts') throw new Error('no casts');
  return found.columns;
}

test('what can change nothing is not asked for', () => {
  expect([['text', 'text'], ['uuid', 'text'], ['integer', 'bigint'], ['smallint', 'numeric'], ['character varying(5)', 'character varying(6)'], ['character varying(5)', 'character varying'], ['character varying', 'text']].map(([from = '', to = '']) => castIsHarmless(from, to))).not.toContain(false);
  expect([['text', 'uuid'], ['bigint', 'integer'], ['character varying(6)', 'character varying(5)'], ['text', 'character varying(5)'], ['integer', 'numeric(3,0)']].map(([from = '', to = '']) => castIsHarmless(from, to))).not.toContain(true);
});

describe.each(MAJORS)('casts of a table on Postgres %i', (major) => {
  test('failures, spellings and collisions are told apart; null and empty text are two things', async () => {
    const client = await (await freshDatabase({ major })).client();
    const [id, other] = await castsOf(client, `create table t (id text primary key, other text);
      insert into t values ('${UUID}', null), ('${UUID.toUpperCase()}', ''), ('{${UUID}}', 'x'), ('not a uuid', '${UUID}')`, [{ column: 'id', from: 'text', to: 'uuid' }, { column: 'other', from: 'text', to: 'uuid' }]);
    expect(id).toMatchObject({
      fine: { value: 3 }, failures: { value: 1 }, failureRows: [{ key: 'not a uuid', value: 'not a uuid' }],
      respelled: { value: 2 }, collisions: { provenance: 'exact', value: 1 },
    });
    expect(id?.respelledRows).toEqual([{ key: UUID.toUpperCase(), value: UUID.toUpperCase(), becomes: UUID }, { key: `{${UUID}}`, value: `{${UUID}}`, becomes: UUID }]);
    expect(other).toMatchObject({ fine: { value: 1 }, failures: { value: 2 }, failureRows: [{ key: UUID.toUpperCase(), value: '' }, { key: `{${UUID}}`, value: 'x' }], respelled: { value: 0 }, collisions: { value: 0 } });
  });

  test('a collision inside a unique key of several columns is found, beside a column that does not change', async () => {
    const client = await (await freshDatabase({ major })).client();
    const [v] = await castsOf(client, `create table t (id int primary key, g int, v text, unique (g, v)); insert into t values (1, 1, '1'), (2, 1, '01'), (3, 2, '1'), (4, 2, null), (5, 2, null)`, [{ column: 'v', from: 'text', to: 'integer' }]);
    expect(v).toMatchObject({ fine: { value: 3 }, respelled: { value: 1 }, collisions: { value: 1 } });
  });

  test('a spelling that only trying can decide is tried: all well is exact, one bad value is unknown and blocks', async () => {
    const client = await (await freshDatabase({ major })).client();
    const cast = { column: 'v', from: 'text', to: 'date' };
    const good = await castsOf(client, `create table t (id int primary key, v text); insert into t values (1, '2024-02-29'), (2, 'Jan 2 2024'), (3, '20240102')`, [cast]);
    expect(good[0]).toMatchObject({ fine: { value: 3 }, failures: { provenance: 'exact', value: 0 }, respelled: { value: 2 } });
    const bad = await castsOf(client, `insert into t values (4, 'not a day')`, [cast]);
    expect(bad[0]?.failures).toEqual(major >= 16 ? { provenance: 'exact', value: 1 } : { provenance: 'unknown', why: WHY.badValue });
  });

  test('what is rounded, cut off or loses its time zone is another value, and not only another spelling', async () => {
    const client = await (await freshDatabase({ major })).client();
    await client.query(`set timezone = 'UTC'`);
    const wanted = { n: 'integer', f: 'numeric(6,1)', t: 'numeric(6,1)', at: 'date', d: 'date', z: 'timestamp without time zone', u: 'uuid' };
    const from = { n: 'numeric', f: 'double precision', t: 'text', at: 'timestamp without time zone', d: 'text', z: 'text', u: 'text' };
    const results = await castsOf(client, `create table t (id int primary key, n numeric, f double precision, t text, at timestamp, d text, z text, u text);
      insert into t values (1, 1.50, 0.25, '0.25', '2026-01-02 03:04', '2026-01-02 03:04', '2026-01-02 03:04+02', '${UUID.toUpperCase()}'), (2, 2.00, 0.5, '0.50', '2026-01-02', 'Jan 2 2026', '2026-01-02T03:04', '${UUID}')`,
    Object.entries(wanted).map(([column, to]) => ({ column, from: from[column as keyof typeof from], to })));
    expect(results.map(({ column, respelled, changed }) => [column, respelled, changed])).toEqual([
      ['n', exact(1), exact(1)], ['f', exact(1), exact(1)], ['t', exact(2), exact(1)], ['at', exact(1), exact(1)], ['d', exact(2), exact(1)], ['z', exact(2), exact(1)], ['u', exact(1), undefined],
    ]);
    expect(results[0]?.respelledRows).toEqual([{ key: '1', value: '1.50', becomes: '2', changed: true }]);
    expect(results[2]?.respelledRows).toEqual([{ key: '1', value: '0.25', becomes: '0.3', changed: true }, { key: '2', value: '0.50', becomes: '0.5' }]);
  });

  test('json is exact from 16 on, and before that exact when all of it casts', async () => {
    const client = await (await freshDatabase({ major })).client();
    const [v] = await castsOf(client, `create table t (id int primary key, v text); insert into t values (1, '{"b":1,"a":2}'), (2, null), (3, '1')`, [{ column: 'v', from: 'text', to: 'jsonb' }]);
    expect(v).toMatchObject({ fine: { value: 2 }, failures: { value: 0 }, respelled: { value: 1 }, respelledRows: [{ key: '1', becomes: '{"a": 2, "b": 1}' }] });
  });

  test('an enum and a domain are known to nobody beforehand, and still exact or unknown', async () => {
    const client = await (await freshDatabase({ major })).client();
    const casts = ['public."My Kind"', 'public.short'].map((to) => ({ column: 'v', from: 'text', to }));
    const setUp = `create type public."My Kind" as enum ('a', 'b', 'cc'); create domain public.short as text check (char_length(value) < 2); create table t (id int primary key, v text); insert into t values (1, 'a'), (2, 'b')`;
    expect((await castsOf(client, setUp, casts)).map((one) => one.failures)).toEqual([{ provenance: 'exact', value: 0 }, { provenance: 'exact', value: 0 }]);
    const bad = major >= 16 ? { provenance: 'exact', value: 1 } : { provenance: 'unknown', why: WHY.badValue };
    expect((await castsOf(client, `insert into t values (3, 'ccc')`, casts)).map((one) => one.failures)).toEqual([bad, bad]);
  });
});

test('a cast that does not exist is unknown, and so is a column that changed meanwhile', async () => {
  const client = await (await freshDatabase()).client();
  const results = await castsOf(client, `create table t (id int primary key, v point, w text); insert into t values (1, '(1,2)', 'x')`, [
    { column: 'v', from: 'point', to: 'uuid' }, { column: 'w', from: 'integer', to: 'bigint' }, { column: 'gone', from: 'text', to: 'uuid' },
  ]);
  expect(results.map((one) => one.failures)).toEqual([WHY.noCast, WHY.otherType, WHY.noColumn].map((why) => ({ provenance: 'unknown', why })));
});

test('a type that is not one is never put into a statement', () => {
  expect(() => castGuardSql('v', 'text', `uuid') or true; drop table x; --`, 180_000)).toThrow('is not a type');
});

test('names and collations of every sort are measured', async () => {
  const client = await (await freshDatabase()).client();
  const { rows } = await client.query<{ icu: boolean }>(`select exists (select from pg_collation where collprovider = 'i') as icu`);
  const collation = rows[0]?.icu ? `create collation nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)` : `create collation nocase (locale = 'C')`;
  await client.query(`create schema "a.b"; ${collation}; create table "a.b"."select ""x"", 'y'; --" ("Ä k" text collate nocase primary key, "$1" text); insert into "a.b"."select ""x"", 'y'; --" values ('${UUID}', 'NO'), ('{${UUID}}', 'o''n')`);
  const table = { schema: 'a.b', name: `select "x", 'y'; --` };
  const evidence = await measurePhase(client, phaseOf([
    { id: 'rows', kind: 'rows', table },
    { id: 'casts', kind: 'casts', table, key: ['Ä k'], casts: [{ column: 'Ä k', from: 'text', to: 'uuid' }, { column: '$1', from: 'text', to: 'boolean' }] },
  ]));
  expect(evidence.measurements).toMatchObject([{ rows: { value: 2 } }, { columns: [{ fine: { value: 2 }, respelled: { value: 1 }, collisions: { value: 1 } }, { fine: { value: 1 }, failures: { value: 1 }, failureRows: [{ key: `{${UUID}}`, value: `o'n` }] }] }]);
});

test('the same number of other failures and other spellings has moved', async () => {
  const client = await (await freshDatabase()).client();
  await client.query(`create table t (id text primary key, v text); insert into t values ('1', '${UUID.toUpperCase()}'), ('2', 'bad'), ('3', '${UUID}')`);
  const phase = phaseOf([{ id: 'casts', kind: 'casts', table: publicTable('t'), key: ['id'], casts: [{ column: 'v', from: 'text', to: 'uuid' }] }]);
  const signed = await measurePhase(client, phase);
  await client.query(`update t set v = 'worse' where id = '2'; update t set v = '{${UUID}}' where id = '1'`);
  const now = await measurePhase(client, phase);
  expect(movements(phase, signed, now, { rowsPercent: 50 }).map((one) => one.sentence)).toEqual([
    'Values of public.t.v that cannot become uuid: 1 → 1, but other rows.',
    'Values of public.t.v that change their spelling: 1 → 1, but other rows.',
  ]);
  expect(judge(phase, now).map((one) => one.sentence)).toEqual([
    '1 value of public.t.v cannot become uuid: “worse”. Mend the row first.',
    `1 value of public.t.v changes its spelling as uuid: {${UUID}} becomes ${UUID}. References held outside this database must follow.`,
  ]);
});
