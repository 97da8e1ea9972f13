import type { Client } from 'pg';
import type { DatabaseConfig } from '#lib/env.ts';
import { diff } from '#lib/pipeline/diff.ts';
import { ident, literal, qualified } from '#lib/pipeline/ddl.ts';
import { tableKey } from '#lib/pipeline/expectation.ts';
import { kindLabel } from '#lib/pipeline/kinds/all.ts';
import type { Phase } from '#lib/pipeline/plan.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { Sample } from '#lib/pipeline/sample.ts';
import { makeScript, SCRIPT_SETTINGS } from '#lib/pipeline/script/script.ts';
import { type ObjectKind, parseObjectId, type Snapshot } from '#lib/pipeline/snapshot.ts';
import { readSqlFile } from '#lib/pipeline/sql-text/statements.ts';
import { listed } from '#lib/pipeline/words.ts';
import { sql } from '#lib/sql.ts';
import { chooseSample, type SampledRelation } from './execute-rehearse-sample.ts';
import { introspect } from './introspect.ts';
import { Replay } from './replay-statements.ts';
import { withReader } from './session.ts';

/** What rows can be written into; everything that would look at them, or be filled from them, comes after they are there. */
const BEFORE_ROWS: ReadonlySet<ObjectKind> = new Set<ObjectKind>(['schema', 'extension', 'language', 'access_method', 'base_type', 'enum', 'domain', 'composite_type', 'range_type', 'collation', 'sequence', 'table', 'column', 'function', 'procedure', 'aggregate', 'operator', 'cast']);
const ROWS_AT_ONCE = 200;
/** A key without an index is looked up by reading its table. */
const STATEMENT_MS = 5 * 60_000;
const NAMED_MOST = 5;

export interface FillTerms {
  target: DatabaseConfig;
  phases: readonly Phase[];
  /** Where earlier phases keep what they set aside: a sample knows nothing of it. */
  keepSchema: string;
  /** Why no whole copy is made, as a sentence. */
  why: string;
  stopping: () => boolean;
  stage: (text: string) => void;
  stopped: () => Error;
}

/**
 * Fills an empty database with the target's schema, by the statements of our own script writer, and with a sample of its rows that holds every key which the
 * target holds. Read with the reader's credential in one REPEATABLE READ transaction, so that schema and rows are of one instant. Tables and types come first, then the
 * rows, then keys, indexes, triggers, views and the rest. Roles that the server does not have own and may nothing there.
 * @throws Refused rehearsal_unfit where what the phases touch could not be rebuilt or read, or phases of the plan stand in the target.
 */
export async function fillWithSample(clone: Client, address: string, terms: FillTerms): Promise<Sample> {
  const { target, phases, stage } = terms;
  return withReader(target, async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const snapshot = await introspect(client, { inTransaction: true });
    await client.query(`SELECT pg_catalog.set_config('row_security', 'off', true)`);
    await refuseStanding(client, terms);
    stage(`choosing a sample of ${target.name}`);
    const { relations, missed } = await chooseSample(client, phases, snapshot.target.serverVersion);
    stage(`rebuilding the schema of ${target.name}`);
    await build(clone, address, { ...withoutSatellites(snapshot), objects: snapshot.objects.filter((object) => BEFORE_ROWS.has(object.kind)) });
    for (const one of relations) {
      if (terms.stopping()) throw terms.stopped();
      stage(`copying ${one.chosen.size} rows of ${tableKey(one)}`);
      await copyRows(client, clone, one);
    }
    const positions = (await client.query<{ schema: string; name: string; last: string }>(sql('measure/sample_sequences'))).rows;
    await client.query('ROLLBACK');
    stage('keys, indexes, triggers and views of the sample');
    await build(clone, address, snapshot);
    for (const { schema, name, last } of positions) await clone.query(`SELECT pg_catalog.setval(c.oid, $1::bigint) FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass($2)`, [last, qualified({ schema, name })]);
    const lacking = await lackingIn(clone, snapshot, terms);
    await clone.query('ANALYZE');
    return { why: terms.why, tables: relations.map((one) => ({ table: tableKey(one), rows: one.chosen.size, of: one.whole ? one.chosen.size : one.estimate === null ? null : Math.max(one.chosen.size, Math.round(one.estimate)), exact: one.whole })), lacking, missed };
  }, { statementTimeoutMs: STATEMENT_MS, applicationName: 'countersign rehearsal sample' });
}

async function refuseStanding(client: Client, { keepSchema, target }: FillTerms): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>(`SELECT pg_catalog.to_regnamespace(${literal(ident(keepSchema))}) IS NOT NULL AS there`);
  if (rows[0]?.there) throw new Refused('rehearsal_unfit', `Phases of this plan stand in ${target.name}, and a sample does not have what they set aside. Only a whole clone can be rehearsed on now.`);
}

function withoutSatellites({ satellites: _satellites, ...snapshot }: Snapshot): Snapshot {
  return snapshot;
}

/** What is lacking, statement by statement; one that is refused takes no other along, and what it leaves out is found afterwards. */
async function build(clone: Client, address: string, wanted: Snapshot): Promise<void> {
  const now = await introspect(clone);
  const current = wanted.satellites === undefined ? withoutSatellites(now) : now;
  const script = makeScript(current, wanted, diff(current, wanted, { satellites: wanted.satellites !== undefined && current.satellites !== undefined }));
  const text = [...SCRIPT_SETTINGS, ...script.steps.flatMap((step) => step.statements.map((statement) => statement.sql))].map((statement) => `${statement};\n`).join('');
  const file = await readSqlFile({ name: 'the schema of a sample', text });
  await new Replay({ server: { name: 'the rehearsal server', url: address, lends: false }, database: '', runner: '', url: address, client: clone, lender: null, lenderRole: null, makeRoles: () => Promise.resolve() }, [file], true).run();
  await clone.query('DISCARD ALL');
}

/** Values travel as text, as a dump would write them. Not for a table that could not be made: that is found at the end. */
async function copyRows(from: Client, to: Client, one: SampledRelation): Promise<void> {
  const there = await to.query<{ there: boolean }>('SELECT pg_catalog.to_regclass($1) IS NOT NULL AS there', [qualified(one)]);
  if (!there.rows[0]?.there || one.columns.length === 0) return;
  const names = one.columns.map((column) => ident(column.name));
  const places = [...one.chosen];
  const insert = `INSERT INTO ${qualified(one)} (${names.join(', ')}) OVERRIDING SYSTEM VALUE SELECT ${one.columns.map((column, i) => `v.c${i}::${column.type}`).join(', ')} FROM ROWS FROM (${one.columns.map((_, i) => `pg_catalog.unnest($${i + 1}::text[])`).join(', ')}) AS v(${one.columns.map((_, i) => `c${i}`).join(', ')})`;
  for (let at = 0; at < places.length; at += ROWS_AT_ONCE) {
    const { rows } = await from.query<(string | null)[]>({ text: `SELECT ${names.map((name) => `t.${name}::text`).join(', ')} FROM ONLY ${qualified(one)} t WHERE t.ctid = ANY ($1::tid[])`, values: [places.slice(at, at + ROWS_AT_ONCE)], rowMode: 'array' });
    await to.query(insert, one.columns.map((_, i) => rows.map((row) => row[i] ?? null)));
  }
}

/** Names of what the clone does not have as the target has it. Where the phases touch it, a rehearsal would say something about another database. */
async function lackingIn(clone: Client, wanted: Snapshot, { target, phases }: FillTerms): Promise<string[]> {
  const made = await introspect(clone);
  const lacking = diff(withoutSatellites(made), withoutSatellites(wanted), { satellites: false });
  const touches = new Set(phases.flatMap((phase) => phase.touches));
  const names = (deltas: typeof lacking) => deltas.map(({ kind, objectId }) => `${kindLabel(kind, 1)} ${parseObjectId(objectId).path.join('.')}`);
  const touched = names(lacking.filter((delta) => touches.has(delta.objectId) || touches.has(delta.group)));
  if (touched.length > 0) throw new Refused('rehearsal_unfit', `${target.name} could not be rebuilt for a sample: the rehearsal server does not have ${listed(touched.slice(0, NAMED_MOST))}${touched.length > NAMED_MOST ? ' and others' : ''}, and the plan touches ${touched.length === 1 ? 'it' : 'them'}.`);
  return names(lacking);
}
