import { tableKey } from '../expectation.ts';
import type { Plan } from '../plan.ts';
import type { PlanResult } from '../planner/make-plan.ts';
import { refused, withPhase, withSteps, writtenPhase } from './written.ts';

/**
 * The plan after a run that ended in the middle of a phase, where nothing takes back what stands: those steps leave the phase, which names them from then on, and
 * what is left of it is signed and run like any phase. Pure.
 * @param standing ids of the steps that stand
 */
export function goneOn(plan: Plan, phaseId: string, standing: readonly string[]): PlanResult {
  const cleanup = plan.phases.find((one) => one.id === phaseId && one.kind === 'cleanup');
  const found = cleanup ? { ok: true as const, phase: cleanup } : writtenPhase(plan, phaseId);
  if (!found.ok) return found;
  const { phase } = found;
  const stood = phase.steps.filter((step) => standing.includes(step.id));
  const rest = phase.steps.filter((step) => !standing.includes(step.id));
  if (stood.length === 0) return refused('invalid_input', 'Nothing of this phase stands.');
  if (rest.length === 0) return refused('invalid_input', 'All steps of this phase stand, so there is nothing to go on with.');
  const left = [...(phase.left ?? []), ...stood.map(({ id, title }) => ({ id, title }))];
  // What clean-up has dropped cannot be counted any more; what people wrote is asked anew when the version is saved.
  const gone = new Set(cleanup ? stood.flatMap(({ locks }) => locks.map(({ table }) => tableKey(table))) : []);
  const checks = phase.checks.filter((check) => check.kind !== 'rows' || !gone.has(tableKey(check.table)));
  return withPhase(plan, { ...withSteps(phase, rest), left, checks, price: phase.price.filter((question) => !standing.includes(question.step)) });
}
