import { sha256 } from '#lib/pipeline/digest.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { ControlTrx, Reader } from './db.ts';

export interface SourceText {
  name: string;
  by: string;
  at: Date;
  /** The database on whose schema it is replayed; null: an empty one. */
  onto: string | null;
}

/** Keeps a text under a name of its own. Refused when the name is taken by another text, or by one that was archived; the same text again is no harm. */
export async function addSourceText(trx: ControlTrx, text: { name: string; content: string; by: string; onto: string | null }): Promise<'added' | 'known'> {
  const digest = sha256(text.content);
  const known = await trx.selectFrom('source_text').select(['digest', 'onto']).where('name', '=', text.name).executeTakeFirst();
  if (known && (known.digest !== digest || known.onto !== text.onto)) throw new Refused('invalid_input', `There is already another text called ${text.name}. A text never changes: give this one a name of its own.`);
  if (known && (await isArchived(trx, text.name))) throw new Refused('invalid_input', `There was a text called ${text.name}, and it was archived. Give this one a name of its own.`);
  if (known) return 'known';
  await trx.insertInto('source_text').values({ name: text.name, content: text.content, digest, added_by: text.by, onto: text.onto }).execute();
  return 'added';
}

/** Nobody is offered it from now on; what names it finds it as before. False when there is no such text, or it is archived already. */
export async function archiveSourceText(trx: ControlTrx, name: string, by: string, reason: string): Promise<boolean> {
  if (!(await findSourceText(trx, name))) return false;
  const rows = await trx.insertInto('source_archive').values({ name, archived_by: by, reason }).onConflict((conflict) => conflict.doNothing()).returning('name').execute();
  return rows.length > 0;
}

async function isArchived(db: Reader, name: string): Promise<boolean> {
  return (await db.selectFrom('source_archive').select('name').where('name', '=', name).executeTakeFirst()) !== undefined;
}

/** The newest texts first, without those that were archived. */
export async function listSourceTexts(db: Reader, limit = 50): Promise<SourceText[]> {
  const rows = await db
    .selectFrom('source_text').innerJoin('person', 'person.id', 'source_text.added_by')
    .select(['source_text.name', 'person.name as by', 'source_text.added_at as at', 'source_text.onto'])
    .where(({ not, exists, selectFrom }) => not(exists(selectFrom('source_archive').select('source_archive.name').whereRef('source_archive.name', '=', 'source_text.name'))))
    .orderBy('source_text.added_at', 'desc').limit(limit).execute();
  return rows;
}

/** A text as it was added; null when there is none of the name. */
export async function findSourceText(db: Reader, name: string): Promise<{ content: string; onto: string | null } | null> {
  return (await db.selectFrom('source_text').select(['content', 'onto']).where('name', '=', name).executeTakeFirst()) ?? null;
}
