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

/** Keeps a text under a name of its own. Refused when the name is taken by another text; the same text again is no harm. */
export async function addSourceText(trx: ControlTrx, text: { name: string; content: string; by: string; onto: string | null }): Promise<'added' | 'known'> {
  const digest = sha256(text.content);
  const known = await trx.selectFrom('source_text').select(['digest', 'onto']).where('name', '=', text.name).executeTakeFirst();
  if (known && (known.digest !== digest || known.onto !== text.onto)) throw new Refused('invalid_input', `There is already another text called ${text.name}. A text never changes: give this one a name of its own.`);
  if (known) return 'known';
  await trx.insertInto('source_text').values({ name: text.name, content: text.content, digest, added_by: text.by, onto: text.onto }).execute();
  return 'added';
}

/** The newest texts first. */
export async function listSourceTexts(db: Reader, limit = 50): Promise<SourceText[]> {
  const rows = await db
    .selectFrom('source_text').innerJoin('person', 'person.id', 'source_text.added_by')
    .select(['source_text.name', 'person.name as by', 'source_text.added_at as at', 'source_text.onto'])
    .orderBy('source_text.added_at', 'desc').limit(limit).execute();
  return rows;
}

/** A text as it was added; null when there is none of the name. */
export async function findSourceText(db: Reader, name: string): Promise<{ content: string; onto: string | null } | null> {
  return (await db.selectFrom('source_text').select(['content', 'onto']).where('name', '=', name).executeTakeFirst()) ?? null;
}
