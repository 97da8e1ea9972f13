import type { Tone } from '#components/ui/state-mark.tsx';
import type { Quantity } from '#lib/pipeline/evidence.ts';
import type { PhaseKind } from '#lib/pipeline/plan.ts';
import type { RunKind, RunState, StepState } from '#lib/pipeline/run.ts';
import type { PhaseState } from '#lib/pipeline/standing.ts';

// Which word and which tone a state has on every screen.

export interface Standing {
  tone: Tone;
  word: string;
}

/** `scheduled`: it waits for its hour and for nobody. `asksAuthor`: an author need not wait for its turn. */
export function phaseStanding(state: PhaseState, isCurrent: boolean, scheduled = false, asksAuthor = false): Standing {
  if (scheduled && (state === 'pending' || state === 'rolled_back')) return { tone: 'grey', word: 'scheduled' };
  switch (state) {
    case 'pending': return asksAuthor ? { tone: 'blue', word: 'waits for its author' } : isCurrent ? { tone: 'blue', word: 'waits' } : { tone: 'grey', word: 'pending' };
    case 'running': return { tone: 'orange', word: 'running' };
    case 'applied': return { tone: 'green', word: 'applied' };
    case 'deviated': return { tone: 'red', word: 'deviates' };
    case 'partial': return { tone: 'red', word: 'partly applied' };
    case 'rolled_back': return { tone: 'violet', word: 'rolled back' };
  }
}

export function runStanding(state: RunState, kind: RunKind): Standing {
  switch (state) {
    case 'queued': return { tone: 'grey', word: 'queued' };
    case 'checking': return { tone: 'orange', word: 'checking' };
    case 'running': return { tone: 'orange', word: kind === 'forward' ? 'running' : 'rolling back' };
    case 'verifying': return { tone: 'orange', word: 'verifying' };
    case 'applied': return kind === 'forward' ? { tone: 'green', word: 'applied' } : { tone: 'violet', word: 'rolled back' };
    case 'deviated': return { tone: 'red', word: 'deviates' };
    case 'refused': return { tone: 'red', word: 'refused' };
    case 'failed': return { tone: 'red', word: 'failed' };
    case 'cancelled': return { tone: 'grey', word: 'cancelled' };
  }
}

export function stepStanding(state: StepState): Standing {
  switch (state) {
    case 'pending': return { tone: 'grey', word: 'pending' };
    case 'running': return { tone: 'orange', word: 'running' };
    case 'waiting': return { tone: 'blue', word: 'waiting' };
    case 'applied': return { tone: 'green', word: 'applied' };
    case 'in_doubt': return { tone: 'red', word: 'in doubt' };
    case 'failed': return { tone: 'red', word: 'failed' };
    case 'rolled_back': return { tone: 'violet', word: 'rolled back' };
  }
}

export const PHASE_KIND_WORDS: Record<PhaseKind, string> = {
  written: 'written by people',
  dump: 'dump',
  rename: 'new names',
  prepare: 'preparation',
  backup: 'backup',
  convert: 'type conversion',
  duplicate: 'duplicate table',
  empty: 'empty tables',
  create: 'new tables',
  alter: 'changes in place',
  adapt: 'additions and changes',
  remove: 'removals',
  validate: 'validation',
  cleanup: 'clean-up',
};

/** A number of rows that would be lost is red unless it is known to be zero. */
export function isLoss(quantity: Quantity): boolean {
  return quantity.provenance !== 'exact' || quantity.value > 0;
}
