import type { PlanResult } from '../../planner/make-plan.ts';
import { namesOf } from '../names.ts';
import { differencesOf, intoEngine } from './engine.ts';
import { GONE, refusedForm, statementOf, UNREAD } from './form.ts';
import type { SaferInput } from './safer.ts';

/** A foreign key over rows without a parent, as the planner adds it: for new rows first, old rows mended as somebody decides and kept for the way back, then validated. */
export function engineForeignKey({ plan, scene, finding, facts }: SaferInput): PlanResult {
  const { current, desired } = facts;
  if (!current || !desired) return refusedForm(UNREAD);
  const statement = statementOf(scene, finding);
  const added = statement ? namesOf(scene).happenings.find((one) => one.what === 'constrained' && one.statement === statement) : undefined;
  if (!statement || added?.what !== 'constrained') return refusedForm(GONE);
  const delta = differencesOf(current, desired).find((one) => one.change === 'add' && one.kind === 'constraint' && one.group === added.table.id && one.desired?.name === added.said.name);
  if (!delta) return refusedForm(`${plan.desired} has no such foreign key that ${plan.target} lacks.`);
  return intoEngine(plan, {
    current, desired, deltaIds: [delta.id], anchor: { phaseId: finding.phaseId, stepId: statement.stepId },
    goes: (phase, step) => ({ statements: new Set(phase.id === finding.phaseId && step.id === statement.stepId ? [statement.index] : []), whole: false }),
    asksGone: () => false,
  });
}
