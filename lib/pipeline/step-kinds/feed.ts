import type { Assertion, TableName } from '../plan.ts';
import type { ReadableSql, StepPaper } from './kind.ts';
import { reversed } from './sql.ts';

/**
 * One table that is kept in step with another. The keys that changed stand in a log, written by a trigger in the writer's own transaction;
 * whoever applies re-reads the row that stands now, so order, NULLs and repeated updates cannot go wrong. Keys travel as JSON: an array
 * of arrays of texts, one inner array a key.
 */
export interface FeedTable {
  /** What a person calls the table. */
  name: string;
  log: TableName;
  /** Key columns of the log. */
  keyNames: readonly string[];
  /** $1 = last key (text[], null at first), $2 = how many: copies that many rows, skips what is there, answers one row (rows int, last text[]). */
  copySql: string;
  /** $1 = last key, $2 = how many: puts the keys of those rows into the log, when the copy met a row that does not go over. Answers like copySql. */
  deferSql: string;
  /** An estimate of the rows to copy; 0 = unknown. */
  estimateSql: string;
  /** $1 = how many: takes the oldest entries out of the log, answers (entries int, keys jsonb), each key once. */
  takeSql: string;
  /** $1 = keys: writes the rows that stand now. */
  upsertSql: string;
  /** $1 = keys: takes out the rows that stand no longer. Empty where both sides are one table's: a row goes with all its columns. */
  removeSql: string;
  /** $1 = keys: takes those rows out and writes anew what stands now, in one statement: for rows that exchange a unique value, which no update row by row can do. */
  rewriteSql: string;
  /** $1 = keys: what else follows the keys (the map of old spellings). */
  afterSql: readonly string[];
  /** $1 = at most: how many entries wait. */
  backlogSql: string;
  /** Count and hash of either side, as one text each; equal = the same rows. */
  hereSql: string;
  thereSql: string;
  /** The same of the rows of some keys ($1). */
  hereOfKeysSql: string;
  thereOfKeysSql: string;
  /** $1 = at most: keys (text) that differ. */
  differingSql: string;
}

/** Tables that foreign keys join, parents first, applied in one snapshot. */
export interface Feed {
  tables: readonly FeedTable[];
  /** Holds the keys that do not go over, with the SQLSTATE: columns feed, key, state, noticed_at. */
  errors: TableName;
  /** Which feed of that table this is: `forward` or `back`. */
  direction: 'forward' | 'back';
  /** Both sides are columns of one table: what is written are rows that the application writes too. */
  within?: true;
}

/** Copies and catches up in transactions of its own, until `until` keys wait at most; `proof`: ends with count and hash of both sides in one snapshot. */
export interface FeedWork {
  kind: 'feed';
  feed: Feed;
  copy: boolean;
  until: number;
  proof: boolean;
  /** What must hold beside equality, in the same snapshot. */
  alsoTrue: readonly Assertion[];
}

export const feedPaper: StepPaper = {
  locks: (step) => step.locks,
  previews: () => [],
  sql: (step) => (step.work?.kind === 'feed' ? [...feedSql(step.work.feed, step.work), ...step.work.alsoTrue.map(({ label, sql }) => ({ label, sql }))] : []),
  undone: (step) => (step.undo.length === 0 && !step.undoWork ? null : reversed(step)),
  how: 'in batches, a transaction each; copying and catching up alternate',
  progressFrom: 'rows copied, noted in the transaction of each batch; keys waiting in the log',
  leftBehind: 'the batches that were committed stand, and whoever goes on begins behind them',
};

/** Every statement a feed sends, in the order in which it is first sent. */
export function feedSql(feed: Feed, what: { copy: boolean; proof: boolean }): ReadableSql[] {
  const each = (label: string, of: (table: FeedTable) => string): ReadableSql[] => feed.tables.map((table) => ({ label: `${label} ${table.name}`, sql: of(table) })).filter(({ sql }) => sql !== '');
  return [
    ...(what.copy ? [...each('estimate the rows of', (table) => table.estimateSql), ...each('copy a batch of', (table) => table.copySql), ...each('defer a batch that does not go over of', (table) => table.deferSql)] : []),
    ...each('count the keys that wait of', (table) => table.backlogSql),
    ...each('take changed keys of', (table) => table.takeSql),
    ...each('write what stands now of', (table) => table.upsertSql),
    ...each('take out what is gone of', (table) => table.removeSql),
    ...each('rewrite rows that exchange a unique value in', (table) => table.rewriteSql),
    ...feed.tables.flatMap((table) => table.afterSql.map((sql) => ({ label: `old spellings of ${table.name}`, sql }))),
    ...(what.proof ? [...each('count and hash, one side of', (table) => table.hereSql), ...each('count and hash, other side of', (table) => table.thereSql), ...each('keys that differ in', (table) => table.differingSql)] : []),
  ];
}
