import type { Plan } from '#lib/pipeline/plan.ts';
import { type PolicyDocument, signaturesInForce } from '#lib/pipeline/policy-document.ts';
import type { PhaseStanding } from '#lib/pipeline/standing.ts';
import { NEAR_MS, startNear, startWanted, windowsClosing } from '#lib/pipeline/turn-notices.ts';
import { listApprovals } from '#lib/store/approvals.ts';
import { listChangeRequests } from '#lib/store/change-requests.ts';
import { tellOfPlan, windowsTold } from '#lib/store/notices.ts';
import { activeRunOn, type StoredRun } from '#lib/store/runs.ts';
import { listStarts, startsBefore } from '#lib/store/scheduled-starts.ts';
import { type ScheduleTerms, startTrouble } from '../scheduled.ts';

export type TurnTerms = Pick<ScheduleTerms, 'db' | 'policy'>;

interface PlanNow {
  plan: Plan;
  standings: ReadonlyMap<string, PhaseStanding>;
  runs: readonly StoredRun[];
}

/** Tells operators what of a plan waits for them: a phase that can be started, and rollback windows that are about to close. */
export async function noticeTurns({ db, policy }: TurnTerms, { plan, standings, runs }: PlanNow, demands: PolicyDocument, now: Date): Promise<void> {
  const closing = windowsClosing(plan, standings, await windowsTold(db, plan.id), now);
  if (closing) await tellOfPlan(db, { ...closing, event: 'window_closing', planId: plan.id });
  const signatures = await listApprovals(db, plan.id);
  // Most plans of a team have nothing that is signed and still to run: they are looked at no further.
  if (signatures.every((one) => one.voidedAt !== null || one.expiresAt <= now)) return;
  const requests = (await listChangeRequests(db, plan.id)).filter((request) => request.resolvedAt === null).map((request) => request.phaseId);
  const scheduled = (await listStarts(db, plan.id)).filter((start) => start.state === 'waiting').map((start) => start.phaseId);
  const wanted = startWanted({ plan, standings, signatures, held: [...requests, ...scheduled], runs, policy: { ...demands, ...signaturesInForce(policy, demands) }, now });
  if (wanted && !(await activeRunOn(db, plan.target))) await tellOfPlan(db, { ...wanted, event: 'start_wanted', planId: plan.id });
}

/** Tells of scheduled starts that are near, and whether they would come to anything. */
export async function noticeNearStarts(terms: TurnTerms, now: Date): Promise<void> {
  for (const start of await startsBefore(terms.db, new Date(now.getTime() + NEAR_MS))) {
    const near = startNear(start, (await startTrouble(terms.db, terms, start))?.sentence ?? null, now);
    if (near) await tellOfPlan(terms.db, { ...near, event: 'start_near', planId: start.planId, personId: start.by.id });
  }
}
