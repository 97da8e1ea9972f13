import { sql } from 'kysely';
import type { ControlDb } from './db.ts';

/** Failures after which one address has to wait a minute, and after which everyone has to for this e-mail address. */
const FAILURES_PER_ADDRESS = 10;
const FAILURES_PER_EMAIL = 50;
const ANYWHERE = '*';

/**
 * Takes one try for this e-mail address and client address before the password is looked at, so that tries made at the
 * same moment count too. False: wait a minute. Failures older than ten minutes are forgotten.
 */
export async function takeTry(db: ControlDb, email: string, address: string): Promise<boolean> {
  await db.deleteFrom('sign_in_throttle').where('last_failed_at', '<', sql<Date>`now() - interval '10 minutes'`).execute();
  const here = await takeOne(db, email, address, FAILURES_PER_ADDRESS);
  return here && (await takeOne(db, email, ANYWHERE, FAILURES_PER_EMAIL));
}

/** The password fitted: the failures of this e-mail address from here are forgotten. */
export async function forgiveTries(db: ControlDb, email: string, address: string): Promise<void> {
  await db.deleteFrom('sign_in_throttle').where('email', '=', email).where('address', 'in', [address, ANYWHERE]).execute();
}

async function takeOne(db: ControlDb, email: string, address: string, limit: number): Promise<boolean> {
  const taken = await sql<{ failures: number }>`
    insert into sign_in_throttle as t (email, address, failures) values (${email}, ${address}, 1)
    on conflict (email, address) do update set failures = t.failures + 1, last_failed_at = now()
    where t.failures < ${limit} or t.last_failed_at < now() - interval '1 minute'
    returning failures`.execute(db);
  return taken.rows.length > 0;
}
