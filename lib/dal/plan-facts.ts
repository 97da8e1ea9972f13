import 'server-only';
import { approvalDigest, phaseDocumentDigest } from '#lib/pipeline/approval.ts';
import type { Finding } from '#lib/pipeline/evidence.ts';
import { followUpsOf, type FollowUp } from '#lib/pipeline/follow-ups.ts';
import type { LintFinding } from '#lib/pipeline/lint/finding.ts';
import { findPhase, type Phase } from '#lib/pipeline/plan.ts';
import { inTime } from '#lib/pipeline/execution-window.ts';
import { approvalsNeeded, type Policy } from '#lib/pipeline/policy.ts';
import { inForce, type PolicyInForce } from '#lib/pipeline/policy-document.ts';
import { type LongPause, longPause } from '#lib/pipeline/planner/rehearsed-pause.ts';
import { destroyedRows, judge } from '#lib/pipeline/preflight.ts';
import { closedRefusal } from '#lib/pipeline/policy-time.ts';
import { type Refusal, Refused } from '#lib/pipeline/refusal.ts';
import { type FinishedRehearsal, type Held, heldRehearsal, proofDemanded, type RehearsalGround, unproved } from '#lib/pipeline/rehearsal-evidence.ts';
import { rollbackSteps } from '#lib/pipeline/rollback.ts';
import { groupsRefusal } from '#lib/pipeline/signing-groups.ts';
import { closesSoon, maySign } from '#lib/pipeline/turn.ts';
import { dueTime, phaseStanding, planStanding, type PhaseStanding, type RunSummary } from '#lib/pipeline/standing.ts';
import { listApprovals, type StoredApproval } from '#lib/store/approvals.ts';
import { listChangeRequests, type StoredChangeRequest } from '#lib/store/change-requests.ts';
import { listGlasses, type BreakGlass } from '#lib/store/break-glass.ts';
import type { ControlTrx, Reader } from '#lib/store/db.ts';
import { evidenceByIds, evidenceKey, latestEvidence, type StoredEvidence } from '#lib/store/evidence.ts';
import { keptFollowUps } from '#lib/store/follow-ups.ts';
import { latestLint, type LintResult } from '#lib/store/lint-results.ts';
import { accountsByMailbox, approversMadeByAuthors, listApprovers, listOperators, type WithAccounts } from '#lib/store/people.ts';
import { findPlan, listVersions, lockPlan, type StoredPlan, type VersionRow } from '#lib/store/plans.ts';
import { currentPolicy } from '#lib/store/policy.ts';
import { finishedRehearsals, rehearsalGround } from '#lib/store/rehearsals.ts';
import { activeRunOn, listRuns, summariesOf, type StoredRun } from '#lib/store/runs.ts';
import { listStarts, type ScheduledStart } from '#lib/store/scheduled-starts.ts';
import { lintFindings } from './lint.ts';

/** Everything that is stored about a plan, read once: rules and pages look at the same facts. */
export interface PlanFacts {
  stored: StoredPlan;
  versions: readonly VersionRow[];
  /** Ids of everybody who created the plan or saved any version of it, by whichever account. */
  authorIds: readonly string[];
  withAccounts: WithAccounts;
  /** Of approvers whose account an author made so lately that policy counts both as one: that author's name. */
  madeByAuthors: ReadonlyMap<string, string>;
  approvals: readonly StoredApproval[];
  /** The newest measurements by phase and text (evidenceKey), and those that standing approvals signed by id. */
  latest: ReadonlyMap<string, StoredEvidence>;
  signed: ReadonlyMap<string, StoredEvidence>;
  /** What decides which rehearsal holds, and those that standing approvals signed by id. */
  rehearsals: RehearsalGround;
  signedRehearsals: ReadonlyMap<string, FinishedRehearsal>;
  /** What the lint said about this version; null: it was not asked. */
  lint: LintResult | null;
  changeRequests: readonly StoredChangeRequest[];
  /** Everybody with access who holds the role approver, authors of this plan too. */
  approvers: readonly { id: string; name: string }[];
  /** Everybody with access who may start and roll back. */
  operators: readonly { id: string; name: string }[];
  /** Oldest first. */
  runs: readonly StoredRun[];
  summaries: readonly RunSummary[];
  /** How every phase stands, by phase id. */
  standings: ReadonlyMap<string, PhaseStanding>;
  /** The run of any plan that is changing the same target. */
  busy: StoredRun | null;
  /** Starts that operators scheduled, those that have ended too; oldest first. */
  starts: readonly ScheduledStart[];
  /** What is due after the plan, as it stands now. */
  followUps: readonly FollowUp[];
  /** Starts without signatures, those that were answered for too; oldest first. */
  glasses: readonly BreakGlass[];
  /** The configuration and what the team has laid down, together. */
  policy: PolicyInForce;
  now: Date;
}

/** @param floor what the configuration demands; the policy of the team comes on top. */
export async function readPlanFacts(db: Reader, planId: string, floor: Policy): Promise<PlanFacts> {
  return factsOf(db, await findPlan(db, planId), floor);
}

/** The same under the plan's lock: what is decided on these facts holds until the transaction ends. */
export async function lockPlanFacts(trx: ControlTrx, planId: string, floor: Policy): Promise<PlanFacts> {
  return factsOf(trx, await lockPlan(trx, planId), floor);
}

async function factsOf(db: Reader, stored: StoredPlan | null, floor: Policy): Promise<PlanFacts> {
  if (!stored) throw new Refused('not_found', 'There is no such plan.');
  const planId = stored.plan.id;
  const versions = await listVersions(db, planId);
  const approvals = await listApprovals(db, planId);
  const runs = await listRuns(db, { planId });
  const summaries = await summariesOf(db, runs);
  const standings = planStanding(stored.plan.phases, summaries);
  const withAccounts = await accountsByMailbox(db);
  return {
    stored, versions, approvals, runs, summaries,
    policy: inForce(floor, await currentPolicy(db)),
    starts: await listStarts(db, planId),
    glasses: await listGlasses(db, planId),
    standings,
    followUps: followUpsOf(stored.plan, standings, await keptFollowUps(db, planId)),
    withAccounts,
    madeByAuthors: await approversMadeByAuthors(db, planId),
    authorIds: withAccounts([stored.createdBy, ...versions.map((version) => version.byId)]),
    latest: await latestEvidence(db, planId),
    signed: await evidenceByIds(db, approvals.filter((approval) => !approval.voidedAt).map((approval) => approval.evidenceId)),
    rehearsals: await rehearsalGround(db, { planId, version: stored.version, target: stored.target }),
    signedRehearsals: await finishedRehearsals(db, approvals.flatMap((approval) => (approval.voidedAt ? [] : (approval.rehearsalId ?? [])))),
    lint: await latestLint(db, planId, stored.version),
    changeRequests: await listChangeRequests(db, planId),
    approvers: await listApprovers(db),
    operators: await listOperators(db),
    busy: await activeRunOn(db, stored.target),
    now: new Date(),
  };
}

/** One phase as it stands now. */
export interface PhaseFacts {
  phase: Phase;
  number: number;
  standing: PhaseStanding;
  /** Titles of the steps that stand where a run ended in the middle and nothing is left that could be taken back; null: otherwise. */
  stuck: readonly string[] | null;
  /** The evidence in force: what standing approvals signed, else the newest; null when this text of the phase was never measured. */
  evidence: StoredEvidence | null;
  /** When this text of the phase was last measured; may be later than the evidence in force, when nothing had moved. */
  measuredAt: Date | null;
  findings: readonly (Finding | LintFinding)[];
  /** The rehearsal in force, as with the evidence: what standing approvals signed (null: none), else the newest that holds. */
  rehearsal: FinishedRehearsal | null;
  /** The newest that holds, or why none does. */
  held: Held;
  /** The pause that its rehearsal measured, where it is longer than the phase was planned for; null: it is not, or the phase has left its mark. */
  longPause: LongPause | null;
  /** Policy demands that a rehearsal proved the phase, and what stands in its way; null when nothing does. */
  proofDemanded: boolean;
  unproved: ReturnType<typeof unproved>;
  /** What an approver signs, or has signed; null without evidence. */
  digest: string | null;
  numberToType: number | null;
  approvalsNeeded: number;
  /** All, void ones too. */
  approvals: readonly StoredApproval[];
  /** They stand, but what they signed was not started in time. */
  over: readonly StoredApproval[];
  /** Not void, not expired, in time, and over the digest in force. */
  valid: readonly StoredApproval[];
  /** They come from too few groups; null: from enough. */
  groups: Refusal | null;
  changeRequests: readonly StoredChangeRequest[];
  openRequests: number;
  /** How many people with access are approvers at all. */
  approvers: number;
  /** Who may still sign it, as things stand: by role, and neither author nor signer. */
  signers: readonly { id: string; name: string }[];
  /** Who may start it, once it is signed. */
  starters: readonly { id: string; name: string }[];
  runs: readonly StoredRun[];
  /** The start that waits for its instant; null: none is scheduled. */
  start: ScheduledStart | null;
  /** The last that was scheduled, when it came to nothing by itself: refused, and nothing was done about it since. */
  notStarted: ScheduledStart | null;
  /** Windows or a freeze close the target now; null: it is open. */
  closed: Refusal | null;
  windowClosesAt: Date | null;
  /** It can still go back, and not for long. */
  windowEnds: boolean;
  dueAt: Date | null;
}

export function phaseFactsOf(facts: PlanFacts, phaseId: string): PhaseFacts {
  const phase = findPhase(facts.stored.plan, phaseId);
  if (!phase) throw new Refused('not_found', 'The plan has no such phase.');
  const { plan } = facts.stored;
  const document = phaseDocumentDigest(phase);
  const approvals = facts.approvals.filter((approval) => approval.phaseId === phaseId);
  const { open: alive, over } = inTime(approvals.filter((approval) => !approval.voidedAt && approval.expiresAt > facts.now), facts.now);
  const measured = facts.latest.get(evidenceKey(phaseId, document)) ?? null;
  const inForce = alive.find((approval) => facts.signed.get(approval.evidenceId)?.phaseDocumentDigest === document);
  const evidence = (inForce && facts.signed.get(inForce.evidenceId)) ?? measured;
  const held = heldRehearsal(phase, facts.rehearsals);
  const rehearsal = inForce ? (facts.signedRehearsals.get(inForce.rehearsalId ?? '') ?? null) : held.rehearsal;
  const digest = evidence ? approvalDigest(plan, phase, evidence.evidence, rehearsal) : null;
  const valid = alive.filter((approval) => approval.digest === digest);
  const standing = standingOf(facts, phaseId);
  const demanded = proofDemanded(phase, plan.target, facts.policy);
  const dueAt = dueTime(phase, facts.standings);
  const windowClosesAt = standing.appliedAt ? hoursAfter(standing.appliedAt, plan.windowHours) : null;
  const changeRequests = facts.changeRequests.filter((request) => request.phaseId === phaseId);
  const runs = facts.runs.filter((run) => run.phaseId === phaseId);
  const starts = facts.starts.filter((start) => start.phaseId === phaseId);
  return {
    stuck: stuckIn(phase, standing),
    phase, standing, evidence, rehearsal, held, longPause: standing.state === 'pending' || standing.state === 'rolled_back' ? longPause(plan, phase, held.rehearsal) : null, digest, approvals, changeRequests,
    number: plan.phases.indexOf(phase) + 1,
    proofDemanded: demanded,
    unproved: demanded ? unproved(phase, plan.target, held, facts.rehearsals.underWay) : null,
    measuredAt: measured?.measuredAt ?? evidence?.measuredAt ?? null,
    findings: [...(evidence ? judge(phase, evidence.evidence) : []), ...lintFindings(phase, facts.lint)],
    numberToType: evidence ? destroyedRows(phase, evidence.evidence) : null,
    approvalsNeeded: approvalsNeeded(phase, facts.policy),
    valid,
    over,
    groups: groupsRefusal(phase, facts.policy.distinctGroups, valid.map((approval) => approval.group)),
    starters: facts.operators,
    approvers: facts.approvers.length,
    signers: maySign(facts.approvers, [...facts.authorIds, ...facts.madeByAuthors.keys()], facts.withAccounts(valid.map((approval) => approval.personId))),
    openRequests: changeRequests.filter((request) => !request.resolvedAt).length,
    runs,
    start: starts.find((start) => start.state === 'waiting') ?? null,
    notStarted: notStarted(starts, runs),
    closed: closedRefusal(facts.policy, facts.stored.target, facts.now),
    windowClosesAt,
    windowEnds: windowClosesAt !== null && standing.appliedAt !== null && !phase.pointOfNoReturn && rollbackSteps(phase, standing.standingSteps).length > 0 && closesSoon({ from: new Date(standing.appliedAt), until: windowClosesAt }, facts.now),
    dueAt: dueAt ? new Date(dueAt) : null,
  };
}

function stuckIn(phase: Phase, { state, standingSteps }: PhaseStanding): string[] | null {
  if (state !== 'partial' || rollbackSteps(phase, standingSteps).length > 0) return null;
  return phase.steps.filter((step) => standingSteps.includes(step.id)).map((step) => step.title);
}

/** A run that was begun since, or another start, is somebody's answer to it. */
function notStarted(starts: readonly ScheduledStart[], runs: readonly StoredRun[]): ScheduledStart | null {
  const last = starts.at(-1);
  if (last?.state !== 'refused' || !last.endedAt) return null;
  const since = last.endedAt;
  return runs.some((run) => run.requestedAt > since) ? null : last;
}

export function standingOf(facts: Pick<PlanFacts, 'standings'>, phaseId: string): PhaseStanding {
  return facts.standings.get(phaseId) ?? phaseStanding([]);
}

export function allPhaseFacts(facts: PlanFacts): PhaseFacts[] {
  return facts.stored.plan.phases.map((phase) => phaseFactsOf(facts, phase.id));
}

function hoursAfter(iso: string, hours: number): Date {
  return new Date(Date.parse(iso) + hours * 3_600_000);
}
