import { sql } from 'kysely';
import type { ControlDb, ControlTrx, Reader } from './db.ts';
import type { ScheduledStartState } from './tables.ts';

/** A person's word that a phase shall start at an instant. A worker makes it a run then. */
export interface ScheduledStart {
  id: string;
  planId: string;
  version: number;
  phaseId: string;
  target: string;
  /** What was signed when it was scheduled. */
  digest: string;
  startAt: Date;
  by: { id: string; name: string };
  scheduledAt: Date;
  reason: string;
  state: ScheduledStartState;
  endedAt: Date | null;
  sentence: string | null;
}

/** Triggers refuse it from anybody but an operator who is signed in, and of an old version. */
export async function scheduleStart(trx: ControlTrx, start: Pick<ScheduledStart, 'planId' | 'version' | 'phaseId' | 'target' | 'digest' | 'startAt' | 'reason'> & { by: string }): Promise<string> {
  const row = await trx
    .insertInto('scheduled_start')
    .values({ plan_id: start.planId, version: start.version, phase_id: start.phaseId, target_database: start.target, digest: start.digest, start_at: start.startAt, scheduled_by: start.by, reason: start.reason })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Ends a start that waits. False when it waits no more. */
export async function endStart(trx: ControlTrx, id: string, end: { state: Exclude<ScheduledStartState, 'waiting'>; sentence: string; by: string | null }): Promise<boolean> {
  const row = await trx
    .updateTable('scheduled_start').set({ state: end.state, sentence: end.sentence, ended_by: end.by, ended_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', id).where('state', '=', 'waiting').returning('id').executeTakeFirst();
  return row !== undefined;
}

/** All of a plan, oldest first. */
export async function listStarts(db: Reader, planId: string): Promise<ScheduledStart[]> {
  return (await startQuery(db).where('plan_id', '=', planId).orderBy('scheduled_at').orderBy('scheduled_start.id').execute()).map(toStart);
}

export async function findStart(db: Reader, id: string): Promise<ScheduledStart | null> {
  const row = await startQuery(db).where('scheduled_start.id', '=', id).executeTakeFirst();
  return row ? toStart(row) : null;
}

/** Ids of those whose instant has come, the earliest first, by the clock of the control database. */
export async function dueStarts(db: ControlDb): Promise<string[]> {
  const rows = await db.selectFrom('scheduled_start').select('id').where('state', '=', 'waiting').where('start_at', '<=', sql<Date>`now()`).orderBy('start_at').execute();
  return rows.map((row) => row.id);
}

/** Those that wait and begin before an instant, the earliest first. */
export async function startsBefore(db: Reader, before: Date): Promise<ScheduledStart[]> {
  return (await startQuery(db).where('state', '=', 'waiting').where('start_at', '<=', before).orderBy('start_at').execute()).map(toStart);
}

/** The start, locked until the transaction ends; null when it waits no more or another worker has it in hand. */
export async function holdStart(trx: ControlTrx, id: string): Promise<ScheduledStart | null> {
  const held = await trx.selectFrom('scheduled_start').select('id').where('id', '=', id).where('state', '=', 'waiting').forUpdate().skipLocked().executeTakeFirst();
  return held ? findStart(trx, id) : null;
}

function startQuery(db: Reader) {
  return db.selectFrom('scheduled_start').innerJoin('person', 'person.id', 'scheduled_start.scheduled_by').selectAll('scheduled_start').select('person.name as scheduler');
}

type StartRow = Awaited<ReturnType<ReturnType<typeof startQuery>['executeTakeFirstOrThrow']>>;

function toStart(row: StartRow): ScheduledStart {
  return {
    id: row.id, planId: row.plan_id, version: row.version, phaseId: row.phase_id, target: row.target_database, digest: row.digest, startAt: row.start_at, by: { id: row.scheduled_by, name: row.scheduler },
    scheduledAt: row.scheduled_at, reason: row.reason, state: row.state, endedAt: row.ended_at, sentence: row.sentence,
  };
}
