import { isAct } from './acts.ts';
import { note, nothingRead, openStep, titleOf, type DraftStep, type Passage, type ReadPassage } from './draft.ts';
import type { Spot } from './fence-places.ts';
import { changesIn, printedIn, withBlanks } from './printed.ts';
import { withAnswers } from './printed-below.ts';
import { addAll, readSql } from './read-sql.ts';
import { readShell, understand, type ShellPiece } from './shell.ts';

/** How a shell behaves, and what it puts into the environment. */
const SETS_UP = /^(?:set [-+][\w ]+|export \w+=[^;&|]*|shopt [-\w ]+)$/;

/** The commands of a fence: what the plan can do itself becomes its steps, everything else is done and confirmed by a person. */
export function readCommands(whole: string, spot: (at: number) => Spot, passage: Passage): ReadPassage {
  const tables = printedIn(whole, true);
  const text = withBlanks(whole, [...tables, ...changesIn(whole)], ' ');
  const result: ReadPassage = nothingRead();
  let plain: { text: string; from: number; to: number }[] = [];
  const flush = (): void => {
    const [first] = plain;
    if (first) result.steps.push(commandStep(plain.map((one) => one.text).join('\n'), '', { from: spot(first.from).line, to: spot(plain.at(-1)?.to ?? first.to).line }));
    plain = [];
  };
  for (const piece of readShell(text)) {
    const end = piece.at + piece.text.length;
    if (piece.piece === 'command' && SETS_UP.test(piece.text)) {
      result.notes.push(note('left_out', `“${titleOf(piece.text)}” sets up the shell, and does nothing by itself.`, spot(piece.at).line, spot(piece.at).column));
      continue;
    }
    if (piece.piece === 'command' && piece.remarks.length === 0 && understand(piece.text, passage.target).does === 'other') {
      plain.push({ text: piece.text, from: piece.at, to: end });
      continue;
    }
    flush();
    addAll(result, pieceSteps(piece, spot, passage));
  }
  flush();
  return withAnswers(result, tables.map((one) => ({ ...one, lines: { from: spot(one.from).line, to: spot(one.to).line } })));
}

function pieceSteps(piece: ShellPiece, spot: (at: number) => Spot, passage: Passage): ReadPassage {
  const lines = { from: spot(piece.at).line, to: spot(piece.at + piece.text.length).line };
  switch (piece.piece) {
    case 'said': return isAct(afterNumber(piece.text)) ? only({ title: titleOf(afterNumber(piece.text)), ...lines, body: { is: 'manual', instruction: afterNumber(piece.text) }, notes: [] }) : nothingRead();
    case 'sql': {
      const read = readSql(piece.text, (at) => spot(piece.at + at), { ...passage, item: piece.remarks[0] ?? passage.item }, readCommand);
      return { ...read, notes: [...read.notes, note('understood', 'SQL among the lines of a shell is taken as SQL.', lines.from)] };
    }
    case 'command': return commandSteps(piece.text, piece.remarks, (at) => spot(piece.at + at), lines, passage);
  }
}

function afterNumber(text: string): string {
  return text.replace(/^\d+[.)]\s*/, '');
}

function only(step: DraftStep): ReadPassage {
  return { ...nothingRead(), steps: [step] };
}

/** A command that stands among SQL. */
export function readCommand(command: string, remarks: readonly string[], at: Spot, passage: Passage): ReadPassage {
  return commandSteps(command, remarks, () => at, { from: at.line, to: at.line }, passage);
}

function commandSteps(command: string, remarks: readonly string[], spot: (at: number) => Spot, lines: { from: number; to: number }, passage: Passage): ReadPassage {
  const at = spot(0);
  const said = afterNumber(remarks.at(-1) ?? '');
  const understood = understand(command, passage.target);
  const name = passage.target;
  const title = said === '' ? `“${command.split('\n')[0] ?? command}”` : said;
  switch (understood.does) {
    case 'dump': {
      if (understood.about === 'other' || passage.elsewhere) return only(withNote(commandStep(command, said, lines), note('understood', `This dumps another database than ${name}, the only one that this plan can reach: a person does it, and confirms.`, at.line, at.column)));
      const part = understood.part ? ' The command dumps a part; the step dumps the whole database.' : '';
      return only({ title: titleOf(said === '' ? `Dump ${name}` : said), ...lines, body: { is: 'dump' }, notes: [note('understood', `pg_dump becomes a dump of ${name} by the worker, which keeps it and reads it back.${part}`, at.line, at.column)] });
    }
    case 'sql': {
      if (understood.about === 'other') return only(openStep(title, command, 'other_database', `This goes to another database than ${name}, the only one that this plan changes. Remove the step here, and make a plan for that database.`, at, lines, 'bash'));
      const result: ReadPassage = nothingRead();
      for (const part of understood.parts) addAll(result, readSql(part.sql, (offset) => (part.at === null ? at : spot(part.at + offset)), { ...passage, item: null, number: null, words: [...trailingRemark(command), ...passage.words] }, readCommand));
      return { ...result, steps: result.steps.map((step) => (said !== '' && result.steps.length === 1 ? { ...step, title: titleOf(said) } : step)) };
    }
    case 'file': {
      if (understood.about === 'other') return only(withNote(commandStep(command, said, lines), note('understood', `This goes to another database than ${name}: a person does it, and confirms.`, at.line, at.column)));
      return only(openStep(title, command, 'psql_command', `This runs the file ${understood.name} on ${name}, which is not here: put its SQL in the place of this step, or remove it.`, at, lines, 'bash'));
    }
    case 'chain': return only(openStep(title, command, understood.about === 'other' ? 'other_database' : 'psql_command', `This runs psql and more in one line: put the SQL that is meant for ${name} in the place of this step, or remove it.`, at, lines, 'bash'));
    case 'connect': return { ...nothingRead(), notes: [note('left_out', `“${command}” opens psql for a person to type in; the worker has connections of its own.`, at.line, at.column)] };
    case 'migrate': return only(openStep(title, command, 'other_tool', `This lets ${understood.tool} change ${name} past all that is checked here. Import the SQL of its migrations, or the folder with them, in the place of this step.`, at, lines, 'bash'));
    case 'other': return only(commandStep(command, said, lines));
  }
}

/** `psql -c "…"  # expect 2` */
function trailingRemark(command: string): string[] {
  const found = /["'\w]\s+#\s+([^'"\n]+)$/.exec(command)?.[1];
  return found === undefined ? [] : [found.trim()];
}

function withNote(step: DraftStep, one: DraftStep['notes'][number]): DraftStep {
  return { ...step, notes: [...step.notes, one] };
}

function commandStep(command: string, said: string, lines: { from: number; to: number }): DraftStep {
  return { title: titleOf(said === '' ? `“${command.split('\n')[0] ?? command}”` : said), ...lines, body: { is: 'manual', instruction: said === '' ? 'Run the command, and say what came of it.' : said, command }, notes: [] };
}
