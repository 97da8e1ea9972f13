import type { Walk } from './batches.ts';
import type { StepPaper } from './kind.ts';
import { reversed } from './sql.ts';

/**
 * Statements in one transaction, as kind `sql`, with a catch-up right before each try for the locks: the keys that the application has written since the batches
 * are looked at under the lock, so they must be few. `walks` are walked in turn until at most `until` keys wait; each takes the keys that it has settled out of the log.
 */
export interface TakeOverWork {
  kind: 'take_over';
  /** What is followed, for a person. */
  name: string;
  /** The first takes along what is safe to take along at any time; the next ones only where that leaves more than `until`. */
  walks: readonly Walk[];
  /** $1 = at most (null: all): how many keys wait. */
  backlogSql: string;
  /** Gives the server the number of keys that wait, without which it reads both tables whole to look at a few. */
  countedSql: string;
  until: number;
}

export const takeOverPaper: StepPaper = {
  locks: (step) => step.locks,
  previews: () => [],
  sql: (step) => [
    ...(step.work?.kind === 'take_over' ? [{ label: 'count the keys that wait', sql: step.work.backlogSql }, ...step.work.walks.map(({ label, sql }) => ({ label, sql })), { label: 'let the server count them, too', sql: step.work.countedSql }] : []),
    ...step.statements.map(({ label, sql }) => ({ label, sql })),
  ],
  undone: (step) => (step.undo.length === 0 && !step.undoWork ? null : reversed(step)),
  how: 'catches up in batches, then takes over the rest in one transaction',
  progressFrom: 'keys waiting in the log, then statements sent',
  leftBehind: 'the table is where it was; rows that were brought over in batches stand',
};
