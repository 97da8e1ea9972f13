import type { Blocker, PersonDto, PhaseDto, PlanDto } from '#lib/dal/dto.ts';

/** The one thing that this viewer can or should do with the open phase; `blockers` say why it cannot be pressed. */
export type Primary =
  | { do: 'watch'; runId: string }
  | { do: 'approve' }
  | { do: 'run' }
  | { do: 'measure' }
  | { do: 'next'; phaseId: string; number: number }
  | { do: 'report' }
  | { do: 'blocked'; verb: string; title: string; blockers: readonly Blocker[] };

export function primaryFor(plan: PlanDto, phase: PhaseDto, viewer: PersonDto): Primary {
  if (phase.activeRunId) return { do: 'watch', runId: phase.activeRunId };
  if (phase.state === 'applied') return afterApplied(plan, phase);
  if (phase.executeBlockers === null) return { do: 'run' };
  if (phase.approveBlockers === null) return { do: 'approve' };
  if (plan.mayEdit && phase.evidence === null) return { do: 'measure' };
  if (isSigned(phase) && viewer.roles.includes('operator')) return { do: 'blocked', verb: 'Run', title: 'Cannot run yet', blockers: phase.executeBlockers };
  if (viewer.roles.includes('approver') && !isSigned(phase)) return { do: 'blocked', verb: 'Approve', title: 'You cannot approve this phase', blockers: phase.approveBlockers };
  return { do: 'blocked', verb: 'Run', title: 'Cannot run yet', blockers: phase.executeBlockers };
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
  return phase.approvals.filter((approval) => approval.voidedAt === null);
}
