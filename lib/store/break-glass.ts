import { sql } from 'kysely';
import type { ControlTrx, Reader } from './db.ts';

export type BreakGlassState = 'open' | 'countersigned' | 'rejected';

/** An operator started a phase for which signatures were missing. */
export interface BreakGlass {
  id: string;
  planId: string;
  version: number;
  phaseId: string;
  reason: string;
  by: { id: string; name: string };
  at: Date;
  state: BreakGlassState;
  /** Who answered for it afterwards; null: nobody yet. */
  answer: { by: string; at: Date; comment: string } | null;
}

/** Triggers refuse it where policy does not allow it, and from anybody but an operator who is signed in and did not write the plan. */
export async function breakGlass(trx: ControlTrx, glass: { planId: string; version: number; phaseId: string; target: string; digest: string; reason: string; by: string }): Promise<string> {
  const row = await trx
    .insertInto('break_glass')
    .values({ plan_id: glass.planId, version: glass.version, phase_id: glass.phaseId, target_database: glass.target, digest: glass.digest, reason: glass.reason, broken_by: glass.by })
    .returning('id').executeTakeFirstOrThrow();
  return row.id;
}

/** A second person answers for it, once. Triggers refuse authors of the plan and the one who broke it. */
export async function answerGlass(trx: ControlTrx, id: string, answer: { state: Exclude<BreakGlassState, 'open'>; by: string; comment: string }): Promise<void> {
  await trx.updateTable('break_glass').set({ state: answer.state, answered_by: answer.by, answered_at: sql<Date>`clock_timestamp()`, comment: answer.comment }).where('id', '=', id).execute();
}

/** All of a plan, oldest first. */
export async function listGlasses(db: Reader, planId: string): Promise<BreakGlass[]> {
  return (await glassQuery(db).where('break_glass.plan_id', '=', planId).orderBy('broken_at').orderBy('break_glass.id').execute()).map(toGlass);
}

export async function findGlass(db: Reader, id: string): Promise<BreakGlass | null> {
  const row = await glassQuery(db).where('break_glass.id', '=', id).executeTakeFirst();
  return row ? toGlass(row) : null;
}

function glassQuery(db: Reader) {
  return db
    .selectFrom('break_glass').innerJoin('person as breaker', 'breaker.id', 'break_glass.broken_by').leftJoin('person as answerer', 'answerer.id', 'break_glass.answered_by')
    .selectAll('break_glass').select(['breaker.name as breaker', 'answerer.name as answerer']);
}

type GlassRow = Awaited<ReturnType<ReturnType<typeof glassQuery>['executeTakeFirstOrThrow']>>;

function toGlass(row: GlassRow): BreakGlass {
  return {
    id: row.id, planId: row.plan_id, version: row.version, phaseId: row.phase_id, reason: row.reason, by: { id: row.broken_by, name: row.breaker }, at: row.broken_at, state: row.state,
    answer: row.answered_at && row.answerer !== null ? { by: row.answerer, at: row.answered_at, comment: row.comment ?? '' } : null,
  };
}
