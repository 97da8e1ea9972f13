import type { ForeignKeySpec } from '../evidence.ts';
import { fillsBeside, type OrphanDecision, type Phase, type Plan } from '../plan.ts';
import { referenceText } from '../preflight-orphans.ts';
import type { Refusal } from '../refusal.ts';
import { NOT_UNDER_ONE_LOCK } from './convert.ts';
import type { MakePlanInput } from './input.ts';
import { keepHandEdits, makePlan, orphanDecisionsOf, overlapDecisionsOf, renderGenerated, type PlanResult } from './make-plan.ts';

type Readings = Pick<MakePlanInput, 'current' | 'desiredSnapshot'>;

/**
 * The plan with one decision more, on the orphans of one foreign key or of several. Phases that follow from decisions are rendered anew, once; steps that a person edited by
 * hand stay as they are. Refuses a verdict that one of the foreign keys or its phase cannot carry out: then none is decided.
 * @param foreignKeys ids of ForeignKeySpec; of a plan that people write, all of one phase.
 */
export function decideOrphans(plan: Plan, foreignKeys: readonly string[], decision: OrphanDecision, current: MakePlanInput['current'], desiredSnapshot: MakePlanInput['desiredSnapshot']): PlanResult {
  const asked = foreignKeys.map((id) => askedOf(plan, id));
  const refusals = asked.flatMap((one) => (one ? (verdictRefusal(plan, one, decision) ?? []) : [{ code: 'not_found' as const, sentence: 'The plan has no such foreign key.' }]));
  const phase = asked[0]?.phase;
  if (refusals.length > 0 || !phase) return { ok: false, refusals };
  const orphanDecisions = { ...orphanDecisionsOf(plan), ...Object.fromEntries(foreignKeys.map((id) => [id, decision])) };
  if (plan.origin) return decidedAmongWritten(plan, phase, orphanDecisions, { current, desiredSnapshot });
  const result = makePlan({ ...plan, current, desiredSnapshot, orphanDecisions, overlapDecisions: overlapDecisionsOf(plan) });
  return result.ok ? { ok: true, plan: keepHandEdits(plan, result.plan) } : result;
}

/** A foreign key whose orphans a phase asks about. */
interface Asked {
  phase: Phase;
  key: ForeignKeySpec;
}

function askedOf(plan: Plan, foreignKey: string): Asked | null {
  for (const phase of plan.phases) {
    const key = orphanKeysOf(phase).find((one) => one.id === foreignKey);
    if (key) return { phase, key };
  }
  return null;
}

/** The foreign keys whose orphans a phase asks about. */
export function orphanKeysOf(phase: Phase): ForeignKeySpec[] {
  return phase.checks.flatMap((check) => (check.kind === 'orphans' ? check.foreignKeys : []));
}

/** Can its steps take rows without a parent out, or unlink them? Otherwise the only answer is to stop. */
export function mendsOrphans(phase: Pick<Phase, 'kind'>): boolean {
  return phase.kind === 'convert' || phase.kind === 'alter';
}

function verdictRefusal(plan: Plan, { phase, key }: Asked, { verdict, to }: OrphanDecision): Refusal | null {
  if (verdict === 'set_null' && !key.nullable) return refusal(`${referenceText(key)} may not be null in ${plan.desired}; choose to delete the orphans or to stop.`);
  if (verdict !== 'stop' && !mendsOrphans(phase)) return refusal(`This version removes orphans only while it converts a table or changes an ordinary one in place. Mend the rows of ${key.child.name} first; the key is added when none is left.`);
  if (verdict !== 're_point') return null;
  if (phase.kind === 'convert' && !fillsBeside(phase)) return refusal(NOT_UNDER_ONE_LOCK);
  if (key.columns.length !== 1) return refusal('Rows can be pointed elsewhere only where the key has one column.');
  return (to ?? '') === '' ? refusal('Say to which row of the parent they are to point.') : null;
}

function refusal(sentence: string): Refusal {
  return { code: 'cannot_plan', sentence };
}

/** What people wrote stays word by word; only the phases that the planner put between are rendered anew. */
function decidedAmongWritten(plan: Plan, phase: Phase, orphanDecisions: Record<string, OrphanDecision>, readings: Readings): PlanResult {
  const mine = (plan.generated ?? []).some((part) => part.phaseIds.includes(phase.id));
  if (mine) return renderGenerated(plan, [], { ...readings, orphanDecisions });
  const asked = new Set(orphanKeysOf(phase).map((key) => key.id));
  const own = Object.fromEntries(Object.entries(orphanDecisions).filter(([key]) => asked.has(key)));
  return { ok: true, plan: { ...plan, phases: plan.phases.map((one) => (one.id === phase.id ? { ...one, orphanDecisions: own } : one)) } };
}
