import type { Hazard, LockMode } from '../hazards.ts';
import type { TableName } from '../plan.ts';
import { spoken } from '../planner/names.ts';
import type { Existing } from './existing.ts';
import type { StatementFacts } from './facts.ts';
import type { Resolve } from './tree.ts';

/** What a reader of statements knows beside the statement. */
export interface FactsContext {
  /** Major version of the server that will run it. */
  major: number;
  /** Where names without a schema are looked for; empty: in `public`. */
  searchPath: readonly string[];
  /** The last reading of the target (existing.ts); null: what is there is not known, and whatever depends on it is taken for the worse. */
  existing: Existing | null;
  /** Where nothing was read: the functions, views, rules and triggers that the text itself makes, whose bodies are followed. */
  made?: Existing | null;
}

export interface Reader extends FactsContext {
  /** The statement's own text: places in the tree are bytes of it. */
  sql: string;
  resolve: Resolve;
}

/** What is left out is nothing, and no way back. */
export type Effect = Partial<StatementFacts>;

export function claim(mode: LockMode, table: TableName | null): StatementFacts['locks'] {
  return table ? [{ mode, table }] : [];
}

/** Same lock on each. */
export function claims(mode: LockMode, tables: readonly (TableName | null)[]): StatementFacts['locks'] {
  return tables.flatMap((table) => claim(mode, table));
}

/** For how long a lock is held, once it is had: a moment, while every row is read, or while every row is written. */
export type Span = 'moment' | 'reads' | 'writes';

const WHILE: Readonly<Record<Span, string>> = {
  moment: 'for a moment, once the lock is had; no row is read',
  reads: 'while every row is read',
  writes: 'while every row is written anew, with all indexes',
};

/** The hazard of holding a lock on a table; none for locks under which people read and write on. */
export function holdUp(mode: LockMode, table: TableName, span: Span): Hazard[] {
  if (mode === 'ACCESS EXCLUSIVE') return [{ code: 'BLOCKS_READS_AND_WRITES', sentence: `Reads and writes of ${spoken(table)} wait ${WHILE[span]}.` }];
  if (mode === 'SHARE' || mode === 'SHARE ROW EXCLUSIVE' || mode === 'EXCLUSIVE') return [{ code: 'BLOCKS_WRITES', sentence: `Writes to ${spoken(table)} wait ${WHILE[span]}; reads go on.` }];
  return [];
}

export function hazard(code: Hazard['code'], sentence: string): Hazard {
  return { code, sentence };
}
