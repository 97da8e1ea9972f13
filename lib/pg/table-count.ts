import type { DatabaseConfig } from '#lib/env.ts';
import type { Quantity } from '#lib/pipeline/evidence.ts';
import type { TableName } from '#lib/pipeline/plan.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { sql } from '#lib/sql.ts';
import { withReader } from './session.ts';

/** Tables in the schemas of one plan; null when the database cannot be asked. Catalogs only. */
export async function tablesOfSchemas(config: DatabaseConfig, schemas: readonly string[]): Promise<TableName[] | null> {
  try {
    return await withReader(config, async (client) => (await client.query<TableName>(sql('introspect/tables_of_schemas'), [schemas])).rows, { statementTimeoutMs: 5_000 });
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

/** Number of the product's tables now, without Countersign's own schemas; unknown, with the reason, when the database cannot be asked. */
export async function tableCount(config: DatabaseConfig): Promise<Quantity> {
  try {
    return await withReader(config, async (client) => {
      const answer = await client.query<{ tables: number }>(sql('introspect/table_count'));
      return { provenance: 'exact', value: answer.rows[0]?.tables ?? 0 };
    }, { statementTimeoutMs: 5_000 });
  } catch (error) {
    if (error instanceof Refused) return { provenance: 'unknown', why: error.refusal.sentence };
    throw error;
  }
}
