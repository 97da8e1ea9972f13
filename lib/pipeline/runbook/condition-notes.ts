import { type DraftNote, note, titleOf } from './draft.ts';
import type { Spot } from './fence-places.ts';
import type { SqlPiece } from './sql-pieces.ts';
import { isConditionBeside } from './telling.ts';

/** What a remark makes a matter of somebody's judgement is done all the same, and is said. */
export function conditionNotes(piece: Extract<SqlPiece, { piece: 'statements' }>, at: Spot): DraftNote[] {
  const remarks = [...piece.before, ...piece.statements.flatMap(({ before, after, kind }) => [...before, ...(kind === 'SelectStmt' ? [] : after)])];
  return [...new Set(remarks.filter(isConditionBeside))].map((words) => note('understood', `“${titleOf(words)}” makes this a matter of a person’s judgement, and a plan has none: it is done, unless its step is removed.`, at.line, at.column));
}
