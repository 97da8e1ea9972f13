import type { Quantity } from '#lib/pipeline/evidence.ts';
import type { TableName } from '#lib/pipeline/plan.ts';
import { exact, unknown } from '#lib/pipeline/unknowns.ts';
import { sql } from '#lib/sql.ts';
import { attempt, type Measuring } from './measure-session.ts';

/** Exact number of rows of a table, or why it could not be counted. Lock: ACCESS SHARE on the table. */
export async function measureRows({ client }: Measuring, table: TableName): Promise<Quantity> {
  const answer = await attempt(client, () => client.query<{ rows: string }>(sql('measure/row_count', { table })));
  if (!answer.ok) return unknown(answer.why);
  return exact(Number(answer.value.rows[0]?.rows));
}
