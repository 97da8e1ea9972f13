import type { Statement, Step } from '../plan.ts';
import type { StepPaper } from './kind.ts';
import { reversed } from './sql.ts';

/**
 * One walk over a table in the order of its key, a transaction for each part of it.
 * `sql`: $1 = last key as text (null at first), $2 = how many rows to read, $3 = the key behind which it does not go (null: none); answers
 * one row: rows (read), changed, last (the last key read, as text).
 */
export interface Walk {
  label: string;
  sql: string;
  /** Locks the rows of the part, in a statement of its own and with the values of `sql`: only what is committed before that can be seen by `sql`, and nothing can come under these rows until the part is. */
  holdSql?: string;
  /** How many rows there are to read. */
  totalSql: string;
  /** The last key at the beginning, as text: rows that come behind it later are not waited for, or the walk would never end. */
  untilSql: string;
}

/** Walks, one behind the other. The step's own statements run in a transaction before the first, `after` in the one that writes the ledger row. */
export interface BatchesWork {
  kind: 'batches';
  walks: readonly Walk[];
  after: readonly Statement[];
}

/**
 * Rows changed in many small transactions, each with its checkpoint. What it had changed when it was stopped stands; the step before it, which
 * noted the rows, takes it back.
 */
export const batchesPaper: StepPaper = {
  locks: (step) => step.locks,
  previews: () => [],
  sql: (step) => [
    ...step.statements.map(({ label, sql }) => ({ label, sql })),
    ...(step.work?.kind === 'batches' ? [...step.work.walks.map(({ label, sql, holdSql }) => ({ label, sql: holdSql === undefined ? sql : `${holdSql};\n\n${sql}` })), ...step.work.after.map(({ label, sql }) => ({ label, sql }))] : []),
  ],
  undone: (step: Step) => (step.undo.length === 0 && !step.undoWork ? null : reversed(step)),
  how: 'in batches of half a second to a second, a transaction each',
  progressFrom: 'rows of batches that are committed',
  leftBehind: 'the batches that were committed stand',
};
