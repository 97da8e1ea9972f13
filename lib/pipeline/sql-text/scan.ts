// Finds where statements of an SQL text begin and end, without knowing what they mean: quotes, comments, the bodies of SQL functions,
// psql's own commands, and the rows that pg_dump writes behind COPY … FROM stdin.

/** One line that is meant for psql, such as `\connect prod`. */
export interface PsqlCommand {
  at: number;
  /** Without the backslash: `connect`. */
  word: string;
  rest: string;
}

/** Offsets in UTF-16 units; `to` stands behind the last unit of the statement, before its semicolon. */
export interface Stretch {
  from: number;
  to: number;
}

export interface ScannedText {
  statements: readonly Stretch[];
  commands: readonly PsqlCommand[];
  /** COPY … FROM stdin whose rows have no end (`\.`). */
  endless: readonly number[];
}

const SPACE = /\s+/y;
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /\d[\w.]*/y;
const ESCAPED = /[eE]'[^'\\]*(?:\\[\s\S][^'\\]*)*(?:'|$)/y;
const DOLLAR = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const LINE = /[^\n]*/y;
const ROUTINE = /^(?:FUNCTION|PROCEDURE)$/;

/** Words of the statement so far; only its first few, and those that open and close an SQL body, say anything. */
interface Sight {
  from: number;
  /** Behind its last token: comments that follow belong to nobody. */
  to: number;
  words: string[];
  /** Depth of BEGIN ATOMIC … END and CASE … END in it. */
  body: number;
  brackets: number;
}

/**
 * Stretches of text that are one statement each. A semicolon ends a statement unless it stands in quotes, in a comment, in brackets (rules), or
 * in an SQL body (BEGIN ATOMIC … END). Never throws: what does not make sense is left to the parser, which knows better what is wrong.
 */
export function scanText(text: string): ScannedText {
  const statements: Stretch[] = [];
  const commands: PsqlCommand[] = [];
  const endless: number[] = [];
  let sight = unseen();
  let at = 0;
  const finish = (): void => {
    if (sight.from >= 0 && sight.from < sight.to) statements.push({ from: sight.from, to: sight.to });
    sight = unseen();
  };
  while (at < text.length) {
    const next = pastBlank(text, at);
    if (next > at) {
      at = next;
      continue;
    }
    const letter = text[at];
    if (letter === '\\') {
      const line = match(LINE, text, at);
      const [, word = '', rest = ''] = /^\\(\S*)\s*(.*)$/s.exec(line) ?? [];
      if (sight.from >= 0) finish();
      commands.push({ at, word, rest: rest.trim() });
      at += line.length;
      if (word !== 'copy' || !/\bfrom\s+stdin\b/i.test(rest)) continue;
      const end = pastRows(text, at);
      if (end === null) endless.push(at - line.length);
      at = end ?? text.length;
      continue;
    }
    if (letter === ';' && sight.body === 0 && sight.brackets <= 0) {
      const rows = isCopyOfRows(text, sight, at);
      finish();
      at += 1;
      if (!rows) continue;
      const end = pastRows(text, at);
      if (end === null) endless.push(at - 1);
      at = end ?? text.length;
      continue;
    }
    if (sight.from < 0) sight.from = at;
    at = pastToken(text, at, sight);
    sight.to = at;
  }
  finish();
  return { statements, commands, endless };
}

function unseen(): Sight {
  return { from: -1, to: -1, words: [], body: 0, brackets: 0 };
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

/** Behind white space and comments; the same place when there are none. */
function pastBlank(text: string, at: number): number {
  const space = match(SPACE, text, at).length;
  if (space > 0) return at + space;
  if (text.startsWith('--', at)) return at + match(LINE, text, at).length;
  return text.startsWith('/*', at) ? pastComment(text, at) : at;
}

/** Comments of Postgres nest. */
function pastComment(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; ) {
    if (text.startsWith('/*', at)) {
      depth += 1;
      at += 2;
    } else if (text.startsWith('*/', at)) {
      depth -= 1;
      at += 2;
      if (depth === 0) return at;
    } else at += 1;
  }
  return text.length;
}

function pastToken(text: string, at: number, sight: Sight): number {
  const letter = text[at] ?? '';
  if (letter === "'" || letter === '"') return behind(text, letter, at + 1);
  const escaped = match(ESCAPED, text, at);
  if (escaped !== '') return at + escaped.length;
  const word = match(WORD, text, at);
  if (word !== '') {
    see(sight, word.toUpperCase());
    return at + word.length;
  }
  const number = match(NUMBER, text, at);
  if (number !== '') return at + number.length;
  const tag = match(DOLLAR, text, at);
  if (tag !== '') return behind(text, tag, at + tag.length);
  if (letter === '(') sight.brackets += 1;
  if (letter === ')') sight.brackets -= 1;
  return at + 1;
}

function behind(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? text.length : found + mark.length;
}

/** In CREATE FUNCTION and CREATE PROCEDURE an unquoted BEGIN can only open an SQL body. */
function see(sight: Sight, word: string): void {
  if (sight.words.length < 8) sight.words.push(word);
  if (sight.words[0] !== 'CREATE' || !sight.words.slice(1, 4).some((each) => ROUTINE.test(each))) return;
  if (word === 'BEGIN' || (word === 'CASE' && sight.body > 0)) sight.body += 1;
  if (word === 'END' && sight.body > 0) sight.body -= 1;
}

function isCopyOfRows(text: string, sight: Sight, to: number): boolean {
  return sight.words[0] === 'COPY' && /\bFROM\s+STDIN\b/i.test(text.slice(sight.from, to));
}

/** Behind the line `\.`; null when there is none. */
function pastRows(text: string, at: number): number | null {
  const end = /^\\\.\r?$/gm;
  end.lastIndex = at;
  const found = end.exec(text);
  return found ? found.index + found[0].length : null;
}
