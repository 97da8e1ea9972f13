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
/** jsonb, or json: goes in as JSON text, comes back parsed. */
type Json<T> = ColumnType<T, string, never>;

export type RoleName = 'viewer' | 'author' | 'approver' | 'operator' | 'admin';

/** Written by a trigger alone: who made an account, its password or its address for somebody else. */
export interface AccountMadeTable {
  person_id: string;
  made_by: string;
  what: 'account' | 'password' | 'address';
  made_at: MomentByDefault;
}

export interface PersonTable {
  id: Generated<string>;
  email: string;
  name: string;
  /** Empty: none. */
  group_name: Generated<string>;
  password_hash: string | null;
  /** Made by somebody else: good for choosing one's own. */
  password_temporary: Generated<boolean>;
  /** Sessions that began before it have ended. */
  sessions_since: MomentOrNull;
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
  /** All of it in rows without `packed`. */
  content: Json<Snapshot | SnapshotHead>;
  taken_at: Moment;
  taken_by: string | null;
  /** All of it as JSON, by zstd. */
  packed: Buffer | null;
}
/** What is asked of a reading in SQL. */
export type SnapshotHead = Pick<Snapshot, 'target' | 'takenAt'>;
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
  /** By when the phase must be started, if this is the last signature; null: policy demanded nothing. */
  start_by: MomentOrNull;
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
export interface SourceArchiveTable {
  name: string;
  archived_by: string;
  archived_at: MomentByDefault;
  reason: string;
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
  account_made: AccountMadeTable;
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
  source_archive: SourceArchiveTable;
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
