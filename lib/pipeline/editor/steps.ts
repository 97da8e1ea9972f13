// What a person does to the steps of a written phase, apart from their SQL: pure, plan → plan or a refusal that says why not.
import type { Phase, Plan, Statement, Step } from '../plan.ts';
import type { PlanResult } from '../planner/make-plan.ts';
import { kindOf } from '../step-kinds/all.ts';
import { digestOf } from '../digest.ts';
import { changes, freeStepId, NO_WAY_BACK, refused, replaced, titleOf, withPhase, withSteps, writtenPhase, writtenStep } from './written.ts';

export type Beside = { side: 'before' | 'after'; stepId: string } | { side: 'end' };

/**
 * Puts a step into a written phase and gives it an id of its own.
 * Refuses when the phase is not written by people or has no step of that id.
 */
export function insertStep(plan: Plan, phaseId: string, beside: Beside, draft: Omit<Step, 'id'>): PlanResult {
  const found = writtenPhase(plan, phaseId);
  if (!found.ok) return found;
  const titled = titleOf(draft.title);
  if (!titled.ok) return titled;
  const { phase } = found;
  const place = placeOf(phase, beside);
  if (place === null) return refused('not_found', 'The plan has no such step.');
  return withPhase(plan, withSteps(phase, phase.steps.toSpliced(place, 0, { ...draft, title: titled.title, id: freeStepId(plan, phaseId) })));
}

function placeOf(phase: Phase, beside: Beside): number | null {
  if (beside.side === 'end') return phase.steps.length;
  const at = phase.steps.findIndex((step) => step.id === beside.stepId);
  return at < 0 ? null : at + (beside.side === 'after' ? 1 : 0);
}

/** Takes a step out. What others say about it (its finding's answers) goes with it. */
export function removeStep(plan: Plan, phaseId: string, stepId: string): PlanResult {
  const found = writtenStep(plan, phaseId, stepId);
  if (!found.ok) return found;
  return withPhase(plan, withSteps(found.phase, found.phase.steps.toSpliced(found.at, 1)));
}

/** The same step once more, behind the first, under an id of its own. */
export function duplicateStep(plan: Plan, phaseId: string, stepId: string): PlanResult {
  const found = writtenStep(plan, phaseId, stepId);
  if (!found.ok) return found;
  return insertStep(plan, phaseId, { side: 'after', stepId }, { ...found.step, title: `${found.step.title.slice(0, 190)} (copy)` });
}

export function renameStep(plan: Plan, phaseId: string, stepId: string, title: string): PlanResult {
  const found = writtenStep(plan, phaseId, stepId);
  if (!found.ok) return found;
  const titled = titleOf(title);
  if (!titled.ok) return titled;
  return replaced(plan, found.phase, { ...found.step, title: titled.title });
}

/** What a person is asked to do; only of a step that waits for one. */
export function instruct(plan: Plan, phaseId: string, stepId: string, instruction: string, command: string): PlanResult {
  const found = writtenStep(plan, phaseId, stepId);
  if (!found.ok) return found;
  if (found.step.work?.kind !== 'manual') return refused('not_editable', `“${found.step.title}” is not done by a person.`);
  if (instruction.trim() === '') return refused('invalid_input', 'Say what the person is to do.');
  return replaced(plan, found.phase, { ...found.step, work: { kind: 'manual', instruction: instruction.trim(), ...(command.trim() === '' ? {} : { command: command.trim() }) } });
}

/** One place up or down inside the phase. */
export function moveStep(plan: Plan, phaseId: string, stepId: string, to: 'up' | 'down'): PlanResult {
  const found = writtenStep(plan, phaseId, stepId);
  if (!found.ok) return found;
  const { phase, step, at } = found;
  const place = at + (to === 'up' ? -1 : 1);
  const other = phase.steps[place];
  if (!other) return refused('invalid_input', `“${step.title}” is the ${to === 'up' ? 'first' : 'last'} step of the phase already.`);
  return withPhase(plan, withSteps(phase, phase.steps.toSpliced(at, 1).toSpliced(place, 0, step)));
}

/** To another written phase: to the beginning of a later one, to the end of an earlier one, so that it passes nothing that it need not pass. */
export function moveStepToPhase(plan: Plan, phaseId: string, stepId: string, toPhaseId: string): PlanResult {
  const found = writtenStep(plan, phaseId, stepId);
  if (!found.ok) return found;
  const goal = writtenPhase(plan, toPhaseId);
  if (!goal.ok) return goal;
  if (goal.phase.id === phaseId) return refused('invalid_input', 'The step is in this phase already.');
  const forward = plan.phases.indexOf(found.phase) < plan.phases.indexOf(goal.phase);
  const without = withSteps(found.phase, found.phase.steps.toSpliced(found.at, 1));
  const withIt = withSteps(goal.phase, forward ? [found.step, ...goal.phase.steps] : [...goal.phase.steps, found.step]);
  return { ok: true, plan: { ...plan, phases: plan.phases.map((one) => (one.id === phaseId ? without : one.id === toPhaseId ? withIt : one)) } };
}

/**
 * Two steps out of one: the first keeps its id and the first `count` statements. The undo is divided with them where every statement has
 * one of its own (undo runs backwards); where it does not, nobody can tell which part belongs to which, and the split is refused.
 * @param title of the second step.
 */
export function splitStep(plan: Plan, phaseId: string, stepId: string, count: number, title: string): PlanResult {
  const found = writtenStep(plan, phaseId, stepId);
  if (!found.ok) return found;
  const { phase, step, at } = found;
  if (kindOf(step) !== 'sql') return refused('not_editable', `“${step.title}” is one act and cannot be divided.`);
  if (step.statements.length < 2) return refused('invalid_input', `“${step.title}” has only one statement.`);
  if (!Number.isInteger(count) || count < 1 || count >= step.statements.length) return refused('invalid_input', `Choose a place between two of the ${step.statements.length} statements.`);
  const titled = titleOf(title);
  if (!titled.ok) return titled;
  const undo = dividedUndo(step, count);
  if (!undo) return refused('invalid_input', `The undo of “${step.title}” has ${step.undo.length} ${step.undo.length === 1 ? 'statement' : 'statements'} for ${step.statements.filter(acts).length} that change something, so which belongs to which part cannot be told. Give every statement its own undo, in the opposite order, or none; then split.`);
  const first = honest({ ...step, statements: step.statements.slice(0, count), undo: undo.first });
  const second = honest({ ...step, id: freeStepId(plan, phaseId), title: titled.title, statements: step.statements.slice(count), undo: undo.second });
  return withPhase(plan, withSteps(phase, phase.steps.toSpliced(at, 1, first, second)));
}

function acts(statement: Statement): boolean {
  return statement.do !== 'assert';
}

function dividedUndo({ statements, undo }: Step, count: number): { first: Statement[]; second: Statement[] } | null {
  if (undo.length === 0) return { first: [], second: [] };
  const before = statements.slice(0, count).filter(acts).length;
  const after = statements.slice(count).filter(acts).length;
  // The whole undo goes with the only part that changes anything.
  if (after === 0) return { first: [...undo], second: [] };
  if (before === 0) return { first: [], second: [...undo] };
  if (undo.length !== before + after) return null;
  return { first: undo.slice(after), second: undo.slice(0, after) };
}

/** One step out of two neighbours: one transaction, its undo first that of the second. */
export function joinWithNext(plan: Plan, phaseId: string, stepId: string): PlanResult {
  const found = writtenStep(plan, phaseId, stepId);
  if (!found.ok) return found;
  const { phase, step, at } = found;
  const next = phase.steps[at + 1];
  if (!next) return refused('invalid_input', `“${step.title}” is the last step of the phase: there is nothing to join it with.`);
  const other = writtenStep(plan, phaseId, next.id);
  if (!other.ok) return other;
  for (const one of [step, next]) if (kindOf(one) !== 'sql') return refused('not_editable', `“${one.title}” does not run as statements in a transaction, so it cannot be joined with another.`);
  if (digestOf([step.searchPath ?? null, step.isolation ?? null]) !== digestOf([next.searchPath ?? null, next.isolation ?? null])) return refused('invalid_input', 'The two steps look for names in different schemas, or see the rows differently, so they cannot be one.');
  const joined: Step = honest({
    ...step,
    statements: [...step.statements, ...next.statements],
    undo: [...next.undo, ...step.undo],
    locks: [...step.locks, ...next.locks.filter((lock) => !step.locks.some((one) => digestOf(one) === digestOf(lock)))],
    rewrite: step.rewrite || next.rewrite,
    hazards: [...step.hazards, ...next.hazards.filter((hazard) => !step.hazards.some((one) => one.code === hazard.code && one.sentence === hazard.sentence))],
    ...(step.source && next.source ? { source: { from: Math.min(step.source.from, next.source.from), to: Math.max(step.source.to, next.source.to) } } : {}),
  });
  return withPhase(plan, withSteps(phase, phase.steps.toSpliced(at, 2, joined)));
}

/** Whether it can be taken back is said anew: a part may have what the whole has not. */
function honest(step: Step): Step {
  const others = step.hazards.filter((hazard) => hazard.code !== 'NOT_REVERSIBLE');
  return { ...step, hazards: changes(step) && step.undo.length === 0 ? [...others, NO_WAY_BACK] : others };
}
