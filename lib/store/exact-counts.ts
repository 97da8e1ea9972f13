import { type CountProgress, type CountState, NOTHING_COUNTED } from '#lib/pipeline/count.ts';
import type { ControlDb, ControlTrx, Reader } from './db.ts';
import { type Claim, heldBy, nobodyHasIt, now } from './lease.ts';

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
  const asked = { stop_requested_at: now, stop_requested_by: person.id };
  const ended = await trx
    .updateTable('exact_count').set({ ...asked, state: 'stopped', sentence: `Stopped by ${person.name} while no worker had it. What was known before stands.`, ended_at: now })
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

/** Renews the lease and writes how far it is; says whether it is still held, and whether somebody wants it stopped. */
export async function noteCount(db: ControlDb, claim: Claim, content: CountProgress): Promise<{ held: boolean; stopBy: string | null }> {
  const row = await db.updateTable('exact_count').where(heldBy(claim)).set({ heartbeat_at: now, content: JSON.stringify(content) }).returning('stop_requested_by').executeTakeFirst();
  return { held: row !== undefined, stopBy: row?.stop_requested_by ?? null };
}

/** Ends it. False, and nothing is written, when it is not held any more. */
export async function endCount(trx: ControlTrx, claim: Claim, end: { state: Exclude<CountState, 'queued' | 'running'>; sentence: string; evidenceId: string | null }): Promise<boolean> {
  const row = await trx.updateTable('exact_count').where(heldBy(claim)).set({ state: end.state, sentence: end.sentence, evidence_id: end.evidenceId, ended_at: now }).returning('id').executeTakeFirst();
  return row !== undefined;
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
