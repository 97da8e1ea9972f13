import { createIndexConcurrently, detachPartition, dropIndexConcurrently, reindexConcurrently, vacuumTable } from '../ddl.ts';
import { predicateOf } from '../kinds/table-index.ts';
import type { LockClaim, TableName } from '../plan.ts';
import type { StepPaper } from './kind.ts';
import { reversed } from './sql.ts';

/** An index as it is to be: what follows USING is in the words of the server, as comparison reads it. */
export interface IndexSpec {
  schema: string;
  name: string;
  table: TableName;
  unique: boolean;
  using: string;
  /** Where it is built, if not where the database keeps the rest. */
  tablespace?: string;
  /** `using` is in a person's words, which the server writes otherwise: the index is known by name, table and uniqueness alone. */
  asWritten?: boolean;
}

/** One thing that Postgres refuses to do inside a transaction. The statement follows from it, and so does the question whether it was done. */
export type OutsideAct =
  | { act: 'create_index'; index: IndexSpec }
  | { act: 'drop_index'; index: IndexSpec }
  | { act: 'reindex'; index: TableName; table: TableName }
  /** `freeze`: of a table that was just filled, so that its pages are known to be visible to all, and nobody reads them for it again. */
  | { act: 'vacuum'; table: TableName; freeze?: true }
  | { act: 'detach_partition'; parent: TableName; child: TableName };

export interface OutsideWork {
  kind: 'outside';
  act: OutsideAct;
}

/** The statement of an act. */
export function actSql(act: OutsideAct): string {
  switch (act.act) {
    case 'create_index': return createIndexConcurrently(act.index, act.index.table, act.index.tablespace === undefined ? null : { tablespace: act.index.tablespace, predicate: predicateOf(act.index.using) });
    case 'drop_index': return dropIndexConcurrently(act.index);
    case 'reindex': return reindexConcurrently(act.index);
    case 'vacuum': return vacuumTable(act.table, act.freeze === true);
    case 'detach_partition': return detachPartition(act.parent, act.child, 'CONCURRENTLY');
  }
}

/** For a person: `build index orders_customer`. */
export function actLabel(act: OutsideAct): string {
  switch (act.act) {
    case 'create_index': return `build index ${act.index.name}`;
    case 'drop_index': return `drop index ${act.index.name}`;
    case 'reindex': return `rebuild index ${act.index.name}`;
    case 'vacuum': return `vacuum ${act.table.name}`;
    case 'detach_partition': return `detach ${act.child.name}`;
  }
}

/** All of them let reads and writes go on; they wait for older transactions instead. */
export function actLocks(act: OutsideAct): LockClaim[] {
  const mode = 'SHARE UPDATE EXCLUSIVE' as const;
  switch (act.act) {
    case 'create_index':
    case 'drop_index': return [{ mode, table: act.index.table }];
    case 'reindex':
    case 'vacuum': return [{ mode, table: act.table }];
    case 'detach_partition': return [{ mode, table: act.parent }, { mode: 'ACCESS EXCLUSIVE', table: act.child }];
  }
}

/** A statement that runs outside a transaction: an intent in the ledger, the statement, a look at the catalog, the result. */
export const outsidePaper: StepPaper = {
  locks: (step) => (step.work?.kind === 'outside' ? actLocks(step.work.act) : step.locks),
  previews: () => [],
  sql: (step) => (step.work?.kind === 'outside' ? [{ label: actLabel(step.work.act), sql: actSql(step.work.act) }] : []),
  undone: (step) => (step.undoWork || step.undo.length > 0 ? reversed(step) : null),
  how: 'outside a transaction, proved by the catalog',
  progressFrom: 'the server’s own progress views',
  leftBehind: 'what it had begun was taken away again',
};
