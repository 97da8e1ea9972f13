import { sql } from 'kysely';
import type { KeptFollowUp } from '#lib/pipeline/follow-ups.ts';
import type { ControlTrx, Reader } from './db.ts';

/** Characters of a title that are kept. */
const LONGEST = 300;

/** What people said about items of a plan, and what they added; oldest first. */
export async function keptFollowUps(db: Reader, planId: string): Promise<KeptFollowUp[]> {
  const rows = await db
    .selectFrom('follow_up').innerJoin('person as adder', 'adder.id', 'follow_up.added_by').leftJoin('person as owner', 'owner.id', 'follow_up.owner_id').leftJoin('person as ender', 'ender.id', 'follow_up.ended_by')
    .selectAll('follow_up').select(['adder.name as adder', 'owner.name as owner', 'ender.name as ender'])
    .where('plan_id', '=', planId).orderBy('added_at').orderBy('follow_up.id').execute();
  return rows.map((row) => ({
    key: row.key, title: row.title, dueAt: row.due_at?.toISOString() ?? null, addedBy: row.adder, state: row.state,
    owner: row.owner_id !== null && row.owner !== null ? { id: row.owner_id, name: row.owner } : null,
    end: row.ended_at && row.ender !== null && row.note !== null ? { by: row.ender, at: row.ended_at.toISOString(), note: row.note } : null,
  }));
}

export interface NewFollowUp {
  planId: string;
  key: string;
  title: string;
  /** Of an item by hand; null: it follows from the plan. */
  dueAt: Date | null;
  ownerId: string | null;
  by: string;
}

export async function addFollowUp(trx: ControlTrx, { planId, key, title, dueAt, ownerId, by }: NewFollowUp): Promise<void> {
  await trx.insertInto('follow_up').values({ plan_id: planId, key, title: title.slice(0, LONGEST), due_at: dueAt, owner_id: ownerId, added_by: by }).execute();
}

/** A person takes it over. An item of the plan gets its row with the first word about it. */
export async function ownFollowUp(trx: ControlTrx, item: Omit<NewFollowUp, 'dueAt'>): Promise<void> {
  await trx
    .insertInto('follow_up').values({ plan_id: item.planId, key: item.key, title: item.title.slice(0, LONGEST), owner_id: item.ownerId, added_by: item.by })
    .onConflict((conflict) => conflict.columns(['plan_id', 'key']).doUpdateSet({ owner_id: item.ownerId })).execute();
}

/** Ends it, with what was done or why it is not. The trigger refuses one that has ended. */
export async function endFollowUp(trx: ControlTrx, item: Pick<NewFollowUp, 'planId' | 'key' | 'title' | 'by'>, state: 'done' | 'dropped', note: string): Promise<void> {
  const end = { state, note, ended_by: item.by, ended_at: sql<Date>`clock_timestamp()` };
  await trx
    .insertInto('follow_up').values({ plan_id: item.planId, key: item.key, title: item.title.slice(0, LONGEST), added_by: item.by, ...end })
    .onConflict((conflict) => conflict.columns(['plan_id', 'key']).doUpdateSet(end)).execute();
}
