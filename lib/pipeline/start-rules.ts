import type { Phase } from './plan.ts';
import type { Refusal } from './refusal.ts';
import { dueTime, type PhaseStanding } from './standing.ts';

/** Nobody who scheduled a start for ten in the evening wants it at four in the morning: so long it may wait for a worker, another run on its target, or a replica. */
export const LATE_MS = 15 * 60_000;

type Standings = ReadonlyMap<string, PhaseStanding>;

/** Why another phase comes first; null when this one is next. A deviation before it must be taken back by a person (`deviated`), anything else may come by itself. */
export function orderRefusal(phases: readonly Pick<Phase, 'id' | 'title'>[], phaseId: string, standings: Standings): (Refusal & { deviated: boolean }) | null {
  const index = phases.findIndex((phase) => phase.id === phaseId);
  const earlier = phases.slice(0, index).map((phase, i) => ({ name: `Phase ${i + 1}, “${phase.title}”`, state: standings.get(phase.id)?.state ?? 'pending' }));
  const deviated = earlier.find((other) => other.state === 'deviated');
  if (deviated) return { code: 'phase_not_next', sentence: `${deviated.name}, deviates from what was expected. Roll it back before anything rests on it.`, deviated: true };
  const open = earlier.find((other) => other.state !== 'applied');
  return open ? { code: 'phase_not_next', sentence: `${open.name}, comes first.`, deviated: false } : null;
}

/** Why the phase is not due yet at an instant; null when it is. */
export function dueRefusal(phase: Pick<Phase, 'due' | 'requires'>, standings: Standings, at: Date): Refusal | null {
  if (!phase.due) return null;
  const due = dueTime(phase, standings);
  if (due === null) return { code: 'phase_not_due', sentence: `This phase is due ${phase.due.hours} hours after an earlier one was applied.` };
  return new Date(due) > at ? { code: 'phase_not_due', sentence: `The rollback window is still open: due ${due.slice(0, 16).replace('T', ' ')} UTC.` } : null;
}

/**
 * Until when a run that was begun at a scheduled instant is held back although it was refused: a replica that is behind catches up by itself, and the person
 * who gave the hour is not there to press again. Null: it is not; whoever presses a button sees the refusal, and other refusals clear by nobody's waiting.
 */
export function heldUntil(refusal: Refusal, scheduledFor: Date | null, now: Date): Date | null {
  if (refusal.code !== 'replica_behind' || scheduledFor === null) return null;
  const until = new Date(scheduledFor.getTime() + LATE_MS);
  return now < until ? until : null;
}
