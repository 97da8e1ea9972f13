import { note, openStep, titleOf, type Passage, type ReadPassage } from './draft.ts';
import type { Spot } from './fence-places.ts';
import type { SqlPiece } from './sql-pieces.ts';

const SILENT = /^(?:restrict|unrestrict|echo|qecho|warn|timing|pset|x|a|t|q|\?|h|set|unset|encoding|p|r|o|conninfo)$/;

/** A line that only psql understands: what looks is looked at by a person, what decides about statements stays open, what sets psql up is left out. */
export function psqlStep(piece: Extract<SqlPiece, { piece: 'psql' }>, at: Spot, lines: { from: number; to: number }, passage: Passage, result: ReadPassage): void {
  const command = `\\${piece.word} ${piece.rest}`.trim();
  if (/^(?:connect|c)$/.test(piece.word)) {
    const other = piece.rest.split(/\s+/)[0] ?? '';
    passage.elsewhere = other !== '' && other !== '-' && other !== passage.target;
    result.notes.push(note('understood', passage.elsewhere ? `${command} goes to another database than ${passage.target}: what follows it is kept open.` : `${command} goes to the database that this plan changes.`, at.line, at.column));
  } else if (/^(?:d|l|z|sf|sv)/.test(piece.word)) {
    const what = piece.rest === '' ? 'what there is' : piece.rest;
    const sentence = `${command} is a command of psql that shows ${what}: a person looks at it, and confirms.`;
    result.steps.push({ title: titleOf(numbered(passage, `Look at ${what}`)), ...lines, body: { is: 'manual', instruction: `Look at ${what} in psql, and say whether it is as it should be.`, command }, notes: [note('understood', sentence, at.line, at.column)] });
  } else if (SILENT.test(piece.word) && !(piece.word === 'set' && piece.rest !== '' && !/^(?:ON_ERROR|QUIET|ECHO|VERBOSITY|AUTOCOMMIT)/.test(piece.rest))) {
    result.notes.push(note('left_out', `${command} says only how psql works, and is left out.`, at.line, at.column));
  } else {
    const sentence = /^(?:if|elif|else|endif)$/.test(piece.word) ? `${command} decides in psql what is done: keep the branch that is meant, and remove this.` : piece.word.startsWith('i') ? `${command} reads another file, which is not here: put its text in the place of this step.` : `${command} works in psql alone: put the statement there that is meant, or remove the step.`;
    result.steps.push(openStep(numbered(passage, command), command, 'psql_command', sentence, at, lines, passage.language));
  }
}

/** Words behind the number of their heading: `2.1 · Copy data`. */
export function numbered(passage: Passage, words: string): string {
  return passage.number === null ? words : `${passage.number} · ${words}`;
}
