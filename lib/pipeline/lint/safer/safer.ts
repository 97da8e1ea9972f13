import type { Plan } from '../../plan.ts';
import type { PlanResult } from '../../planner/make-plan.ts';
import type { LintFacts, LintFinding, LintScene } from '../finding.ts';
import type { FormId } from '../forms.ts';
import { sceneOf } from '../scene.ts';
import { toConcurrently } from './concurrently.ts';
import { engineConversion } from './engine-conversion.ts';
import { engineForeignKey } from './engine-foreign-key.ts';
import { engineCreate } from './engine-create.ts';
import { setAsideInsteadOfDrop } from './set-aside.ts';
import { batchedUpdate } from './batched-update.ts';
import { columnThenDefault } from './column-then-default.ts';
import { notNullByCheck, notValidThenValidate } from './not-valid.ts';
import { uniqueByIndex } from './unique-by-index.ts';
import { dropRestrict, qualifiedIfExists } from './words-of-drop.ts';
import { refusedForm, type SaferContext } from './form.ts';

export interface SaferInput {
  plan: Plan;
  scene: LintScene;
  finding: LintFinding;
  facts: LintFacts;
  context: SaferContext;
}

/** One form: what one press on a finding makes of the plan. */
export type Safer = (input: SaferInput) => PlanResult;

/** By the id that a finding's offer names. */
const FORMS: Readonly<Record<FormId, Safer>> = {
  concurrently: toConcurrently,
  not_valid_then_validate: notValidThenValidate,
  not_null_by_check: notNullByCheck,
  column_then_default: columnThenDefault,
  batched_update: batchedUpdate,
  unique_by_index: uniqueByIndex,
  set_aside_instead_of_drop: setAsideInsteadOfDrop,
  engine_conversion: engineConversion,
  engine_create: engineCreate,
  engine_foreign_key: engineForeignKey,
  qualified_if_exists: qualifiedIfExists,
  drop_restrict: dropRestrict,
};

/**
 * The plan with the offer of one finding taken: exactly the steps concerned are written anew, all others stay as they are. Asks nobody; what it needs to know of
 * the target is the reading and the measured facts in `facts`. Refuses an unknown form, a finding whose step is no longer there, and whatever the planner refuses.
 */
export async function applySafer(plan: Plan, finding: LintFinding, facts: LintFacts, context: SaferContext = {}): Promise<PlanResult> {
  const form = finding.safer ? Object.entries(FORMS).find(([id]) => id === finding.safer?.form)?.[1] : undefined;
  if (!form) return refusedForm('There is no safer form for this finding.');
  const scene = await sceneOf(plan, facts);
  return form({ plan, scene, finding, facts, context });
}
