import type { Generated } from 'kysely';
import type { Moment, MomentByDefault, MomentOrNull } from './tables.ts';

// What people say about a plan and what they have seen of it, as kysely sees it; part of ControlTables.

export interface CommentTable {
  id: Generated<string>;
  plan_id: string;
  version: number;
  phase_id: string | null;
  step_id: string | null;
  reply_to: string | null;
  change_request_id: string | null;
  person_id: string;
  body: string;
  created_at: MomentByDefault;
}
export interface CommentMentionTable {
  comment_id: string;
  person_id: string;
}
export interface ThreadStateTable {
  thread_id: string;
  seq: number;
  settled: boolean;
  person_id: string;
  at: MomentByDefault;
}
export interface ThreadLostTable {
  thread_id: string;
  version: number;
  title: string;
}
export interface PlanSeenTable {
  plan_id: string;
  person_id: string;
  version: number;
  at: Moment;
  before_version: number | null;
  before_at: MomentOrNull;
}
