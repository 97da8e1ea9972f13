import type { Client } from 'pg';
import { qualified } from '#lib/pipeline/ddl.ts';
import type { Feed } from '#lib/pipeline/step-kinds/feed.ts';

/** How far the tables that stand beside the live ones are behind, and what does not go over. */
export interface KeptInStep {
  /** Keys in the logs, counted up to a million. */
  waiting: number;
  errors: number;
  /** At most five of the keys that do not go over, with their table. */
  keys: readonly string[];
}

const COUNTED_MOST = 1_000_000;
const NAMED_MOST = 5;

/** Counts exactly, with the reader's session. Lock: ACCESS SHARE on the logs. */
export async function measureKept(client: Client, feed: Feed): Promise<KeptInStep> {
  let waiting = 0;
  for (const table of feed.tables) {
    const answer = await client.query<unknown[]>({ text: table.backlogSql, values: [COUNTED_MOST], rowMode: 'array' });
    waiting += Number(answer.rows[0]?.[0] ?? 0);
  }
  const errors = await client.query<{ said: string; n: number }>(`SELECT source || ' ' || key::text AS said, count(*) OVER ()::int AS n FROM ${qualified(feed.errors)} WHERE feed = $1 ORDER BY noticed_at LIMIT ${NAMED_MOST}`, [feed.direction]);
  return { waiting, errors: errors.rows[0]?.n ?? 0, keys: errors.rows.map((row) => row.said) };
}
