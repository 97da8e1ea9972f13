import type { Client } from 'pg';
import type { Phase, PriceQuestion } from '#lib/pipeline/plan.ts';
import { followingOf } from '#lib/pipeline/followed.ts';
import { totalPrice, type RollbackPrice, type TablePrice } from '#lib/pipeline/rollback.ts';
import { exact, unknown } from '#lib/pipeline/unknowns.ts';
import { sql } from '#lib/sql.ts';
import { unfollowed } from './kept.ts';
import { attempt } from './measure-session.ts';

const STATEMENT_MS = 30_000;
/** Below deadlock_timeout (1 s). */
const LOCK_MS = 900;

/**
 * What a rollback of the phase would lose now: rows inserted, changed and deleted since, by table, all of one instant. `standing`: the ids of
 * the steps that stand; tables whose step does not stand have nothing to lose. A question
 * that takes too long or has no answer makes its table, and so the whole price, unknown. Asks nothing past a point of no return, except of a phase that
 * stands half (`half`), which goes back as far as it goes.
 * One REPEATABLE READ READ ONLY transaction of its own. Lock: ACCESS SHARE on the tables.
 * @throws the driver's error when the connection breaks or something unexpected is answered.
 */
export async function measurePrice(client: Client, phase: Phase, standing: readonly string[], options: { statementTimeoutMs?: number; half?: boolean } = {}): Promise<RollbackPrice> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    await client.query(`SELECT pg_catalog.set_config('statement_timeout', $1, true), pg_catalog.set_config('lock_timeout', $2, true), pg_catalog.set_config('row_security', 'off', true)`, [String(options.statementTimeoutMs ?? STATEMENT_MS), String(LOCK_MS)]);
    const { rows } = await client.query<{ taken_at: string }>(sql('introspect/taken_at'));
    const tables: TablePrice[] = [];
    const final = phase.pointOfNoReturn && !options.half;
    for (const question of final ? [] : phase.price.filter((one) => standing.includes(one.step))) tables.push(await askPrice(client, question));
    const gone = final ? [] : await unfollowed(client, phase.steps.filter((step) => step.undoWork?.kind === 'swap' && standing.includes(step.id)).flatMap((step) => followingOf(step, 'back')));
    await client.query('COMMIT');
    return totalPrice(phase, rows[0]?.taken_at ?? '', tables, final, gone);
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

async function askPrice(client: Client, question: PriceQuestion): Promise<TablePrice> {
  const answer = await attempt(client, () => client.query<Record<'inserted' | 'changed' | 'deleted', string>>(question.sql));
  if (!answer.ok) return { table: question.table, inserted: unknown(answer.why), changed: unknown(answer.why), deleted: unknown(answer.why) };
  const row = answer.value.rows[0];
  if (!row) throw new Error('askPrice: a price question answers one row');
  return { table: question.table, inserted: exact(Number(row.inserted)), changed: exact(Number(row.changed)), deleted: exact(Number(row.deleted)) };
}
