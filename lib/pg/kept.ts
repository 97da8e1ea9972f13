import type { Client } from 'pg';
import { otherThan } from '#lib/pipeline/other-than.ts';
import { followedName } from '#lib/pipeline/planner/labels.ts';
import type { Assertion } from '#lib/pipeline/plan.ts';
import { askValue } from './assertion.ts';
import { qualified } from '#lib/pipeline/ddl.ts';
import type { Feed } from '#lib/pipeline/step-kinds/feed.ts';

/** How far the tables that stand beside the live ones are behind, and what does not go over. */
export interface KeptInStep {
  /** Keys in the logs, counted up to a million. */
  waiting: number;
  errors: number;
  /** Keys of which the last comparison found other rows on either side, counted up to ten thousand a table. */
  differing: number;
  /** At most five of the keys that do not go over, with their table; after them such as differ. */
  keys: readonly string[];
  /** Tables that nothing follows any more. */
  unfollowed: readonly string[];
}

const COUNTED_MOST = 1_000_000;
const NAMED_MOST = 5;

/** Counts exactly, with the reader's session. Lock: ACCESS SHARE on the logs. */
export async function measureKept(client: Client, feed: Feed, follows: readonly Assertion[] = []): Promise<KeptInStep> {
  let waiting = 0;
  for (const table of feed.tables) {
    const answer = await client.query<unknown[]>({ text: table.backlogSql, values: [COUNTED_MOST], rowMode: 'array' });
    waiting += Number(answer.rows[0]?.[0] ?? 0);
  }
  const answer = await client.query<{ said: string; errors: number; differing: number }>(
    `SELECT source || ' ' || key::text AS said, count(*) FILTER (WHERE state <> 'differs') OVER ()::int AS errors, count(*) FILTER (WHERE state = 'differs') OVER ()::int AS differing FROM ${qualified(feed.errors)} WHERE feed = $1 ORDER BY state = 'differs', noticed_at LIMIT ${NAMED_MOST}`,
    [feed.direction],
  );
  return { waiting, errors: answer.rows[0]?.errors ?? 0, differing: answer.rows[0]?.differing ?? 0, keys: answer.rows.map((row) => row.said), unfollowed: await unfollowed(client, follows) };
}

/** Of assertions as followingOf gives them, the tables of those that do not hold. */
export async function unfollowed(client: Client, follows: readonly Assertion[]): Promise<string[]> {
  return (await failing(client, follows)).map(({ label }) => followedName(label) ?? label);
}

/** Of assertions that expect a text, in sentences, those that do not hold. */
export async function otherwiseNow(client: Client, assertions: readonly Assertion[]): Promise<string[]> {
  return (await failing(client, assertions)).map(otherThan);
}

/** Takes no lock: they ask the catalogs, which are open to everybody. */
async function failing(client: Client, assertions: readonly Assertion[]): Promise<{ label: string; expected: string; actual: string }[]> {
  const found: { label: string; expected: string; actual: string }[] = [];
  for (const { label, sql, expect } of assertions) {
    if (expect.from !== 'literal') continue;
    const actual = await askValue((query) => client.query(query), sql);
    if (actual !== expect.value) found.push({ label, expected: expect.value, actual });
  }
  return found;
}
