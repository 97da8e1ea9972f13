import type { Reader } from './db.ts';
import type { AccountMadeTable } from './tables.ts';

/** Somebody made the account of another person, or set its password or its address. */
export interface Making {
  personId: string;
  by: string;
  what: AccountMadeTable['what'];
  at: Date;
}

/** Who made whose account, and who last set whose password or address: of each the latest, the account first. */
export async function listMakings(db: Reader): Promise<Making[]> {
  const rows = await db
    .selectFrom('account_made').innerJoin('person', 'person.id', 'account_made.made_by')
    .distinctOn(['person_id', 'what']).select(['person_id', 'person.name', 'what', 'account_made.made_at'])
    .orderBy('person_id').orderBy('what').orderBy('account_made.made_at', 'desc').execute();
  return rows.map((row) => ({ personId: row.person_id, by: row.name, what: row.what, at: row.made_at }));
}
