/** Every expected refusal has a code from this list and one sentence for a person. Anything else is a surprise and is masked. */
const REFUSAL_CODES = [
  'not_signed_in', 'wrong_credentials', 'password_temporary', 'token_invalid', 'token_forbidden', 'too_many_requests', 'not_allowed', 'not_found', 'invalid_input', 'reason_required',
  'own_plan', 'already_approved', 'wrong_number', 'evidence_missing', 'evidence_moved', 'evidence_old', 'findings_block',
  'plan_changed', 'plan_empty', 'not_editable', 'does_not_parse', 'cannot_plan',
  'phase_not_next', 'phase_not_due', 'phase_applied', 'approval_missing', 'approval_void', 'approval_expired', 'execution_over', 'changes_requested',
  'outside_maintenance', 'frozen', 'write_block', 'start_scheduled', 'not_scheduled', 'no_room', 'replica_behind', 'server_impaired', 'count_under_way', 'count_ended', 'policy_changed', 'step_not_waiting', 'worker_not_ready', 'target_busy', 'target_moved', 'target_other', 'run_ended', 'steps_stand', 'nothing_to_roll_back', 'later_phase_stands', 'window_closed', 'price_moved', 'not_reversible',
  'database_unknown', 'database_unreachable', 'credential_wrong', 'credential_missing', 'operator_cannot_write', 'pooled_connection', 'database_timeout', 'no_rights_in_database', 'server_too_old',
  'source_unknown', 'source_unreadable', 'not_replayable', 'replay_failed', 'scratch_missing', 'scratch_unfit', 'no_target',
  'ledger_unreadable', 'migration_failed', 'migration_edited', 'migration_unknown', 'migration_out_of_order', 'nothing_pending',
  'rehearsal_missing', 'rehearsal_unfit', 'rehearsal_no_room', 'rehearsal_under_way', 'rehearsal_needed', 'rehearsal_not_proved', 'follow_up_ended', 'groups_missing', 'glass_not_allowed', 'glass_needless', 'glass_answered', 'draft_under_way',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface Refusal {
  code: RefusalCode;
  /** One sentence, safe to show: no driver text, no secret. */
  sentence: string;
}

/** Thrown inside a process to carry a refusal to the edge where it becomes a value again. */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(code: RefusalCode, sentence: string, options?: { cause?: unknown }) {
    super(`${code}: ${sentence}`, options);
    this.name = 'Refused';
    this.refusal = { code, sentence };
  }
}
