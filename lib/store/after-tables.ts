import type { Generated } from 'kysely';
import type { MomentByDefault, MomentOrNull } from './tables.ts';

// What comes after a plan has run, as kysely sees it; part of ControlTables.

export interface FollowUpTable {
  id: Generated<string>;
  plan_id: string;
  key: string;
  title: string;
  due_at: MomentOrNull;
  owner_id: string | null;
  added_by: string;
  added_at: MomentByDefault;
  state: Generated<'open' | 'done' | 'dropped'>;
  ended_by: string | null;
  ended_at: MomentOrNull;
  note: string | null;
}
export interface BreakGlassTable {
  id: Generated<string>;
  plan_id: string;
  version: number;
  phase_id: string;
  target_database: string;
  digest: string;
  reason: string;
  broken_by: string;
  broken_at: MomentByDefault;
  state: Generated<'open' | 'countersigned' | 'rejected'>;
  answered_by: string | null;
  answered_at: MomentOrNull;
  comment: string | null;
}
