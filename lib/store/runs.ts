import { sql } from 'kysely';
import type { RollbackPrice } from '#lib/pipeline/rollback.ts';
import type { AssertionResult, RunEvent, RunKind, RunState, StoredRunEvent } from '#lib/pipeline/run.ts';
import type { RunSummary } from '#lib/pipeline/standing.ts';
import type { ControlTrx, Reader } from './db.ts';

export interface StoredRun {
  id: string;
  planId: string;
  version: number;
  phaseId: string;
  kind: RunKind;
  undoes: string | null;
  target: string;
  state: RunState;
  digest: string;
  approvalsNeeded: number;
  evidenceId: string | null;
  /** The rehearsal that its digest covers; null: none. */
  rehearsalId: string | null;
  /** Policy demanded that a rehearsal proved the phase. */
  proofDemanded: boolean;
  price: RollbackPrice | null;
  requestedById: string;
  requestedBy: string;
  requestedAt: Date;
  reason: string;
  attempt: number;
  workerId: string | null;
  heartbeatAt: Date | null;
  cancelRequestedAt: Date | null;
  endedAt: Date | null;
  sentence: string | null;
  /** The word of an operator that a worker began it on; null: somebody pressed the button. */
  scheduledStartId: string | null;
  /** It was started without its signatures, and this says by whom and why; null: they stood. */
  breakGlassId: string | null;
}

type SaidOfRun = 'planId' | 'version' | 'phaseId' | 'kind' | 'undoes' | 'target' | 'digest' | 'approvalsNeeded' | 'evidenceId' | 'rehearsalId' | 'proofDemanded' | 'price' | 'reason';

export interface NewRun extends Pick<StoredRun, SaidOfRun> {
  requestedBy: { id: string; name: string };
  /** The word that it goes back to, where a worker begins it at an hour that a person gave. */
  scheduledStartId?: string;
  /** What replaces the signatures that are missing. */
  breakGlassId?: string;
}

/** Records the run with its first event. Triggers refuse it without role and approvals; a unique key refuses a second one on the same target. */
export async function requestRun(trx: ControlTrx, run: NewRun): Promise<string> {
  const row = await trx
    .insertInto('run')
    .values({
      plan_id: run.planId, version: run.version, phase_id: run.phaseId, kind: run.kind, undoes: run.undoes, target_database: run.target, digest: run.digest, approvals_needed: run.approvalsNeeded,
      evidence_id: run.evidenceId, rehearsal_id: run.rehearsalId, proof_demanded: run.proofDemanded, price: run.price === null ? null : JSON.stringify(run.price), requested_by: run.requestedBy.id, reason: run.reason,
      scheduled_start_id: run.scheduledStartId ?? null, break_glass_id: run.breakGlassId ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await appendEvent(trx, row.id, { type: 'requested', by: run.requestedBy.name, reason: run.reason });
  return row.id;
}

/** Asks the worker to stop. Null when the run has ended; asking twice changes nothing. The caller's transaction holds the run's row until it ends. */
export async function requestCancel(trx: ControlTrx, runId: string, person: { id: string; name: string }, reason: string): Promise<'asked' | 'asked_before' | null> {
  const run = await trx.selectFrom('run').select(['ended_at', 'cancel_requested_at']).where('id', '=', runId).forUpdate().executeTakeFirst();
  if (!run || run.ended_at) return null;
  if (run.cancel_requested_at) return 'asked_before';
  await trx.updateTable('run').set({ cancel_requested_at: new Date(), cancel_requested_by: person.id }).where('id', '=', runId).execute();
  await appendEvent(trx, runId, { type: 'cancel_requested', by: person.name, reason });
  return 'asked';
}

/** Holds the run's row until the caller's transaction ends, so that it neither ends nor gets another event meanwhile. Null: there is no such run. */
export async function lockRun(trx: ControlTrx, runId: string): Promise<StoredRun | null> {
  const held = await trx.selectFrom('run').select('id').where('id', '=', runId).forUpdate().executeTakeFirst();
  return held ? loadRun(trx, runId) : null;
}

/** Sets how fast the run goes on: 100 as fast as it may, 0 paused. Null when the run has ended. The caller's transaction holds the run's row until it ends. */
export async function setPace(trx: ControlTrx, runId: string, person: { name: string }, pace: number, reason: string): Promise<'set' | 'set_before' | null> {
  const run = await trx.selectFrom('run').select(['ended_at', 'pace']).where('id', '=', runId).forUpdate().executeTakeFirst();
  if (!run || run.ended_at) return null;
  if (run.pace === pace) return 'set_before';
  await trx.updateTable('run').set({ pace }).where('id', '=', runId).execute();
  await appendEvent(trx, runId, { type: 'pace_set', by: person.name, pace, reason });
  return 'set';
}

/** The run's row must be new or locked: its number follows the last one. */
export async function appendEvent(trx: ControlTrx, runId: string, event: RunEvent): Promise<void> {
  const last = await trx.selectFrom('run_event').select((eb) => eb.fn.max('seq').as('seq')).where('run_id', '=', runId).executeTakeFirst();
  await trx.insertInto('run_event').values({ run_id: runId, seq: (last?.seq ?? 0) + 1, event: JSON.stringify(event) }).execute();
}

export async function loadRun(db: Reader, id: string): Promise<StoredRun | null> {
  const row = await runQuery(db).where('run.id', '=', id).executeTakeFirst();
  return row ? toStored(row) : null;
}

/** Runs of a plan (or of all plans), oldest first. */
export async function listRuns(db: Reader, filter: { planId?: string; active?: boolean } = {}): Promise<StoredRun[]> {
  let query = runQuery(db).orderBy('requested_at').orderBy('run.id');
  if (filter.planId !== undefined) query = query.where('run.plan_id', '=', filter.planId);
  if (filter.active) query = query.where('ended_at', 'is', null);
  return (await query.execute()).map(toStored);
}

/** The run that is changing this database now, or null. */
export async function activeRunOn(db: Reader, target: string): Promise<StoredRun | null> {
  const row = await runQuery(db).where('target_database', '=', target).where('ended_at', 'is', null).executeTakeFirst();
  return row ? toStored(row) : null;
}

/** Runs with the steps that each of them did, as phaseStanding() wants them. */
export async function summariesOf(db: Reader, runs: readonly StoredRun[]): Promise<RunSummary[]> {
  if (runs.length === 0) return [];
  const rows = await db
    .selectFrom('run_event').select(['run_id', sql<string>`event ->> 'step'`.as('step')])
    .where('run_id', 'in', runs.map((run) => run.id)).where(sql<string>`event ->> 'type'`, '=', 'step_applied')
    .orderBy('run_id').orderBy('seq').execute();
  return runs.map((run) => ({
    id: run.id, phaseId: run.phaseId, kind: run.kind, state: run.state, endedAt: run.endedAt?.toISOString() ?? null,
    doneSteps: rows.filter((row) => row.run_id === run.id).map((row) => row.step),
  }));
}

/** Events behind a number, in order. */
export async function eventsAfter(db: Reader, runId: string, seq: number): Promise<StoredRunEvent[]> {
  const rows = await db.selectFrom('run_event').select(['seq', 'at', 'event']).where('run_id', '=', runId).where('seq', '>', seq).orderBy('seq').execute();
  return rows.map((row) => ({ seq: row.seq, at: row.at.toISOString(), event: row.event }));
}

/** What the verification of each run answered, by run id; runs that were not verified are left out. */
export async function verificationsOf(db: Reader, runs: readonly StoredRun[]): Promise<Map<string, readonly AssertionResult[]>> {
  if (runs.length === 0) return new Map();
  const rows = await db
    .selectFrom('run_event').select(['run_id', 'event']).where('run_id', 'in', runs.map((run) => run.id))
    .where(sql<string>`event ->> 'type'`, '=', 'verified').orderBy('seq').execute();
  return new Map(rows.map((row) => [row.run_id, row.event.type === 'verified' ? row.event.results : []]));
}

/** Process id of the target's backend that carries the run's latest step; null before the first. */
export async function backendOf(db: Reader, runId: string): Promise<number | null> {
  const row = await db
    .selectFrom('run_event').select('event').where('run_id', '=', runId)
    .where(sql<string>`event ->> 'type'`, '=', 'step_started').orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return row?.event.type === 'step_started' ? row.event.pid : null;
}

/** When a worker last showed itself, for the run if one holds it, else of any worker. */
export async function workerSeenAt(db: Reader, workerId: string | null): Promise<Date | null> {
  let query = db.selectFrom('worker').select((eb) => eb.fn.max('heartbeat_at').as('seen'));
  if (workerId !== null) query = query.where('id', '=', workerId);
  return (await query.executeTakeFirst())?.seen ?? null;
}

function runQuery(db: Reader) {
  return db
    .selectFrom('run').innerJoin('person', 'person.id', 'run.requested_by')
    .selectAll('run').select('person.name as requester');
}

type RunRow = Awaited<ReturnType<ReturnType<typeof runQuery>['executeTakeFirstOrThrow']>>;

function toStored(row: RunRow): StoredRun {
  return {
    id: row.id, planId: row.plan_id, version: row.version, phaseId: row.phase_id, kind: row.kind, undoes: row.undoes, target: row.target_database, state: row.state, digest: row.digest,
    approvalsNeeded: row.approvals_needed, evidenceId: row.evidence_id, rehearsalId: row.rehearsal_id, proofDemanded: row.proof_demanded, price: row.price, requestedById: row.requested_by, requestedBy: row.requester, requestedAt: row.requested_at, reason: row.reason,
    attempt: row.attempt, workerId: row.worker_id, heartbeatAt: row.heartbeat_at, cancelRequestedAt: row.cancel_requested_at, endedAt: row.ended_at, sentence: row.sentence, scheduledStartId: row.scheduled_start_id, breakGlassId: row.break_glass_id,
  };
}
