import { note, nothingRead, openStep, titleOf, type DraftNote, type DraftStatement, type DraftStep, type Passage, type ReadPassage } from './draft.ts';
import { isForAnother } from './environment.ts';
import { isLook, queryLabel } from './expected.ts';
import type { Spot } from './fence-places.ts';
import { joinIndexes } from './join-indexes.ts';
import { onlyOne } from './around.ts';
import { placeholderIn } from './placeholder.ts';
import { belongsNowhere } from './printed-below.ts';
import { numbered, psqlStep } from './psql-step.ts';
import { settingNote, settingOf, withoutSettings } from './settings.ts';
import { shapeOf } from './shape.ts';
import { conditionNotes } from './condition-notes.ts';
import { isNotDone } from './telling.ts';
import { modeSentences, writesAt } from './transaction-modes.ts';
import { hoursIn } from './times.ts';
import { readSqlPieces, type ParsedSql, type SqlPiece } from './sql-pieces.ts';

const LATER = /\b(?:after (?:verif\w+|confirm\w+|test\w+|stab\w+|\w+ (?:hours?|days?|weeks?))|later|once (?:\w+ ){0,4}(?:verified|confirmed|stable|sure)|when (?:\w+ ){0,3}(?:stable|sure|verified)|uncomment)\b/i;

/** Reads a line of the shell that stands among SQL; given by the caller, who knows how. */
export type ReadCommand = (command: string, remarks: readonly string[], at: Spot, passage: Passage) => ReadPassage;

/** The remark over a statement; `several`: it is over others too. */
interface Group {
  words: string;
  several: boolean;
}

/** SQL into steps: one statement one step, a transaction one step, indexes of a new table that stand together one step. */
export function readSql(text: string, spot: (at: number) => Spot, passage: Passage, readCommand: ReadCommand): ReadPassage {
  const result: ReadPassage = nothingRead();
  const pieces = readSqlPieces(text);
  let over: { words: string; kind: string } = { words: '', kind: '' };
  let turned: DraftNote | null = null;
  for (const [i, piece] of pieces.entries()) {
    if ('turns' in piece && piece.turns !== undefined) turned = piece.turns === 'forward' ? null : (turned ?? turnedNote(spot(piece.from), result));
    if (turned !== null && takenBack(piece, spot, result)) continue;
    const own = wordsAbove(piece);
    if (own.length > 0) over = { words: piece.piece === 'statements' && !piece.near ? '' : (own[0] ?? ''), kind: kindOf(piece) };
    else if (!continues(piece, over.kind)) over = { words: '', kind: kindOf(piece) };
    const next = pieces[i + 1];
    const several = own.length === 0 || (next !== undefined && wordsAbove(next).length === 0 && continues(next, over.kind));
    const { words } = over;
    if (piece.piece === 'shell') addAll(result, readCommand(piece.text, piece.before, spot(piece.from), passage));
    else addPiece(text, piece, spot, passage, { words, several }, result);
  }
  return { ...result, steps: joinIndexes(onlyOne(result.steps), passage.made) };
}

function turnedNote({ line, column }: Spot, result: ReadPassage): DraftNote {
  const told = note('understood', 'From here on the passage says how to go back: nothing of it is run forward.', line, column);
  result.notes.push(told);
  return told;
}

/** What stands below a comment that turns to the way back. */
function takenBack(piece: SqlPiece, spot: (at: number) => Spot, result: ReadPassage): boolean {
  const at = spot(piece.from);
  if (piece.piece === 'statements') result.backs.push({ statements: piece.statements, line: at.line, column: at.column, to: spot(Math.max(piece.from, piece.to - 1)).line });
  else if (piece.piece === 'broken') result.notes.push(note('left_out', `A statement of the way back does not parse (${piece.message}), and is attached to no step.`, spot(piece.at).line, spot(piece.at).column));
  else if (piece.piece === 'psql' || piece.piece === 'shell') result.notes.push(note('left_out', 'A command among the statements of the way back is attached to no step.', at.line, at.column));
  else return false;
  return true;
}

function wordsAbove(piece: SqlPiece): readonly string[] {
  return 'before' in piece ? piece.before : [];
}

function kindOf(piece: SqlPiece): string {
  return piece.piece === 'statements' ? (piece.statements[0]?.kind ?? '') : piece.piece;
}

/** Whether a remark further up is about this statement too: it is of the same kind, and a query stands right below the one before. */
function continues(piece: SqlPiece, kind: string): boolean {
  return piece.piece === 'statements' && kindOf(piece) === kind && (piece.near || kind !== 'SelectStmt');
}

export function addAll(to: ReadPassage, from: ReadPassage): void {
  to.steps.push(...from.steps);
  to.later.push(...from.later);
  to.backs.push(...from.backs);
  to.notes.push(...from.notes);
}

function addPiece(text: string, piece: SqlPiece, spot: (at: number) => Spot, passage: Passage, group: Group, result: ReadPassage): void {
  const at = spot(piece.from);
  const lines = { from: at.line, to: spot(Math.max(piece.from, piece.to - 1)).line };
  switch (piece.piece) {
    case 'statements': {
      const told = piece.before.find(isNotDone);
      if (told !== undefined) {
        result.notes.push(note('left_out', `“${titleOf(told)}” stands above it: ${piece.statements.map((one) => shapeOf(one.kind, one.node, one.sql, passage.searchPath).label).join(', ')} is not done.`, at.line, at.column));
        return;
      }
      const step = sqlStep(text, piece, spot, passage, group, lines, result);
      if (!step) return;
      result.notes.push(...conditionNotes(piece, at));
      const hours = hoursIn(piece.before.join(' '));
      if (hours !== null && passage.hours === null && /\bafter\b|\blater\b|\bwait\b/i.test(piece.before.join(' '))) result.later.push({ steps: [step], title: step.title, hours, ...lines });
      else result.steps.push(step);
      return;
    }
    case 'commented': {
      const words = piece.before.join(' ');
      if (piece.back) {
        result.backs.push({ statements: piece.statements, line: at.line, column: at.column, to: lines.to });
        return;
      }
      if (!LATER.test(words) && hoursIn(words) === null) {
        result.notes.push(note('left_out', `What stands in comments is not done: ${piece.statements.map(({ kind, node, sql }) => shapeOf(kind, node, sql, passage.searchPath).label).join(', ')}.`, at.line, at.column));
        return;
      }
      const title = titleOf(piece.before[0] ?? 'What the text means for later');
      const statements = piece.statements.map((one) => statementOf(one, () => at, []));
      result.later.push({ steps: statements.map((one) => ({ title: titleOf(labelOf(one, passage)), ...lines, body: { is: 'sql', statements: [one], repeatable: false, searchPath: passage.searchPath }, notes: [] })), title, hours: hoursIn(words), ...lines });
      return;
    }
    case 'broken': {
      result.steps.push(brokenStep(text, piece, spot, passage, lines));
      return;
    }
    case 'shell': return;
    case 'printed': {
      result.notes.push(belongsNowhere(lines));
      return;
    }
    case 'ends': {
      result.notes.push(note('left_out', `${piece.word} has no BEGIN in its passage, and ends nothing here: each step commits by itself.`, at.line, at.column));
      return;
    }
    case 'psql': psqlStep(piece, at, lines, passage, result);
  }
}

function sqlStep(text: string, piece: Extract<SqlPiece, { piece: 'statements' }>, spot: (at: number) => Spot, passage: Passage, group: Group, lines: { from: number; to: number }, result: ReadPassage): DraftStep | null {
  const at = spot(piece.from);
  const setting = piece.statements.length === 1 && piece.ends === 'alone' ? settingOf(piece.statements[0]) : null;
  if (setting) {
    if (setting.path) passage.searchPath = setting.path;
    result.notes.push(settingNote(setting, at, 'From here on'));
    return null;
  }
  const inside = withoutSettings(piece.statements, passage, spot, result);
  if (piece.ends === 'rollback' || inside.statements.length === 0) {
    result.notes.push(note('left_out', inside.statements.length === 0 ? 'A transaction without a statement in it does nothing.' : `A transaction that ends with ROLLBACK changes nothing, and is left out (${piece.statements.length} statements).`, at.line, at.column));
    return null;
  }
  const words = [...piece.before, ...inside.statements.flatMap(({ before }) => before)].join(' ');
  const statements = inside.statements.map((one) => statementOf(one, spot, passage.words));
  for (const one of statements) follow(one, passage);
  const first = statements[0];
  const title = (group.words.trim() === '' ? '' : numbered(passage, group.words.trim())) + (group.words !== '' && group.several && first ? `: ${labelOf(first, passage)}` : '');
  const label = first ? labelOf(first, passage) : '';
  const named = titleOf(title !== '' ? title : passage.item === null ? label : `${passage.item.replace(/:$/, '')}: ${label}`);
  const withNumber = passage.number !== null && !named.startsWith(passage.number) && title === '' ? `${passage.number} · ${named}` : named;
  if (passage.elsewhere || isForAnother(words, passage.target)) return openStep(withNumber, text.slice(piece.from, piece.to), 'other_database', `This is meant for another database than ${passage.target}, the only one that this plan changes. Remove the step here, and make a plan for that database.`, at, lines, passage.language);
  const held = statements.flatMap((one, i) => {
    const found = placeholderIn(one.sql, true);
    return found ? [{ ...found, at: (inside.statements[i]?.from ?? 0) + found.at }] : [];
  })[0];
  if (held) return openStep(withNumber, text.slice(piece.from, piece.to), 'placeholder', `${held.word} is a placeholder: put there what is meant, or remove the step.`, spot(held.at), lines, passage.language);
  const rows = inside.statements.find(({ kind, node }) => kind === 'CopyStmt' && node.filename === undefined && node.is_program !== true);
  if (rows) return openStep(withNumber, text.slice(piece.from, piece.to), 'psql_command', 'COPY with rows behind it, or to the screen, works in psql alone: put an INSERT in the place of this step, or remove it.', spot(rows.from), lines, passage.language);
  const [shown] = statements;
  if (shown && statements.length === 1 && /^(?:ExplainStmt|VariableShowStmt)$/.test(shown.kind)) return { title: withNumber, ...lines, body: { is: 'manual', instruction: 'Look at what comes out of it, and say whether it is as it should be.', command: shown.sql }, notes: [note('understood', 'This shows something and changes nothing: a person looks at it, and confirms.', at.line, at.column)] };
  const writes = piece.modes.readOnly ? inside.statements[writesAt(inside.statements)] : undefined;
  if (writes) return openStep(withNumber, text.slice(piece.from, piece.to), 'does_not_parse', 'The transaction is READ ONLY, in which the server refuses this statement: take READ ONLY out, or the statement.', spot(writes.from), lines, passage.language);
  result.notes.push(...modeSentences(piece.modes).map((sentence) => note('understood', sentence, at.line, at.column)));
  const notes = piece.ends === 'nowhere' ? [note('understood', 'BEGIN has no COMMIT in its passage. What follows it there is one transaction that commits; what other passages hold is no part of it.', at.line, at.column)] : [];
  if (piece.ends !== 'alone' && statements.length === 1 && statements.every(({ node }) => node.concurrent === true)) notes.push(note('understood', 'What is done CONCURRENTLY cannot be in a transaction: the BEGIN and COMMIT around it are left out.', at.line, at.column));
  return { title: withNumber, from: lines.from, to: lastLine(statements, lines.to), body: { is: 'sql', statements, repeatable: piece.modes.repeatable, searchPath: inside.searchPath }, notes };
}

function lastLine(statements: readonly DraftStatement[], to: number): number {
  return Math.max(to, ...statements.map(({ printed }) => printed?.lines.to ?? 0));
}

function statementOf(one: ParsedSql, spot: (at: number) => Spot, around: readonly string[]): DraftStatement {
  const at = spot(one.from);
  const said = one.kind === 'SelectStmt' ? { beside: one.after, above: one.before.toReversed(), around } : { beside: one.after, above: [], around: [] };
  const printed = one.printed ? { printed: { ...one.printed, lines: { from: spot(one.printed.from).line, to: spot(one.printed.to).line } } } : {};
  return { sql: one.sql, kind: one.kind, node: one.node, ...said, ...printed, line: at.line, column: at.column };
}

function labelOf(one: DraftStatement, passage: Passage): string {
  const shape = shapeOf(one.kind, one.node, one.sql, passage.searchPath);
  return isLook(one.kind, one.node) ? queryLabel(one.node, shape) : shape.label;
}

function follow(one: DraftStatement, passage: Passage): void {
  const shape = shapeOf(one.kind, one.node, one.sql, passage.searchPath);
  for (const table of shape.creates) passage.made.add(`${table.schema}.${table.name}`);
  for (const { from, to } of shape.renames) if (passage.made.has(`${from.schema}.${from.name}`)) passage.made.add(`${to.schema}.${to.name}`);
}

function brokenStep(text: string, piece: Extract<SqlPiece, { piece: 'broken' }>, spot: (at: number) => Spot, passage: Passage, lines: { from: number; to: number }): DraftStep {
  const held = placeholderIn(piece.text, false);
  const title = titleOf(piece.before[0] === undefined ? piece.text : numbered(passage, piece.before[0]));
  if (held) return openStep(title, text.slice(piece.from, piece.to), 'placeholder', `${held.word} stands for something that the text does not say: put it there, or remove the step.`, spot(piece.from + held.at), lines, passage.language);
  return openStep(title, text.slice(piece.from, piece.to), 'does_not_parse', `Postgres does not read this: ${piece.message}. Mend it, or remove the step.`, spot(piece.at), lines, passage.language);
}
