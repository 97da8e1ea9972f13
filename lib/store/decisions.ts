import type { DecisionVerdict, PlanDecision, RenameVerdict } from '#lib/pipeline/plan.ts';
import type { ControlTrx, Reader } from './db.ts';

export interface Decision {
  id: string;
  deltaId: string;
  verdict: PlanDecision['verdict'];
  reason: string;
  by: string;
  byId: string;
  at: Date;
}

/** An answer to the question whether two differences are one object; `deltaId` is the id of the rename. */
export interface RenameDecision extends Decision {
  verdict: RenameVerdict;
}

/** Of the standing decisions, those on renames. The others are answers to a difference, which a rename that was taken can be too. */
export function onRenames(decisions: readonly Decision[]): RenameDecision[] {
  return decisions.filter((decision): decision is RenameDecision => decision.verdict === 'renamed' || decision.verdict === 'not_renamed');
}

export function onDifferences(decisions: readonly Decision[]): (Decision & { verdict: DecisionVerdict })[] {
  return decisions.filter((decision): decision is Decision & { verdict: DecisionVerdict } => decision.verdict !== 'renamed' && decision.verdict !== 'not_renamed');
}

/** Standing decisions between two databases, oldest first. */
export async function standingDecisions(db: Reader, current: string, desired: string): Promise<Decision[]> {
  const rows = await db
    .selectFrom('decision')
    .innerJoin('person', 'person.id', 'decision.decided_by')
    .select(['decision.id', 'delta_id', 'verdict', 'reason', 'person.name', 'decided_by', 'decided_at'])
    .where('current_database', '=', current).where('desired_database', '=', desired).where('withdrawn_at', 'is', null)
    .orderBy('decided_at').orderBy('decision.id')
    .execute();
  return rows.map((row) => ({ id: row.id, deltaId: row.delta_id, verdict: row.verdict, reason: row.reason, by: row.name, byId: row.decided_by, at: row.decided_at }));
}

/** Records one answer for several deltas, or for one rename. Refused (by the unique key) when one of them has a standing answer. */
export async function decide(trx: ControlTrx, answer: { current: string; desired: string; deltaIds: readonly string[]; verdict: PlanDecision['verdict']; reason: string; by: string }): Promise<void> {
  await trx
    .insertInto('decision')
    .values(answer.deltaIds.map((deltaId) => ({ current_database: answer.current, desired_database: answer.desired, delta_id: deltaId, verdict: answer.verdict, reason: answer.reason, decided_by: answer.by })))
    .execute();
}

/** Withdraws a standing decision; null when there is none of this id. */
export async function withdraw(trx: ControlTrx, id: string, by: string): Promise<{ deltaId: string; current: string; desired: string; verdict: PlanDecision['verdict'] } | null> {
  const row = await trx
    .updateTable('decision')
    .set({ withdrawn_at: new Date(), withdrawn_by: by })
    .where('id', '=', id).where('withdrawn_at', 'is', null)
    .returning(['delta_id', 'current_database', 'desired_database', 'verdict'])
    .executeTakeFirst();
  return row ? { deltaId: row.delta_id, current: row.current_database, desired: row.desired_database, verdict: row.verdict } : null;
}
