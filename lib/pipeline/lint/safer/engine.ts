import { diff } from '../../diff.ts';
import { isNoise } from '../../noise.ts';
import type { Assertion, Phase, Plan, Step } from '../../plan.ts';
import { type PlanResult, renderGenerated } from '../../planner/make-plan.ts';
import type { Delta } from '../../diff.ts';
import type { Snapshot } from '../../snapshot.ts';
import { refusedForm } from './form.ts';

export interface Engine {
  current: Snapshot;
  desired: Snapshot;
  deltaIds: readonly string[];
  /** Which statements of a step go, by index, and whether a read-only question goes with them. */
  goes(phase: Phase, step: Step): { statements: ReadonlySet<number>; whole: boolean };
  /** Whether a question of a text is about something that will never be there. */
  asksGone(assertion: Assertion): boolean;
  /** The step in whose place the planner's phases come. */
  anchor: { phaseId: string; stepId: string };
}

/** Every difference that matters, from which forms choose. */
export function differencesOf(current: Snapshot, desired: Snapshot): Delta[] {
  return diff(current, desired).filter((delta) => !isNoise(delta));
}

/**
 * The plan with what people wrote for some differences replaced by what makePlan() makes of them: their statements go, and the planner's phases stand where those stood; the
 * copies come before the first phase that needs them, validation and clean-up at the end. A phase from whose middle statements go is cut in two.
 */
export function intoEngine(plan: Plan, engine: Engine): PlanResult {
  const before = new Set((plan.generated ?? []).flatMap((part) => part.phaseIds));
  const made = renderGenerated(plan, engine.deltaIds, { current: engine.current, desiredSnapshot: engine.desired, orphanDecisions: Object.assign({}, ...plan.phases.map((phase) => phase.orphanDecisions)) as Phase['orphanDecisions'] });
  if (!made.ok) return made;
  const written = new Set(plan.phases.filter((phase) => !before.has(phase.id)).map((phase) => phase.id));
  const fresh = made.plan.phases.filter((phase) => !before.has(phase.id) && !written.has(phase.id));
  const standing = made.plan.phases.filter((phase) => before.has(phase.id) || written.has(phase.id));
  const slot: Phase[] = fresh.filter((phase) => phase.id !== 'validate' && phase.id !== 'cleanup');
  const tail = made.plan.phases.filter((phase) => phase.id === 'validate' || phase.id === 'cleanup');
  const renamed = new Map<string, string>();
  const placed = standing.filter((phase) => phase.id !== 'validate' && phase.id !== 'cleanup').flatMap((phase): Phase[] => {
    if (before.has(phase.id)) return [phase];
    const { head, behind } = stripped(phase, engine, plan);
    const here = phase.id === engine.anchor.phaseId ? slot : [];
    const kept = [...head, ...here, ...behind];
    if (head.length + behind.length === 0) renamed.set(phase.id, (here.at(-1) ?? slot.at(-1))?.id ?? '');
    else if (behind.length > 0) renamed.set(phase.id, behind.at(-1)?.id ?? phase.id);
    return kept;
  });
  if (slot.length > 0 && !placed.some((phase) => phase.id === slot[0]?.id)) return refusedForm('The place of the steps in the plan was not found. Look at the findings again.');
  const phases = inOrder([...placed, ...tail].map((phase) => withRequired(phase, renamed)));
  return { ok: true, plan: { ...made.plan, phases } };
}

/** What was required and is gone is what came in its place. */
function withRequired(phase: Phase, renamed: ReadonlyMap<string, string>): Phase {
  const onto = (id: string) => renamed.get(id) ?? id;
  const requires = [...new Set(phase.requires.map(onto))].filter((id) => id !== phase.id && id !== '');
  const due = phase.due ? { ...phase.due, afterPhase: onto(phase.due.afterPhase) } : null;
  return { ...phase, requires, due };
}

function stripped(phase: Phase, engine: Engine, plan: Plan): { head: Phase[]; behind: Phase[] } {
  const head: Step[] = [];
  const behind: Step[] = [];
  let passed = false;
  let touched = false;
  for (const step of phase.steps) {
    const { statements, whole } = engine.goes(phase, step);
    const left = whole ? [] : step.statements.filter((_, index) => !statements.has(index));
    const work = whole ? undefined : step.work;
    touched ||= whole || statements.size > 0;
    if (phase.id === engine.anchor.phaseId && step.id === engine.anchor.stepId) passed = true;
    if (whole || (left.length === 0 && step.statements.length > 0 && !work)) continue;
    const now = statements.size === 0 ? step : { ...step, statements: left, undo: left.some((one) => one.do === 'execute') ? step.undo : [] };
    (passed ? behind : head).push(now);
  }
  if (!touched) return { head: [phase], behind: [] };
  const questions = phase.verifications.filter((assertion) => !engine.asksGone(assertion));
  // A phase of questions alone still asks them, in a step of its own.
  if (head.length + behind.length === 0) return { head: [], behind: questions.length > 0 ? [{ ...bare(phase, [asking(phase, questions)]), verifications: [] }] : [] };
  if (head.length === 0) return { head: [], behind: [{ ...bare(phase, behind), verifications: questions }] };
  if (behind.length === 0) return { head: [{ ...bare(phase, head), verifications: questions }], behind: [] };
  const second = freeId(plan, phase.id);
  return { head: [{ ...bare(phase, head), verifications: [] }], behind: [{ ...bare(phase, behind), id: second, verifications: questions, requires: [...new Set([...phase.requires, phase.id])] }] };
}

/** What was measured for the statements that went is not asked any more; the others are asked again when the phase is measured. */
function bare(phase: Phase, steps: readonly Step[]): Phase {
  const price = phase.price.filter((question) => steps.some((step) => step.id === question.step));
  return { ...phase, steps, price, checks: phase.checks.filter((check) => check.kind === 'rows' || check.kind === 'dump') };
}

function asking(phase: Phase, questions: readonly Assertion[]): Step {
  return { id: `${phase.id}.questions`, title: `Ask what “${phase.title}” asks`, statements: questions.map((one) => ({ do: 'assert', ...one })), undo: [], locks: [], rewrite: false, hazards: [], editable: true, searchPath: ['public'], ...(phase.source ? { source: phase.source } : {}) };
}

function freeId(plan: Plan, id: string): string {
  const taken = new Set(plan.phases.map((phase) => phase.id));
  for (let number = 2; ; number += 1) if (!taken.has(`${id}-${number}`)) return `${id}-${number}`;
}

/** Copies come before the first phase that needs them; any other phase waits until all that it requires stands before it. */
function inOrder(phases: readonly Phase[]): Phase[] {
  const backup = phases.find((phase) => phase.id === 'backup');
  const others = phases.filter((phase) => phase !== backup);
  const first = others.findIndex((phase) => phase.requires.includes('backup'));
  const left = backup ? others.toSpliced(first < 0 ? others.length : first, 0, backup) : [...others];
  const sorted: Phase[] = [];
  while (left.length > 0) {
    const ids = new Set(left.map((phase) => phase.id));
    const next = left.findIndex((phase) => phase.requires.every((id) => !ids.has(id)));
    sorted.push(...left.splice(Math.max(next, 0), 1));
  }
  return sorted;
}
