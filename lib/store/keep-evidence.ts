import { phaseDocumentDigest } from '#lib/pipeline/approval.ts';
import type { Evidence } from '#lib/pipeline/evidence.ts';
import { movements } from '#lib/pipeline/movements.ts';
import type { Phase, Plan } from '#lib/pipeline/plan.ts';
import { firstSentences } from '#lib/pipeline/words.ts';
import { listApprovals, voidApprovals } from './approvals.ts';
import type { ControlTrx } from './db.ts';
import { evidenceByIds, saveEvidence } from './evidence.ts';
import { moverOf } from './movers.ts';

export interface KeptEvidence {
  evidenceId: string;
  /** What moved since it was signed, in sentences; empty when no signature was voided. */
  moved: readonly string[];
  /** Whose signatures fell. */
  people: readonly string[];
}

/** Stores measurements of a phase as it stands, under the plan's lock. Approvals whose signed facts moved become void with the sentences that say what. */
export async function keepEvidence(trx: ControlTrx, plan: Plan, phase: Phase, evidence: Evidence, measuredBy: string | null): Promise<KeptEvidence> {
  const evidenceId = await saveEvidence(trx, plan.id, phaseDocumentDigest(phase), evidence, measuredBy);
  const standing = (await listApprovals(trx, plan.id)).filter((approval) => approval.phaseId === phase.id && !approval.voidedAt);
  const signed = await evidenceByIds(trx, standing.map((approval) => approval.evidenceId));
  const sentences = new Set<string>();
  const people: string[] = [];
  for (const approval of standing) {
    const before = signed.get(approval.evidenceId);
    const moved = before ? movements(phase, before.evidence, evidence, plan.tolerance) : [];
    if (!before || moved.length === 0) continue;
    const by = await moverOf(trx, plan.target, moved, before.evidence.measuredAt, evidence.measuredAt);
    await voidApprovals(trx, [approval.id], [firstSentences(moved.map(({ sentence }) => sentence)), ...(by === null ? [] : [by])].join(' '));
    people.push(approval.person);
    for (const { sentence } of moved) sentences.add(sentence);
  }
  return { evidenceId, moved: [...sentences], people };
}
