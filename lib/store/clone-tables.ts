import type { ColumnType, Generated } from 'kysely';
import type { DraftChecked, DraftState } from '#lib/pipeline/draft-check.ts';
import type { Rehearsed, RehearsalState } from '#lib/pipeline/rehearsal.ts';
import type { MomentByDefault, MomentOrNull } from './tables.ts';

// What workers carry out on clones, as kysely sees it; part of ControlTables.

export interface RehearsalTable {
  id: Generated<string>;
  plan_id: string;
  version: number;
  target_database: string;
  requested_by: string;
  requested_at: MomentByDefault;
  state: ColumnType<RehearsalState, never, RehearsalState>;
  attempt: Generated<number>;
  lost: Generated<number>;
  worker_id: string | null;
  heartbeat_at: MomentOrNull;
  content: ColumnType<Rehearsed | null, never, string>;
  ended_at: MomentOrNull;
  sentence: string | null;
  cancel_requested_at: MomentOrNull;
  cancel_requested_by: string | null;
}
export interface DraftCheckTable {
  id: Generated<string>;
  plan_id: string;
  version: number;
  target_database: string;
  desired: string;
  requested_by: string | null;
  requested_at: MomentByDefault;
  state: ColumnType<DraftState, never, DraftState>;
  attempt: Generated<number>;
  lost: Generated<number>;
  worker_id: string | null;
  heartbeat_at: MomentOrNull;
  content: ColumnType<DraftChecked | null, never, string>;
  ended_at: MomentOrNull;
  sentence: string | null;
}
