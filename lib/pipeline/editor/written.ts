import type { Hazard } from '../hazards.ts';
import type { Phase, Plan, Step } from '../plan.ts';
import type { PlanResult } from '../planner/make-plan.ts';
import type { RefusalCode } from '../refusal.ts';
import { kindOf } from '../step-kinds/all.ts';

export const NO_WAY_BACK: Hazard = { code: 'NOT_REVERSIBLE', sentence: 'The step has no undo: a rollback of the phase leaves its effect in place.' };

/** Most that a title of a step or phase may have. */
const MAX_TITLE = 200;

export function refused(code: RefusalCode, sentence: string): { ok: false; refusals: { code: RefusalCode; sentence: string }[] } {
  return { ok: false, refusals: [{ code, sentence }] };
}

type Refusals = ReturnType<typeof refused>;

/** The phase, when people write it; phases that follow from differences and decisions have an order that somebody proved, and are left alone. */
export function writtenPhase(plan: Plan, phaseId: string): { ok: true; phase: Phase } | Refusals {
  const phase = plan.phases.find((one) => one.id === phaseId);
  if (!phase) return refused('not_found', 'The plan has no such phase.');
  if (phase.kind !== 'written') return refused('not_editable', `The steps of “${phase.title}” follow from the differences and decisions; change those instead.`);
  return { ok: true, phase };
}

/** The step in its phase, when both may be changed by hand. */
export function writtenStep(plan: Plan, phaseId: string, stepId: string): { ok: true; phase: Phase; step: Step; at: number } | Refusals {
  const found = writtenPhase(plan, phaseId);
  if (!found.ok) return found;
  const at = found.phase.steps.findIndex((one) => one.id === stepId);
  const step = found.phase.steps[at];
  if (!step) return refused('not_found', 'The plan has no such step.');
  if (!step.editable) return refused('not_editable', `“${step.title}” is one of several steps that are safe only together, so it stays as it is.`);
  return { ok: true, phase: found.phase, step, at };
}

/** The title as it is kept, or a refusal. */
export function titleOf(typed: string): { ok: true; title: string } | Refusals {
  const title = typed.trim().replaceAll(/\s+/g, ' ');
  if (title === '') return refused('invalid_input', 'Give it a title.');
  if (title.length > MAX_TITLE) return refused('invalid_input', `The title may have at most ${MAX_TITLE} characters.`);
  return { ok: true, title };
}

export function withPhase(plan: Plan, phase: Phase): PlanResult {
  return { ok: true, plan: { ...plan, phases: plan.phases.map((one) => (one.id === phase.id ? phase : one)) } };
}

/** The plan with another text of one step. */
export function replaced(plan: Plan, phase: Phase, step: Step): PlanResult {
  return withPhase(plan, withSteps(phase, phase.steps.map((one) => (one.id === step.id ? step : one))));
}

/** The phase with other steps; answers to findings of steps that are gone go with them, so that a later step of the same id does not inherit them. */
export function withSteps(phase: Phase, steps: readonly Step[]): Phase {
  const { findingDecisions, ...rest } = phase;
  if (!findingDecisions) return { ...rest, steps };
  const gone = new Set(phase.steps.map((step) => step.id).filter((id) => !steps.some((step) => step.id === id)));
  const kept = Object.entries(findingDecisions).filter(([finding]) => !finding.split(' ').some((word) => gone.has(word)));
  return { ...rest, steps, ...(kept.length > 0 ? { findingDecisions: Object.fromEntries(kept) } : {}) };
}

/** An id that no step of the plan has: the phase's own, with the next number. */
export function freeStepId(plan: Plan, phaseId: string): string {
  return freeId(plan.phases.flatMap((phase) => [...phase.steps, ...(phase.left ?? [])].map((step) => step.id)), phaseId);
}

/** An id that no phase of the plan has. */
export function freePhaseId(plan: Plan): string {
  return freeId([...plan.phases.map((phase) => phase.id), ...plan.phases.flatMap((phase) => phase.steps.map((step) => step.id))], 'written');
}

function freeId(taken: readonly string[], stem: string): string {
  const numbers = taken.flatMap((id) => (id.startsWith(`${stem}.`) && /^\d+$/.test(id.slice(stem.length + 1)) ? [Number(id.slice(stem.length + 1))] : []));
  return `${stem}.${Math.max(0, ...numbers) + 1}`;
}

/** Does the step change something in the target that a way back would have to take back? */
export function changes(step: Pick<Step, 'statements' | 'work'>): boolean {
  return kindOf(step) !== 'manual' && (step.work !== undefined || step.statements.some((statement) => statement.do !== 'assert'));
}
