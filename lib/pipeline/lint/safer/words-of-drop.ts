import type { Statement, Step } from '../../plan.ts';
import type { PlanResult } from '../../planner/make-plan.ts';
import { nodeAt } from '../../sql-facts/tree.ts';
import { namesOf } from '../names.ts';
import { rangeName } from '../said-names.ts';
import { cutText, placed, type Placed } from './drafts.ts';
import { GONE, refusedForm, replaceStep } from './form.ts';
import type { SaferInput } from './safer.ts';

/** DROP … RESTRICT: what would have gone along stops the step, by name. */
export function dropRestrict({ plan, scene, finding }: SaferInput): PlanResult {
  const here = placed(plan, scene, finding);
  if (!here) return refusedForm(GONE);
  const sql = here.statement.sql.replace(/\bCASCADE\b(?![\s\S]*\bCASCADE\b)/i, 'RESTRICT');
  return sql === here.statement.sql ? refusedForm('The statement says nothing of CASCADE any more.') : reworded(plan, here, sql);
}

/** Without IF [NOT] EXISTS, so that what is there differently, or not at all, stops the step; and with the schema of its table. */
export function qualifiedIfExists({ plan, scene, finding }: SaferInput): PlanResult {
  const here = placed(plan, scene, finding);
  if (!here) return refusedForm(GONE);
  const names = namesOf(scene);
  const range = nodeAt(here.statement.node, 'relation');
  const said = rangeName(range);
  const { sql } = here.statement;
  const at = typeof range.location === 'number' ? range.location : null;
  const schema = said && said.schema === null ? names.resolve(names.before(here.statement), said, names.searchPathOf(here.statement)).schema : null;
  const full = schema !== null && at !== null ? `${cutText(sql, 0, at)}${schema}.${cutText(sql, at)}` : sql;
  return reworded(plan, here, full.replace(/\s+IF\s+(NOT\s+)?EXISTS\b/i, ''));
}

function reworded(plan: SaferInput['plan'], { phase, step, statement }: Placed, sql: string): PlanResult {
  const statements = step.statements.map((one, index): Statement => (index === statement.index ? { ...one, sql } : one));
  const now: Step = { ...step, statements };
  return replaceStep(plan, phase.id, step.id, [now]);
}
