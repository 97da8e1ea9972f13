import type { Client } from 'pg';
import type { StatePrint } from '#lib/pipeline/rehearsal.ts';
import { fingerprint } from '#lib/pipeline/snapshot.ts';
import { sql } from '#lib/sql.ts';
import { introspect } from './introspect.ts';

/** Countersign's own schemas: the ledger, and what phases keep until clean-up. */
const OURS = /^countersign(_|$)/;

/**
 * Schema and rows of the connected database in one snapshot: the fingerprint, and count and hash of every ordinary table's rows. Leaves out
 * Countersign's own schemas. Reads every row; what materialized views, sequences and large objects hold is not part of it. Lock: ACCESS SHARE.
 */
export async function statePrint(client: Client): Promise<StatePrint> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const { objects } = await introspect(client, { inTransaction: true, withoutEstimates: true });
    const { rows } = await client.query<{ schema: string; name: string }>(sql('measure/dump_tables'));
    const tables: Record<string, { rows: number; hash: string }> = {};
    for (const table of rows.filter(({ schema }) => !OURS.test(schema))) {
      const print = await client.query<{ rows: number; hash: string }>(sql('measure/row_print', { table: { schema: table.schema, name: table.name } }));
      const [row] = print.rows;
      if (row) tables[`${table.schema}.${table.name}`] = row;
    }
    return { fingerprint: fingerprint(objects), tables };
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}
