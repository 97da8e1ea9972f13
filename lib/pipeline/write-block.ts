import { LOCK_MODES, type LockMode } from './hazards.ts';
import type { Phase } from './plan.ts';
import type { Refusal } from './refusal.ts';
import { cannotBeRehearsed, type FinishedRehearsal, isSampled } from './rehearsal-evidence.ts';

/** SHARE and everything stronger keeps INSERT, UPDATE and DELETE waiting. */
const BLOCKS_FROM = LOCK_MODES.indexOf('SHARE');

function blocksWrites(mode: LockMode): boolean {
  return LOCK_MODES.indexOf(mode) >= BLOCKS_FROM;
}

/**
 * For how long the phase may keep writers waiting, in milliseconds: its longest step that took such a lock on a table which stood before,
 * as a rehearsal measured it. The whole step counts, because nobody measured when in it the lock was taken: it may be too much, never too little.
 * 0 without a rehearsal when no step asks for such a lock; null: not known.
 */
export function writeBlockMs(phase: Pick<Phase, 'id' | 'steps'>, rehearsal: FinishedRehearsal | null): number | null {
  if (rehearsal && !isSampled(rehearsal)) {
    const steps = rehearsal.content.steps.filter((step) => step.phase === phase.id && step.kind === 'forward' && step.locks.some((lock) => blocksWrites(lock.mode)));
    return Math.max(0, ...steps.map((step) => step.ms));
  }
  return phase.steps.some((step) => step.locks.some((lock) => blocksWrites(lock.mode))) ? null : 0;
}

/**
 * Why the phase would keep writers waiting for too long; null when it would not, or nobody asks. What is not known is not short: it is
 * rehearsed first. What no rehearsal can tell (a clean-up) is not asked.
 * @param seconds the most that policy allows; null: it does not say.
 */
export function writeBlockRefusal(phase: Pick<Phase, 'id' | 'kind' | 'title' | 'steps' | 'pointOfNoReturn'>, rehearsal: FinishedRehearsal | null, seconds: number | null): Refusal | null {
  if (seconds === null || cannotBeRehearsed(phase) !== null) return null;
  const ms = writeBlockMs(phase, rehearsal);
  if (ms === null) return { code: 'write_block', sentence: `Policy lets writers wait for at most ${seconds} s, and for how long “${phase.title}” would keep them waiting is not known. A rehearsal of this version measures it.` };
  if (ms <= seconds * 1_000) return null;
  return { code: 'write_block', sentence: `“${phase.title}” kept writers waiting for up to ${(ms / 1_000).toFixed(1)} s in its rehearsal, and policy lets them wait for at most ${seconds} s.` };
}
