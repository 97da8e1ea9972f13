import type { Check } from '../evidence.ts';
import { tableKey } from '../expectation.ts';
import type { OverlapDecision, Phase, Plan } from '../plan.ts';
import type { MakePlanInput } from './input.ts';
import { keepHandEdits, makePlan, orphanDecisionsOf, overlapDecisionsOf, renderGenerated, type PlanResult } from './make-plan.ts';

/**
 * The plan with one more decision on a table that goes: whether it is a duplicate, of which table, and which values stay where the two contradict each other.
 * Phases that follow from it are rendered anew, so a table may go over from those that must be empty to those that are merged, and back; steps that a person edited
 * by hand stay. Refuses a table that the plan does not take away, and one to merge into that was not offered.
 * @param duplicate `schema.name` of the table that goes.
 */
export function decideOverlap(plan: Plan, duplicate: string, decision: OverlapDecision, current: MakePlanInput['current'], desiredSnapshot: MakePlanInput['desiredSnapshot']): PlanResult {
  const asked = plan.phases.flatMap((phase) => phase.checks.map((check) => ({ phase, check }))).find(({ check }) => goes(check) === duplicate);
  if (!asked) return { ok: false, refusals: [{ code: 'not_found', sentence: 'The plan takes no such table away.' }] };
  const into = intoOf(asked.phase, asked.check, decision);
  if (decision.verdict !== 'not_a_duplicate' && into === null) return { ok: false, refusals: [{ code: 'cannot_plan', sentence: `Say which table the rows of ${duplicate} go into.` }] };
  const { into: _asked, by, ...rest } = decision;
  const said: OverlapDecision = { ...rest, ...(decision.verdict === 'newest' && by ? { by } : {}), ...(decision.verdict !== 'not_a_duplicate' && into !== null ? { into } : {}) };
  const overlapDecisions = { ...overlapDecisionsOf(plan), [duplicate]: said };
  const input = { current, desiredSnapshot, orphanDecisions: orphanDecisionsOf(plan), overlapDecisions };
  if (plan.origin) return renderGenerated(plan, [], input);
  const result = makePlan({ ...plan, ...input });
  return result.ok ? { ok: true, plan: keepHandEdits(plan, result.plan) } : result;
}

/** The table that a check says goes away, as `schema.name`. */
function goes(check: Check): string | null {
  if (check.kind === 'overlap') return tableKey(check.duplicate);
  return check.kind === 'empty' ? tableKey(check.table) : null;
}

/** What was said, else what the plan merges it into already. */
function intoOf(phase: Phase, check: Check, decision: OverlapDecision): string | null {
  if (decision.into !== undefined && decision.into !== '') return decision.into;
  return phase.kind === 'duplicate' && check.kind === 'overlap' ? tableKey(check.kept) : null;
}
