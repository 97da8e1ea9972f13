import type { DatabaseConfig } from '#lib/env.ts';
import type { Quantity } from '#lib/pipeline/evidence.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { sql } from '#lib/sql.ts';
import { withReader } from './session.ts';

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
