import 'server-only';
import { approvalRefusal } from '#lib/pipeline/approval.ts';
import { openRefusal } from '#lib/pipeline/open-phase.ts';
import { overSentence, startBy } from '#lib/pipeline/execution-window.ts';
import { EVIDENCE_HOURS } from '#lib/pipeline/policy.ts';
import { closedRefusal } from '#lib/pipeline/policy-time.ts';
import { Refused, type Refusal, type RefusalCode } from '#lib/pipeline/refusal.ts';
import { phasesResting, restingSentence } from '#lib/pipeline/rollback.ts';
import type { PhaseState } from '#lib/pipeline/standing.ts';
import { dueRefusal, orderRefusal } from '#lib/pipeline/start-rules.ts';
import { stayingSteps, staysSentence, staysWhole } from '#lib/pipeline/stays.ts';
import { paperOf } from '#lib/pipeline/step-kinds/all.ts';
import { listed } from '#lib/pipeline/words.ts';
import { writeBlockRefusal } from '#lib/pipeline/write-block.ts';
import type { Person } from '#lib/store/people.ts';
import type { Blocker } from './dto/answer.ts';
import { standingOf, type PhaseFacts, type PlanFacts } from './plan-facts.ts';
import { moment } from './words.ts';

/** Why a person may not do it now, first things first. Commands throw the first, pages list all: they cannot disagree. */
export interface Obstacle extends Refusal {
  move: Blocker['move'];
}

/** Where a phase has left its mark in the target. */
export const STANDING: readonly PhaseState[] = ['applied', 'deviated', 'partial'];

export function refuseOn(obstacles: readonly Obstacle[]): void {
  const first = obstacles[0];
  if (first) throw new Refused(first.code, first.sentence);
}

/** Null when there is none, as the DTOs want it. */
export function blockersOf(obstacles: readonly Obstacle[]): readonly Blocker[] | null {
  return obstacles.length === 0 ? null : obstacles.map(({ code, sentence, move }) => ({ code, sentence, move }));
}

/** The page that the person pressed the button on showed an older version: says who changed it, and when. */
export function refuseOldVersion(facts: PlanFacts, seen: number): void {
  if (facts.stored.version === seen) return;
  const newest = facts.versions.at(-1);
  throw new Refused('plan_changed', `${newest?.by ?? 'Someone'} saved version ${facts.stored.version} of the plan at ${moment(facts.stored.editedAt)}${newest?.reason ? ` (${newest.reason.replace(/\.$/, '')})` : ''}; you were looking at version ${seen}. Look at it again.`);
}

/** What is typed and what was seen come from the form; a page passes what it shows itself. */
export function approveObstacles(facts: PlanFacts, one: PhaseFacts, person: Person, seen: { digest: string; typedNumber: number | null } | null): Obstacle[] {
  const refusal = approvalRefusal({
    phase: one.phase,
    authorIds: facts.authorIds,
    person,
    madeBy: facts.madeByAuthors.get(person.id) ?? null,
    evidence: one.evidence?.evidence ?? null,
    evidenceAgeHours: one.measuredAt ? (facts.now.getTime() - one.measuredAt.getTime()) / 3_600_000 : 0,
    evidenceHours: EVIDENCE_HOURS,
    findings: one.findings,
    seenDigest: seen?.digest ?? one.digest ?? '',
    currentDigest: one.digest ?? '',
    numberToType: one.numberToType,
    typedNumber: seen ? seen.typedNumber : one.numberToType,
    approvedBy: facts.withAccounts(one.valid.map((approval) => approval.personId)),
    openChangeRequests: one.openRequests,
  });
  const who = refusal && ['own_plan', 'not_allowed'].includes(refusal.code) ? [waits(refusal.code, refusal.sentence)] : [];
  const rest = refusal && who.length === 0 ? spelledOut(refusal, one, person) : [];
  const state = stateObstacles(one);
  return [...who, ...state, ...(state.length === 0 ? proofObstacle(one, person) : []), ...rest];
}

/** Several findings are several obstacles, each with its own move. */
function spelledOut(refusal: Refusal, one: PhaseFacts, person: Person): Obstacle[] {
  const blocking = findingObstacles(one, person);
  const open = openRefusal(one.phase);
  if (open) return [authors(person, open.code, open.sentence), ...blocking];
  if (refusal.code === 'findings_block' && blocking.length > 0) return blocking;
  return [refusal.code === 'changes_requested' ? authors(person, refusal.code, refusal.sentence) : { ...refusal, move: 'yours' }];
}

function findingObstacles(one: PhaseFacts, person: Person): Obstacle[] {
  const blocking = one.findings.filter((finding) => finding.severity === 'blocking');
  return blocking.map((finding) => (finding.move === 'yours' && finding.code !== 'UNKNOWN' ? authors(person, 'findings_block', finding.sentence) : { code: 'findings_block', sentence: finding.sentence, move: finding.move }));
}

function stateObstacles(one: PhaseFacts): Obstacle[] {
  switch (one.standing.state) {
    case 'pending':
    case 'rolled_back': return [];
    case 'running': return [waits('target_busy', 'This phase is running now.')];
    case 'applied':
    case 'deviated': return [yours('phase_applied', 'This phase has been applied. Roll it back before it can run again.')];
    case 'partial': return [yours('steps_stand', one.stuck ? stuckSentence(one.stuck) : 'A run ended in the middle and some of its steps stand. Roll the phase back, then run it again.')];
  }
}

/** What stands, and who goes on. */
export function stuckSentence(stuck: readonly string[]): string {
  return `A run ended in the middle, and nothing takes back what stands of it: ${listed(stuck.map((title) => `“${title}”`))}. An author goes on after it.`;
}

/** What stands in the way of starting the phase now. */
export function executeObstacles(facts: PlanFacts, one: PhaseFacts, person: Person): Obstacle[] {
  const state = stateObstacles(one);
  // A phase that stands has nothing else to wait for.
  if (state.length > 0) return [...operatorObstacle(person), ...state];
  return [...operatorObstacle(person), ...startObstacle(one, person), ...readyObstacles(facts, one, person, facts.now), ...busyObstacle(facts)];
}

/** The same of a start at an instant to come, as far as it can be told now: another run on the target will have ended by then. */
export function scheduleObstacles(facts: PlanFacts, one: PhaseFacts, person: Person, at: Date): Obstacle[] {
  const state = stateObstacles(one);
  if (state.length > 0) return [...operatorObstacle(person), ...state];
  return [...operatorObstacle(person), ...readyObstacles(facts, one, person, at)];
}

function readyObstacles(facts: PlanFacts, one: PhaseFacts, person: Person, at: Date): Obstacle[] {
  return [...orderObstacles(facts, one), ...dueObstacle(facts, one, at), ...readinessObstacles(one, person), ...proofObstacle(one, person), ...blockObstacle(facts, one), ...approvalObstacles(one, at), ...closedObstacle(facts, at)];
}

/** These pass by themselves, so that a start can be scheduled behind them. */
const PASSING: readonly RefusalCode[] = ['outside_maintenance', 'frozen', 'phase_not_due', 'target_busy'];

/** May this person schedule a start of the phase, at whatever instant? */
export function maySchedule(facts: PlanFacts, one: PhaseFacts, person: Person): boolean {
  return one.start === null && executeObstacles(facts, one, person).every((obstacle) => PASSING.includes(obstacle.code)) && dueEver(one);
}

/** A phase that is due so many hours after another one is due at no instant while that one is not applied. */
function dueEver(one: PhaseFacts): boolean {
  return one.phase.due === null || one.dueAt !== null;
}

function startObstacle(one: PhaseFacts, person: Person): Obstacle[] {
  if (!one.start) return [];
  const scheduled = `${one.start.by.name} scheduled the start of this phase for ${moment(one.start.startAt)}.`;
  return [person.roles.includes('operator') ? yours('start_scheduled', `${scheduled} Stop that first, or move it.`) : waits('start_scheduled', scheduled)];
}

/** A rollback has no such obstacle: it takes changes away from the database, and never waits for an hour. */
function closedObstacle(facts: PlanFacts, at: Date): Obstacle[] {
  const closed = closedRefusal(facts.policy, facts.stored.target, at);
  return closed ? [waits(closed.code, closed.sentence)] : [];
}

/** The rehearsal that holds now counts and not the one that was signed: policy may have come later. */
function blockObstacle(facts: PlanFacts, one: PhaseFacts): Obstacle[] {
  const refusal = writeBlockRefusal(one.phase, one.held.rehearsal, facts.policy.writeBlockSeconds);
  return refusal ? [yours(refusal.code, refusal.sentence)] : [];
}

/** Only who may rehearse has something to do about it; the others wait. */
function proofObstacle(one: PhaseFacts, person: Person): Obstacle[] {
  if (!one.unproved) return [];
  return [mayRehearse(person) ? one.unproved : { ...one.unproved, move: 'clears' }];
}

export function mayRehearse({ roles }: Person): boolean {
  return roles.some((role) => role === 'author' || role === 'operator');
}

function operatorObstacle(person: Person): Obstacle[] {
  return person.roles.includes('operator') ? [] : [waits('not_allowed', 'Only an operator starts or rolls back a phase.')];
}

function orderObstacles(facts: PlanFacts, one: PhaseFacts): Obstacle[] {
  const refusal = orderRefusal(facts.stored.plan.phases, one.phase.id, facts.standings);
  if (!refusal) return [];
  return [refusal.deviated ? yours(refusal.code, refusal.sentence) : waits(refusal.code, refusal.sentence)];
}

function dueObstacle(facts: PlanFacts, one: PhaseFacts, at: Date): Obstacle[] {
  const refusal = dueRefusal(one.phase, facts.standings, at);
  return refusal ? [waits(refusal.code, refusal.sentence)] : [];
}

function readinessObstacles(one: PhaseFacts, person: Person): Obstacle[] {
  const open = openRefusal(one.phase);
  if (open) return [authors(person, open.code, open.sentence)];
  const requests = one.openRequests > 0 ? [authors(person, 'changes_requested', 'Changes were requested and nobody has answered yet.')] : [];
  if (!one.evidence) return [...requests, yours('evidence_missing', 'The phase was not measured since it was last changed.')];
  return [...requests, ...findingObstacles(one, person)];
}

function approvalObstacles(one: PhaseFacts, at: Date): Obstacle[] {
  const lacking = one.approvalsNeeded - one.valid.length;
  const over = one.valid.filter((approval) => approval.expiresAt <= at);
  if (lacking <= 0 && one.valid.length - over.length < one.approvalsNeeded) return [yours('approval_expired', `The approval of ${over.map((approval) => approval.person).join(', ')} will have expired by then (${moment(new Date(Math.min(...over.map((approval) => approval.expiresAt.getTime()))))}).`)];
  const until = startBy(one.valid);
  if (lacking <= 0 && until !== null && until <= at) return [yours('execution_over', `It must be started by ${moment(until)}, within the hours that policy gives after the last signature.`)];
  if (lacking <= 0) return one.groups ? [waits(one.groups.code, one.groups.sentence)] : [];
  const missed = startBy(one.over);
  if (one.valid.length === 0 && missed !== null) return [waits('execution_over', overSentence(missed))];
  const newest = one.approvals.at(-1);
  if (one.valid.length === 0 && newest?.voidReason) return [waits('approval_void', `The approval of ${newest.person} is void: ${newest.voidReason}`)];
  if (one.valid.length === 0 && newest) return [waits('approval_expired', `The approval of ${newest.person} has expired. It must be signed again.`)];
  const missing = waits('approval_missing', `${one.valid.length} of ${one.approvalsNeeded} approvals stand; ${lacking === 1 ? 'one more person' : `${lacking} more people`} must sign.`);
  // Who signs next should know of which group.
  return one.groups ? [missing, waits(one.groups.code, one.groups.sentence)] : [missing];
}

function busyObstacle(facts: PlanFacts): Obstacle[] {
  return facts.busy ? [waits('target_busy', `A run is changing ${facts.stored.target} now. One at a time.`)] : [];
}

export function rollbackObstacles(facts: PlanFacts, one: PhaseFacts, person: Person): Obstacle[] {
  const { standing, phase } = one;
  if (standing.state === 'running') return [...operatorObstacle(person), waits('target_busy', 'This phase is running now. Cancel the run first, or wait for its end.')];
  if (!STANDING.includes(standing.state) || !standing.forwardRunId) return [yours('nothing_to_roll_back', 'Nothing of this phase stands.')];
  if (one.stuck) return [yours('not_reversible', stuckSentence(one.stuck))];
  if (staysWhole(phase)) return [yours('not_reversible', `This phase cannot be rolled back.${staysSentence(stayingSteps(phase))}`)];
  if (phase.steps.every((step) => paperOf(step).undone(step) === null) && !phase.pointOfNoReturn) return [yours('nothing_to_roll_back', 'This phase changed nothing, so there is nothing to roll back.')];
  if (phase.pointOfNoReturn && standing.state !== 'partial') return [yours('not_reversible', 'This phase dropped what a rollback would need. It cannot be undone.')];
  const standingIds = facts.stored.plan.phases.map((other) => other.id).filter((id) => standingOf(facts, id).standingSteps.length > 0);
  const resting = phasesResting(facts.stored.plan, phase.id, standingIds);
  const closed = one.windowClosesAt && one.windowClosesAt < facts.now;
  return [
    ...operatorObstacle(person),
    ...(resting.length > 0 ? [yours('later_phase_stands', restingSentence(resting))] : []),
    ...(closed && one.windowClosesAt ? [yours('window_closed', `The rollback window closed ${moment(one.windowClosesAt)}. Going back now needs a new plan.`)] : []),
    ...busyObstacle(facts),
  ];
}

function yours(code: RefusalCode, sentence: string): Obstacle {
  return { code, sentence, move: 'yours' };
}

/** What changes the plan is an author's to do: whoever is none is told that it is not theirs. */
function authors(person: Person, code: RefusalCode, sentence: string): Obstacle {
  return { code, sentence, move: person.roles.includes('author') ? 'yours' : 'author' };
}

function waits(code: RefusalCode, sentence: string): Obstacle {
  return { code, sentence, move: 'clears' };
}
