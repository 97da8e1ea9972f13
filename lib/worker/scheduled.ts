import { setTimeout as sleep } from 'node:timers/promises';
import { logSurprise } from '#lib/log.ts';
import { openRefusal } from '#lib/pipeline/open-phase.ts';
import { findPhase, type Phase } from '#lib/pipeline/plan.ts';
import { overSentence, startBy } from '#lib/pipeline/execution-window.ts';
import { approvalsNeeded, type Policy } from '#lib/pipeline/policy.ts';
import { type PolicyDocument, signaturesInForce } from '#lib/pipeline/policy-document.ts';
import { closedRefusal } from '#lib/pipeline/policy-time.ts';
import { Refused, type Refusal } from '#lib/pipeline/refusal.ts';
import { proofDemanded } from '#lib/pipeline/rehearsal-evidence.ts';
import { planStanding } from '#lib/pipeline/standing.ts';
import { groupsRefusal } from '#lib/pipeline/signing-groups.ts';
import { dueRefusal, LATE_MS, orderRefusal } from '#lib/pipeline/start-rules.ts';
import { listApprovals, type StoredApproval } from '#lib/store/approvals.ts';
import { writeAudit } from '#lib/store/audit.ts';
import { listChangeRequests } from '#lib/store/change-requests.ts';
import { type ControlDb, type ControlTrx, type Reader, refusalFromControl } from '#lib/store/db.ts';
import { tellNotStarted } from '#lib/store/notices.ts';
import { findPerson } from '#lib/store/people.ts';
import { findPlan, lockPlan, type StoredPlan } from '#lib/store/plans.ts';
import { teamDemands } from '#lib/store/policy.ts';
import { activeRunOn, listRuns, requestRun, summariesOf } from '#lib/store/runs.ts';
import { dueStarts, endStart, findStart, holdStart, type ScheduledStart } from '#lib/store/scheduled-starts.ts';
import { isControlAway } from './control.ts';

export interface ScheduleTerms {
  db: ControlDb;
  /** As people read it: `host (process 123)`. */
  name: string;
  policy: Pick<Policy, 'rehearsalRequired' | 'approvals' | 'approvalsDestructive'>;
}

const POLL_MS = 1_000;

/** Begins what was scheduled as soon as its instant has come, until the signal fires. Several workers may look: the plan's row lock lets one begin it. */
export async function startScheduledUntil(terms: ScheduleTerms, started: () => void, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    try {
      for (const id of await dueStarts(terms.db)) if (await startOne(terms, id)) started();
    } catch (error) {
      if (!isControlAway(error)) logSurprise(error, 'beginning what was scheduled');
    }
    await sleep(POLL_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

/** True when it has become a run. What stands in its way ends it, with the sentence; only a target that is busy is waited for. */
async function startOne(terms: ScheduleTerms, id: string): Promise<boolean> {
  try {
    return await terms.db.transaction().execute((trx) => begin(trx, terms, id));
  } catch (error) {
    const refusal = refusalFromControl(error)?.refusal;
    if (!refusal) throw error;
    if (refusal.code !== 'target_busy') await terms.db.transaction().execute((trx) => refuse(trx, terms, id, refusal));
    return false;
  }
}

async function begin(trx: ControlTrx, terms: ScheduleTerms, id: string): Promise<boolean> {
  const seen = await findStart(trx, id);
  // The plan first, as commands do: the other way round the two would wait for each other.
  const stored = seen && (await lockPlan(trx, seen.planId));
  const start = stored && (await holdStart(trx, id));
  if (!start) return false;
  const late = Date.now() - start.startAt.getTime() > LATE_MS;
  const busy = await activeRunOn(trx, start.target);
  if (late) throw new Refused('not_scheduled', busy ? `Another run was changing ${start.target} for more than ${LATE_MS / 60_000} minutes after the scheduled time.` : `No worker was there within ${LATE_MS / 60_000} minutes of the scheduled time.`);
  if (busy) return false;
  const document = await teamDemands(trx);
  const now = new Date();
  const phase = await startablePhase(trx, stored, start, document, now);
  const { approvals, needed } = await signatures(trx, terms, start, phase, document, now);
  const runId = await requestRun(trx, {
    planId: start.planId, version: start.version, phaseId: start.phaseId, kind: 'forward', undoes: null, target: start.target, digest: start.digest, approvalsNeeded: needed,
    evidenceId: approvals[0]?.evidenceId ?? null, rehearsalId: approvals[0]?.rehearsalId ?? null, proofDemanded: proofDemanded(phase, start.target, terms.policy), price: null,
    requestedBy: start.by, reason: start.reason, scheduledStartId: start.id,
  });
  await endStart(trx, start.id, { state: 'started', sentence: 'Started as scheduled.', by: null });
  await writeAudit(trx, { actor: `worker ${terms.name}`, actorId: null, action: 'scheduled start.begun', planId: start.planId, runId, detail: detailOf(start) });
  return true;
}

/** The phase, when nothing but signatures is missing. Throws Refused for what a person would be refused for who pressed the button at that instant. */
async function startablePhase(db: Reader, stored: StoredPlan, start: ScheduledStart, document: PolicyDocument, at: Date): Promise<Phase> {
  if (stored.version !== start.version) throw new Refused('plan_changed', `The plan was saved as version ${stored.version} since; version ${start.version} was scheduled.`);
  const { phases } = stored.plan;
  const phase = findPhase(stored.plan, start.phaseId);
  if (!phase) throw new Refused('not_found', 'The plan has no such phase.');
  const person = await findPerson(db, start.by.id);
  if (!person || person.disabledAt || !person.roles.includes('operator')) throw new Refused('not_allowed', `${start.by.name}, who scheduled it, is not an operator any more.`);
  const standings = planStanding(phases, await summariesOf(db, await listRuns(db, { planId: start.planId })));
  const state = standings.get(phase.id)?.state ?? 'pending';
  if (state !== 'pending' && state !== 'rolled_back') throw new Refused('phase_applied', `“${phase.title}” was run by hand since.`);
  const requests = (await listChangeRequests(db, start.planId)).filter((request) => request.phaseId === phase.id && !request.resolvedAt);
  const refusal = orderRefusal(phases, phase.id, standings) ?? dueRefusal(phase, standings, at) ?? openRefusal(phase) ?? closedRefusal(document, start.target, at);
  if (refusal) throw new Refused(refusal.code, refusal.sentence);
  if (requests[0]) throw new Refused('changes_requested', `${requests[0].person} asked for changes, and nobody has answered yet.`);
  return phase;
}

async function signatures(db: Reader, { policy }: Pick<ScheduleTerms, 'policy'>, start: ScheduledStart, phase: Phase, document: PolicyDocument, at: Date): Promise<{ approvals: readonly StoredApproval[]; needed: number }> {
  const needed = approvalsNeeded(phase, signaturesInForce(policy, document));
  const all = (await listApprovals(db, start.planId)).filter((approval) => approval.phaseId === phase.id);
  const approvals = all.filter((approval) => !approval.voidedAt && approval.expiresAt > at && approval.digest === start.digest);
  const until = startBy(approvals);
  if (until !== null && until <= at) throw new Refused('execution_over', overSentence(until));
  const groups = groupsRefusal(phase, document.distinctGroups, approvals.map((approval) => approval.group));
  if (new Set(approvals.map((approval) => approval.personId)).size >= needed && !groups) return { approvals, needed };
  const last = all.findLast((approval) => approval.digest === start.digest);
  if (last?.voidReason) throw new Refused('approval_void', `The approval of ${last.person} is void: ${last.voidReason}`);
  if (last && last.expiresAt <= at) throw new Refused('approval_expired', `The approval of ${last.person} ${last.expiresAt <= new Date() ? 'has expired' : 'will have expired by then'}.`);
  if (groups) throw new Refused(groups.code, groups.sentence);
  throw new Refused('approval_missing', `${approvals.length} of ${needed} approvals of what was scheduled stand.`);
}

/** Why a start that waits would come to nothing at its hour, as things stand now; null: nothing is in its way. */
export async function startTrouble(db: Reader, terms: Pick<ScheduleTerms, 'policy'>, start: ScheduledStart): Promise<Refusal | null> {
  const stored = await findPlan(db, start.planId);
  if (!stored) return null;
  const document = await teamDemands(db);
  try {
    await signatures(db, terms, start, await startablePhase(db, stored, start, document, start.startAt), document, start.startAt);
    return null;
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

/** In a transaction of its own: the one before was undone. Between the two a person may have stopped it. */
async function refuse(trx: ControlTrx, terms: ScheduleTerms, id: string, { code, sentence }: Refusal): Promise<void> {
  const start = await findStart(trx, id);
  if (!start || !(await endStart(trx, id, { state: 'refused', sentence, by: null }))) return;
  await tellNotStarted(trx, start, sentence);
  await writeAudit(trx, { actor: `worker ${terms.name}`, actorId: null, action: 'scheduled start.refused', planId: start.planId, reason: sentence, detail: { ...detailOf(start), refusal: { code, sentence } } });
}

function detailOf({ id, phaseId, version, digest, startAt, by }: ScheduledStart): object {
  return { scheduledStart: id, phaseId, version, digest, startAt: startAt.toISOString(), scheduledBy: by.name };
}
