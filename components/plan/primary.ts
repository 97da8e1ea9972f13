import type { Blocker } from '#lib/dal/dto/answer.ts';
import type { PersonDto } from '#lib/dal/dto/people.ts';
import type { PhaseDto, ScheduledStartDto } from '#lib/dal/dto/phase.ts';
import type { PlanDto } from '#lib/dal/dto/plan.ts';

/** The one thing that this viewer can or should do with the open phase; `blockers` say why it cannot be pressed. */
export type Primary =
  | { do: 'watch'; runId: string }
  | { do: 'stop'; start: ScheduledStartDto }
  | { do: 'approve' }
  | { do: 'run' }
  | { do: 'rollback'; runId: string }
  | { do: 'go_on'; stands: readonly string[] }
  | { do: 'measure' }
  | { do: 'next'; phaseId: string; number: number }
  | { do: 'report' }
  /** What only an author can do about the open phase: `href` is the place on its page. */
  | { do: 'decide'; href: string; text: string; title: string; blockers: readonly Blocker[] }
  /** `verb` null: the viewer could never press the button, so that there is none. */
  | { do: 'blocked'; verb: string | null; title: string; blockers: readonly Blocker[] };

export function primaryFor(plan: PlanDto, phase: PhaseDto, viewer: PersonDto): Primary {
  if (phase.activeRunId) return { do: 'watch', runId: phase.activeRunId };
  if (phase.state === 'applied') return afterApplied(plan, phase);
  if (phase.stuck && plan.mayEdit && (phase.phase.kind === 'written' || phase.phase.kind === 'cleanup')) return { do: 'go_on', stands: phase.stuck };
  if (phase.state === 'partial' || phase.state === 'deviated') return wayBack(phase, viewer);
  if (phase.scheduled?.mayStop) return { do: 'stop', start: phase.scheduled };
  if (phase.executeBlockers === null) return { do: 'run' };
  if (phase.approveBlockers === null) return { do: 'approve' };
  if (phase.evidence === null && mayMeasure(viewer)) return { do: 'measure' };
  if (plan.mayEdit && phase.asksAuthor) return authorsPart(phase);
  const asking = plan.mayEdit ? plan.phases.find((one) => one.asksAuthor) : undefined;
  if (asking) return { do: 'next', phaseId: asking.phase.id, number: asking.number };
  const signable = isSigned(phase) && !viewer.roles.includes('operator') ? plan.phases.find((one) => one.approveBlockers === null) : undefined;
  if (signable) return { do: 'next', phaseId: signable.phase.id, number: signable.number };
  if (isSigned(phase) && viewer.roles.includes('operator')) return { do: 'blocked', verb: 'Run', title: 'Cannot run yet', blockers: phase.executeBlockers };
  if (viewer.roles.includes('approver') && !isSigned(phase)) return { do: 'blocked', verb: 'Approve', title: 'You cannot approve this phase', blockers: phase.approveBlockers };
  return { do: 'blocked', verb: viewer.roles.includes('operator') ? 'Run' : null, title: 'Cannot run yet', blockers: phase.executeBlockers };
}

/** Whose work waits for figures may ask for them. */
export function mayMeasure({ roles }: PersonDto): boolean {
  return roles.some((role) => role === 'author' || role === 'approver' || role === 'operator');
}

/** A request is answered in the conversation, and what becomes of rows is decided beside their count. */
function authorsPart(phase: PhaseDto): Primary {
  const request = phase.changeRequests.find((one) => one.resolvedAt === null);
  const place = request ? { href: `#said-${request.id}`, text: 'Answer the request' } : { href: '#evidence', text: 'Decide on rows' };
  return { do: 'decide', ...place, title: 'Cannot run yet', blockers: phase.executeBlockers ?? [] };
}

/** What stands half or stands wrong can only go back; a button to run it again would never come alive. */
function wayBack(phase: PhaseDto, viewer: PersonDto): Primary {
  const run = forwardRun(phase);
  if (run && phase.rollbackBlockers === null) return { do: 'rollback', runId: run.id };
  return { do: 'blocked', verb: viewer.roles.includes('operator') ? 'Roll back' : null, title: 'Cannot roll back yet', blockers: phase.rollbackBlockers ?? [] };
}

/** The newest forward run that has ended: over it stands the price of going back. */
export function forwardRun(phase: PhaseDto): PhaseDto['runs'][number] | undefined {
  return phase.runs.filter((run) => run.kind === 'forward' && run.endedAt !== null).toSorted((a, b) => (a.requestedAt < b.requestedAt ? 1 : -1))[0];
}

function afterApplied(plan: PlanDto, phase: PhaseDto): Primary {
  const turn = plan.phases.find((each) => each.phase.id === plan.currentPhaseId);
  if (!turn) return { do: 'report' };
  return turn === phase ? { do: 'report' } : { do: 'next', phaseId: turn.phase.id, number: turn.number };
}

/** Do enough signatures stand? */
export function isSigned(phase: PhaseDto): boolean {
  return standingApprovals(phase).length >= phase.approvalsNeeded;
}

export function standingApprovals(phase: PhaseDto): PhaseDto['approvals'] {
  return phase.approvals.filter((approval) => approval.stands);
}
