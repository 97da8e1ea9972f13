import { sql } from 'kysely';
import type { Reader } from './db.ts';

/** Age in seconds of the youngest heartbeat of a worker, by the clock of the control database; null when no worker ever reported. */
export async function youngestHeartbeat(db: Reader): Promise<number | null> {
  const row = await db.selectFrom('worker').select(sql<number | null>`extract(epoch from clock_timestamp() - max(heartbeat_at))::float8`.as('age')).executeTakeFirst();
  return row?.age ?? null;
}
