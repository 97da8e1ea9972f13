import type { ControlTables } from '#lib/store/tables.ts';

type Shape = 'uuid' | 'ARRAY' | 'text' | 'integer' | 'bigint' | 'boolean' | 'json' | 'jsonb' | 'bytea' | 'timestamp with time zone';
/** Every column with its SQL type; `?` behind it means it may be null. Keys are checked against the types above by the compiler. */
export const TABLE_COLUMNS: { readonly [T in keyof ControlTables]: { readonly [C in keyof ControlTables[T]]: Shape | `${Shape}?` } } = {
  person: { id: 'uuid', email: 'text', name: 'text', group_name: 'text', password_hash: 'text?', password_temporary: 'boolean', sessions_since: 'timestamp with time zone?', oidc_subject: 'text?', disabled_at: 'timestamp with time zone?', created_at: 'timestamp with time zone' },
  account_made: { person_id: 'uuid', made_by: 'uuid', what: 'text', made_at: 'timestamp with time zone' },
  person_role: { person_id: 'uuid', role: 'text', granted_at: 'timestamp with time zone' },
  snapshot: { id: 'uuid', database_name: 'text', fingerprint: 'text', content: 'json', taken_at: 'timestamp with time zone', taken_by: 'uuid?', packed: 'bytea?' },
  decision: { id: 'uuid', current_database: 'text', desired_database: 'text', delta_id: 'text', verdict: 'text', reason: 'text', decided_by: 'uuid', decided_at: 'timestamp with time zone', withdrawn_by: 'uuid?', withdrawn_at: 'timestamp with time zone?' },
  plan: { id: 'uuid', name: 'text', target_database: 'text', desired_database: 'text', current_version: 'integer', created_by: 'uuid', created_at: 'timestamp with time zone', archived_at: 'timestamp with time zone?', compared_with: 'text?' },
  plan_version: { plan_id: 'uuid', version: 'integer', document: 'jsonb', digest: 'text', edited_by: 'uuid', reason: 'text', created_at: 'timestamp with time zone' },
  evidence: { id: 'uuid', plan_id: 'uuid', phase_id: 'text', phase_document_digest: 'text', content: 'jsonb', measured_at: 'timestamp with time zone', measured_by: 'uuid?' },
  approval: { id: 'uuid', plan_id: 'uuid', version: 'integer', phase_id: 'text', digest: 'text', evidence_id: 'uuid', person_id: 'uuid', comment: 'text', signed_at: 'timestamp with time zone', expires_at: 'timestamp with time zone', voided_at: 'timestamp with time zone?', void_reason: 'text?', rehearsal_id: 'uuid?', proof_demanded: 'boolean', group_name: 'text', start_by: 'timestamp with time zone?' },
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
  source_archive: { name: 'text', archived_by: 'uuid', archived_at: 'timestamp with time zone', reason: 'text' },
  drift_check: { database_name: 'text', checked_at: 'timestamp with time zone', trouble: 'text?' },
  drift: {
    id: 'uuid', database_name: 'text', before_id: 'uuid', after_id: 'uuid', found_at: 'timestamp with time zone', differences: 'integer', outside: 'integer', names: 'jsonb', runs: 'jsonb',
    answered_by: 'uuid?', answered_at: 'timestamp with time zone?', answer: 'text?',
  },
  rehearsal: {
    id: 'uuid', plan_id: 'uuid', version: 'integer', target_database: 'text', requested_by: 'uuid', requested_at: 'timestamp with time zone', state: 'text', attempt: 'integer', lost: 'integer',
    worker_id: 'uuid?', heartbeat_at: 'timestamp with time zone?', content: 'jsonb?', ended_at: 'timestamp with time zone?', sentence: 'text?', cancel_requested_at: 'timestamp with time zone?', cancel_requested_by: 'uuid?',
  },
  exact_count: {
    id: 'uuid', plan_id: 'uuid', version: 'integer', phase_id: 'text', target_database: 'text', requested_by: 'uuid', requested_at: 'timestamp with time zone', state: 'text', attempt: 'integer', lost: 'integer', worker_id: 'uuid?',
    heartbeat_at: 'timestamp with time zone?', stop_requested_at: 'timestamp with time zone?', stop_requested_by: 'uuid?', content: 'jsonb?', evidence_id: 'uuid?', ended_at: 'timestamp with time zone?', sentence: 'text?',
  },
  draft_check: {
    id: 'uuid', plan_id: 'uuid', version: 'integer', target_database: 'text', desired: 'text', requested_by: 'uuid?', requested_at: 'timestamp with time zone', state: 'text', attempt: 'integer', lost: 'integer',
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
