import { digestOf } from '../digest.ts';
import { reread } from '../editor/reread.ts';
import { type Ground, NEWEST, statementsOf, type StepEdit, writeStep } from '../editor/written-sql.ts';
import { NO_WAY_BACK, refused, replaced } from '../editor/written.ts';
import type { Plan, Step } from '../plan.ts';
import { editedLosses } from './edited-losses.ts';
import type { PlanResult } from './make-plan.ts';

/**
 * The plan with the SQL of one step replaced by a person's. The text is split by the real Postgres parser; every statement must parse
 * and must be able to run inside the step's transaction. In a generated phase the edit is marked as a hazard, because lock and risk were not
 * derived from it, the tables that it names are signed with the phase, and one by which rows would go that nobody counts is refused. Text that says what the step says already gives the plan back as it is.
 */
export async function editStep(plan: Plan, phaseId: string, stepId: string, edit: StepEdit, ground: Ground = NEWEST): Promise<PlanResult> {
  const phase = plan.phases.find((one) => one.id === phaseId);
  const step = phase?.steps.find((one) => one.id === stepId);
  if (!phase || !step) return refused('not_found', 'The plan has no such step.');
  if (phase.kind === 'written') {
    const written = await writeStep(plan, phaseId, stepId, edit, ground);
    return written.ok && written.plan !== plan ? { ok: true, plan: await reread(plan, written.plan, ground) } : written;
  }
  if (!step.editable) return refused('not_editable', `The SQL of “${step.title}” follows from the differences and decisions; change those instead.`);
  const forward = await statementsOf(edit.sql, 'The SQL', step.statements);
  if (!forward.ok) return forward;
  const back = await statementsOf(edit.undo, 'The undo SQL', step.undo);
  if (!back.ok) return back;
  if (forward.statements.length === 0) return refused('invalid_input', 'The step has no statement left.');
  if (digestOf([forward.statements, back.statements]) === digestOf([step.statements, step.undo])) return { ok: true, plan };
  const beyond = await editedLosses(step, edit.sql, ground);
  if (beyond.refusal !== null) return refused('not_editable', `${beyond.refusal}, and what is counted and signed of this phase follows from the differences: write that into a plan by hand.`);
  const edited: Step = {
    ...step,
    statements: forward.statements,
    undo: back.statements,
    hazards: [
      ...step.hazards.filter((hazard) => hazard.code !== 'EDITED_BY_HAND' && hazard.code !== 'NOT_REVERSIBLE'),
      { code: 'EDITED_BY_HAND', sentence: 'Edited by hand: the locks and risks shown were derived from the generated form.' },
      ...(back.statements.length === 0 ? [NO_WAY_BACK] : []),
    ],
  };
  return replaced(plan, { ...phase, touches: [...new Set([...phase.touches, ...beyond.touches])] }, edited);
}
