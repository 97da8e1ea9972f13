import type { Plan } from '../plan.ts';
import { listed } from '../words.ts';

/** Steps in the numbers that a person sees on the page of a phase: `step 3`, `steps 3, 4 and 6`; of another phase than `here` with its title: `step 1 of “Validation”`. */
export function stepNames(plan: Plan, steps: readonly { phaseId: string; stepId: string }[], here: string | null): string {
  const groups = [...Map.groupBy(steps, (one) => one.phaseId)].map(([phaseId, mine]) => {
    const phase = plan.phases.find((one) => one.id === phaseId);
    const numbers = [...new Set(mine.map(({ stepId }) => (phase?.steps.findIndex((step) => step.id === stepId) ?? -1) + 1))];
    return `${numbers.length === 1 ? 'step' : 'steps'} ${listed(numbers.map(String))}${phaseId === here ? '' : ` of “${phase?.title ?? phaseId}”`}`;
  });
  return listed(groups);
}
