import type { DatabaseConfig } from '#lib/env.ts';
import type { Quantity } from '#lib/pipeline/evidence.ts';
import type { TableName } from '#lib/pipeline/plan.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { sql } from '#lib/sql.ts';
import { withReader } from './session.ts';

/**
 * How many tables the product has now, without Countersign's own schemas, and which tables stand in `schemas`. When the database cannot be
 * asked: unknown with the reason, and null. Catalogs only.
 */
export async function tablesNow(config: DatabaseConfig, schemas: readonly string[]): Promise<{ count: Quantity; inSchemas: readonly TableName[] | null }> {
  try {
    return await withReader(config, async (client) => {
      const count = await client.query<{ tables: number }>(sql('introspect/table_count'));
      const named = await client.query<TableName>(sql('introspect/tables_of_schemas'), [schemas]);
      return { count: { provenance: 'exact', value: count.rows[0]?.tables ?? 0 }, inSchemas: named.rows };
    }, { statementTimeoutMs: 5_000 });
  } catch (error) {
    if (error instanceof Refused) return { count: { provenance: 'unknown', why: error.refusal.sentence }, inSchemas: null };
    throw error;
  }
}
