import type { LockMode } from './hazards.ts';
import type { LockClaim, Step } from './plan.ts';

/** Milliseconds for a statement behind whose locks, on a table or on rows, the application may wait. */
export const BLOCKING_STATEMENT_MS = 15 * 60_000;
/** For one behind which nobody waits: checking a foreign key, copying a backup or comparing two tables takes hours where tables are large. */
export const QUIET_STATEMENT_MS = 24 * 3_600_000;

const QUIET: readonly LockMode[] = ['ACCESS SHARE', 'ROW SHARE', 'SHARE UPDATE EXCLUSIVE'];

/**
 * How long a statement of the step may run, in milliseconds. What a person wrote without a lock that is known is taken for one that blocks.
 * @param locks of the step, by its kind.
 */
export function statementLimitMs(step: Pick<Step, 'editable'>, locks: readonly LockClaim[]): number {
  if (step.editable && locks.length === 0) return BLOCKING_STATEMENT_MS;
  return locks.every(({ mode }) => QUIET.includes(mode)) ? QUIET_STATEMENT_MS : BLOCKING_STATEMENT_MS;
}
