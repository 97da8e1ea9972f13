import type { Evidence } from '#lib/pipeline/evidence.ts';
import type { ControlTrx, Reader } from './db.ts';

export interface StoredEvidence {
  id: string;
  phaseId: string;
  phaseDocumentDigest: string;
  evidence: Evidence;
  measuredAt: Date;
  measuredBy: string | null;
}

/** Keeps measurements. `measuredBy` null: the worker, just before a run. Returns the id. */
export async function saveEvidence(trx: ControlTrx, planId: string, phaseDocumentDigest: string, evidence: Evidence, measuredBy: string | null): Promise<string> {
  const row = await trx
    .insertInto('evidence')
    .values({ plan_id: planId, phase_id: evidence.phaseId, phase_document_digest: phaseDocumentDigest, content: JSON.stringify(evidence), measured_at: evidence.measuredAt, measured_by: measuredBy })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** The newest measurements of each text of each phase; look them up by evidenceKey(). */
export async function latestEvidence(db: Reader, planId: string): Promise<Map<string, StoredEvidence>> {
  const rows = await db
    .selectFrom('evidence').selectAll().distinctOn(['phase_id', 'phase_document_digest']).where('plan_id', '=', planId)
    .orderBy('phase_id').orderBy('phase_document_digest').orderBy('measured_at', 'desc').execute();
  return new Map(rows.map((row) => [evidenceKey(row.phase_id, row.phase_document_digest), toStored(row)]));
}

export function evidenceKey(phaseId: string, phaseDocumentDigest: string): string {
  return `${phaseId} ${phaseDocumentDigest}`;
}

export async function findEvidence(db: Reader, id: string): Promise<StoredEvidence | null> {
  const row = await db.selectFrom('evidence').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toStored(row) : null;
}

/** Several at once, by id: what standing approvals signed. */
export async function evidenceByIds(db: Reader, ids: readonly string[]): Promise<Map<string, StoredEvidence>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('evidence').selectAll().where('id', 'in', [...ids]).execute();
  return new Map(rows.map((row) => [row.id, toStored(row)]));
}

function toStored(row: { id: string; phase_id: string; phase_document_digest: string; content: Evidence; measured_at: Date; measured_by: string | null }): StoredEvidence {
  return { id: row.id, phaseId: row.phase_id, phaseDocumentDigest: row.phase_document_digest, evidence: row.content, measuredAt: row.measured_at, measuredBy: row.measured_by };
}
