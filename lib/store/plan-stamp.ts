import { sql } from 'kysely';
import type { ControlDb } from './db.ts';

/**
 * A text that changes whenever something was stored that decides how a plan stands: versions, measurements, signatures and their end, requests, runs,
 * rehearsals, draft checks. Rows come and are closed, never go, so counts tell. One round trip over indexes; a signature that runs out of time is seen by the clock.
 */
export async function planStamp(db: ControlDb, planId: string): Promise<string> {
  const { rows } = await sql<{ stamp: string }>`
    select concat_ws(' ',
      (select current_version from plan where id = ${planId}::uuid),
      (select count(*) from evidence where plan_id = ${planId}::uuid),
      (select concat(count(*), '/', count(voided_at), '/', count(*) filter (where voided_at is null and expires_at > now() and (start_by is null or start_by > now()))) from approval where plan_id = ${planId}::uuid),
      (select count(*) from lint_result where plan_id = ${planId}::uuid),
      (select concat(count(*), '/', count(resolved_at)) from change_request where plan_id = ${planId}::uuid),
      (select string_agg(state, ',' order by requested_at, id) from run where plan_id = ${planId}::uuid),
      (select string_agg(state, ',' order by requested_at, id) from rehearsal where plan_id = ${planId}::uuid),
      (select string_agg(state, ',' order by requested_at, id) from draft_check where plan_id = ${planId}::uuid)) as stamp`.execute(db);
  return rows[0]?.stamp ?? '';
}
