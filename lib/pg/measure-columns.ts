import type { ChangedColumns, Check } from '#lib/pipeline/evidence.ts';
import { tableKey } from '#lib/pipeline/expectation.ts';
import type { TableName } from '#lib/pipeline/plan.ts';
import { sql } from '#lib/sql.ts';
import { names, type Measuring } from './measure-session.ts';

/**
 * Tables of which a column came, went or became another since the plan was made: a table that is built beside it would not have it. Nothing for a plan
 * that does not say which columns it knows, and for a table that is not there. Catalogs only; no lock.
 */
export async function measureColumns({ client }: Pick<Measuring, 'client'>, { tables, columns }: Extract<Check, { kind: 'dependents' }>): Promise<{ changed?: ChangedColumns[] }> {
  if (!columns) return {};
  const { rows } = await client.query<TableName & { columns: string[] }>(sql('measure/columns'), names(tables));
  const changed = tables.flatMap((table, at): ChangedColumns[] => {
    const [now, known] = [rows.find((row) => tableKey(row) === tableKey(table))?.columns, columns[at]];
    if (!now || !known) return [];
    const came = now.filter((one) => !known.includes(one));
    const went = known.filter((one) => !now.includes(one));
    return came.length + went.length === 0 ? [] : [{ table, came, went }];
  });
  return changed.length === 0 ? {} : { changed };
}
