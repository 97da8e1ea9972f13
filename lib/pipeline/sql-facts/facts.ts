import type { Hazard } from '../hazards.ts';
import type { LockClaim, TableName } from '../plan.ts';
import type { Detour } from './detours.ts';
import type { OutsideAct } from '../step-kinds/outside.ts';

/** What one statement does, read off its parse tree and the server's major version; of the rows and objects that are there it knows nothing. */
export interface StatementFacts {
  /** The strongest lock per table that is there before the plan, the tables of foreign keys too. */
  locks: readonly LockClaim[];
  /** Writes every row anew. */
  rewrite: boolean;
  hazards: readonly Hazard[];
  /** Tables whose definition or rows it changes, reads for a copy, or refers to. */
  tables: readonly TableName[];
  /** Tables from which rows or values leave for good: named, in a WITH clause, or taken along. */
  loses: readonly TableName[];
  /** What stands between it and the rows that it moves: views, rules, triggers and functions of people. Only over a reading. */
  through: readonly Detour[];
  /** Changes nothing. */
  reads: boolean;
  /** Cannot run in a transaction block; `act` where the engine has a step kind for it, null where it has none. */
  outside: { word: string; act: OutsideAct | null } | null;
  /** The statement that takes it back, where one follows from it alone; null where there is none. Rows that it lost do not come back by it. */
  inverse: string | null;
}
