import { performance } from 'node:perf_hooks';
import type { Client } from 'pg';
import { QUESTION_MS } from '#lib/pipeline/count.ts';
import type { Check, Evidence, Measurement } from '#lib/pipeline/evidence.ts';
import type { Phase, TableName } from '#lib/pipeline/plan.ts';
import { touchedPrints } from '#lib/pipeline/touches.ts';
import { exact, unknown, WHY } from '#lib/pipeline/unknowns.ts';
import { sql } from '#lib/sql.ts';
import { readTouched, type Touched } from './introspect.ts';
import { Vanished } from './introspect-access.ts';
import { measureCasts } from './measure-casts.ts';
import { measureColumns } from './measure-columns.ts';
import { measureDependents, measureTakenNames } from './measure-dependents.ts';
import { measureDump } from './measure-dump.ts';
import { measureExtensions } from './measure-extensions.ts';
import { measureMatched } from './measure-matched.ts';
import { measureOrphans } from './measure-orphans.ts';
import { measureOverlap } from './measure-overlap.ts';
import { measureRights } from './measure-rights.ts';
import { measureRows } from './measure-rows.ts';
import { measureTablespaces } from './measure-tablespaces.ts';
import { measureViews } from './measure-views.ts';
import { measureViolations } from './measure-violations.ts';
import { attempt, goOn, type MeasureWatch, readShapes, type Measuring } from './measure-session.ts';

/** Below deadlock_timeout (1 s): measuring gives way before it can stand in anybody's queue. */
const LOCK_MS = 900;
const ATTEMPTS = 3;
/** Age at which measuring several phases begins a new transaction. */
const INSTANT_MS = 20_000;

export interface MeasureOptions {
  /** The caller has begun a transaction and wants the facts of its instant; the settings are put back, and the transaction stays open. */
  alreadyInTransaction?: boolean;
  /** The role that is to carry the phase out, as the configuration says it: part of the target that is signed. */
  operator?: string | undefined;
  /** Per question, in milliseconds. */
  statementTimeoutMs?: number;
  /** Told how far it is, and asked whether to go on. Rows are counted piece by piece then, which takes no less and lets itself be watched. */
  watch?: MeasureWatch;
  /** Told before each check: of which phase, and the how many-th of it from 0. A phase may begin anew when the schema changes meanwhile. */
  begins?: (phase: Phase, check: number) => void;
}

/**
 * Answers every check of a phase and reads the fingerprints of what it touches, all of one instant: one REPEATABLE READ READ ONLY
 * transaction (the caller's own with alreadyInTransaction; its isolation is then the caller's business). A question that takes too
 * long, meets a lock or lacks a right becomes a quantity `unknown` that says why; never 0. Row security is switched off, so that a
 * count is of all rows or of none. Writes nothing. Lock: ACCESS SHARE on the tables it counts, waiting at most 0.9 s for each.
 * @throws MeasuringStopped when options.watch says so.
 * @throws the driver's error when the connection breaks or something unexpected is answered.
 */
export async function measurePhase(client: Client, phase: Phase, options: MeasureOptions = {}): Promise<Evidence> {
  if (options.alreadyInTransaction) return insideTransaction(client, phase, options);
  const [evidence] = await oneInstant(client, [phase], options);
  if (!evidence) throw new Error('measure: a phase without an answer');
  return evidence;
}

/**
 * The same for all phases of a plan, in their order. The schema is read once for as many of them as fit into one transaction of about 20 s
 * (INSTANT_MS), not once for each: of a large database that reading takes longer than most questions. Longer transactions would keep VACUUM from
 * what others delete meanwhile.
 */
export async function measurePhases(client: Client, phases: readonly Phase[], options: Pick<MeasureOptions, 'statementTimeoutMs' | 'operator' | 'begins'> = {}): Promise<Evidence[]> {
  const evidence: Evidence[] = [];
  while (evidence.length < phases.length) evidence.push(...(await oneInstant(client, phases.slice(evidence.length), options)));
  return evidence;
}

/** At least the first of the phases, and those after it that are begun before the transaction is too old. */
async function oneInstant(client: Client, phases: readonly Phase[], options: MeasureOptions): Promise<Evidence[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const began = performance.now();
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const snapshot = await settled(client, phases, options);
      const evidence: Evidence[] = [];
      for (const phase of phases) {
        if (evidence.length > 0 && performance.now() - began > INSTANT_MS) break;
        evidence.push(await measure(client, phase, snapshot, options));
      }
      await client.query('COMMIT');
      return evidence;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {});
      if (!(error instanceof Vanished) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function insideTransaction(client: Client, phase: Phase, options: MeasureOptions): Promise<Evidence> {
  await client.query('SAVEPOINT countersign_measure');
  try {
    await client.query('SET LOCAL transaction_read_only = on');
    return await measure(client, phase, await settled(client, [phase], options), options);
  } finally {
    // Nothing was written: going back only undoes the settings, and clears a failure.
    await client.query('ROLLBACK TO SAVEPOINT countersign_measure').catch(() => {});
    await client.query('RELEASE SAVEPOINT countersign_measure').catch(() => {});
  }
}

async function settled(client: Client, phases: readonly Phase[], options: MeasureOptions): Promise<Touched> {
  await settle(client, options.statementTimeoutMs ?? QUESTION_MS);
  return readTouched(client, phases.flatMap(({ touches }) => touches), { inTransaction: true });
}

async function measure(client: Client, phase: Phase, snapshot: Touched, options: MeasureOptions): Promise<Evidence> {
  const began = performance.now();
  const { takenAt } = snapshot;
  const target = options.operator === undefined ? snapshot.target : { ...snapshot.target, operator: options.operator };
  const measuring: Measuring = { client, phase, serverVersion: target.serverVersion, shapes: await readShapes(client, phase.checks.flatMap(tablesOf)), proven: new Map(), operator: options.operator, ...(options.watch ? { watch: options.watch } : {}) };
  const measurements: Measurement[] = [];
  for (const [at, check] of phase.checks.entries()) {
    options.begins?.(phase, at);
    goOn(options.watch);
    options.watch?.begins(check);
    measurements.push(await answer(measuring, check));
  }
  goOn(options.watch);
  return { phaseId: phase.id, measuredAt: takenAt, ms: Math.round(performance.now() - began), target, fingerprints: touchedPrints(snapshot, phase.touches), measurements, ...(await measureRights(measuring)) };
}

/** For this transaction only. The texts of values must not depend on what the database or the role has set. */
async function settle(client: Client, statementTimeoutMs: number): Promise<void> {
  const settings: Record<string, string> = {
    statement_timeout: String(Math.max(1, Math.round(statementTimeoutMs))),
    lock_timeout: String(LOCK_MS),
    row_security: 'off',
    search_path: 'pg_catalog',
    TimeZone: 'UTC',
    DateStyle: 'ISO, MDY',
    IntervalStyle: 'postgres',
    extra_float_digits: '1',
    bytea_output: 'hex',
    standard_conforming_strings: 'on',
  };
  for (const [name, value] of Object.entries(settings)) await client.query(`SELECT pg_catalog.set_config($1, $2, true)`, [name, value]);
}

async function answer(measuring: Measuring, check: Check): Promise<Measurement> {
  const began = performance.now();
  const facts = await factsOf(measuring, check);
  return { check: check.id, ms: Math.round(performance.now() - began), ...facts };
}

type Facts<M = Measurement> = M extends Measurement ? Omit<M, 'check' | 'ms'> : never;

async function factsOf(measuring: Measuring, check: Check): Promise<Facts> {
  switch (check.kind) {
    case 'rows': return { kind: 'rows', table: check.table, rows: await measureRows(measuring, check.table) };
    case 'matched': return { kind: 'matched', tables: await measureMatched(measuring, check) };
    case 'empty': return measureEmpty(measuring, check.table);
    case 'orphans': return measureOrphans(measuring, check);
    case 'casts': return { kind: 'casts', table: check.table, columns: await measureCasts(measuring, check) };
    case 'overlap': return measureOverlap(measuring, check);
    case 'dump': return measureDump(measuring);
    case 'violations': return { kind: 'violations', table: check.table, rules: await measureViolations(measuring, check.rules) };
    case 'dependents': return { kind: 'dependents', dependents: await measureDependents(measuring, check), ...(check.reads ? { unfit: await measureViews(measuring, check.reads) } : {}), ...(await measureColumns(measuring, check)) };
    case 'extensions': return { kind: 'extensions', extensions: await measureExtensions(measuring, check.extensions) };
    case 'tablespaces': return { kind: 'tablespaces', ...(await measureTablespaces(measuring, check.names)) };
    case 'free_names': return { kind: 'free_names', taken: await measureTakenNames(measuring, check.names) };
  }
}

/** A table that should be empty: of one that is not, a person decides what becomes of it, and wants to know how large it is. Lock: ACCESS SHARE. */
async function measureEmpty(measuring: Measuring, table: TableName): Promise<Facts> {
  const rows = await measureRows(measuring, table);
  if (rows.provenance !== 'exact' || rows.value === 0) return { kind: 'empty', table, rows };
  const size = await attempt(measuring.client, () => measuring.client.query<{ bytes: number | null }>(sql('measure/start_tables'), [[table.schema], [table.name]]));
  const bytes = size.ok ? (size.value.rows[0]?.bytes ?? null) : null;
  return { kind: 'empty', table, rows, bytes: bytes === null ? unknown(size.ok ? WHY.locked : size.why) : exact(bytes) };
}

function tablesOf(check: Check): readonly TableName[] {
  switch (check.kind) {
    case 'orphans': return check.foreignKeys.flatMap((key) => [key.child, key.parent]);
    case 'casts': return [check.table];
    case 'overlap': return [check.duplicate, check.kept];
    default: return [];
  }
}
