import { sha256 } from '#lib/pipeline/digest.ts';
import type { ReadingNote } from '#lib/pipeline/runbook/reading.ts';
import type { ControlTrx, Reader } from './db.ts';

export interface PlanText {
  id: string;
  name: string;
  content: string;
  digest: string;
  /** What was noted while reading it. */
  notes: readonly ReadingNote[];
  by: string;
  at: Date;
}

/** Keeps a text that a plan is read from. Its id comes from the caller, because the plan names it. */
export async function addPlanText(trx: ControlTrx, text: { id: string; name: string; content: string; notes: readonly ReadingNote[]; by: string }): Promise<void> {
  await trx.insertInto('plan_text').values({ id: text.id, name: text.name, content: text.content, digest: sha256(text.content), notes: JSON.stringify(text.notes), added_by: text.by }).execute();
}

/** The text with what was noted about it, or null. */
export async function findPlanText(db: Reader, id: string): Promise<PlanText | null> {
  const row = await db
    .selectFrom('plan_text').innerJoin('person', 'person.id', 'plan_text.added_by')
    .select(['plan_text.id', 'plan_text.name', 'content', 'digest', 'notes', 'person.name as by', 'added_at as at'])
    .where('plan_text.id', '=', id).executeTakeFirst();
  return row ?? null;
}
