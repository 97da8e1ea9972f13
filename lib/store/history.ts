import { sql } from 'kysely';
import type { RunKind, RunState } from '#lib/pipeline/run.ts';
import type { Reader } from './db.ts';

/** A reading that says something else than the one before it. */
export interface HistoryReading {
  takenAt: Date;
  /** Null: the worker's look. */
  by: string | null;
  /** Against the reading before: how many differences, how many of them nobody planned, and the first names. Null: the first of all, or equal but for the reader. */
  drift: { differences: number; outside: number; names: readonly string[]; answer: string | null; answeredBy: string | null } | null;
}

export interface HistoryRun {
  id: string;
  planId: string;
  planName: string;
  phaseTitle: string;
  phaseId: string;
  kind: RunKind;
  state: RunState;
  by: string;
  requestedAt: Date;
  endedAt: Date | null;
  sentence: string | null;
}

/** Readings of a database at which something had changed, newest first. */
export async function historyReadings(db: Reader, database: string, limit: number): Promise<HistoryReading[]> {
  const rows = await db
    .selectFrom((eb) => eb.selectFrom('snapshot')
      .select(['id', 'taken_at', 'taken_by', 'fingerprint', sql<string | null>`lag(fingerprint) over (order by taken_at)`.as('before')])
      .where('database_name', '=', database).as('reading'))
    .leftJoin('person', 'person.id', 'reading.taken_by').leftJoin('drift', 'drift.after_id', 'reading.id').leftJoin('person as answerer', 'answerer.id', 'drift.answered_by')
    .select(['reading.taken_at', 'person.name as by', 'drift.differences', 'drift.outside', 'drift.names', 'drift.answer', 'answerer.name as answered_by'])
    .where((eb) => eb.or([sql<boolean>`reading.fingerprint is distinct from reading.before`, eb('drift.id', 'is not', null)]))
    .orderBy('reading.taken_at', 'desc').limit(limit).execute();
  return rows.map((row) => ({
    takenAt: row.taken_at, by: row.by,
    drift: row.differences === null ? null : { differences: row.differences, outside: row.outside ?? 0, names: row.names ?? [], answer: row.answer, answeredBy: row.answered_by },
  }));
}

/** Runs on a database, newest first; refused ones changed nothing and are left out. */
export async function historyRuns(db: Reader, database: string, limit: number): Promise<HistoryRun[]> {
  const rows = await db
    .selectFrom('run').innerJoin('person', 'person.id', 'run.requested_by').innerJoin('plan', 'plan.id', 'run.plan_id')
    .innerJoin('plan_version', (join) => join.onRef('plan_version.plan_id', '=', 'run.plan_id').onRef('plan_version.version', '=', 'run.version'))
    .select(['run.id', 'run.plan_id', 'plan.name as plan', 'run.phase_id', 'run.kind', 'run.state', 'person.name as by', 'run.requested_at', 'run.ended_at', 'run.sentence'])
    .select(sql<string | null>`jsonb_path_query_first(plan_version.document, '$.phases[*] ? (@.id == $id).title', jsonb_build_object('id', run.phase_id)) #>> '{}'`.as('title'))
    .where('run.target_database', '=', database).where('run.state', '!=', 'refused')
    .orderBy('run.requested_at', 'desc').limit(limit).execute();
  return rows.map((row) => ({
    id: row.id, planId: row.plan_id, planName: row.plan, phaseTitle: row.title ?? row.phase_id, phaseId: row.phase_id, kind: row.kind, state: row.state, by: row.by, requestedAt: row.requested_at, endedAt: row.ended_at, sentence: row.sentence,
  }));
}
