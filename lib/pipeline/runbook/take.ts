import { freePhaseId } from '../editor/written.ts';
import type { Phase, Plan, Step } from '../plan.ts';
import type { PlanResult } from '../planner/make-plan.ts';
import type { RunbookReading } from './reading.ts';

/**
 * The plan with what a passage says that was told and not done. `plain` is the reading that left it out, `taken` the one that was told to read it too: the steps that
 * only the second has come as phases of their own behind what people wrote, before what waits for a time.
 */
export function withPassage(plan: Plan, plain: RunbookReading, taken: RunbookReading): PlanResult {
  const known = new Set([...plain.phases, ...plan.phases].flatMap((phase) => phase.steps.flatMap(placeOf)));
  const fresh = taken.phases.map((phase) => ({ ...phase, steps: phase.steps.filter((step) => placeOf(step).some((place) => !known.has(place))) })).filter((phase) => phase.steps.length > 0);
  if (fresh.length === 0) return { ok: false, refusals: [{ code: 'invalid_input', sentence: 'Everything of this passage that could be run stands in the plan already.' }] };
  return { ok: true, plan: fresh.reduce(added, plan) };
}

function placeOf({ source, title }: Step): string[] {
  return source ? [`${source.from} ${source.to} ${title}`] : [];
}

function added(plan: Plan, phase: Phase): Plan {
  const id = freePhaseId(plan);
  const later = plan.phases.findIndex((one) => one.due !== null || one.kind === 'validate' || one.kind === 'cleanup');
  const at = later < 0 ? plan.phases.length : later;
  const before = plan.phases.slice(0, at);
  const steps = phase.steps.map((step, index) => ({ ...step, id: `${id}.${index + 1}` }));
  // Prices name steps by their old ids.
  const ids = new Map(phase.steps.map((step, index) => [step.id, `${id}.${index + 1}`]));
  const price = phase.price.flatMap((question) => { const step = ids.get(question.step); return step === undefined ? [] : [{ ...question, step }]; });
  return { ...plan, phases: [...before, { ...phase, id, steps, price, requires: before.map((one) => one.id), due: null }, ...plan.phases.slice(at)] };
}
