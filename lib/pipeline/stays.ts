import type { Phase } from './plan.ts';
import { leavesSomething, staysForGood } from './standing.ts';
import { paperOf } from './step-kinds/all.ts';
import { listed } from './words.ts';

// What a rollback leaves in place. Of a phase that cannot be rolled back at all (clean-up) nothing is said here: it says so itself.

/** A step that no rollback takes back, and why. */
export interface StayingStep {
  id: string;
  title: string;
  why: string;
}

/** The steps of a phase that no rollback takes back, in their order. */
export function stayingSteps(phase: Pick<Phase, 'steps' | 'pointOfNoReturn'>): StayingStep[] {
  if (phase.pointOfNoReturn) return [];
  return phase.steps.filter(staysForGood).map(({ id, title, hazards }) => ({ id, title, why: hazards.find(({ code }) => code === 'NOT_REVERSIBLE')?.sentence ?? '' }));
}

/** Has a rollback of the phase nothing to take back although it changes something? */
export function staysWhole(phase: Pick<Phase, 'steps' | 'pointOfNoReturn'>): boolean {
  return stayingSteps(phase).length > 0 && phase.steps.every((step) => paperOf(step).undone(step) === null || !leavesSomething(step));
}

/** ` Nothing takes back “a” and “b”.`; empty where there is nothing of the kind. */
export function staysSentence(steps: readonly Pick<StayingStep, 'title'>[]): string {
  const most = 3;
  const rest = steps.length - most;
  const named = steps.slice(0, most).map(({ title }) => `“${title}”`);
  return steps.length === 0 ? '' : ` Nothing takes back ${listed(rest > 0 ? [...named, `${rest} more`] : named)}.`;
}

/** How far a plan can be rolled back, in a few words: `not for phase 2, in part for phase 3, else until phase 7, “Drop …”`. */
export function rollbackWords(phases: readonly Pick<Phase, 'title' | 'steps' | 'pointOfNoReturn'>[]): string {
  const numbers = (fits: (phase: (typeof phases)[number]) => boolean) => phases.flatMap((phase, index) => (fits(phase) ? [String(index + 1)] : []));
  const whole = numbers(staysWhole);
  const part = numbers((phase) => stayingSteps(phase).length > 0 && !staysWhole(phase));
  const final = phases.findIndex((phase) => phase.pointOfNoReturn);
  // Before the first phase there is nothing to take back.
  if (final === 0) return `none from phase 1, “${phases[0]?.title ?? ''}”, on`;
  const until = final === -1 ? '' : `until phase ${final + 1}, “${phases[final]?.title ?? ''}”`;
  if (whole.length + part.length === 0) return final === -1 ? 'possible for every phase' : `possible ${until}`;
  return [...(whole.length > 0 ? [`not for ${phaseNumbers(whole)}`] : []), ...(part.length > 0 ? [`only in part for ${phaseNumbers(part)}`] : []), ...(until === '' ? [] : [`else ${until}`])].join(', ');
}

function phaseNumbers(numbers: readonly string[]): string {
  return `${numbers.length === 1 ? 'phase' : 'phases'} ${listed(numbers)}`;
}
