import { type Feed, feedSql } from './feed.ts';
import type { StepPaper } from './kind.ts';
import { reversed } from './sql.ts';

/**
 * Statements in one transaction, as kind `sql`, with a catch-up right before each try for the locks: what waits in the logs is applied
 * under the lock, so it must be little. Refuses to begin while a key does not go over.
 */
export interface SwapWork {
  kind: 'swap';
  feed: Feed;
  /** The locks are asked for only when at most this many keys wait. */
  until: number;
}

export const swapPaper: StepPaper = {
  locks: (step) => step.locks,
  previews: () => [],
  sql: (step) => [...(step.work?.kind === 'swap' ? feedSql(step.work.feed, { copy: false, proof: false }) : []), ...step.statements.map(({ label, sql }) => ({ label, sql }))],
  undone: (step) => (step.undo.length === 0 && !step.undoWork ? null : reversed(step)),
  how: 'catches up in batches, then swaps in one transaction',
  progressFrom: 'keys waiting in the log, then statements sent',
  leftBehind: 'nothing of it stands; both tables are as they were',
};
