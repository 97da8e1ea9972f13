import 'server-only';
import { stayingSteps, staysSentence, staysWhole } from '#lib/pipeline/stays.ts';
import { signersSentence, startersSentence } from '#lib/pipeline/turn.ts';
import { listed } from '#lib/pipeline/words.ts';
import type { PhaseFacts } from './plan-facts.ts';
import { stuckSentence, type Obstacle } from './plan-rules.ts';
import { moment } from './words.ts';

/** How a phase stands and whose turn it is. */
export function phaseSentence(one: PhaseFacts, execute: readonly Obstacle[]): string {
  const { standing } = one;
  switch (standing.state) {
    case 'running': return 'Running now.';
    case 'applied': return appliedSentence(one);
    case 'deviated': return 'Applied, but what came out differs from what was expected.';
    case 'partial': return one.stuck ? stuckSentence(one.stuck) : 'A run ended in the middle; some of its steps stand. Roll it back, then run it again.';
    case 'rolled_back': return `Rolled back. ${openSentence(one, execute)}`;
    case 'pending': return openSentence(one, execute);
  }
}

function appliedSentence({ phase, windowClosesAt }: PhaseFacts): string {
  if (phase.pointOfNoReturn) return 'Applied and verified. It cannot be undone.';
  const stays = staysSentence(stayingSteps(phase));
  if (staysWhole(phase)) return `Applied and verified.${stays}`;
  return `Applied and verified; can be rolled back until ${windowClosesAt ? moment(windowClosesAt) : 'its window closes'}.${stays}`;
}

function openSentence(one: PhaseFacts, execute: readonly Obstacle[]): string {
  if (one.start) return `Starts by itself at ${moment(one.start.startAt)}; scheduled by ${one.start.by.name}.`;
  const first = execute.find((obstacle) => obstacle.code !== 'not_allowed');
  if (!first) return `Approved; waits for the operator${startersSentence(one.starters)}`;
  switch (first.code) {
    case 'approval_missing': return `Waits for ${signersWanted(one)}`;
    case 'approval_void': return `Waits for a new approval${signersOf(one)} ${first.sentence}`;
    case 'changes_requested': return `Waits for the author: changes requested by ${askers(one)}.`;
    case 'rehearsal_needed':
    case 'rehearsal_not_proved': return one.unproved?.move === 'clears' ? 'Is being rehearsed.' : 'Waits for a rehearsal that proves it.';
    case 'phase_not_next': {
      const task = authorsTask(one, false);
      if (task !== null) return `Waits for the author: ${task} ${first.sentence}`;
      return one.valid.length >= one.approvalsNeeded ? `Approved. ${first.sentence}` : first.sentence;
    }
    case 'findings_block': return `Waits for the author: ${first.sentence}`;
    default: return first.sentence;
  }
}

/**
 * What only an author can do about a phase that has not run; null: nothing. Of a phase whose turn is still to come only what no phase
 * before it can bring along: changes asked for, and what becomes of rows.
 */
export function authorsTask(one: PhaseFacts, isNext: boolean): string | null {
  if (one.standing.state !== 'pending' && one.standing.state !== 'rolled_back') return null;
  if (one.openRequests > 0) return `changes requested by ${askers(one)}.`;
  const mine = one.findings.find((finding) => finding.severity === 'blocking' && finding.move === 'yours');
  return mine && (isNext || asksForRows(one, mine.code)) ? mine.sentence : null;
}

/** A phase that people wrote may find its table emptied by one before it; where the planner sets a table aside, none does that. */
function asksForRows({ phase }: PhaseFacts, code: string): boolean {
  return code === 'ORPHANS_UNDECIDED' || (code === 'NOT_EMPTY' && phase.kind !== 'written');
}

/** The plan in one sentence: the phase whose turn it is; then later ones that an author could see to meanwhile, and a way back that closes soon. */
export function planSentence(phases: readonly PhaseFacts[]): string {
  const ends = phases.filter((one) => one.windowEnds).toSorted((a, b) => (a.windowClosesAt?.getTime() ?? 0) - (b.windowClosesAt?.getTime() ?? 0))[0];
  return `${nextSentence(phases)}${ends?.windowClosesAt ? ` The rollback window of phase ${ends.number} closes ${moment(ends.windowClosesAt)}.` : ''}`;
}

/** Whether the phase whose turn it is stands half, or came out otherwise than expected: the plan's sentence is loud then, and at no other time. */
export function isInTrouble(phases: readonly Pick<PhaseFacts, 'standing'>[]): boolean {
  const next = phases.find((one) => one.standing.state !== 'applied');
  return next !== undefined && (next.standing.state === 'partial' || next.standing.state === 'deviated');
}

function nextSentence(phases: readonly PhaseFacts[]): string {
  const next = phases.find((one) => one.standing.state !== 'applied');
  if (!next) return 'All phases are applied and verified.';
  const later = phases.filter((one) => one !== next && authorsTask(one, false) !== null).map((one) => String(one.number));
  const meanwhile = later.length === 0 ? '' : ` Phase${later.length === 1 ? '' : 's'} ${listed(later)} ${later.length === 1 ? 'waits' : 'wait'} for the author.`;
  return `${ownSentence(next)}${meanwhile}`;
}

function ownSentence(next: PhaseFacts): string {
  const subject = `Phase ${next.number}, “${next.phase.title}”,`;
  switch (next.standing.state) {
    case 'running': return `${subject} is running.`;
    case 'deviated': return `${subject} deviates from what was expected; the next phase is closed.`;
    case 'partial': return next.stuck ? `${subject} ended in the middle, and an author must go on after what stands.` : `${subject} ended in the middle and must be rolled back.`;
    case 'applied':
    case 'pending':
    case 'rolled_back': return `${subject} ${turnSentence(next)}`;
  }
}

function turnSentence(one: PhaseFacts): string {
  if (one.start) return `starts by itself at ${moment(one.start.startAt)}.`;
  if (one.openRequests > 0) return `waits for the author: changes requested by ${askers(one)}.`;
  if (one.findings.some((finding) => finding.severity === 'blocking')) return 'waits for the author: findings block it.';
  if (one.dueAt && one.dueAt > new Date()) return `is ${one.valid.length < one.approvalsNeeded ? '' : 'approved and '}due ${moment(one.dueAt)}.`;
  if (!one.evidence) return 'waits to be measured.';
  if (one.unproved) return one.unproved.move === 'clears' ? 'is being rehearsed.' : 'waits for a rehearsal that proves it.';
  if (one.valid.length < one.approvalsNeeded) return one.valid.length === 0 && one.approvals.some((approval) => approval.voidedAt) ? `waits for a new approval, the last one is void${signersOf(one)}` : `waits for ${signersWanted(one)}`;
  return one.closed ? `is approved. ${one.closed.sentence}` : `is approved and waits for the operator${startersSentence(one.starters)}`;
}

/** `a second person: Bob or Carol may sign.` */
function signersWanted(one: PhaseFacts): string {
  const lacking = one.approvalsNeeded - one.valid.length;
  return `${one.approvalsNeeded === 1 ? 'a second person' : `${lacking} more of ${one.approvalsNeeded} people`}${signersOf(one)}`;
}

function signersOf(one: PhaseFacts): string {
  return signersSentence(one.signers, one.approvalsNeeded - one.valid.length, one.approvers);
}

function askers(one: PhaseFacts): string {
  return [...new Set(one.changeRequests.filter((request) => !request.resolvedAt).map((request) => request.person))].join(' and ');
}
