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
export async function claimOldest(db: ControlDb, work: Work, workerId: string): Promise<Claim | null> {
  return db.transaction().execute(async (trx) => {
    const free = await trx.selectFrom(work).select(['id', 'attempt']).where('ended_at', 'is', null).where(nobodyHasIt).orderBy('requested_at').limit(1).forUpdate().skipLocked().executeTakeFirst();
    return free ? take(trx, work, free, workerId) : null;
  });
}

/** Begins the next attempt. The caller's transaction holds the row. */
export async function take(trx: ControlTrx, work: Work, free: { id: string; attempt: number }, workerId: string): Promise<Claim> {
  const attempt = free.attempt + 1;
  await trx.updateTable(work).set({ worker_id: workerId, attempt, state: 'running', heartbeat_at: now }).where('id', '=', free.id).execute();
  return { id: free.id, workerId, attempt };
}

/** Gives it back unfinished: any worker begins it anew. */
export async function release(db: ControlDb, work: Work, claim: Claim): Promise<void> {
  await db.updateTable(work).set({ worker_id: null, heartbeat_at: null, state: 'queued' }).where(heldBy(claim)).execute();
}
