import { sql } from 'kysely';
import type { RunEvent, RunState } from '#lib/pipeline/run.ts';
import { TERMINAL_STATES } from '#lib/pipeline/run.ts';
import type { ControlDb, ControlTrx, Reader } from './db.ts';
import { type Claim, heldBy, nobodyHasIt, now } from './lease.ts';

/** Takes the oldest run that nobody carries on (or whose worker fell silent) and appends `claimed`; null when there is none. Two workers never get the same attempt. */
export async function claimRun(db: ControlDb, workerId: string, workerName: string): Promise<Claim | null> {
  return db.transaction().execute(async (trx) => {
    const free = await trx
      .selectFrom('run').select(['id', 'attempt']).where('ended_at', 'is', null)
      .where(nobodyHasIt)
      .orderBy('requested_at').limit(1).forUpdate().skipLocked()
      .executeTakeFirst();
    if (!free) return null;
    const attempt = free.attempt + 1;
    await trx.updateTable('run').set({ worker_id: workerId, attempt, heartbeat_at: now }).where('id', '=', free.id).execute();
    await appendEvents(trx, free.id, [{ type: 'claimed', worker: workerName, attempt }]);
    return { id: free.id, workerId, attempt };
  });
}

/** Renews the lease. `held` false: the run ended, or a later attempt has it. */
export async function heartbeat(db: ControlDb, claim: Claim): Promise<{ held: boolean }> {
  const row = await db.updateTable('run').set({ heartbeat_at: now }).where(heldBy(claim)).returning('id').executeTakeFirst();
  return { held: row !== undefined };
}

/** Looks without writing: is the run still ours, and was it asked to stop? */
export async function lookAtRun(db: Reader, claim: Claim): Promise<{ held: boolean; cancelRequested: boolean; pace: number }> {
  const row = await db.selectFrom('run').select(['worker_id', 'attempt', 'cancel_requested_at', 'pace']).where('id', '=', claim.id).executeTakeFirst();
  return { held: row?.worker_id === claim.workerId && row.attempt === claim.attempt, cancelRequested: row?.cancel_requested_at !== null && row !== undefined, pace: row?.pace ?? 100 };
}

/** Gives the run back unfinished, so that any worker may claim it at once. */
export async function releaseRun(db: ControlDb, claim: Claim): Promise<void> {
  await db.updateTable('run').set({ worker_id: null, heartbeat_at: null }).where(heldBy(claim)).execute();
}

/** Appends events as the worker that holds the run, with the state that the run has after them. False, and nothing is written, when it does not hold it any more. */
export async function appendAsWorker(trx: ControlTrx, claim: Claim, events: readonly RunEvent[], state: RunState, sentence: string | null): Promise<boolean> {
  const run = await trx.selectFrom('run').select('state').where(heldBy(claim)).forUpdate().executeTakeFirst();
  if (!run) return false;
  await appendEvents(trx, claim.id, events);
  if (TERMINAL_STATES.includes(state)) {
    await trx.updateTable('run').set({ state, sentence, ended_at: now, heartbeat_at: now }).where('id', '=', claim.id).execute();
  } else if (state !== run.state) {
    await trx.updateTable('run').set({ state, heartbeat_at: now }).where('id', '=', claim.id).execute();
  }
  return true;
}

/** Appends in order behind the last event. The caller's transaction holds the run's row, else two writers would take one number. */
async function appendEvents(trx: ControlTrx, runId: string, events: readonly RunEvent[]): Promise<void> {
  if (events.length === 0) return;
  const last = await trx.selectFrom('run_event').select((eb) => eb.fn.max('seq').as('seq')).where('run_id', '=', runId).executeTakeFirst();
  const next = (last?.seq ?? 0) + 1;
  await trx.insertInto('run_event').values(events.map((event, index) => ({ run_id: runId, seq: next + index, event: JSON.stringify(event) }))).execute();
}

/** The worker shows itself; the first time it also clears away rows of workers that have been silent for a day. */
export async function registerWorker(db: ControlDb, worker: { id: string; host: string; pid: number }): Promise<void> {
  await db.deleteFrom('worker').where('heartbeat_at', '<', sql<Date>`clock_timestamp() - interval '1 day'`).execute();
  await db.insertInto('worker').values(worker).onConflict((conflict) => conflict.column('id').doUpdateSet({ heartbeat_at: now })).execute();
}

export async function workerHeartbeat(db: ControlDb, worker: { id: string; host: string; pid: number }): Promise<void> {
  await db.insertInto('worker').values(worker).onConflict((conflict) => conflict.column('id').doUpdateSet({ heartbeat_at: now })).execute();
}

/** A worker that leaves in order does not wait to be missed. */
export async function removeWorker(db: ControlDb, workerId: string): Promise<void> {
  await db.deleteFrom('worker').where('id', '=', workerId).execute();
}
