import { literal, qualified } from '#lib/pipeline/ddl.ts';
import type { FeedTable } from '#lib/pipeline/step-kinds/feed.ts';
import { type FeedFrame, isRowTrouble, tell } from './execute-feed.ts';
import { commitFrame, expectCurrent, leaveFailed, openFrame, send } from './execute-frame.ts';
import { writeCheckpoint } from './ledger.ts';
import { SQLSTATE, sqlState } from './sqlstate.ts';

/** A key as the log holds it: one text per column. */
type Key = readonly string[];

/** More keys than this that do not go over are no accident of single rows. */
const ERRORS_MOST = 1_000;
const BACKLOG_MOST = 1_000_000;
/**
 * Savepoints of one transaction. Beyond 64 that wrote, the server keeps no list of them any more, and every snapshot of every session looks them up on disk until the
 * transaction ends (execution paper 4.27).
 */
const SAVEPOINTS_MOST = 48;
/** The state, in the list of keys that do not go over, of one that a comparison found different: it may well go over, and only the next comparison takes it out again. */
export const DIFFERS = 'differs';
/** For LIMIT. */
export const EVERYTHING = 2_000_000_000;

export interface FeedError {
  source: string;
  key: string;
  state: string;
}

/** How many log entries wait, over all tables of the feed; of each counted up to `most`. */
export async function backlogOf(frame: FeedFrame, most = BACKLOG_MOST): Promise<number> {
  let waiting = 0;
  for (const table of frame.feed.tables) {
    tell(frame, `count the keys that wait of ${table.name}`, '');
    waiting += Number((await ask(frame, table.backlogSql, [most]))[0] ?? 0);
  }
  return waiting;
}

/** Keys that did not go over; what a comparison found different is not among them. */
export async function errorsOf(frame: FeedFrame): Promise<FeedError[]> {
  const { feed } = frame;
  const answer = await send(frame.session, { text: `SELECT source, key::text, state FROM ${qualified(feed.errors)} WHERE feed = $1 AND state <> $2 ORDER BY noticed_at LIMIT ${ERRORS_MOST}`, values: [feed.direction, DIFFERS], rowMode: 'array' }, frame.context.limits);
  return answer.rows.map((row) => {
    const [source, key, state] = row as [string, string, string];
    return { source, key, state };
  });
}

/**
 * One batch of every log in one REPEATABLE READ transaction: parents are written before children, children taken out before parents, and
 * all of it is of one instant, so that no child is seen without its parent. Answers how many log entries it took.
 * @param retryErrors takes the keys up again that did not go over before.
 * @param then looks at both sides in the same snapshot, before the commit; may throw.
 */
export async function applyBatch(frame: FeedFrame, most: number, retryErrors: boolean, then?: () => Promise<void>): Promise<number> {
  const { session, context, feed } = frame;
  tell(frame, 'apply what changed', '');
  // Rows of the application itself are written as they stand when their lock is had; a snapshot would lose against whoever wrote them since.
  await openFrame(session, feed.within && !then ? 'read committed' : 'repeatable read', context.limits);
  await expectCurrent(frame.session, frame.context);
  frame.savepoints = 0;
  const batches: { table: FeedTable; keys: Key[]; fine: Key[] }[] = [];
  let taken = 0;
  for (const table of feed.tables) {
    const { entries, keys } = await take(frame, table, most);
    taken += entries;
    batches.push({ table, keys: retryErrors ? [...keys, ...(await errorKeys(frame, table))] : keys, fine: [] });
  }
  for (const batch of batches) batch.fine = await write(frame, batch.table, batch.keys);
  for (const { table, fine } of batches.toReversed()) if (table.removeSql !== '') await each(frame, table.removeSql, fine);
  for (const { table, fine } of batches) for (const sql of table.afterSql) await each(frame, sql, fine);
  for (const { table, fine } of batches) if (fine.length > 0) await forgetErrors(frame, table, fine);
  await then?.();
  const state = { ...frame.state, applied: frame.state.applied + batches.reduce((sum, one) => sum + one.keys.length, 0) };
  await writeCheckpoint(session.client, context.run.runId, frame.step.id, state);
  context.reach('before_batch_commit');
  await commitFrame(session, context.limits);
  frame.state = state;
  context.reach('after_batch');
  return taken;
}

/** Takes entries out of the log. One without keys stands there again when this throws, for good: a write that was not noted is not to be made up for. */
async function take(frame: FeedFrame, table: FeedTable, most: number): Promise<{ entries: number; keys: Key[] }> {
  const [entries, keys] = (await ask(frame, table.takeSql, [most])) as [number, Key[]];
  if (keys.some((key: readonly (string | null)[]) => key.includes(null))) {
    throw leaveFailed(`Writes to ${table.name} could not be noted, because somebody had changed its columns: what they wrote nobody knows, so what was built of it must be rolled back and built anew.`);
  }
  return { entries, keys };
}

/** Writes the rows that stand now. Answers the keys that went: those that do not go over are noted, never dropped. */
async function write(frame: FeedFrame, table: FeedTable, keys: readonly Key[]): Promise<Key[]> {
  if (keys.length === 0) return [];
  const trouble = await attempted(frame, table.upsertSql, keys);
  if (trouble === null) return [...keys];
  if (trouble !== SQLSTATE.uniqueViolation) return halved(frame, table, keys, trouble);
  // Rows that exchanged a unique value: whoever still holds it there is stale, so its key waits in the log of this very snapshot. With
  // all of them taken out and written anew in one statement, nobody is in the way of anybody.
  const { keys: waiting } = await take(frame, table, EVERYTHING);
  const all = distinct([...keys, ...waiting]);
  const still = await attempted(frame, table.rewriteSql, all);
  return still === null ? all : halved(frame, table, all, still);
}

/** The SQLSTATE when the statement met trouble with a row, and then nothing of it stands; null when it went. */
async function attempted(frame: FeedFrame, sql: string, keys: readonly Key[]): Promise<string | null> {
  const { client } = frame.session;
  frame.savepoints += 1;
  await client.query('SAVEPOINT rows');
  try {
    await ask(frame, sql, [JSON.stringify(keys)]);
    await client.query('RELEASE SAVEPOINT rows');
    return null;
  } catch (error) {
    if (!isRowTrouble(error)) throw error;
    await client.query('ROLLBACK TO SAVEPOINT rows');
    await client.query('RELEASE SAVEPOINT rows');
    return sqlState(error) ?? 'XX000';
  }
}

/** Finds the rows in trouble by halving, so that the others go. What this transaction has no savepoint left for waits in the log again. */
async function halved(frame: FeedFrame, table: FeedTable, keys: readonly Key[], trouble: string): Promise<Key[]> {
  const [only] = keys;
  if (keys.length > 1 && frame.savepoints >= SAVEPOINTS_MOST) {
    await putBack(frame, table, keys);
    return [];
  }
  if (keys.length === 1 && only) {
    await noteError(frame, table, only, trouble);
    return [];
  }
  const gone: Key[] = [];
  const middle = Math.ceil(keys.length / 2);
  for (const half of [keys.slice(0, middle), keys.slice(middle)]) {
    const again = await attempted(frame, table.upsertSql, half);
    gone.push(...(again === null ? half : await halved(frame, table, half, again)));
  }
  return gone;
}

async function putBack(frame: FeedFrame, { log, keyNames }: FeedTable, keys: readonly Key[]): Promise<void> {
  const named = keyNames.map((name, i) => `${literal(name)}, e -> ${i}`).join(', ');
  await ask(frame, `INSERT INTO ${qualified(log)} (${keyNames.join(', ')}) SELECT ${keyNames.map((name) => `r.${name}`).join(', ')} FROM jsonb_array_elements($1::jsonb) e, jsonb_populate_record(NULL::${qualified(log)}, jsonb_build_object(${named})) r`, [JSON.stringify(keys)]);
}

/** For every key that has a counterpart there at all: one that cannot be written in the other type cannot be there either. */
async function each(frame: FeedFrame, sql: string, keys: readonly Key[]): Promise<void> {
  if (keys.length === 0) return;
  const trouble = await attempted(frame, sql, keys);
  if (trouble === null || (keys.length === 1 && trouble.startsWith('22'))) return;
  if (keys.length === 1) throw leaveFailed(`A row that is gone cannot be taken out on the other side (${trouble}).`);
  const middle = Math.ceil(keys.length / 2);
  await each(frame, sql, keys.slice(0, middle));
  await each(frame, sql, keys.slice(middle));
}

function distinct(keys: readonly Key[]): Key[] {
  return [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()];
}

async function noteError(frame: FeedFrame, table: FeedTable, key: Key, state: string): Promise<void> {
  const { feed } = frame;
  await ask(frame, `INSERT INTO ${qualified(feed.errors)} (feed, source, key, state) VALUES ($1, $2, $3::jsonb, $4) ON CONFLICT (feed, source, key) DO UPDATE SET state = EXCLUDED.state`, [feed.direction, table.name, JSON.stringify(key), state]);
  const [count] = await ask(frame, `SELECT count(*)::int FROM ${qualified(feed.errors)} WHERE feed = $1`, [feed.direction]);
  if (Number(count) > ERRORS_MOST) throw leaveFailed(`More than ${ERRORS_MOST} rows of ${table.name} do not go over (the last with ${state}): that is no matter of single rows, so it stopped.`);
}

async function errorKeys(frame: FeedFrame, table: FeedTable): Promise<Key[]> {
  const { feed } = frame;
  const [keys] = await ask(frame, `SELECT coalesce(jsonb_agg(key), '[]') FROM ${qualified(feed.errors)} WHERE feed = $1 AND source = $2 AND state <> $3`, [feed.direction, table.name, DIFFERS]);
  return keys as Key[];
}

async function forgetErrors(frame: FeedFrame, table: FeedTable, keys: readonly Key[]): Promise<void> {
  const { feed } = frame;
  await ask(frame, `DELETE FROM ${qualified(feed.errors)} WHERE feed = ${literal(feed.direction)} AND source = $1 AND key IN (SELECT jsonb_array_elements($2::jsonb))`, [table.name, JSON.stringify(keys)]);
}

/** The columns of the single row that a statement answers. */
async function ask(frame: FeedFrame, text: string, values: unknown[]): Promise<unknown[]> {
  const answer = await send(frame.session, { text, values, rowMode: 'array' }, frame.context.limits);
  return (answer.rows[0] as unknown[] | undefined) ?? [];
}
