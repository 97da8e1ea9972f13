import type { Client } from 'pg';
import type { LedgerSeen } from '#lib/pipeline/rollback.ts';
import { sql } from '#lib/sql.ts';
import { targetIdentity } from './identity.ts';

/**
 * What a reader can say of the ledger before somebody presses rollback: which of the steps that stand it does not know, and on which timeline the server is. Lock: ACCESS SHARE
 * on the ledger, where the role may read it.
 */
export async function seeLedger(client: Client, runId: string, standing: readonly string[]): Promise<LedgerSeen> {
  const { timeline } = await targetIdentity(client);
  const seen = (await client.query<{ there: boolean; readable: boolean }>(sql('probe/ledger_seen'))).rows[0];
  if (!seen?.there) return { timeline, missing: standing };
  if (!seen.readable) return { timeline, missing: null };
  const { rows } = await client.query<{ step_id: string }>(sql('ledger/steps_missing'), [runId, [...standing]]);
  return { timeline, missing: rows.map((row) => row.step_id) };
}
