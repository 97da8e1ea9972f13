import type { Check, Measurement } from '#lib/pipeline/evidence.ts';
import { exact, unknown } from '#lib/pipeline/unknowns.ts';
import { ident } from '#lib/pipeline/ddl.ts';
import { attempt, type Measuring, whyOfText } from './measure-session.ts';

type Matched = Extract<Check, { kind: 'matched' }>;

/**
 * How many rows of each table go, change or lose a value, by the conditions that people wrote and the foreign keys behind them: one query, in the measuring transaction (READ ONLY), with names
 * looked for where the statements look for them. What the server has against it becomes `unknown` for all tables. Lock: ACCESS SHARE on the tables.
 */
export async function measureMatched({ client }: Measuring, { tables, sql, searchPath }: Matched): Promise<Extract<Measurement, { kind: 'matched' }>['tables']> {
  const answer = await attempt(client, async () => {
    await client.query(`SELECT pg_catalog.set_config('search_path', $1, true)`, [searchPath.map(ident).join(', ')]);
    const { rows } = await client.query<{ at: number; goes: string; changes: string; loses: string }>(sql);
    await client.query(`SELECT pg_catalog.set_config('search_path', 'pg_catalog', true)`);
    return new Map(rows.map((row) => [row.at, row]));
  }, whyOfText);
  return tables.flatMap((one, at) => {
    if (!one) return [];
    const found = answer.ok ? answer.value.get(at) : undefined;
    const quantity = (rows: string | undefined) => (answer.ok ? exact(Number(rows ?? 0)) : unknown(answer.why));
    return [{ table: one.table, goes: one.goes ? quantity(found?.goes) : exact(0), changes: one.changes ? quantity(found?.changes) : exact(0), ...(one.loses ? { loses: quantity(found?.loses) } : {}) }];
  });
}
