import type { ControlTrx, Reader } from './db.ts';

export interface StoredChangeRequest {
  id: string;
  phaseId: string;
  version: number;
  personId: string;
  person: string;
  comment: string;
  at: Date;
  resolvedAt: Date | null;
}

/** All requests of a plan, oldest first. */
export async function listChangeRequests(db: Reader, planId: string): Promise<StoredChangeRequest[]> {
  const rows = await db
    .selectFrom('change_request').innerJoin('person', 'person.id', 'change_request.person_id')
    .select(['change_request.id', 'phase_id', 'version', 'person_id', 'person.name', 'comment', 'change_request.created_at', 'resolved_at'])
    .where('plan_id', '=', planId).orderBy('change_request.created_at').orderBy('change_request.id').execute();
  return rows.map((row) => ({ id: row.id, phaseId: row.phase_id, version: row.version, personId: row.person_id, person: row.name, comment: row.comment, at: row.created_at, resolvedAt: row.resolved_at }));
}

export async function insertChangeRequest(trx: ControlTrx, request: { planId: string; version: number; phaseId: string; personId: string; comment: string }): Promise<string> {
  const row = await trx
    .insertInto('change_request')
    .values({ plan_id: request.planId, version: request.version, phase_id: request.phaseId, person_id: request.personId, comment: request.comment })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Null when there is no open request of this id. */
export async function resolve(trx: ControlTrx, id: string, by: string): Promise<{ planId: string; phaseId: string } | null> {
  const row = await trx
    .updateTable('change_request').set({ resolved_at: new Date(), resolved_by: by })
    .where('id', '=', id).where('resolved_at', 'is', null)
    .returning(['plan_id', 'phase_id']).executeTakeFirst();
  return row ? { planId: row.plan_id, phaseId: row.phase_id } : null;
}

export async function findChangeRequest(db: Reader, id: string): Promise<{ planId: string; phaseId: string; resolved: boolean } | null> {
  const row = await db.selectFrom('change_request').select(['plan_id', 'phase_id', 'resolved_at']).where('id', '=', id).executeTakeFirst();
  return row ? { planId: row.plan_id, phaseId: row.phase_id, resolved: row.resolved_at !== null } : null;
}
