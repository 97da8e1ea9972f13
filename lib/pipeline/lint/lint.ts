import type { Plan } from '../plan.ts';
import type { LintFacts, LintFinding } from './finding.ts';
import { RULES } from './rules.ts';
import { sceneOf } from './scene.ts';

/** What every rule finds in a plan. Asks nobody: it goes by the plan and by what was read and measured. */
export async function lintPlan(plan: Plan, facts: LintFacts): Promise<readonly LintFinding[]> {
  const scene = await sceneOf(plan, facts);
  return RULES.flatMap((rule) => rule.look(scene));
}
