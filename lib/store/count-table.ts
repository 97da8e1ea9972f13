import type { ColumnType, Generated } from 'kysely';
import type { CountProgress, CountState } from '#lib/pipeline/count.ts';
import type { MomentByDefault, MomentOrNull } from './tables.ts';

// Counts that workers make, as kysely sees them; part of ControlTables.

export interface ExactCountTable {
  id: Generated<string>;
  plan_id: string;
  version: number;
  phase_id: string;
  target_database: string;
  requested_by: string;
  requested_at: MomentByDefault;
  state: ColumnType<CountState, never, CountState>;
  attempt: Generated<number>;
  lost: Generated<number>;
  worker_id: string | null;
  heartbeat_at: MomentOrNull;
  stop_requested_at: MomentOrNull;
  stop_requested_by: string | null;
  content: ColumnType<CountProgress | null, never, string>;
  evidence_id: string | null;
  ended_at: MomentOrNull;
  sentence: string | null;
}
