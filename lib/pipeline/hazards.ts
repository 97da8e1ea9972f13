/** Postgres's own names, weakest first. */
export const LOCK_MODES = ['ACCESS SHARE', 'ROW SHARE', 'ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'] as const;
export type LockMode = (typeof LOCK_MODES)[number];

export type HazardCode =
  | 'BLOCKS_READS_AND_WRITES'
  | 'BLOCKS_WRITES'
  | 'REWRITES_TABLE'
  /** Values or rows are gone when the statement has run. */
  | 'LOSES_DATA'
  /** Rows that are there may not keep what is asked of them; then nothing is done. */
  | 'STOPS_ON_ROWS'
  | 'REMOVES_ROWS'
  /** Values are rounded or cut off by their new type. */
  | 'CHANGES_VALUES'
  | 'LOSES_ROWS_ON_ROLLBACK'
  | 'NOT_REVERSIBLE'
  | 'STALE_PLANS'
  | 'SLOWER_WRITES'
  /** A column stands elsewhere among its table's columns afterwards. */
  | 'COLUMN_ORDER'
  | 'EDITED_BY_HAND';

/** A coded risk of a step with its consequence in one sentence. */
export interface Hazard {
  code: HazardCode;
  sentence: string;
}
