import { sql } from 'kysely';
import { type CountProgress, type CountState, NOTHING_COUNTED } from '#lib/pipeline/count.ts';
import type { ControlDb, ControlTrx, Reader } from './db.ts';
import { LEASE_SECONDS } from './run-progress.ts';

export interface StoredCount {
  id: string;
  planId: string;
  version: number;
  phaseId: string;
  target: string;
  state: CountState;
  requestedBy: { id: string; name: string };
  requestedAt: Date;
  stopRequestedAt: Date | null;
  endedAt: Date | null;
  sentence: string | null;
  content: CountProgress;
}

/** The right of one worker to carry one count on. */
export interface CountClaim {
  id: string;
  workerId: string;
  attempt: number;
}

/** Records that a phase is to be counted; null when a count on that database is under way. Triggers refuse it without role. */
export async function requestCount(trx: ControlTrx, asked: { planId: string; version: number; phaseId: string; target: string; requestedBy: string }): Promise<string | null> {
  const row = await trx
    .insertInto('exact_count')
    .values({ plan_id: asked.planId, version: asked.version, phase_id: asked.phaseId, target_database: asked.target, requested_by: asked.requestedBy })
    .onConflict((conflict) => conflict.column('target_database').where('ended_at', 'is', null).doNothing())
    .returning('id').executeTakeFirst();
  return row?.id ?? null;
}

/**
 * A count that a worker carries on is told to stop; one that nobody carries on ends at once, or it would wait for a worker that may never come, and keep
 * others from being asked for. Null: it has ended, or somebody had asked before.
 */
export async function requestCountStop(trx: ControlTrx, id: string, person: { id: string; name: string }): Promise<'told' | 'ended' | null> {
  const asked = { stop_requested_at: sql<Date>`clock_timestamp()`, stop_requested_by: person.id };
  const ended = await trx
    .updateTable('exact_count').set({ ...asked, state: 'stopped', sentence: `Stopped by ${person.name} while no worker had it. What was known before stands.`, ended_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', id).where('ended_at', 'is', null).where(nobodyHasIt).returning('id').executeTakeFirst();
  if (ended) return 'ended';
  const told = await trx.updateTable('exact_count').set(asked).where('id', '=', id).where('ended_at', 'is', null).where('stop_requested_at', 'is', null).returning('id').executeTakeFirst();
  return told ? 'told' : null;
}

export async function findCount(db: Reader, id: string): Promise<StoredCount | null> {
  const row = await counts(db).where('exact_count.id', '=', id).executeTakeFirst();
  return row ? toStored(row) : null;
}

/** The newest count of each phase of the plan, by phase. */
export async function latestCounts(db: Reader, planId: string): Promise<Map<string, StoredCount>> {
  const rows = await counts(db).distinctOn('phase_id').where('plan_id', '=', planId).orderBy('phase_id').orderBy('requested_at', 'desc').execute();
  return new Map(rows.map((row) => [row.phase_id, toStored(row)]));
}

/** The count under way on a database, whichever plan's. */
export async function countOn(db: Reader, target: string): Promise<StoredCount | null> {
  const row = await counts(db).where('target_database', '=', target).where('ended_at', 'is', null).executeTakeFirst();
  return row ? toStored(row) : null;
}

/** Takes the oldest count that nobody carries on, or whose worker fell silent; null when there is none. */
export async function claimCount(db: ControlDb, workerId: string): Promise<CountClaim | null> {
  return db.transaction().execute(async (trx) => {
    const free = await trx
      .selectFrom('exact_count').select(['id', 'attempt']).where('ended_at', 'is', null)
      .where(nobodyHasIt)
      .orderBy('requested_at').limit(1).forUpdate().skipLocked().executeTakeFirst();
    if (!free) return null;
    const attempt = free.attempt + 1;
    await trx.updateTable('exact_count').set({ worker_id: workerId, attempt, state: 'running', heartbeat_at: sql<Date>`clock_timestamp()`, content: JSON.stringify(NOTHING_COUNTED) }).where('id', '=', free.id).execute();
    return { id: free.id, workerId, attempt };
  });
}

/** Renews the lease and writes how far it is; says whether it is still held, and whether somebody wants it stopped. */
export async function noteCount(db: ControlDb, claim: CountClaim, content: CountProgress): Promise<{ held: boolean; stopBy: string | null }> {
  const row = await held(db, claim).set({ heartbeat_at: sql<Date>`clock_timestamp()`, content: JSON.stringify(content) }).returning('stop_requested_by').executeTakeFirst();
  return { held: row !== undefined, stopBy: row?.stop_requested_by ?? null };
}

/** Ends it. False, and nothing is written, when it is not held any more. */
export async function endCount(trx: ControlTrx, claim: CountClaim, end: { state: Exclude<CountState, 'queued' | 'running'>; sentence: string; evidenceId: string | null }): Promise<boolean> {
  const row = await held(trx, claim).set({ state: end.state, sentence: end.sentence, evidence_id: end.evidenceId, ended_at: sql<Date>`clock_timestamp()` }).returning('id').executeTakeFirst();
  return row !== undefined;
}

/** Gives it back unfinished: any worker begins it anew. */
export async function releaseCount(db: ControlDb, claim: CountClaim): Promise<void> {
  await held(db, claim).set({ worker_id: null, heartbeat_at: null, state: 'queued' }).execute();
}

const nobodyHasIt = sql<boolean>`(heartbeat_at is null or heartbeat_at < clock_timestamp() - make_interval(secs => ${LEASE_SECONDS}))`;

function held(db: Reader, claim: CountClaim) {
  return db.updateTable('exact_count').where('id', '=', claim.id).where('worker_id', '=', claim.workerId).where('attempt', '=', claim.attempt).where('ended_at', 'is', null);
}

function counts(db: Reader) {
  return db
    .selectFrom('exact_count').innerJoin('person', 'person.id', 'exact_count.requested_by')
    .select(['exact_count.id', 'plan_id', 'version', 'phase_id', 'target_database', 'state', 'person.id as person_id', 'person.name as person_name', 'requested_at', 'stop_requested_at', 'ended_at', 'sentence', 'content']);
}

function toStored(row: Awaited<ReturnType<ReturnType<typeof counts>['executeTakeFirstOrThrow']>>): StoredCount {
  return {
    id: row.id, planId: row.plan_id, version: row.version, phaseId: row.phase_id, target: row.target_database, state: row.state, requestedBy: { id: row.person_id, name: row.person_name },
    requestedAt: row.requested_at, stopRequestedAt: row.stop_requested_at, endedAt: row.ended_at, sentence: row.sentence, content: row.content ?? NOTHING_COUNTED,
  };
}
