import type { Phase, Plan } from '../plan.ts';
import type { FinishedRehearsal } from '../rehearsal-evidence.ts';
import { objectId } from '../snapshot.ts';
import { writeBlockMs } from '../write-block.ts';
import type { MakePlanInput } from './input.ts';
import { makePlan, orphanDecisionsOf, overlapDecisionsOf, type PlanResult, keepHandEdits, renderGenerated } from './make-plan.ts';
import { pauseKey } from './pause.ts';

/** A pause that was measured instead of estimated, in seconds, and the one for which the plan was made. */
export interface LongPause {
  seconds: number;
  budget: number;
}

/** How much longer than planned for a conversion in one transaction kept writers waiting in its rehearsal; null: it did not, nobody knows, or the phase is none. */
export function longPause(plan: Pick<Plan, 'writePauseSeconds' | 'rehearsedSeconds'>, phase: Phase, rehearsal: FinishedRehearsal | null): LongPause | null {
  const budget = plan.writePauseSeconds;
  const ms = rehearsal && budget !== undefined && underOneLock(phase) ? writeBlockMs(phase, rehearsal) : null;
  // What the plan knows already has not changed the way, for the reason that the phase names.
  if (ms === null || budget === undefined || ms <= budget * 1_000 || plan.rehearsedSeconds?.[keyOf(phase)] !== undefined) return null;
  return { seconds: ms / 1_000, budget };
}

/** The plan made anew with what a rehearsal measured in the place of the estimate. Refuses what makePlan refuses. */
export function withRehearsedPause(plan: Plan, phase: Phase, seconds: number, readings: Pick<MakePlanInput, 'current' | 'desiredSnapshot'>): PlanResult {
  const known = { ...plan, rehearsedSeconds: { ...plan.rehearsedSeconds, [keyOf(phase)]: seconds } };
  const orphanDecisions = orphanDecisionsOf(plan);
  if (plan.origin) return renderGenerated(known, [], { ...readings, orphanDecisions });
  const made = makePlan({ ...known, ...readings, orphanDecisions, overlapDecisions: overlapDecisionsOf(plan) });
  return made.ok ? { ok: true, plan: keepHandEdits(plan, made.plan) } : made;
}

/** A copy and a swap in the same transaction. */
function underOneLock(phase: Phase): boolean {
  return phase.kind === 'convert' && phase.price.length > 0 && phase.steps.some((step) => step.statements.some((statement) => statement.do === 'copy'));
}

function keyOf(phase: Phase): string {
  return pauseKey(phase.price.map(({ table }) => objectId('table', table.schema, table.name)));
}
