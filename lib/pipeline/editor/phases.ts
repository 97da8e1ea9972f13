// What a person does to the phases of a plan: pure, plan → plan or a refusal that says why not.
import type { Phase, Plan } from '../plan.ts';
import type { PlanResult } from '../planner/make-plan.ts';
import { freePhaseId, refused, titleOf, withPhase, writtenPhase } from './written.ts';

/** Longest wait that a phase may be given: a quarter of a year. */
const MAX_DUE_HOURS = 24 * 90;

/** An empty phase that a person will fill. */
export function emptyPhase(id: string, title: string, requires: readonly string[] = []): Phase {
  return { id, kind: 'written', title, summary: 'Written by hand.', steps: [], checks: [], verifications: [], price: [], touches: [], requires, orphanDecisions: {}, destructive: false, pointOfNoReturn: false, due: null };
}

/**
 * A new, empty phase behind another, or at the end. It requires the written phases before it: what a person writes next rests on what was written
 * before, until somebody says otherwise by its place.
 */
export function addPhase(plan: Plan, title: string, afterPhaseId: string | null): PlanResult {
  if (!plan.origin) return refused('not_editable', 'The phases of this plan follow from a comparison. Make a plan by hand for what comes beside it.');
  const titled = titleOf(title);
  if (!titled.ok) return titled;
  const at = afterPhaseId === null ? plan.phases.length - 1 : plan.phases.findIndex((phase) => phase.id === afterPhaseId);
  if (afterPhaseId !== null && at < 0) return refused('not_found', 'The plan has no such phase.');
  const earlier = plan.phases.slice(0, at + 1).filter((phase) => phase.kind === 'written').map((phase) => phase.id);
  return { ok: true, plan: { ...plan, phases: plan.phases.toSpliced(at + 1, 0, emptyPhase(freePhaseId(plan), titled.title, earlier)) } };
}

export function renamePhase(plan: Plan, phaseId: string, title: string, summary: string): PlanResult {
  const found = writtenPhase(plan, phaseId);
  if (!found.ok) return found;
  const titled = titleOf(title);
  if (!titled.ok) return titled;
  if (summary.trim() === '') return refused('invalid_input', 'Say in a sentence what the phase does and why.');
  return withPhase(plan, { ...found.phase, title: titled.title, summary: summary.trim() });
}

/** Takes a written phase out. Refused while another phase requires it, or waits for it. */
export function removePhase(plan: Plan, phaseId: string): PlanResult {
  const found = writtenPhase(plan, phaseId);
  if (!found.ok) return found;
  if (plan.phases.length === 1) return refused('invalid_input', 'A plan has at least one phase. Rename this one, or archive the plan.');
  const waiting = plan.phases.find((phase) => phase.due?.afterPhase === phaseId);
  if (waiting) return refused('invalid_input', `“${waiting.title}” is due some time after “${found.phase.title}”. Change when it is due first.`);
  const leaning = plan.phases.find((phase) => phase.kind !== 'written' && phase.requires.includes(phaseId));
  if (leaning) return refused('invalid_input', `“${leaning.title}” requires “${found.phase.title}”.`);
  const phases = plan.phases.filter((phase) => phase.id !== phaseId);
  return { ok: true, plan: { ...plan, phases: phases.map((phase) => without(phase, phaseId)) } };
}

function without(phase: Phase, phaseId: string): Phase {
  return phase.requires.includes(phaseId) ? { ...phase, requires: phase.requires.filter((id) => id !== phaseId) } : phase;
}

/**
 * One place up or down. Between two written phases the order is the author's: the one that comes later then requires the earlier one. A phase that
 * follows from differences keeps what it requires before it, and what requires it behind it; the refusal names the two.
 */
export function movePhase(plan: Plan, phaseId: string, to: 'up' | 'down'): PlanResult {
  const found = writtenPhase(plan, phaseId);
  if (!found.ok) return found;
  const at = plan.phases.indexOf(found.phase);
  const other = plan.phases[at + (to === 'up' ? -1 : 1)];
  if (!other) return refused('invalid_input', `“${found.phase.title}” is the ${to === 'up' ? 'first' : 'last'} phase already.`);
  const [later, earlier] = to === 'up' ? [other, found.phase] : [found.phase, other];
  if (earlier.due?.afterPhase === later.id) return refused('invalid_input', `“${earlier.title}” is due some time after “${later.title}”, so it cannot come before it.`);
  const bound = earlier.requires.includes(later.id);
  if (bound && other.kind !== 'written') return refused('invalid_input', `“${earlier.title}” requires “${later.title}”, so it cannot come before it.`);
  const turned = bound ? { ...plan, phases: plan.phases.map((phase) => (phase.id === earlier.id ? without(phase, later.id) : phase.id === later.id ? { ...phase, requires: [...phase.requires, earlier.id] } : phase)) } : plan;
  const moved = turned.phases.find((phase) => phase.id === phaseId);
  if (!moved) return refused('not_found', 'The plan has no such phase.');
  return { ok: true, plan: { ...turned, phases: turned.phases.toSpliced(at, 1).toSpliced(at + (to === 'up' ? -1 : 1), 0, moved) } };
}

/** Not before so many hours after the phase before it; null takes the wait away. */
export function setDue(plan: Plan, phaseId: string, hours: number | null): PlanResult {
  const found = writtenPhase(plan, phaseId);
  if (!found.ok) return found;
  if (hours === null) return withPhase(plan, { ...found.phase, due: null });
  if (!Number.isFinite(hours) || hours <= 0 || hours > MAX_DUE_HOURS) return refused('invalid_input', `A wait is a number of hours above 0, up to ${MAX_DUE_HOURS}.`);
  const before = plan.phases[plan.phases.indexOf(found.phase) - 1];
  if (!before) return refused('invalid_input', `“${found.phase.title}” is the first phase: there is nothing whose end it could wait for.`);
  const afterPhase = found.phase.due?.afterPhase ?? before.id;
  return withPhase(plan, { ...found.phase, due: { afterPhase, hours }, requires: found.phase.requires.includes(afterPhase) ? found.phase.requires : [...found.phase.requires, afterPhase] });
}
