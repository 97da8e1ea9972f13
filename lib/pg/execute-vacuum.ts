import { qualified } from '#lib/pipeline/ddl.ts';
import { CONFLICTS } from '#lib/pipeline/lock-conflicts.ts';
import type { LockClaim, TableName } from '#lib/pipeline/plan.ts';
import { sql } from '#lib/sql.ts';
import type { RunSession } from './execute-session.ts';

/** Milliseconds in line beyond the server's deadlock_timeout: the vacuum that is sent away needs a moment to go. */
const GRACE_MS = 500;
/** Where deadlock_timeout is longer, nobody is sent away for us. */
const LONGEST_MS = 10_000;

interface Maintained extends TableName {
  deadlockMs: number;
}

async function upkeepOf({ client, pid }: RunSession, tables: readonly TableName[]): Promise<Maintained[]> {
  return (await client.query<Maintained>(sql('probe/maintained'), [tables.map((table) => table.schema), tables.map((table) => table.name), pid])).rows;
}

/** On which of the tables somebody else is at upkeep (vacuum, analyze, an index built concurrently): `public.orders`. Takes no lock. Not to be asked while a statement is under way. */
export async function maintained(session: RunSession, tables: readonly TableName[]): Promise<string[]> {
  return (await upkeepOf(session, tables)).map((table) => `${table.schema}.${table.name}`);
}

/**
 * Sends an autovacuum away that keeps a claimed lock out: it gives way only to somebody who has stood in line for deadlock_timeout, and our tries end before that, so that
 * without this they would all go by while it works on (execution.md 0.5). We stand in line for SHARE UPDATE EXCLUSIVE, behind which no reader and no writer has to wait, in
 * a transaction that holds nothing else, so that no deadlock can come of it. Nothing is cancelled by us: a VACUUM that a person began, and one against wraparound, stay.
 * To be asked outside a transaction, after a lost try. Throws nothing: what goes wrong here the next try meets again.
 *
 * @see https://www.postgresql.org/docs/current/routine-vacuuming.html#AUTOVACUUM
 */
export async function letVacuumsYield(session: RunSession, claims: readonly LockClaim[]): Promise<void> {
  const kept = claims.filter(({ mode }) => CONFLICTS[mode].includes('SHARE UPDATE EXCLUSIVE')).map(({ table }) => table);
  if (kept.length === 0 || session.lost) return;
  const { client } = session;
  try {
    for (const { deadlockMs, ...table } of await upkeepOf(session, kept)) {
      if (deadlockMs + GRACE_MS > LONGEST_MS) return;
      await client.query(`BEGIN; SET LOCAL lock_timeout = ${deadlockMs + GRACE_MS}; LOCK TABLE ONLY ${qualified(table)} IN SHARE UPDATE EXCLUSIVE MODE; COMMIT`).catch(() => client.query('ROLLBACK'));
    }
  } catch {
    // Said in the docstring.
  }
}
