import { DatabaseError } from 'pg';
import type { ViewReads } from '#lib/pipeline/evidence.ts';
import { tableKey } from '#lib/pipeline/expectation.ts';
import type { TableName } from '#lib/pipeline/plan.ts';
import { viewQuestions } from '#lib/pipeline/view-fit.ts';
import type { Measuring } from './measure-session.ts';
import { isInDoubt } from './sqlstate.ts';

/** An operator or function that is not there for the types, types that do not match, a constant that the type does not take, no cast. */
const TYPES_DIFFER: ReadonlySet<string> = new Set(['42883', '42804', '22P02', '22007', '42846', '42P18']);

/**
 * Views that are made anew over tables with other types, and cannot be: their queries are read by the server (PREPARE, which looks at no row and takes no lock on a
 * table of the application that changes) over relations of the new types. Only what fails for the types, and does not with those of now, is an answer.
 */
export async function measureViews({ client }: Measuring, reads: ViewReads): Promise<{ view: TableName; why: string }[]> {
  const broken: { view: TableName; why: string }[] = [];
  const read = async (sql: string): Promise<DatabaseError | null> => {
    await client.query('SAVEPOINT countersign_view');
    try {
      await client.query(`PREPARE countersign_view AS ${sql}`);
      await client.query('DEALLOCATE countersign_view');
      return null;
    } catch (error) {
      if (!(error instanceof DatabaseError) || isInDoubt(error)) throw error;
      await client.query('ROLLBACK TO SAVEPOINT countersign_view');
      return error;
    }
  };
  for (const { view, below, after, before } of await viewQuestions(reads)) {
    if (below.some((one) => broken.some((other) => tableKey(other.view) === tableKey(one)))) continue;
    const error = await read(after);
    if (error === null || !TYPES_DIFFER.has(error.code ?? '')) continue;
    if ((await read(before)) === null) broken.push({ view, why: error.message });
  }
  return broken;
}
