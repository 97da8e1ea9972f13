import { performance } from 'node:perf_hooks';
import type { Quantity } from '#lib/pipeline/evidence.ts';
import type { TableName } from '#lib/pipeline/plan.ts';
import { exact, unknown } from '#lib/pipeline/unknowns.ts';
import { sql } from '#lib/sql.ts';
import { attempt, goOn, type Measuring, type MeasureWatch } from './measure-session.ts';

/** A piece is about so long that who stops it, or looks at it, does not wait. */
const PIECE_MS = 300;
const FIRST_PIECE = 20_000;
const LARGEST_PIECE = 5_000_000;

/** Exact number of rows of a table, or why it could not be counted. Lock: ACCESS SHARE on the table. */
export async function measureRows({ client, watch }: Measuring, table: TableName): Promise<Quantity> {
  const answer = await attempt(client, async () => (watch ? countInPieces(client, table, watch) : Number((await client.query<{ rows: string }>(sql('measure/row_count', { table }))).rows[0]?.rows)));
  return answer.ok ? exact(answer.value) : unknown(answer.why);
}

/**
 * The same number as count(*), from one scan that is walked through in pieces: a cursor is moved forward, and the server says how many
 * rows it passed. PostgreSQL has no progress of a count; a scan in ranges of ctid would have one, and push everybody else's pages out of memory, which
 * one long sequential scan does not.
 */
async function countInPieces(client: Measuring['client'], table: TableName, watch: MeasureWatch): Promise<number> {
  const expected = (await client.query<{ rows: number | null }>(sql('measure/row_estimate'), [table.schema, table.name])).rows[0]?.rows ?? null;
  await client.query(sql('measure/row_walk', { table }));
  let rows = 0;
  let piece = FIRST_PIECE;
  for (;;) {
    goOn(watch);
    watch.counted(rows, expected);
    const began = performance.now();
    const moved = (await client.query(`MOVE FORWARD ${piece} FROM countersign_walk`)).rowCount ?? 0;
    rows += moved;
    if (moved < piece) break;
    piece = Math.min(LARGEST_PIECE, Math.max(1_000, Math.round(piece * Math.min(4, PIECE_MS / Math.max(1, performance.now() - began)))));
  }
  await client.query('CLOSE countersign_walk');
  watch.counted(rows, expected);
  return rows;
}
