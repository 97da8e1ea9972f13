import type pg from 'pg';
import { catalogMode, CONFLICTS } from '#lib/pipeline/lock-conflicts.ts';
import type { LockClaim, TableName } from '#lib/pipeline/plan.ts';
import type { Waiting } from '#lib/pipeline/run.ts';
import { sql } from '#lib/sql.ts';

/** A session in somebody's way. `seconds` is the age of its transaction (for those we block: of their query). */
export type Blocker = Waiting['blockers'][number];

/** Who blocks this backend at this moment. Takes no lock; needs pg_read_all_stats to see other roles' queries, else they read "unknown". */
export async function blockersOf(client: pg.Client, pid: number): Promise<Blocker[]> {
  return (await client.query<Blocker>(sql('probe/blockers'), [pid])).rows;
}

/** Who holds, on the claimed tables, a lock that keeps a claim out; for a lock timeout that has just been thrown. */
export async function holdersOf(client: pg.Client, claims: readonly LockClaim[], ownPid: number): Promise<Blocker[]> {
  const found = new Map<number, Blocker>();
  for (const claim of claims) {
    const modes = CONFLICTS[claim.mode].map(catalogMode);
    const answer = await client.query<Blocker>(sql('probe/lock_holders'), [[claim.table.schema], [claim.table.name], modes, ownPid]);
    for (const blocker of answer.rows) found.set(blocker.pid, blocker);
  }
  return [...found.values()].sort((a, b) => b.seconds - a.seconds);
}

/** Whom this backend keeps waiting. Takes no lock. */
export async function blockedBy(client: pg.Client, pid: number): Promise<Blocker[]> {
  return (await client.query<Blocker>(sql('probe/blocked_by'), [pid])).rows;
}

/** How many sessions wait for this backend (`waiting`), and how many of them have for longer than so many seconds. Takes no lock. */
export async function heldUp(client: pg.Client, pid: number, seconds: number): Promise<{ sessions: number; waiting: number }> {
  return (await client.query<{ sessions: number; waiting: number }>(sql('probe/held_up'), [pid, seconds])).rows[0] ?? { sessions: 0, waiting: 0 };
}

/** Age in seconds of the oldest transaction that holds a lock on any of these tables; null when nobody does. */
export async function oldestTransactionOn(client: pg.Client, tables: readonly TableName[], ownPid: number): Promise<number | null> {
  const answer = await client.query<{ seconds: number | null }>(sql('probe/oldest_transaction'), [tables.map((one) => one.schema), tables.map((one) => one.name), ownPid]);
  return answer.rows[0]?.seconds ?? null;
}
