import { type RawBuilder, sql } from 'kysely';
import type { ControlDb, ControlTrx } from './db.ts';

/** So long a worker may be silent before another takes its work over. */
const LEASE_SECONDS = 10;

/** The right of one worker to carry one piece of work on, until it is silent for LEASE_SECONDS or a later attempt takes over. */
export interface Claim {
  id: string;
  workerId: string;
  attempt: number;
}

/** Of work that is not begun for ever. */
export interface WorkClaim extends Claim {
  /** Attempts before this one that were lost: their workers fell silent, or what they worked on went away. One that was given back in order is none. */
  lost: number;
}

/** What workers carry out beside runs. */
type Work = 'rehearsal' | 'exact_count' | 'draft_check';

export const now = sql<Date>`clock_timestamp()`;

/** Of a row that has not ended: it waits for a worker, or its worker fell silent. */
export const nobodyHasIt = sql<boolean>`(heartbeat_at is null or heartbeat_at < clock_timestamp() - make_interval(secs => ${LEASE_SECONDS}))`;

/** It has not ended, and is this attempt's still. */
export function heldBy({ id, workerId, attempt }: Claim): RawBuilder<boolean> {
  return sql<boolean>`(id = ${id} and worker_id = ${workerId} and attempt = ${attempt} and ended_at is null)`;
}

/** Takes the oldest that nobody carries on; null when there is none. */
export async function claimOldest(db: ControlDb, work: Work, workerId: string): Promise<WorkClaim | null> {
  return db.transaction().execute(async (trx) => {
    const free = await trx.selectFrom(work).select(['id', 'attempt', 'lost', 'worker_id']).where('ended_at', 'is', null).where(nobodyHasIt).orderBy('requested_at').limit(1).forUpdate().skipLocked().executeTakeFirst();
    return free ? take(trx, work, free, workerId) : null;
  });
}

/** Begins the next attempt. The caller's transaction holds the row. */
export async function take(trx: ControlTrx, work: Work, free: { id: string; attempt: number; lost: number; worker_id: string | null }, workerId: string): Promise<WorkClaim> {
  const attempt = free.attempt + 1;
  // Whoever gives it back takes its name off: one that stands there fell silent.
  const lost = free.lost + (free.worker_id === null ? 0 : 1);
  await trx.updateTable(work).set({ worker_id: workerId, attempt, lost, state: 'running', heartbeat_at: now }).where('id', '=', free.id).execute();
  return { id: free.id, workerId, attempt, lost };
}

/** Gives it back unfinished: any worker begins it anew. `why`: in order, or because what it works on went away, which counts as a lost attempt. */
export async function release(db: ControlDb, work: Work, claim: WorkClaim, why: 'in order' | 'lost' = 'in order'): Promise<void> {
  await db.updateTable(work).set({ lost: claim.lost + (why === 'lost' ? 1 : 0), worker_id: null, heartbeat_at: null, state: 'queued' }).where(heldBy(claim)).execute();
}
