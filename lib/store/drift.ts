import { sql } from 'kysely';
import { driftBetween, type Drift, type DriftRun } from '#lib/pipeline/drift.ts';
import type { Plan } from '#lib/pipeline/plan.ts';
import type { Snapshot } from '#lib/pipeline/snapshot.ts';
import { writeAudit } from './audit.ts';
import type { ControlDb, ControlTrx, Reader } from './db.ts';
import { findVersion } from './plans.ts';
import { latestSnapshot, saveSnapshot, takeTime, type StoredSnapshot } from './snapshots.ts';

export interface StoredDrift extends Drift {
  id: string;
  database: string;
  beforeAt: Date;
  afterAt: Date;
  foundAt: Date;
  runs: readonly DriftRun[];
  answeredBy: string | null;
}

export interface DriftCheck {
  database: string;
  /** The newest look at it, by the timer or by a person; null when it was never read. */
  checkedAt: Date | null;
  trouble: string | null;
}

/**
 * Keeps a reading of a declared database, and what changed since the one before. `unlessSame`: a reading that says nothing new is not kept.
 * Returns the id of the reading, or null when it was not kept.
 */
export async function keepReading(trx: ControlTrx, database: string, snapshot: Snapshot, takenBy: string | null, options: { unlessSame?: boolean; id?: string } = {}): Promise<string | null> {
  // Two readings at once would both be compared with the one before them.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`drift ${database}`}, 0))`.execute(trx);
  await takeTime(trx);
  const before = await latestSnapshot(trx, database);
  if (before && before.takenAt.getTime() >= Date.parse(snapshot.takenAt)) return options.unlessSame ? null : saveSnapshot(trx, database, snapshot, takenBy, options.id);
  const runs = before ? await runsBetween(trx, database, before.takenAt, new Date(snapshot.takenAt)) : [];
  const drift = before ? driftBetween(before.snapshot, snapshot, runs) : null;
  if (before && drift === null && options.unlessSame && before.snapshot.reader === snapshot.reader) return null;
  const id = await saveSnapshot(trx, database, snapshot, takenBy, options.id);
  if (before && drift) await recordDrift(trx, database, before, id, drift, runs);
  return id;
}

export interface RunBetween {
  plan: Plan;
  phaseId: string;
  run: DriftRun;
}

/** Runs that may have changed the database after the one reading and before the other. */
export async function runsBetween(trx: Reader, database: string, from: Date, to: Date): Promise<RunBetween[]> {
  const rows = await trx
    .selectFrom('run').innerJoin('person', 'person.id', 'run.requested_by').innerJoin('plan', 'plan.id', 'run.plan_id')
    .select(['run.id', 'run.plan_id', 'run.version', 'run.phase_id', 'run.kind', 'run.ended_at', 'run.requested_at', 'person.name as by', 'plan.name as plan'])
    .where('run.target_database', '=', database).where('run.state', 'not in', ['refused', 'queued', 'checking'])
    .where('run.requested_at', '<', to).where((eb) => eb.or([eb('run.ended_at', '>', from), eb('run.ended_at', 'is', null)]))
    .orderBy('run.requested_at').execute();
  const found: RunBetween[] = [];
  for (const row of rows) {
    const plan = await findVersion(trx, row.plan_id, row.version);
    if (!plan) continue;
    const phaseTitle = plan.phases.find((phase) => phase.id === row.phase_id)?.title ?? row.phase_id;
    found.push({ plan, phaseId: row.phase_id, run: { runId: row.id, planId: row.plan_id, planName: row.plan, phaseTitle, kind: row.kind, by: row.by, at: (row.ended_at ?? row.requested_at).toISOString() } });
  }
  return found;
}

async function recordDrift(trx: ControlTrx, database: string, before: StoredSnapshot, afterId: string, drift: Drift, between: readonly RunBetween[]): Promise<void> {
  const runs = between.map(({ run }) => run);
  await trx
    .insertInto('drift')
    .values({ database_name: database, before_id: before.id, after_id: afterId, differences: drift.differences, outside: drift.outside, names: JSON.stringify(drift.names), runs: JSON.stringify(runs) })
    .execute();
  if (drift.outside === 0) return;
  await writeAudit(trx, { actor: 'Countersign', actorId: null, action: 'drift found', detail: { database, since: before.takenAt.toISOString(), ...drift, runs: runs.map((run) => run.runId) } });
}

/** Drift that nobody has answered, and what plans changed in the last days; newest first. */
export async function listDrift(db: Reader, databases: readonly string[], options: { days: number }): Promise<StoredDrift[]> {
  if (databases.length === 0) return [];
  const rows = await db
    .selectFrom('drift').innerJoin('snapshot as before', 'before.id', 'drift.before_id').innerJoin('snapshot as after', 'after.id', 'drift.after_id').leftJoin('person', 'person.id', 'drift.answered_by')
    .select(['drift.id', 'drift.database_name', 'drift.found_at', 'drift.differences', 'drift.outside', 'drift.names', 'drift.runs', 'before.taken_at as before_at', 'after.taken_at as after_at', 'person.name as answered_by'])
    .where('drift.database_name', 'in', [...databases]).where('drift.answered_at', 'is', null)
    .where((eb) => eb.or([eb('drift.outside', '>', 0), eb('drift.found_at', '>', new Date(Date.now() - options.days * 86_400_000))]))
    .orderBy('drift.found_at', 'desc').limit(50).execute();
  return rows.map((row) => ({
    id: row.id, database: row.database_name, foundAt: row.found_at, differences: row.differences, outside: row.outside, names: row.names, runs: row.runs,
    beforeAt: row.before_at, afterAt: row.after_at, answeredBy: row.answered_by,
  }));
}

/** Says that a drift is known, and why. False when somebody else did before. */
export async function answerDrift(trx: ControlTrx, id: string, by: string, answer: string): Promise<{ database: string } | null> {
  const row = await trx.updateTable('drift').set({ answered_by: by, answered_at: new Date(), answer }).where('id', '=', id).where('answered_at', 'is', null).returning('database_name').executeTakeFirst();
  return row ? { database: row.database_name } : null;
}

/** When each database was last looked at. */
export async function driftChecks(db: Reader, databases: readonly string[]): Promise<DriftCheck[]> {
  return Promise.all(databases.map(async (database) => {
    const check = await db.selectFrom('drift_check').select(['checked_at', 'trouble']).where('database_name', '=', database).executeTakeFirst();
    const reading = await db.selectFrom('snapshot').select((eb) => eb.fn.max('taken_at').as('at')).where('database_name', '=', database).executeTakeFirst();
    const newest = Math.max(check?.checked_at.getTime() ?? 0, reading?.at?.getTime() ?? 0);
    const later = reading?.at && check && reading.at > check.checked_at;
    return { database, checkedAt: newest === 0 ? null : new Date(newest), trouble: later ? null : (check?.trouble ?? null) };
  }));
}

/**
 * Takes the check of a database that is due: it was read once, nobody looked at it for the interval or since a run on it has ended, and no run is changing it.
 * True for one of several workers that ask at the same time.
 */
export async function claimDriftCheck(db: ControlDb, database: string, everyMs: number): Promise<boolean> {
  const interval = new Date(Date.now() - everyMs);
  // What a run changed is to be seen as what it left behind, not mixed with what comes later.
  const run = await db.selectFrom('run').select((eb) => eb.fn.max('ended_at').as('at')).where('target_database', '=', database).where('state', '!=', 'refused').executeTakeFirst();
  const since = run?.at && run.at > interval ? run.at : interval;
  const taken = await sql`
    insert into drift_check (database_name, checked_at)
    select ${database}::text, now()
    where exists (select from snapshot where database_name = ${database})
      and not exists (select from snapshot where database_name = ${database} and taken_at > ${since})
      and not exists (select from run where target_database = ${database} and ended_at is null)
    on conflict (database_name) do update set checked_at = now() where drift_check.checked_at <= ${since}
    returning database_name`.execute(db);
  return taken.rows.length > 0;
}

export async function noteDriftTrouble(db: ControlDb, database: string, trouble: string | null): Promise<void> {
  await db.updateTable('drift_check').set({ trouble }).where('database_name', '=', database).execute();
}
