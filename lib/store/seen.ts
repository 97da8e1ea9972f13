import { sql } from 'kysely';
import { looked, type Look, type Seen } from '#lib/pipeline/since.ts';
import type { ControlTrx, Reader } from './db.ts';

/** What a person has seen of a plan, and the instant of the control database, by whose clock everything is told. */
export async function seenOf(db: Reader, planId: string, personId: string): Promise<{ seen: Seen | null; now: Date }> {
  const { rows } = await sql<{ now: Date; version: number | null; at: Date | null; before_version: number | null; before_at: Date | null }>`
    select clock_timestamp() as now, s.version, s.at, s.before_version, s.before_at
    from (select 1) as one left join plan_seen s on s.plan_id = ${planId}::uuid and s.person_id = ${personId}::uuid`.execute(db);
  const row = rows[0];
  if (!row) throw new Error('the control database told no time');
  const before = row.before_version !== null && row.before_at !== null ? { version: row.before_version, at: row.before_at } : null;
  return { now: row.now, seen: row.version !== null && row.at !== null ? { version: row.version, at: row.at, before } : null };
}

/** Keeps that a person looked at a page which was made at `look.at`; never at an instant to come, which would hide what happens until then. */
export async function keepLook(trx: ControlTrx, planId: string, personId: string, look: Look): Promise<void> {
  const { seen, now } = await seenOf(trx, planId, personId);
  const next = looked(seen, { version: look.version, at: look.at < now ? look.at : now });
  const row = { version: next.version, at: next.at, before_version: next.before?.version ?? null, before_at: next.before?.at ?? null };
  await trx.insertInto('plan_seen').values({ plan_id: planId, person_id: personId, ...row }).onConflict((conflict) => conflict.columns(['plan_id', 'person_id']).doUpdateSet(row)).execute();
}
