import { sql } from 'kysely';
import type { ControlTrx } from './db.ts';

/**
 * Says for whom the transaction acts, before it writes anything: the control database lets a signature or a run be written only where a person is
 * signed in, and refuses both, people and tokens to whoever comes by a token. Holds until the transaction ends.
 */
export async function actBySession(trx: ControlTrx, personId: string): Promise<void> {
  await sql`select pg_catalog.set_config('countersign.signed_in', ${personId}, true)`.execute(trx);
}

/** The same for a request that came by a token. */
export async function actByToken(trx: ControlTrx, tokenId: string): Promise<void> {
  await sql`select pg_catalog.set_config('countersign.token', ${tokenId}, true)`.execute(trx);
}
