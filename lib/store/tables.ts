import type { ColumnType, Generated } from 'kysely';
import type { Snapshot } from '#lib/pipeline/snapshot.ts';
import type { DriftRun } from '#lib/pipeline/drift.ts';
import type { Plan, PlanDecision } from '#lib/pipeline/plan.ts';
import type { PolicyDocument } from '#lib/pipeline/policy-document.ts';
import type { LintFinding } from '#lib/pipeline/lint/finding.ts';
import type { ReadingNote } from '#lib/pipeline/runbook/reading.ts';
import type { Evidence } from '#lib/pipeline/evidence.ts';
import type { RollbackPrice } from '#lib/pipeline/rollback.ts';
import type { ManualAnswer, RunEvent, RunKind, RunState } from '#lib/pipeline/run.ts';
import type { BreakGlassTable, FollowUpTable } from './after-tables.ts';
import type { CommentMentionTable, CommentTable, PlanSeenTable, ThreadLostTable, ThreadStateTable } from './thread-tables.ts';
import type { DraftCheckTable, RehearsalTable } from './clone-tables.ts';
import type { ExactCountTable } from './count-table.ts';
import type { DeliveryAttemptTable, DeliveryTable, NoticeTable, NotificationChoiceTable, WebhookTable } from './notice-tables.ts';

// The control database as kysely sees it. `tables.db.test.ts` compares TABLE_COLUMNS with the real catalog, and the types below
// with TABLE_COLUMNS, so that neither can drift from prisma-free-sql/control.

/** A moment: comes back as Date, goes in as Date or ISO text. */
export type Moment = ColumnType<Date, Date | string, Date | string>;
export type MomentByDefault = ColumnType<Date, Date | string | undefined, Date | string>;
export type MomentOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
/** jsonb: goes in as JSON text, comes back parsed. */
type Json<T> = ColumnType<T, string, never>;

export type RoleName = 'viewer' | 'author' | 'approver' | 'operator' | 'admin';

export interface PersonTable {
  id: Generated<string>;
  email: string;
  name: string;
  /** Empty: none. */
  group_name: Generated<string>;
  password_hash: string | null;
  oidc_subject: string | null;
  disabled_at: MomentOrNull;
  created_at: MomentByDefault;
}
export interface PersonRoleTable {
  person_id: string;
  role: RoleName;
  granted_at: MomentByDefault;
}
export interface SnapshotTable {
  id: Generated<string>;
  database_name: string;
  fingerprint: string;
  content: Json<Snapshot>;
  taken_at: Moment;
  taken_by: string | null;
}
export interface DecisionTable {
  id: Generated<string>;
  current_database: string;
  desired_database: string;
  delta_id: string;
  verdict: PlanDecision['verdict'];
  reason: string;
  decided_by: string;
  decided_at: MomentByDefault;
  withdrawn_by: string | null;
  withdrawn_at: MomentOrNull;
}
export interface PlanTable {
  id: string;
  name: string;
  target_database: string;
  desired_database: string;
  current_version: Generated<number>;
  created_by: string;
  created_at: MomentByDefault;
  archived_at: MomentOrNull;
  compared_with: string | null;
}
export interface PlanVersionTable {
  plan_id: string;
  version: number;
  document: Json<Plan>;
  digest: string;
  edited_by: string;
  reason: Generated<string>;
  created_at: MomentByDefault;
}
export interface EvidenceTable {
  id: Generated<string>;
  plan_id: string;
  phase_id: string;
  phase_document_digest: string;
  content: Json<Evidence>;
  measured_at: Moment;
  measured_by: string | null;
}
export interface ApprovalTable {
  id: Generated<string>;
  plan_id: string;
  version: number;
  phase_id: string;
  digest: string;
  evidence_id: string;
  rehearsal_id: string | null;
  proof_demanded: Generated<boolean>;
  person_id: string;
  comment: Generated<string>;
  signed_at: MomentByDefault;
  expires_at: Moment;
  voided_at: MomentOrNull;
  void_reason: string | null;
  /** Of the signer when signing; set by a trigger. */
  group_name: Generated<string>;
}
export interface ChangeRequestTable {
  id: Generated<string>;
  plan_id: string;
  version: number;
  phase_id: string;
  person_id: string;
  comment: string;
  created_at: MomentByDefault;
  resolved_at: MomentOrNull;
  resolved_by: string | null;
}
export interface RunTable {
  id: Generated<string>;
  plan_id: string;
  version: number;
  phase_id: string;
  kind: RunKind;
  undoes: string | null;
  target_database: string;
  state: Generated<RunState>;
  digest: string;
  approvals_needed: number;
  evidence_id: string | null;
  rehearsal_id: string | null;
  proof_demanded: Generated<boolean>;
  scheduled_start_id: string | null;
  break_glass_id: string | null;
  price: ColumnType<RollbackPrice | null, string | null | undefined, never>;
  requested_by: string;
  requested_at: MomentByDefault;
  reason: Generated<string>;
  attempt: Generated<number>;
  worker_id: string | null;
  heartbeat_at: MomentOrNull;
  cancel_requested_at: MomentOrNull;
  cancel_requested_by: string | null;
  pace: Generated<number>;
  ended_at: MomentOrNull;
  sentence: string | null;
}
export interface RunEventTable {
  run_id: string;
  seq: number;
  at: MomentByDefault;
  event: Json<RunEvent>;
}
export interface ManualConfirmationTable {
  run_id: string;
  step_id: string;
  person_id: string;
  verdict: ManualAnswer['verdict'];
  note: string;
  at: MomentByDefault;
}
export interface WorkerTable {
  id: string;
  started_at: MomentByDefault;
  heartbeat_at: MomentByDefault;
  host: string;
  pid: number;
}
export interface AuditEntryTable {
  /** bigint: comes back as text. */
  seq: ColumnType<string, number | string, never>;
  body: string;
  prev_hash: string;
  hash: string;
  at: ColumnType<string, never, never>;
  actor: ColumnType<string, never, never>;
  action: ColumnType<string, never, never>;
  plan_id: ColumnType<string | null, never, never>;
  run_id: ColumnType<string | null, never, never>;
}
export interface AuditHeadTable {
  only: Generated<boolean>;
  seq: ColumnType<string, number | string, never>;
  hash: string;
}
export interface SignInThrottleTable {
  email: string;
  address: string;
  failures: number;
  last_failed_at: MomentByDefault;
}

export interface SourceTextTable {
  name: string;
  content: string;
  digest: string;
  added_by: string;
  added_at: MomentByDefault;
  onto: string | null;
}
export interface DriftCheckTable {
  database_name: string;
  checked_at: Moment;
  trouble: string | null;
}
export interface DriftTable {
  id: Generated<string>;
  database_name: string;
  before_id: string;
  after_id: string;
  found_at: MomentByDefault;
  differences: number;
  outside: number;
  names: Json<readonly string[]>;
  runs: Json<readonly DriftRun[]>;
  answered_by: string | null;
  answered_at: MomentOrNull;
  answer: string | null;
}

export interface PlanTextTable {
  id: Generated<string>;
  name: string;
  content: string;
  digest: string;
  notes: Json<readonly ReadingNote[]>;
  added_by: string;
  added_at: MomentByDefault;
}
export interface LintResultTable {
  id: Generated<string>;
  plan_id: string;
  version: number;
  findings: Json<readonly LintFinding[]>;
  current_reading: string | null;
  desired_reading: string | null;
  made_at: MomentByDefault;
}
export interface ApiTokenTable {
  id: Generated<string>;
  person_id: string;
  name: string;
  token_hash: string;
  prefix: string;
  scopes: string[];
  created_at: MomentByDefault;
  expires_at: Moment;
  revoked_at: MomentOrNull;
  revoked_by: string | null;
  last_used_at: MomentOrNull;
  window_started_at: MomentByDefault;
  window_uses: Generated<number>;
}
export interface PolicyVersionTable {
  number: number;
  document: Json<PolicyDocument>;
  made_by: string;
  made_at: MomentByDefault;
  reason: string;
}
/** `moved`: another one took its place. */
export type ScheduledStartState = 'waiting' | 'started' | 'stopped' | 'moved' | 'refused';
export interface ScheduledStartTable {
  id: Generated<string>;
  plan_id: string;
  version: number;
  phase_id: string;
  target_database: string;
  digest: string;
  start_at: Moment;
  scheduled_by: string;
  scheduled_at: MomentByDefault;
  reason: Generated<string>;
  state: Generated<ScheduledStartState>;
  ended_at: MomentOrNull;
  ended_by: string | null;
  sentence: string | null;
}
export interface ControlMigrationTable {
  file: string;
  checksum: string;
  applied_at: MomentByDefault;
}

export interface ControlTables {
  person: PersonTable;
  person_role: PersonRoleTable;
  snapshot: SnapshotTable;
  decision: DecisionTable;
  plan: PlanTable;
  plan_version: PlanVersionTable;
  evidence: EvidenceTable;
  approval: ApprovalTable;
  change_request: ChangeRequestTable;
  run: RunTable;
  run_event: RunEventTable;
  manual_confirmation: ManualConfirmationTable;
  worker: WorkerTable;
  audit_entry: AuditEntryTable;
  audit_head: AuditHeadTable;
  sign_in_throttle: SignInThrottleTable;
  source_text: SourceTextTable;
  drift_check: DriftCheckTable;
  drift: DriftTable;
  rehearsal: RehearsalTable;
  exact_count: ExactCountTable;
  draft_check: DraftCheckTable;
  plan_text: PlanTextTable;
  lint_result: LintResultTable;
  api_token: ApiTokenTable;
  notice: NoticeTable;
  webhook: WebhookTable;
  delivery: DeliveryTable;
  delivery_attempt: DeliveryAttemptTable;
  notification_choice: NotificationChoiceTable;
  policy_version: PolicyVersionTable;
  scheduled_start: ScheduledStartTable;
  comment: CommentTable;
  comment_mention: CommentMentionTable;
  thread_state: ThreadStateTable;
  thread_lost: ThreadLostTable;
  plan_seen: PlanSeenTable;
  follow_up: FollowUpTable;
  break_glass: BreakGlassTable;
  control_migration: ControlMigrationTable;
}

type Shape = 'uuid' | 'ARRAY' | 'text' | 'integer' | 'bigint' | 'boolean' | 'jsonb' | 'timestamp with time zone';
/** Every column with its SQL type; `?` behind it means it may be null. Keys are checked against the types above by the compiler. */
export const TABLE_COLUMNS: { readonly [T in keyof ControlTables]: { readonly [C in keyof ControlTables[T]]: Shape | `${Shape}?` } } = {
  person: { id: 'uuid', email: 'text', name: 'text', group_name: 'text', password_hash: 'text?', oidc_subject: 'text?', disabled_at: 'timestamp with time zone?', created_at: 'timestamp with time zone' },
  person_role: { person_id: 'uuid', role: 'text', granted_at: 'timestamp with time zone' },
  snapshot: { id: 'uuid', database_name: 'text', fingerprint: 'text', content: 'jsonb', taken_at: 'timestamp with time zone', taken_by: 'uuid?' },
  decision: { id: 'uuid', current_database: 'text', desired_database: 'text', delta_id: 'text', verdict: 'text', reason: 'text', decided_by: 'uuid', decided_at: 'timestamp with time zone', withdrawn_by: 'uuid?', withdrawn_at: 'timestamp with time zone?' },
  plan: { id: 'uuid', name: 'text', target_database: 'text', desired_database: 'text', current_version: 'integer', created_by: 'uuid', created_at: 'timestamp with time zone', archived_at: 'timestamp with time zone?', compared_with: 'text?' },
  plan_version: { plan_id: 'uuid', version: 'integer', document: 'jsonb', digest: 'text', edited_by: 'uuid', reason: 'text', created_at: 'timestamp with time zone' },
  evidence: { id: 'uuid', plan_id: 'uuid', phase_id: 'text', phase_document_digest: 'text', content: 'jsonb', measured_at: 'timestamp with time zone', measured_by: 'uuid?' },
  approval: { id: 'uuid', plan_id: 'uuid', version: 'integer', phase_id: 'text', digest: 'text', evidence_id: 'uuid', person_id: 'uuid', comment: 'text', signed_at: 'timestamp with time zone', expires_at: 'timestamp with time zone', voided_at: 'timestamp with time zone?', void_reason: 'text?', rehearsal_id: 'uuid?', proof_demanded: 'boolean', group_name: 'text' },
  change_request: { id: 'uuid', plan_id: 'uuid', version: 'integer', phase_id: 'text', person_id: 'uuid', comment: 'text', created_at: 'timestamp with time zone', resolved_at: 'timestamp with time zone?', resolved_by: 'uuid?' },
  run: {
    id: 'uuid', plan_id: 'uuid', version: 'integer', phase_id: 'text', kind: 'text', undoes: 'uuid?', target_database: 'text', state: 'text', digest: 'text', approvals_needed: 'integer', evidence_id: 'uuid?', price: 'jsonb?',
    requested_by: 'uuid', requested_at: 'timestamp with time zone', reason: 'text', attempt: 'integer', worker_id: 'uuid?', heartbeat_at: 'timestamp with time zone?',
    cancel_requested_at: 'timestamp with time zone?', cancel_requested_by: 'uuid?', pace: 'integer', rehearsal_id: 'uuid?', proof_demanded: 'boolean', scheduled_start_id: 'uuid?', break_glass_id: 'uuid?', ended_at: 'timestamp with time zone?', sentence: 'text?',
  },
  run_event: { run_id: 'uuid', seq: 'integer', at: 'timestamp with time zone', event: 'jsonb' },
  manual_confirmation: { run_id: 'uuid', step_id: 'text', person_id: 'uuid', verdict: 'text', note: 'text', at: 'timestamp with time zone' },
  worker: { id: 'uuid', started_at: 'timestamp with time zone', heartbeat_at: 'timestamp with time zone', host: 'text', pid: 'integer' },
  audit_entry: { seq: 'bigint', body: 'text', prev_hash: 'text', hash: 'text', at: 'text?', actor: 'text?', action: 'text?', plan_id: 'text?', run_id: 'text?' },
  audit_head: { only: 'boolean', seq: 'bigint', hash: 'text' },
  sign_in_throttle: { email: 'text', address: 'text', failures: 'integer', last_failed_at: 'timestamp with time zone' },
  source_text: { name: 'text', content: 'text', digest: 'text', added_by: 'uuid', added_at: 'timestamp with time zone', onto: 'text?' },
  drift_check: { database_name: 'text', checked_at: 'timestamp with time zone', trouble: 'text?' },
  drift: {
    id: 'uuid', database_name: 'text', before_id: 'uuid', after_id: 'uuid', found_at: 'timestamp with time zone', differences: 'integer', outside: 'integer', names: 'jsonb', runs: 'jsonb',
    answered_by: 'uuid?', answered_at: 'timestamp with time zone?', answer: 'text?',
  },
  rehearsal: {
    id: 'uuid', plan_id: 'uuid', version: 'integer', target_database: 'text', requested_by: 'uuid', requested_at: 'timestamp with time zone', state: 'text', attempt: 'integer',
    worker_id: 'uuid?', heartbeat_at: 'timestamp with time zone?', content: 'jsonb?', ended_at: 'timestamp with time zone?', sentence: 'text?', cancel_requested_at: 'timestamp with time zone?', cancel_requested_by: 'uuid?',
  },
  exact_count: {
    id: 'uuid', plan_id: 'uuid', version: 'integer', phase_id: 'text', target_database: 'text', requested_by: 'uuid', requested_at: 'timestamp with time zone', state: 'text', attempt: 'integer', worker_id: 'uuid?',
    heartbeat_at: 'timestamp with time zone?', stop_requested_at: 'timestamp with time zone?', stop_requested_by: 'uuid?', content: 'jsonb?', evidence_id: 'uuid?', ended_at: 'timestamp with time zone?', sentence: 'text?',
  },
  draft_check: {
    id: 'uuid', plan_id: 'uuid', version: 'integer', target_database: 'text', desired: 'text', requested_by: 'uuid?', requested_at: 'timestamp with time zone', state: 'text', attempt: 'integer',
    worker_id: 'uuid?', heartbeat_at: 'timestamp with time zone?', content: 'jsonb?', ended_at: 'timestamp with time zone?', sentence: 'text?',
  },
  plan_text: { id: 'uuid', name: 'text', content: 'text', digest: 'text', notes: 'jsonb', added_by: 'uuid', added_at: 'timestamp with time zone' },
  lint_result: { id: 'uuid', plan_id: 'uuid', version: 'integer', findings: 'jsonb', current_reading: 'uuid?', desired_reading: 'uuid?', made_at: 'timestamp with time zone' },
  api_token: {
    id: 'uuid', person_id: 'uuid', name: 'text', token_hash: 'text', prefix: 'text', scopes: 'ARRAY', created_at: 'timestamp with time zone', expires_at: 'timestamp with time zone',
    revoked_at: 'timestamp with time zone?', revoked_by: 'uuid?', last_used_at: 'timestamp with time zone?', window_started_at: 'timestamp with time zone', window_uses: 'integer',
  },
  notice: {
    id: 'uuid', at: 'timestamp with time zone', event: 'text', plan_id: 'uuid?', phase_id: 'text?', run_id: 'uuid?', database_name: 'text?', person_id: 'uuid?', reason: 'text', occasion: 'text?', spread_at: 'timestamp with time zone?',
    for_person: 'uuid?', comment_id: 'uuid?', version_from: 'integer?', version_to: 'integer?', last_at: 'timestamp with time zone?',
  },
  webhook: { id: 'uuid', name: 'text', url_sealed: 'text', host: 'text', form: 'text', events: 'ARRAY', created_by: 'uuid', created_at: 'timestamp with time zone', disabled_at: 'timestamp with time zone?' },
  delivery: { id: 'uuid', notice_id: 'uuid', webhook_id: 'uuid?', person_id: 'uuid?', state: 'text', created_at: 'timestamp with time zone' },
  delivery_attempt: { delivery_id: 'uuid', seq: 'integer', at: 'timestamp with time zone', status: 'integer?', ms: 'integer', answer: 'text' },
  notification_choice: { person_id: 'uuid', event: 'text', mail: 'boolean' },
  policy_version: { number: 'integer', document: 'jsonb', made_by: 'uuid', made_at: 'timestamp with time zone', reason: 'text' },
  scheduled_start: {
    id: 'uuid', plan_id: 'uuid', version: 'integer', phase_id: 'text', target_database: 'text', digest: 'text', start_at: 'timestamp with time zone', scheduled_by: 'uuid', scheduled_at: 'timestamp with time zone',
    reason: 'text', state: 'text', ended_at: 'timestamp with time zone?', ended_by: 'uuid?', sentence: 'text?',
  },
  comment: { id: 'uuid', plan_id: 'uuid', version: 'integer', phase_id: 'text?', step_id: 'text?', reply_to: 'uuid?', change_request_id: 'uuid?', person_id: 'uuid', body: 'text', created_at: 'timestamp with time zone' },
  comment_mention: { comment_id: 'uuid', person_id: 'uuid' },
  thread_state: { thread_id: 'uuid', seq: 'integer', settled: 'boolean', person_id: 'uuid', at: 'timestamp with time zone' },
  thread_lost: { thread_id: 'uuid', version: 'integer', title: 'text' },
  plan_seen: { plan_id: 'uuid', person_id: 'uuid', version: 'integer', at: 'timestamp with time zone', before_version: 'integer?', before_at: 'timestamp with time zone?' },
  follow_up: {
    id: 'uuid', plan_id: 'uuid', key: 'text', title: 'text', due_at: 'timestamp with time zone?', owner_id: 'uuid?', added_by: 'uuid', added_at: 'timestamp with time zone', state: 'text', ended_by: 'uuid?', ended_at: 'timestamp with time zone?', note: 'text?',
  },
  break_glass: {
    id: 'uuid', plan_id: 'uuid', version: 'integer', phase_id: 'text', target_database: 'text', digest: 'text', reason: 'text', broken_by: 'uuid', broken_at: 'timestamp with time zone', state: 'text',
    answered_by: 'uuid?', answered_at: 'timestamp with time zone?', comment: 'text?',
  },
  control_migration: { file: 'text', checksum: 'text', applied_at: 'timestamp with time zone' },
};
