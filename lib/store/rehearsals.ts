import { NOTHING_REHEARSED, type Rehearsed, type RehearsalState } from '#lib/pipeline/rehearsal.ts';
import { type FinishedRehearsal, REHEARSAL_VERDICTS, type RehearsalGround } from '#lib/pipeline/rehearsal-evidence.ts';
import type { ControlDb, ControlTrx, Reader } from './db.ts';
import { type Claim, heldBy, now } from './lease.ts';
import { latestReading } from './snapshots.ts';

export interface StoredRehearsal {
  id: string;
  planId: string;
  version: number;
  target: string;
  state: RehearsalState;
  attempt: number;
  requestedBy: string;
  requestedAt: Date;
  endedAt: Date | null;
  sentence: string | null;
  /** Who asked for its end, if somebody did. */
  stoppedBy: string | null;
  content: Rehearsed;
}

/** Records that a version is to be rehearsed; null when one of the plan is under way. Triggers refuse it without role. */
export async function requestRehearsal(trx: ControlTrx, asked: { planId: string; version: number; target: string; requestedBy: string }): Promise<string | null> {
  const row = await trx
    .insertInto('rehearsal')
    .values({ plan_id: asked.planId, version: asked.version, target_database: asked.target, requested_by: asked.requestedBy })
    .onConflict((conflict) => conflict.column('plan_id').where('ended_at', 'is', null).doNothing())
    .returning('id').executeTakeFirst();
  return row?.id ?? null;
}

/** The newest rehearsal of the plan, of whichever version. */
export async function latestRehearsal(db: Reader, planId: string): Promise<StoredRehearsal | null> {
  const row = await rehearsals(db).where('plan_id', '=', planId).orderBy('requested_at', 'desc').limit(1).executeTakeFirst();
  return row ? toStored(row) : null;
}

export async function loadRehearsal(db: Reader, id: string): Promise<StoredRehearsal | null> {
  const row = await rehearsals(db).where('rehearsal.id', '=', id).executeTakeFirst();
  return row ? toStored(row) : null;
}

/** Older ones than these decide nothing: the newest that holds is among them, or none does. */
const FINISHED_MOST = 5;

/** Everything that decides which rehearsal speaks of a version as plan and target are now. */
export async function rehearsalGround(db: Reader, of: { planId: string; version: number; target: string }): Promise<RehearsalGround> {
  const found = await rehearsals(db).where('plan_id', '=', of.planId)
    .where((eb) => eb.or([eb('ended_at', 'is', null), eb.and([eb('version', '=', of.version), eb('state', 'in', [...REHEARSAL_VERDICTS])])]))
    .orderBy('requested_at', 'desc').limit(FINISHED_MOST + 1).execute();
  const finished = found.flatMap((row) => toFinished(row) ?? []);
  const underWay = found.some((row) => row.ended_at === null);
  if (finished.length === 0) return { finished, version: of.version, reading: null, runs: [], underWay };
  const reading = await latestReading(db, of.target);
  const runs = await db.selectFrom('run').select(['plan_id', 'phase_id', 'requested_at']).where('target_database', '=', of.target).where('state', '!=', 'refused').execute();
  return {
    finished, underWay, version: of.version,
    reading: reading && { fingerprint: reading.fingerprint, takenAt: reading.takenAt.toISOString() },
    runs: runs.map((run) => ({ phaseId: run.plan_id === of.planId ? run.phase_id : null, requestedAt: run.requested_at.toISOString() })),
  };
}

/** Rehearsals that came to a verdict, by id: what approvals signed. */
export async function finishedRehearsals(db: Reader, ids: readonly string[]): Promise<Map<string, FinishedRehearsal>> {
  if (ids.length === 0) return new Map();
  const rows = await rehearsals(db).where('rehearsal.id', 'in', [...ids]).execute();
  return new Map(rows.flatMap((row) => toFinished(row) ?? []).map((one) => [one.id, one]));
}

function toFinished(row: Parameters<typeof toStored>[0]): FinishedRehearsal | null {
  const { id, version, state, requestedBy, requestedAt, endedAt, sentence, content } = toStored(row);
  const verdict = REHEARSAL_VERDICTS.find((one) => one === state);
  if (verdict === undefined || endedAt === null) return null;
  return { id, version, verdict, by: requestedBy, requestedAt: requestedAt.toISOString(), endedAt: endedAt.toISOString(), sentence: sentence ?? '', content };
}

function rehearsals(db: Reader) {
  return db
    .selectFrom('rehearsal').innerJoin('person', 'person.id', 'rehearsal.requested_by').leftJoin('person as stopper', 'stopper.id', 'rehearsal.cancel_requested_by')
    .select(['rehearsal.id', 'plan_id', 'version', 'target_database', 'state', 'attempt', 'person.name as requested_by', 'requested_at', 'ended_at', 'sentence', 'content', 'stopper.name as stopped_by']);
}

function toStored(row: Awaited<ReturnType<ReturnType<typeof rehearsals>['executeTakeFirstOrThrow']>>): StoredRehearsal {
  return {
    id: row.id, planId: row.plan_id, version: row.version, target: row.target_database, state: row.state, attempt: row.attempt, requestedBy: row.requested_by, requestedAt: row.requested_at,
    endedAt: row.ended_at, sentence: row.sentence, stoppedBy: row.stopped_by, content: row.content ?? NOTHING_REHEARSED,
  };
}

/**
 * Notes that somebody wants the plan's rehearsal to end, and ends it at once where no worker has begun it. Null: none is under way.
 * A worker that has it looks several times a second.
 */
export async function stopRehearsal(trx: ControlTrx, planId: string, person: { id: string; name: string }): Promise<{ id: string; how: 'asked' | 'asked_before' | 'ended' } | null> {
  const found = await trx.selectFrom('rehearsal').select(['id', 'cancel_requested_at', 'worker_id']).where('plan_id', '=', planId).where('ended_at', 'is', null).forUpdate().executeTakeFirst();
  if (!found) return null;
  const { id } = found;
  if (found.cancel_requested_at) return { id, how: 'asked_before' };
  const over = found.worker_id === null ? { state: 'refused' as const, sentence: stoppedSentence(person.name), ended_at: now } : {};
  await trx.updateTable('rehearsal').set({ cancel_requested_at: now, cancel_requested_by: person.id, ...over }).where('id', '=', id).execute();
  return { id, how: found.worker_id === null ? 'ended' : 'asked' };
}

/** What stands of a rehearsal that a person stopped. */
export function stoppedSentence(by: string): string {
  return `${by} stopped it before it came to an end. Its clone was dropped, and it says nothing about the plan.`;
}

/** Who wants the rehearsal to end; null: nobody. */
export async function stopAsked(db: Reader, id: string): Promise<string | null> {
  const row = await db.selectFrom('rehearsal').innerJoin('person', 'person.id', 'rehearsal.cancel_requested_by').select('person.name').where('rehearsal.id', '=', id).executeTakeFirst();
  return row?.name ?? null;
}

/** Renews the lease and, where given, writes how far it is. False: it is another worker's, or over. */
export async function noteRehearsal(db: ControlDb, claim: Claim, content?: Rehearsed): Promise<boolean> {
  const row = await db.updateTable('rehearsal').where(heldBy(claim)).set({ heartbeat_at: now, ...(content ? { content: JSON.stringify(content) } : {}) }).returning('id').executeTakeFirst();
  return row !== undefined;
}

/** Ends it. False, and nothing is written, when it is not held any more. */
export async function endRehearsal(trx: ControlTrx, claim: Claim, state: Exclude<RehearsalState, 'queued' | 'running'>, sentence: string, content: Rehearsed): Promise<boolean> {
  const row = await trx.updateTable('rehearsal').where(heldBy(claim)).set({ state, sentence, content: JSON.stringify(content), ended_at: now }).returning('id').executeTakeFirst();
  return row !== undefined;
}
