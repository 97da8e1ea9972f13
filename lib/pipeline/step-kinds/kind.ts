import type { Check } from '../evidence.ts';
import type { LockClaim, Step } from '../plan.ts';

export interface ReadableSql {
  label: string;
  sql: string;
}

/**
 * The half of a step kind that needs no database; the other half, which runs and probes, is lib/pg/execute-kind.ts. One file per kind in
 * each room. A kind reads only what the step holds, so that what is signed is what is run.
 */
export interface StepPaper {
  /** Locks on tables that the application uses. Shown before it is signed, and the operator must own what is locked ACCESS EXCLUSIVE. */
  locks(step: Step): readonly LockClaim[];
  /** What preflight measures for it, beyond the checks of its phase. */
  previews(step: Step): readonly Check[];
  /** Every statement that it sends, for a person to read and for the log. */
  sql(step: Step): readonly ReadableSql[];
  /** The step that takes it back; null where there is nothing to take back. */
  undone(step: Step): Step | null;
  /** In how many transactions it works, for a person: `one transaction`. */
  how: string;
  /** Where its figure of progress comes from, for a person. */
  progressFrom: string;
  /** What stands of it when it ended without its row in the ledger, as the end of a sentence. */
  leftBehind: string;
}
