import { setTimeout as sleep } from 'node:timers/promises';
import { logNote } from '#lib/log.ts';
import { isInDoubt, SQLSTATE, sqlState } from '#lib/pg/sqlstate.ts';

/** The run is another worker's now, or over: stop, and write nothing more. */
export class LeaseLost extends Error {
  constructor() {
    super('the run is not held any more');
  }
}

/** Is this the control database being away for a moment, rather than saying no? */
export function isControlAway(error: unknown): boolean {
  return isInDoubt(error) || sqlState(error) === SQLSTATE.tooManyConnections;
}

const FIRST_MS = 100;
const LONGEST_MS = 2_000;

/**
 * Tries until the control database answers. `attempt` gets true from the second try on: the one before may have been committed
 * although its answer was lost, so it must look before it writes again.
 * @throws what is not a lost connection, and the lost connection itself once `giveUp()` says so.
 */
export async function untilControlAnswers<T>(attempt: (again: boolean) => Promise<T>, giveUp: () => boolean): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt(tries > 0);
    } catch (error) {
      if (!isControlAway(error) || giveUp()) throw error;
      if (tries === 0) logNote('the control database is away; trying again');
      await sleep(Math.min(LONGEST_MS, FIRST_MS * 2 ** tries));
    }
  }
}
