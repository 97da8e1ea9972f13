import { literal, qualified } from '../../ddl.ts';
import type { PlanResult } from '../../planner/make-plan.ts';
import type { LintScene, SceneStatement } from '../finding.ts';
import { namesOf } from '../names.ts';
import { differencesOf, intoEngine } from './engine.ts';
import { changedTables, refusedForm, statementOf, UNREAD } from './form.ts';
import type { SaferInput } from './safer.ts';

/**
 * A table that a text drops is set aside instead, where it stays whole until clean-up: an empty one after a look under its lock, a duplicate after its rows were merged into the table that stays.
 * The INSERT with which the text merges them goes along.
 */
export function setAsideInsteadOfDrop({ plan, scene, finding, facts }: SaferInput): PlanResult {
  const { current, desired } = facts;
  if (!current || !desired) return refusedForm(UNREAD);
  const statement = statementOf(scene, finding);
  if (!statement || statement.kind !== 'DropStmt') return refusedForm('The step that this finding is about drops nothing any more.');
  const tables = changedTables(scene, statement).filter((table) => table.before !== null && table.what === 'table');
  const deltas = differencesOf(current, desired);
  const chosen = tables.flatMap((table) => deltas.find((delta) => delta.change === 'remove' && delta.objectId === table.id) ?? []);
  const kept = tables.find((table) => !chosen.some((delta) => delta.objectId === table.id));
  if (kept) return refusedForm(`${plan.desired} still has ${kept.table.name}; a plan that is to make ${plan.target} like it does not take the table away.`);
  if (chosen.length === 0) return refusedForm('The tables that the step drops are not there now.');
  const ids = new Set(chosen.map((delta) => delta.objectId));
  return intoEngine(plan, {
    current, desired, anchor: { phaseId: finding.phaseId, stepId: statement.stepId },
    deltaIds: chosen.map((delta) => delta.id),
    goes: (phase, step) => ({ statements: new Set(scene.statements.filter((one) => one.phaseId === phase.id && one.stepId === step.id && (one === statement || merges(scene, one, ids))).map((one) => one.index)), whole: false }),
    // The planner's phase asks the same behind its own step; here it would be asked before that.
    asksGone: ({ sql }) => tables.some(({ table }) => sql.includes(`to_regclass(${literal(qualified(table))})`)),
  });
}

/** INSERT INTO prefix_name SELECT … FROM name: the planner's phase for duplicates does it too, and notes which rows came. */
function merges(scene: LintScene, statement: SceneStatement, ids: ReadonlySet<string>): boolean {
  if (statement.kind !== 'InsertStmt') return false;
  const names = namesOf(scene);
  const filled = names.happenings.find((one) => one.what === 'filled' && one.statement === statement);
  if (filled?.what !== 'filled') return false;
  const onto = names.byId(names.before(statement), filled.id);
  return filled.from.some((id) => ids.has(id) && onto !== null && onto.table.name.endsWith(`_${names.byId(names.before(statement), id)?.table.name ?? ' '}`));
}
