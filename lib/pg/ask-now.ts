import type { Client } from 'pg';
import { asOneValue } from './assertion.ts';
import { WHY } from '#lib/pipeline/unknowns.ts';
import { attempt, type Answer } from './measure-session.ts';
import { behindComments } from './statement-head.ts';

/** What a question answers. `value`: of one row with one column, as text. */
export interface AskedNow {
  rows: number;
  value: string | null;
}

/** A person waits in front of a form. */
const STATEMENT_MS = 5_000;
/** Below deadlock_timeout (1 s): it gives way before it can stand in anybody's queue. */
const LOCK_MS = 900;

/**
 * Asks a question of a plan as it would be answered now, for a person who is to say what must come out. One READ ONLY transaction of its own that is rolled back; 5 s for the
 * question. Through a cursor, so that a million rows take no memory.
 * @param searchPath where names without a schema are looked for, as the step that asks it has it.
 * @returns the answer, or why there is none, as the end of a sentence. Lock: what the question takes to read.
 */
export async function askNow(client: Client, sql: string, searchPath: readonly string[]): Promise<Answer<AskedNow>> {
  if (!/^(?:select|with|values|table|\()/i.test(behindComments(sql))) return { ok: false, why: 'it is no query' };
  await client.query('BEGIN READ ONLY');
  try {
    await client.query(`SELECT set_config('search_path', $1, true), set_config('statement_timeout', $2, true), set_config('lock_timeout', $3, true)`, [searchPath.map((schema) => JSON.stringify(schema)).join(', '), String(STATEMENT_MS), String(LOCK_MS)]);
    const answer = await attempt(client, () => asOneValue((query) => client.query(query), sql));
    // A value that does not cast is somebody else's trouble here.
    return answer.ok || answer.why !== WHY.badValue ? answer : { ok: false, why: WHY.refused };
  } finally {
    await client.query('ROLLBACK');
  }
}
