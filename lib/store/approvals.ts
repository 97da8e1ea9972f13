import { sql } from 'kysely';
import { REHEARSAL_VERDICTS, type RehearsalVerdict } from '#lib/pipeline/rehearsal-evidence.ts';
import type { ControlTrx, Reader } from './db.ts';

export interface StoredApproval {
  id: string;
  version: number;
  phaseId: string;
  digest: string;
  evidenceId: string;
  /** The rehearsal that was signed; null: none. */
  rehearsalId: string | null;
  /** How that one ended. */
  rehearsalVerdict: RehearsalVerdict | null;
  personId: string;
  person: string;
  /** An author of the plan who once made this account, or set its password or address, or did that of whoever did; null: none. */
  accountBy: string | null;
  /** The signer's group when signing; '': none. */
  group: string;
  comment: string;
  signedAt: Date;
  expiresAt: Date;
  /** By when the phase must be started, if this is its last signature; null: at any time. */
  startBy: Date | null;
  voidedAt: Date | null;
  voidReason: string | null;
}

/** Days: policy may count an account as its maker's for some, and whoever reads a signature should know of it for good. */
const EVER = 36_500;

/** All approvals of a plan, standing and void, oldest first. */
export async function listApprovals(db: Reader, planId: string): Promise<StoredApproval[]> {
  const rows = await db
    .selectFrom('approval').innerJoin('person', 'person.id', 'approval.person_id').leftJoin('rehearsal', 'rehearsal.id', 'approval.rehearsal_id')
    .select(['approval.id', 'approval.version', 'phase_id', 'digest', 'evidence_id', 'rehearsal_id', 'rehearsal.state as rehearsal_state', 'person_id', 'person.name', 'approval.group_name', 'comment', 'signed_at', 'expires_at', 'start_by', 'voided_at', 'void_reason'])
    .select(sql<string | null>`(select author.name from person author where author.id = made_by_author(approval.person_id, approval.plan_id, ${EVER}))`.as('account_by'))
    .where('approval.plan_id', '=', planId).orderBy('signed_at').orderBy('approval.id').execute();
  return rows.map((row) => ({
    id: row.id, version: row.version, phaseId: row.phase_id, digest: row.digest, evidenceId: row.evidence_id, rehearsalId: row.rehearsal_id,
    rehearsalVerdict: REHEARSAL_VERDICTS.find((one) => one === row.rehearsal_state) ?? null, personId: row.person_id, person: row.name, accountBy: row.account_by, group: row.group_name, comment: row.comment,
    signedAt: row.signed_at, expiresAt: row.expires_at, startBy: row.start_by, voidedAt: row.voided_at, voidReason: row.void_reason,
  }));
}

/** Whose signature it is, and of what; null when there is none of this id. */
export async function findApproval(db: Reader, id: string): Promise<{ planId: string; phaseId: string; personId: string } | null> {
  const row = await db.selectFrom('approval').select(['plan_id', 'phase_id', 'person_id']).where('id', '=', id).executeTakeFirst();
  return row ? { planId: row.plan_id, phaseId: row.phase_id, personId: row.person_id } : null;
}

export interface NewApproval {
  planId: string;
  version: number;
  phaseId: string;
  digest: string;
  evidenceId: string;
  rehearsalId: string | null;
  /** Does policy demand that a rehearsal proved the phase? The control database then sees to it. */
  proofDemanded: boolean;
  personId: string;
  comment: string;
  hours: number;
  /** Hours within which the phase must be started, where policy demands that. */
  startHours: number | null;
}

/** Signs. The four-eyes trigger has the last word. An expired signature of the same person gives way to the new one. */
export async function insertApproval(trx: ControlTrx, approval: NewApproval): Promise<string> {
  const now = new Date();
  await trx
    .updateTable('approval')
    .set({ voided_at: now, void_reason: 'Expired, and signed again by the same person.' })
    .where('plan_id', '=', approval.planId).where('phase_id', '=', approval.phaseId).where('person_id', '=', approval.personId)
    .where('voided_at', 'is', null).where('expires_at', '<=', now)
    .execute();
  const row = await trx
    .insertInto('approval')
    .values({
      plan_id: approval.planId, version: approval.version, phase_id: approval.phaseId, digest: approval.digest, evidence_id: approval.evidenceId, rehearsal_id: approval.rehearsalId, proof_demanded: approval.proofDemanded, person_id: approval.personId, comment: approval.comment,
      signed_at: now, expires_at: hoursAfter(now, approval.hours), start_by: approval.startHours === null ? null : hoursAfter(now, approval.startHours),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

function hoursAfter(moment: Date, hours: number): Date {
  return new Date(moment.getTime() + hours * 3_600_000);
}

/** Voids every standing signature of a person who may sign no more: a run must rest on people who may approve now. Returns the number voided. */
export async function voidApprovalsOf(trx: ControlTrx, personId: string, reason: string): Promise<number> {
  const rows = await trx.updateTable('approval').set({ voided_at: new Date(), void_reason: reason }).where('person_id', '=', personId).where('voided_at', 'is', null).returning('id').execute();
  return rows.length;
}

/** Voids standing approvals with the sentence that names what moved. Ids of those that were void already are passed over. Returns the number voided. */
export async function voidApprovals(trx: ControlTrx, ids: readonly string[], reason: string): Promise<number> {
  if (ids.length === 0) return 0;
  const rows = await trx.updateTable('approval').set({ voided_at: new Date(), void_reason: reason }).where('id', 'in', [...ids]).where('voided_at', 'is', null).returning('id').execute();
  return rows.length;
}
