import type { Phase, Plan, Step, TableName } from '../../plan.ts';
import type { PlanResult } from '../../planner/make-plan.ts';
import type { LintFinding, LintScene, SceneStatement } from '../finding.ts';
import { type NamedTable, namesOf } from '../names.ts';
import { saidTargets } from '../targets.ts';

/** What the installation says beside the plan. */
export interface SaferContext {
  /** Seconds for which a conversion may keep writers waiting, for a plan that does not say. */
  writePauseSeconds?: number;
}

export function refusedForm(sentence: string): PlanResult {
  return { ok: false, refusals: [{ code: 'cannot_plan', sentence }] };
}

export const GONE = 'The step that this finding is about is no longer as it was. Look at the findings again.';
export const UNREAD = 'Both databases must have been read for this: read them and look at the findings again.';

/** The step of a finding, with its phase. */
export function stepOf(plan: Plan, finding: LintFinding): { phase: Phase; step: Step } | null {
  const phase = plan.phases.find((one) => one.id === finding.phaseId);
  const step = phase?.steps.find((one) => one.id === finding.stepId);
  return phase && step ? { phase, step } : null;
}

/** The statement of a finding; the only one of its step when the finding does not say which. */
export function statementOf(scene: LintScene, finding: LintFinding): SceneStatement | null {
  const mine = scene.statements.filter((one) => one.phaseId === finding.phaseId && one.stepId === finding.stepId);
  if (finding.statement !== null) return mine.find((one) => one.index === finding.statement) ?? null;
  return mine.length === 1 ? (mine[0] ?? null) : null;
}

/** The plan with one step replaced by others; they stand where it stood. */
export function replaceStep(plan: Plan, phaseId: string, stepId: string, steps: readonly Step[]): PlanResult {
  return { ok: true, plan: { ...plan, phases: plan.phases.map((phase) => (phase.id === phaseId ? { ...phase, steps: phase.steps.flatMap((step) => (step.id === stepId ? steps : [step])) } : phase)) } };
}

/** Ids for steps that come new into the plan beside one that is there: `import.3`, `import.3-2` … */
function idsBeside(plan: Plan, stepId: string, count: number): string[] {
  const taken = new Set(plan.phases.flatMap((phase) => phase.steps.map((step) => step.id)));
  const ids: string[] = [];
  for (let number = 2; ids.length < count; number += 1) if (!taken.has(`${stepId}-${number}`)) ids.push(`${stepId}-${number}`);
  return ids;
}

/**
 * The step cut in three: what stood before the statement, the statement itself, and what stood behind it. The middle keeps the step's id; a step of a
 * single statement stays whole. Cutting a transaction in parts is said by the form that does it.
 */
export function cutAt(plan: Plan, step: Step, index: number, middle: readonly Omit<Step, 'id'>[]): Step[] {
  const before = step.statements.slice(0, index);
  const behind = step.statements.slice(index + 1);
  const [firstId = '', ...ids] = [step.id, ...idsBeside(plan, step.id, middle.length + 1)];
  const middles = middle.map((one, at): Step => ({ id: (at === 0 ? firstId : ids[at - 1]) ?? firstId, ...one }));
  const bare = { locks: step.locks, rewrite: step.rewrite, hazards: step.hazards, editable: step.editable, ...(step.searchPath ? { searchPath: step.searchPath } : {}), ...(step.source ? { source: step.source } : {}) };
  return [
    ...(before.length > 0 ? [{ ...bare, id: ids[middle.length - 1] ?? `${step.id}-before`, title: step.title, statements: before, undo: [] } satisfies Step] : []),
    ...middles,
    // The way back of the whole stays with what ran last.
    ...(behind.length > 0 ? [{ ...bare, id: ids[middle.length] ?? `${step.id}-behind`, title: step.title, statements: behind, undo: step.undo } satisfies Step] : []),
  ];
}

/** The tables whose rows or definition a statement changes, as they stand right before it. */
export function changedTables(scene: LintScene, statement: SceneStatement): NamedTable[] {
  const names = namesOf(scene);
  const at = names.before(statement);
  const found = new Map<string, NamedTable>();
  for (const name of changedNames(scene, statement)) {
    const index = names.index(at, name);
    const table = names.table(at, name) ?? (index ? names.byId(at, index.of) : null);
    if (table) found.set(table.id, table);
  }
  return [...found.values()];
}

function changedNames(scene: LintScene, statement: SceneStatement): TableName[] {
  const names = namesOf(scene);
  const at = names.before(statement);
  return saidTargets(statement).map((said) => names.resolve(at, said, names.searchPathOf(statement)));
}

