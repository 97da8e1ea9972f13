import { describe, expect, test } from 'vitest';
import type { Evidence, Measurement } from '#lib/pipeline/evidence.ts';
import { destroyedRows, judge, movements } from '#lib/pipeline/preflight.ts';
import { WHY } from '#lib/pipeline/unknowns.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { bazaarConversion, phaseOf, publicTable } from '#lib/testing/phase.ts';
import { askNow } from './ask-now.ts';
import { measurePhase, measurePhases } from './measure.ts';
import { measurePrice } from './price.ts';
import { closeSession, connectOperator, withReader } from './session.ts';

const DELETED_PROJECT = 'a161a5cc-886a-48dc-be84-84d31e131d88';
const TOLERANCE = { rowsPercent: 10 };
const REMOVE = { exports_project_fk: { verdict: 'delete' as const, reason: 'gone' }, analytics_export_fk: { verdict: 'delete' as const, reason: 'gone' } };

function pick<K extends Measurement['kind']>(evidence: Evidence, kind: K, check?: string): Extract<Measurement, { kind: K }> {
  const found = evidence.measurements.find((one): one is Extract<Measurement, { kind: K }> => one.kind === kind && (check === undefined || one.check === check));
  if (!found) throw new Error(`no ${kind}`);
  return found;
}

describe.each([14, 15, 18] as const)('the demo on Postgres %i', (major) => {
  test('134 and 379 rows, two orphans that take six with them, no cast fails, one id changes its spelling', async () => {
    const database = await freshDatabase({ major, template: 'bazaar_prod' });
    const phase = bazaarConversion({ destructive: true, orphanDecisions: REMOVE });
    const evidence = await withReader(database.config, (client) => measurePhase(client, phase));

    expect(pick(evidence, 'rows', 'rows:public.bazaar-vid_exports').rows).toEqual({ provenance: 'exact', value: 134 });
    expect(pick(evidence, 'rows', 'rows:public.bazaar-vid_export_analytics').rows).toEqual({ provenance: 'exact', value: 379 });
    const orphans = pick(evidence, 'orphans');
    expect(orphans.sets.map((set) => [set.foreignKey, set.depth, set.rows])).toEqual([
      ['exports_user_fk', 0, { provenance: 'exact', value: 0 }],
      ['exports_project_fk', 0, { provenance: 'exact', value: 2 }],
      ['analytics_export_fk', 0, { provenance: 'exact', value: 0 }],
      ['analytics_export_fk', 1, { provenance: 'exact', value: 6 }],
    ]);
    expect(orphans).toMatchObject({ rowsTotal: { value: 8 }, rowsByTable: { 'public.bazaar-vid_exports': 2, 'public.bazaar-vid_export_analytics': 6 } });
    expect(orphans.sets[1]?.missing).toEqual([{ value: DELETED_PROJECT, rows: 2 }]);
    expect(orphans.sets[1]?.firstRows.map((row) => row.render_id).toSorted()).toEqual(['render-00133', 'render-00134']);
    expect(orphans.sets[3]?.missing.map((one) => one.rows)).toEqual([3, 3]);

    const [id, user, project] = pick(evidence, 'casts', 'casts:public.bazaar-vid_exports').columns;
    expect(id).toMatchObject({ fine: { value: 134 }, failures: { value: 0 }, respelled: { value: 1 }, collisions: { value: 0 } });
    expect(id?.respelledRows[0]?.value).toMatch(/^\{[0-9A-F-]{36}\}$/);
    expect(id?.respelledRows[0]?.becomes).toBe(id?.respelledRows[0]?.value.slice(1, -1).toLowerCase());
    expect(user).toMatchObject({ fine: { value: 134 }, failures: { value: 0 }, respelled: { value: 0 } });
    expect(project).toMatchObject({ fine: { value: 134 }, failures: { value: 0 }, respelled: { value: 0 } });

    expect(judge(phase, evidence).filter((finding) => finding.severity === 'blocking')).toEqual([]);
    expect(destroyedRows(phase, evidence)).toBe(8);
    expect(evidence.fingerprints['table:public.nobody']).toBe('absent');
    expect(evidence.target).toMatchObject({ database: database.name });
    expect(Math.floor(evidence.target.serverVersion / 10_000)).toBe(major);
  });

  test('measured twice, nothing has moved; a new orphan, other orphans, rows and a new column are named', async () => {
    const database = await freshDatabase({ major, template: 'bazaar_prod' });
    const phase = bazaarConversion();
    const [reader, operator] = [await database.client('reader'), await database.client('operator')];
    const signed = await measurePhase(reader, phase);
    expect(movements(phase, signed, await measurePhase(reader, phase), TOLERANCE)).toEqual([]);

    await operator.query(`update "bazaar-vid_export_analytics" set export_id = gen_random_uuid()::text where id = (select id from "bazaar-vid_export_analytics" where export_id not in (select id from "bazaar-vid_exports" where project_id = $1) limit 1)`, [DELETED_PROJECT]);
    expect(movements(phase, signed, await measurePhase(reader, phase), TOLERANCE).map((one) => one.sentence)).toEqual(['Orphans in public.bazaar-vid_export_analytics.export_id: 6 → 7.']);

    await operator.query(`delete from "bazaar-vid_export_analytics" where id = (select a.id from "bazaar-vid_export_analytics" a join "bazaar-vid_exports" e on e.id = a.export_id where e.project_id = $1 limit 1)`, [DELETED_PROJECT]);
    expect(movements(phase, signed, await measurePhase(reader, phase), TOLERANCE).map((one) => one.sentence)).toEqual(['Orphans in public.bazaar-vid_export_analytics.export_id: 6 → 6, but other rows.']);

    await operator.query('alter table "bazaar-vid_exports" add column surprise text');
    expect(movements(phase, signed, await measurePhase(reader, phase), TOLERANCE).map((one) => one.sentence)).toContain('The definition of public.bazaar-vid_exports changed since it was signed.');
  });

  test('rows written in the middle are not half seen: everything is of one instant', async () => {
    const database = await freshDatabase({ major, template: 'bazaar_prod' });
    const [reader, operator] = [await database.client('reader'), await database.client('operator')];
    await reader.query('begin isolation level repeatable read');
    await reader.query('select 1');
    await operator.query('delete from "bazaar-vid_export_analytics"');
    await operator.query('create table public.nobody (id int)');
    const evidence = await measurePhase(reader, bazaarConversion(), { alreadyInTransaction: true });
    await reader.query('commit');
    expect(pick(evidence, 'rows', 'rows:public.bazaar-vid_export_analytics').rows).toEqual({ provenance: 'exact', value: 379 });
    expect(evidence.fingerprints['table:public.nobody']).toBe('absent');
  });
});

test('the reader of the page and the operator of the run measure the same facts', async () => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const phase = bazaarConversion({ orphanDecisions: REMOVE });
  const signed = await withReader(database.config, (client) => measurePhase(client, phase));
  const operator = await connectOperator(database.config);
  try {
    expect(movements(phase, signed, await measurePhase(operator, phase), { rowsPercent: 0 })).toEqual([]);
  } finally {
    await closeSession(operator);
  }
});

const answers = ({ phaseId, fingerprints, measurements }: Evidence) => ({ phaseId, fingerprints, measurements: measurements.map((one) => ({ ...one, ms: 0 })) });

test('the phases of a plan are measured in one instant, each as it would be alone', async () => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const reader = await database.client('reader');
  const phases = [bazaarConversion(), phaseOf([{ id: 'rows', kind: 'rows', table: publicTable('_metric') }])];
  const together = await measurePhases(reader, phases);
  expect(together.map(answers)).toEqual([answers(await measurePhase(reader, bazaarConversion())), answers(await measurePhase(reader, phases[1] ?? bazaarConversion()))]);
  expect(new Set(together.map((one) => one.measuredAt)).size).toBe(1);
  expect((await reader.query('select now() > $1 as over', [together[0]?.measuredAt])).rows).toEqual([{ over: true }]);
});

test('measuring writes nothing and leaves no lock, setting or transaction behind', async () => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const [operator, watcher] = [await database.client('operator'), await database.client()];
  const written = `select (select sum(hashtextextended(e::text, 0)::numeric)::text from "bazaar-vid_exports" e) as exports, (select sum(hashtextextended(a::text, 0)::numeric)::text from "bazaar-vid_export_analytics" a) as analytics, (select count(*)::text from pg_class) as relations`;
  const before = (await watcher.query(written)).rows;
  await measurePhase(operator, bazaarConversion());
  await operator.query('begin');
  await operator.query("set local statement_timeout = '7s'");
  await measurePhase(operator, bazaarConversion(), { alreadyInTransaction: true });
  expect((await operator.query("select current_setting('statement_timeout') as timeout, current_setting('transaction_read_only') as read_only, current_setting('search_path') as path, pg_current_xact_id_if_assigned() as xid")).rows[0])
    .toMatchObject({ timeout: '7s', read_only: 'off', xid: null });
  await operator.query('commit');
  const now = (text: string) => askNow(operator, text, ['public']);
  expect(await now('SELECT count(*) FROM "bazaar-vid_exports"')).toEqual({ ok: true, value: { rows: 1, value: '134' } });
  expect(await now('SELECT id, 1 FROM "bazaar-vid_exports"')).toEqual({ ok: true, value: { rows: 134, value: null } });
  expect(await now('SELECT 1 FROM nobody')).toEqual({ ok: false, why: WHY.absent });
  expect(await now('SHOW search_path')).toEqual({ ok: false, why: 'it is no query' });
  expect(await now('WITH gone AS (DELETE FROM "bazaar-vid_exports" RETURNING 1) SELECT * FROM gone')).toEqual({ ok: false, why: WHY.refused });
  expect((await operator.query("select count(*)::int as locks from pg_locks where pid = pg_backend_pid() and locktype = 'relation' and relation <> 'pg_locks'::regclass")).rows[0]).toEqual({ locks: 0 });
  expect((await watcher.query(written)).rows).toEqual(before);
});

test('a count that takes too long is unknown and blocks, and the other answers stand', async () => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const [operator, reader] = [await database.client('operator'), await database.client('reader')];
  await operator.query('create view public.slow as select 1 as one where pg_sleep(5) is not null');
  await operator.query('grant select on public.slow to bazaar_reader');
  const phase = phaseOf([
    { id: 'rows:public.slow', kind: 'rows', table: publicTable('slow') },
    { id: 'rows:public.bazaar-vid_exports', kind: 'rows', table: publicTable('bazaar-vid_exports') },
  ], { kind: 'backup' });
  const evidence = await measurePhase(reader, phase, { statementTimeoutMs: 400 });
  expect(pick(evidence, 'rows', 'rows:public.slow').rows).toEqual({ provenance: 'unknown', why: WHY.slow });
  expect(pick(evidence, 'rows', 'rows:public.bazaar-vid_exports').rows).toEqual({ provenance: 'exact', value: 134 });
  expect(judge(phase, evidence)).toEqual([{ code: 'UNKNOWN', severity: 'blocking', move: 'yours', sentence: 'The number of rows of public.slow is unknown: counting took longer than the time allowed and was stopped.' }]);
});

test('a locked table is unknown within a second, and that clears by itself', async () => {
  const database = await freshDatabase({ template: 'empty' });
  const [other, client] = [await database.client(), await database.client()];
  await other.query('create schema countersign_kept; create table countersign_kept.t (id int)');
  const phase = phaseOf([{ id: 'rows:t', kind: 'rows', table: { schema: 'countersign_kept', name: 't' } }], { kind: 'cleanup' });
  await other.query('begin');
  await other.query('lock table countersign_kept.t in access exclusive mode');
  const evidence = await measurePhase(client, phase);
  await other.query('rollback');
  expect(pick(evidence, 'rows')).toMatchObject({ rows: { provenance: 'unknown', why: WHY.locked } });
  expect(pick(evidence, 'rows').ms).toBeLessThan(1_500);
  expect(judge(phase, evidence)).toMatchObject([{ code: 'UNKNOWN', move: 'clears' }]);
  expect(judge(phase, await measurePhase(client, phase))).toEqual([]);
});

test('a table hidden by row security is unknown, never the part that the reader may see', async () => {
  const database = await freshDatabase({ template: 'bazaar_prod' });
  const [operator, reader] = [await database.client('operator'), await database.client('reader')];
  await operator.query('alter table "bazaar-vid_metric" enable row level security');
  const phase = phaseOf([{ id: 'rows:m', kind: 'rows', table: publicTable('bazaar-vid_metric') }]);
  expect(pick(await measurePhase(reader, phase), 'rows').rows).toEqual({ provenance: 'unknown', why: WHY.noRights });
});

test('a table that is not there is named, not counted as empty', async () => {
  const database = await freshDatabase({ template: 'empty' });
  const phase = phaseOf([{ id: 'empty:public.gone', kind: 'empty', table: publicTable('gone') }], { kind: 'empty', touches: ['table:public.gone'] });
  const evidence = await measurePhase(await database.client(), phase);
  expect(evidence.fingerprints).toEqual({ 'table:public.gone': 'absent' });
  expect(judge(phase, evidence)).toMatchObject([{ code: 'TABLE_ABSENT', sentence: 'public.gone does not exist in the target.' }]);
});

test('a taken name blocks, whether a table, an index, a sequence or a type has it', async () => {
  const database = await freshDatabase({ template: 'empty' });
  const client = await database.client();
  await client.query(`create table t (id int constraint i primary key); create sequence s; create type e as enum ('a'); create view "v""w" as select 1`);
  const names = ['t', 'i', 's', 'e', 'v"w', 'free'].map(publicTable);
  const phase = phaseOf([{ id: 'free_names', kind: 'free_names', names: [...names, { schema: 'nowhere', name: 't' }] }]);
  expect(pick(await measurePhase(client, phase), 'free_names').taken.map((one) => one.name)).toEqual(['e', 'i', 's', 't', 'v"w']);
});

test('an extension that the server does not have, and a version that it knows no way to, block; another version than it makes is said', async () => {
  const database = await freshDatabase({ template: 'empty' });
  const wanted = [{ name: 'citext', from: null, to: '1.5' }, { name: 'citext', from: '1.4', to: '1.6' }, { name: 'hstore', from: '1.8', to: '1.7' }, { name: 'no_such_thing', from: null, to: null }];
  const facts = await Promise.all(wanted.map(async (one) => {
    const phase = phaseOf([{ id: 'extensions', kind: 'extensions', extensions: [one] }]);
    const evidence = await measurePhase(await database.client(), phase);
    return judge(phase, evidence).map(({ code, severity }) => [code, severity]);
  }));
  expect(facts).toEqual([[['EXTENSION_VERSION', 'to_know']], [], [['EXTENSION_NOT_INSTALLED', 'blocking']], [['EXTENSION_NOT_INSTALLED', 'blocking']]]);
});

async function overlap(statements: string, key: readonly string[] = ['id']) {
  const database = await freshDatabase({ template: 'empty' });
  const client = await database.client();
  await client.query(statements);
  const phase = phaseOf([{ id: 'overlap', kind: 'overlap', duplicate: publicTable('d'), kept: publicTable('k'), key }], { kind: 'duplicate' });
  const evidence = await measurePhase(client, phase);
  return { facts: pick(evidence, 'overlap'), findings: judge(phase, evidence) };
}

describe('overlap', () => {
  test('counts only here, only there, the same and in conflict, with nulls equal to nulls', async () => {
    const { facts, findings } = await overlap(`create table d (id int, v text, w text); create table k (w text, v text, id int);
      insert into d values (1, 'a', null), (2, 'b', null), (3, 'c', 'x'), (null, 'n', null); insert into k values (null, 'a', 1), ('y', 'c', 3), (null, 'z', 9), (null, 'z', 10)`);
    expect(facts).toMatchObject({ onlyDuplicate: { value: 2 }, onlyKept: { value: 2 }, same: { value: 1 }, conflict: { value: 1 }, firstConflicts: [{ id: '3', w: 'x ≠ y' }] });
    expect(findings.map((finding) => finding.code)).toEqual(['OVERLAP_CONFLICTS', 'ROWS_ONLY_IN_DUPLICATE']);
  });

  test('a value in a column that the kept table lacks is a conflict', async () => {
    expect((await overlap(`create table d (id int, extra text); create table k (id int); insert into d values (1, 'lost'), (2, null); insert into k values (1), (2)`)).facts)
      .toMatchObject({ same: { value: 1 }, conflict: { value: 1 } });
  });

  test('without a key nothing is known', async () => {
    expect((await overlap('create table d (id int); create table k (id int)', [])).findings).toMatchObject([{ code: 'UNKNOWN' }]);
  });
});

describe('the price of a rollback', () => {
  const question = { table: publicTable('t'), step: 's.1', sql: 'select 1::bigint as inserted, 2::bigint as changed, 0::bigint as deleted' };

  test('adds up what was written since', async () => {
    const client = await (await freshDatabase({ template: 'empty' })).client();
    expect(await measurePrice(client, phaseOf([], { price: [question] }), ['s.1'])).toMatchObject({ verdict: 'loses', lost: { value: 3 }, tables: [{ inserted: { value: 1 }, changed: { value: 2 }, deleted: { value: 0 } }] });
    expect(await measurePrice(client, phaseOf([]), ['s.1'])).toMatchObject({ verdict: 'lossless' });
  });

  test('asks only about tables whose step stands: a swap that never happened has nothing to lose', async () => {
    const client = await (await freshDatabase({ template: 'empty' })).client();
    expect(await measurePrice(client, phaseOf([], { price: [{ ...question, sql: 'select count(*) from no_such_table' }] }), ['s.0'])).toMatchObject({ verdict: 'lossless', tables: [] });
  });

  test('is unknown when one table cannot be asked, and impossible past the point of no return', async () => {
    const client = await (await freshDatabase({ template: 'empty' })).client();
    expect(await measurePrice(client, phaseOf([], { price: [question, { table: publicTable('gone'), step: 's.1', sql: 'select 0 as inserted, 0 as changed, count(*) as deleted from gone' }] }), ['s.1'])).toMatchObject({ verdict: 'unknown', tables: [{}, { deleted: { why: WHY.absent } }] });
    expect(await measurePrice(client, phaseOf([], { price: [{ ...question, sql: 'select pg_sleep(5), 0 as inserted, 0 as changed, 0 as deleted' }] }), ['s.1'], { statementTimeoutMs: 200 })).toMatchObject({ verdict: 'unknown', tables: [{ inserted: { why: WHY.slow } }] });
    expect(await measurePrice(client, phaseOf([], { price: [question], pointOfNoReturn: true }), ['s.1'])).toMatchObject({ verdict: 'impossible', tables: [] });
  });

  test('cannot write, whatever a question says', async () => {
    const client = await (await freshDatabase({ template: 'empty' })).client();
    await expect(measurePrice(client, phaseOf([], { price: [{ ...question, sql: 'create table sneaky ()' }] }), ['s.1'])).rejects.toMatchObject({ code: '25006' });
    expect((await client.query("select to_regclass('sneaky') as made")).rows[0]).toEqual({ made: null });
  });
});
