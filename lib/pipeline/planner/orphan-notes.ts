import { tableKey } from '../expectation.ts';
import type { TableName } from '../plan.ts';
import type { ForeignKey } from './foreign-keys.ts';
import { keptTable } from './names.ts';

/** Where rows of the table stand as they were, once they are taken out or lose their reference. */
export function notesOf(keepSchema: string, table: TableName): { quarantine: TableName; unlinked: TableName } {
  return { quarantine: keptTable(keepSchema, table, '_quarantine'), unlinked: keptTable(keepSchema, table, '_unlinked') };
}

/**
 * All notes that decisions on these foreign keys could ask for. Whether their names are free is asked whatever is decided: a question that moved with a
 * decision would throw away the answers to all the others.
 */
export function possibleNotes(keepSchema: string, keys: readonly ForeignKey[]): TableName[] {
  const children = new Map(keys.map(({ spec }) => [tableKey(spec.child), spec.child]));
  return [...children.values()].flatMap((table) => Object.values(notesOf(keepSchema, table)));
}
