import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import { DatabaseError, Pool, type PoolClient } from 'pg';
import { Refused, type RefusalCode } from '#lib/pipeline/refusal.ts';
import type { ControlTables } from './tables.ts';

export type ControlDb = Kysely<ControlTables>;
export type ControlTrx = Transaction<ControlTables>;
/** For reads that do not mind whether they stand in a transaction. */
export type Reader = ControlDb | ControlTrx;

/** A process that is stopped or cut off inside a transaction may hold the run's row or the head of the log; the others do not wait for it longer than a lease. */
const IDLE_MS = 10_000;

/** Opens a pool on the control database. The caller keeps it for the life of the process, and ends it with `destroy()`. */
export function controlDb(url: string, options: { max?: number } = {}): ControlDb {
  const pool = new Pool({ connectionString: url, max: options.max ?? 10, application_name: 'countersign', idle_in_transaction_session_timeout: IDLE_MS, keepAlive: true, connectionTimeoutMillis: 5_000, verify: waitForDisk });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  // One that breaks between two statements of a transaction reports it to nobody else, and the next statement fails anyway.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<ControlTables>({ dialect: new PostgresDialect({ pool }) });
}

/**
 * What was said to be signed, or to have happened, must outlive a crash, whatever the server has set for its other databases. By the pool, not by kysely's
 * onCreateConnection: a session that breaks in there is never given back, and each takes a place in the pool for good.
 */
function waitForDisk(client: PoolClient, done: (error?: Error) => void): void {
  client.query("select pg_catalog.set_config('synchronous_commit', 'on', false) where pg_catalog.current_setting('synchronous_commit') = 'off'").then(() => done(), done);
}

const REFUSALS: Readonly<Record<string, readonly [RefusalCode, string]>> = {
  CS001: ['not_allowed', 'The log, plan versions, evidence and what happened in a run are never changed or removed.'],
  CS002: ['own_plan', 'Nobody approves a plan that they wrote or edited. Ask a second person.'],
  CS003: ['not_allowed', 'The control database refuses this: the role for it is missing.'],
  CS004: ['plan_changed', 'Someone saved a newer version of the plan. Look at it again.'],
  CS005: ['approval_void', 'An approval is signed once for its own evidence, and can only be voided afterwards.'],
  CS006: ['approval_missing', 'Not enough approvals stand for exactly this phase.'],
  CS007: ['nothing_to_roll_back', 'There is no ended run of this phase to take back.'],
  CS010: ['rehearsal_needed', 'A rehearsal of this version must have proved the phase first, and none has.'],
  CS021: ['findings_block', 'The phase has a step that is still open, or asks something of which nobody has said what must come out. An author settles that first.'],
  CS022: ['step_not_waiting', 'Only a step that waits for a person can be answered for, once, while the run goes on.'],
  CS030: ['policy_changed', 'Someone laid down another policy just now. Look at it again.'],
  CS031: ['not_scheduled', 'No operator scheduled exactly this start for now.'],
  CS037: ['execution_over', 'The time in which this had to be started is over. It must be asked for and signed again.'],
  CS036: ['groups_missing', 'Policy demands signatures from more different groups for a phase that removes data.'],
  CS034: ['glass_answered', 'A broken glass is answered for once, and nothing else of it ever changes.'],
  CS035: ['glass_not_allowed', 'Policy allows nobody to start a phase without its signatures.'],
  CS033: ['follow_up_ended', 'This follow-up has ended already, and what it asks for does not change.'],
  CS032: ['frozen', 'This database is frozen now: nothing goes forward on it. The page Policy says until when and why.'],
  CS038: ['already_approved', 'Another account of the same mailbox has signed this phase: one person signs once.'],
  CS039: ['changes_requested', 'Changes were requested and nobody has answered yet.'],
  CS044: ['own_plan', 'An author of this plan made your account or its password, and policy asks that some days pass before it signs for them. Ask somebody else.'],
  CS042: ['approval_expired', 'Policy lets a signature stand for a shorter time since this page was opened. Look at it again, then sign.'],
  CS043: ['invalid_input', 'A request for changes is answered once, by an author or by the person who asked.'],
  CS040: ['not_found', 'There is no such phase, step or thread in this plan.'],
  CS041: ['invalid_input', 'Somebody settled or opened this thread just now. Look at it again.'],
  CS011: ['token_forbidden', 'Only a person who is signed in may do this, never a token.'],
  CS013: ['password_temporary', 'Somebody else made the password of this account. Its owner chooses one of their own first.'],
  CS012: ['token_invalid', 'A token does not change, and a revoked one stays revoked.'],
  CS008: ['run_ended', 'The terms of a run never change, and this run has ended.'],
};

const UNIQUE: Readonly<Record<string, readonly [RefusalCode, string]>> = {
  run_one_active_per_target: ['target_busy', 'Another run is changing this database. One at a time.'],
  approval_one_standing: ['already_approved', 'You have already approved this phase.'],
  decision_one_standing: ['invalid_input', 'Someone decided this difference just now. Look at it again.'],
  policy_version_pkey: ['policy_changed', 'Someone laid down another policy just now. Look at it again.'],
  scheduled_start_one_per_phase: ['start_scheduled', 'A start of this phase is scheduled already. Move that one.'],
  person_email_key: ['invalid_input', 'There is already a person with this e-mail address.'],
  person_oidc_subject_key: ['invalid_input', 'This account is already linked to another person.'],
};

/** The rules of the control database as refusals; null when the error is a surprise. */
export function refusalFromControl(error: unknown): Refused | null {
  if (error instanceof Refused) return error;
  if (!(error instanceof DatabaseError)) return null;
  const known = REFUSALS[error.code ?? ''] ?? (error.code === '23505' ? UNIQUE[error.constraint ?? ''] : undefined);
  return known ? new Refused(known[0], known[1], { cause: error }) : null;
}
