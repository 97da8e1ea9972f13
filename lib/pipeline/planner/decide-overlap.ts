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
  if (isMerge(decision) && into === null) return { ok: false, refusals: [{ code: 'cannot_plan', sentence: `Say which table the rows of ${duplicate} go into.` }] };
  const { into: _asked, by, ...rest } = decision;
  const said: OverlapDecision = { ...rest, ...(decision.verdict === 'newest' && by ? { by } : {}), ...(isMerge(decision) && into !== null ? { into } : {}) };
  const overlapDecisions = { ...overlapDecisionsOf(plan), [duplicate]: said };
  const input = { current, desiredSnapshot, orphanDecisions: orphanDecisionsOf(plan), overlapDecisions };
  if (plan.origin) return renderGenerated(plan, [], input);
  const result = makePlan({ ...plan, ...input });
  return result.ok ? { ok: true, plan: keepHandEdits(plan, result.plan) } : result;
}

function isMerge({ verdict }: OverlapDecision): boolean {
  return verdict !== 'not_a_duplicate' && verdict !== 'archive';
}

/**
 * The plan without the removal of a table: it stays in the target, and the plan keeps the decision and its reason. Phases that follow are rendered anew. Refuses a table that
 * the plan does not take away, a plan of which nothing would be left, and what another chosen difference needs.
 * @param table `schema.name` of the table that was to go.
 */
export function keepTable(plan: Plan, table: string, reason: string, current: MakePlanInput['current'], desiredSnapshot: MakePlanInput['desiredSnapshot']): PlanResult {
  const mine = new Set(removalsOf(table, current));
  const removal = [...mine][0] ?? '';
  if (!plan.deltaIds.includes(removal)) return { ok: false, refusals: [{ code: 'not_found', sentence: 'The plan takes no such table away.' }] };
  const deltaIds = plan.deltaIds.filter((id) => !mine.has(id));
  const generated = plan.generated?.map((part) => ({ ...part, deltaIds: part.deltaIds.filter((id) => !mine.has(id)) }));
  const left = generated ? generated.flatMap((part) => part.deltaIds) : deltaIds;
  const { [table]: _decided, ...overlapDecisions } = overlapDecisionsOf(plan);
  const decided: Plan = { ...plan, deltaIds, ...(generated ? { generated } : {}), decisions: [...plan.decisions.filter((one) => one.deltaId !== removal), { deltaId: removal, verdict: 'keep', reason }] };
  if (left.length === 0 && !plan.origin) return { ok: false, refusals: [{ code: 'plan_empty', sentence: `Nothing would be left in the plan: taking ${table} away is all that it does.` }] };
  const input = { current, desiredSnapshot, orphanDecisions: orphanDecisionsOf(plan), overlapDecisions };
  if (plan.origin) return left.length === 0 ? withoutGenerated(decided) : renderGenerated(decided, [], input);
  const result = makePlan({ ...decided, ...input });
  return result.ok ? { ok: true, plan: keepHandEdits(plan, result.plan) } : result;
}

/** The difference that takes the table away, and those that take its own sequences. */
function removalsOf(table: string, current: MakePlanInput['current']): string[] {
  const id = `table:${table}`;
  const columns = new Set(current.objects.filter((object) => object.kind === 'column' && object.parent === id).map((object) => object.id));
  const sequences = current.objects.filter((object) => object.kind === 'sequence' && typeof object.attributes.ownedBy === 'string' && columns.has(object.attributes.ownedBy));
  return [`remove:${id}`, ...sequences.map((object) => `remove:${object.id}`)];
}

/** What people wrote, when nothing is left for the planner to do between it. */
function withoutGenerated(plan: Plan): PlanResult {
  const gone = new Set((plan.generated ?? []).flatMap((part) => part.phaseIds));
  const { generated: _none, ...rest } = plan;
  const phases = plan.phases.filter((phase) => !gone.has(phase.id));
  return phases.length === 0 ? { ok: false, refusals: [{ code: 'plan_empty', sentence: 'Nothing would be left in the plan.' }] } : { ok: true, plan: { ...rest, phases: phases.map((phase) => ({ ...phase, requires: phase.requires.filter((id) => !gone.has(id)) })) } };
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
