import 'server-only';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { ControlTrx } from '#lib/store/db.ts';
import type { Person } from '#lib/store/people.ts';
import { wakeWorker } from '#lib/store/queue.ts';
import { requestRun } from '#lib/store/runs.ts';
import type { CommandContext } from '../perform.ts';
import type { PhaseFacts, PlanFacts } from '../plan-facts.ts';

/** What was measured, when it is what the person saw who presses the button. Throws Refused. */
export function seenEvidence(one: PhaseFacts, digestSeen: string): { digest: string; evidenceId: string } {
  if (!one.digest || !one.evidence) throw new Refused('evidence_missing', 'The phase was not measured since it was last changed.');
  if (one.digest !== digestSeen) throw new Refused('evidence_moved', 'The phase was measured or signed anew since you opened this page. Read what it says now, then start it.');
  return { digest: one.digest, evidenceId: one.evidence.id };
}

/** Asks for a run of the phase on what was seen, and wakes a worker for it. Returns its id. */
export async function beginForward(trx: ControlTrx, db: CommandContext['db'], { stored }: PlanFacts, one: PhaseFacts, seen: ReturnType<typeof seenEvidence>, by: { person: Person; reason: string; breakGlassId?: string }): Promise<string> {
  const { person, ...rest } = by;
  const runId = await requestRun(trx, {
    planId: stored.plan.id, version: stored.version, phaseId: one.phase.id, kind: 'forward', undoes: null, target: stored.target, ...seen,
    approvalsNeeded: one.approvalsNeeded, rehearsalId: one.rehearsal?.id ?? null, proofDemanded: one.proofDemanded, price: null, requestedBy: person, ...rest,
  });
  await wakeWorker(db, trx, runId);
  return runId;
}
