import { parseStretches, type ParsedStretch } from '../sql-text/statements.ts';
import { scanText, type Stretch } from '../sql-text/scan.ts';
import { commentsIn, remarksWithin, type Comment } from './comments.ts';
import { saysExpectation } from './said.ts';
import { turnIn } from './telling.ts';
import { bothModes, isSetTransaction, modesIn, NO_MODES, type TransactionModes } from './transaction-modes.ts';
import { changesIn, endsIn, printedIn, type PrintedAt, withBlanks } from './printed.ts';

export interface ParsedSql extends Stretch {
  sql: string;
  kind: string;
  node: Readonly<Record<string, unknown>>;
  /** Comment lines above it, and beside it or right below it. */
  before: readonly string[];
  after: readonly string[];
  /** What psql printed below it. */
  printed?: PrintedAt;
  /** A comment above it turns to the way back, or forward again. */
  turns?: 'back' | 'forward';
}

export type SqlPiece = Stretch & (
  /** One statement, or those between BEGIN and COMMIT. `ends`: how the transaction ends in the text. `near`: no empty line parts it from the words above. */
  | { piece: 'statements'; statements: readonly ParsedSql[]; before: readonly string[]; near: boolean; ends: 'alone' | 'commit' | 'rollback' | 'nowhere'; modes: TransactionModes; turns?: ParsedSql['turns'] }
  /** Statements that stand in comments: meant for later, switched off, or (`back`) said to take something back. */
  | { piece: 'commented'; statements: readonly ParsedSql[]; before: readonly string[]; back: boolean }
  | { piece: 'broken'; text: string; message: string; at: number; before: readonly string[]; turns?: ParsedSql['turns'] }
  /** COMMIT or ROLLBACK without a BEGIN in its passage. */
  | { piece: 'ends'; word: 'COMMIT' | 'ROLLBACK' }
  | { piece: 'psql'; word: string; rest: string }
  | { piece: 'shell'; text: string; before: readonly string[] }
  /** What psql printed, and nobody can say for which statement. */
  | { piece: 'printed' }
);

const SHELL_LINE = /^[ \t]*(?:\$ )?(?:sudo |npm|npx|pnpm|yarn|bunx?|psql|pg_dump(?:all)?|pg_restore|createdb|dropdb|git|docker|kubectl|node|python3?|rails|bundle|flyway|curl|ssh|cd) .*$/gm;
const BACK_WORD = /\b(?:roll ?back|undo|revert|way back|back ?out)\b/i;
const BACK_PREFIX = /^(?:to )?(?:roll ?back|undo|revert|back ?out)(?: with)?\s*:\s*(?=[A-Z])/i;
const SQL_START = /^(?:DROP|ALTER|DELETE|TRUNCATE|UPDATE|INSERT|CREATE|VACUUM|REINDEX|ANALYZE|GRANT|REVOKE|BEGIN|COMMIT|SELECT)\b/i;

/** Statements of which a text says that they take something back, and where they stand. */
export interface BackUnit {
  statements: readonly ParsedSql[];
  line: number;
  column: number;
  to: number;
}

/** What a text of SQL holds, piece by piece in its order. `loadModule` of libpg-query must have been awaited. Never throws on a text. */
export function readSqlPieces(text: string): SqlPiece[] {
  const shell = [...text.matchAll(SHELL_LINE)].map((found): SqlPiece => ({ piece: 'shell', text: found[0].trim().replace(/^\$ /, ''), from: found.index, to: found.index + found[0].length, before: linesAbove(text, found.index) }));
  const rest = shell.length === 0 ? text : text.replaceAll(SHELL_LINE, (line) => ' '.repeat(line.length));
  const { sql, printed } = withoutPrinted(rest);
  const scanned = scanText(sql);
  const parsed = parseStretches(sql, scanned.statements);
  const { statements, commented } = withComments(sql, parsed);
  const { answered, left } = withAnswers(statements, printed);
  const commands = scanned.commands.map(({ at, word, rest: words }): SqlPiece => ({ piece: 'psql', word, rest: words, from: at, to: at + 1 + word.length + words.length }));
  const endless = scanned.endless.map((at): SqlPiece => ({ piece: 'psql', word: 'copy', rest: 'rows behind COPY … FROM stdin without an end', from: at, to: at }));
  return [...shell, ...commands, ...endless, ...commented, ...left, ...inTransactions(sql, answered)].toSorted((a, b) => a.from - b.from);
}

/** The text with blanks where psql answered, each an end of its statement; what stands within a statement, as words in quotes, stays. */
function withoutPrinted(text: string): { sql: string; printed: PrintedAt[] } {
  const [tables, changes] = [printedIn(text, true), [...changesIn(text), ...endsIn(text)]];
  const within = tables.length + changes.length === 0 ? [] : scanText(withBlanks(text, [...tables, ...changes], ';')).statements;
  const apart = ({ from }: { from: number }) => !within.some((statement) => statement.from < from && from < statement.to);
  const printed = tables.filter(apart);
  return { sql: withBlanks(text, [...printed, ...changes.filter(apart)], ';'), printed };
}

function linesAbove(text: string, at: number): string[] {
  const lines = text.slice(0, at).split('\n').slice(0, -1);
  const start = lines.findLastIndex((line) => !/^\s*--/.test(line)) + 1;
  return lines.slice(start).map((line) => line.replace(/^\s*-+\s*/, ''));
}

type Commented = ParsedStretch & Pick<ParsedSql, 'before' | 'after' | 'printed' | 'turns'>;

function withComments(text: string, parsed: readonly ParsedStretch[]): { statements: Commented[]; commented: SqlPiece[] } {
  const commented: SqlPiece[] = [];
  const statements: Commented[] = [];
  let before = wordsAndStatements(text, 0, parsed[0]?.from ?? text.length, commented);
  for (const [i, stretch] of parsed.entries()) {
    const comments = wordsAndStatements(text, stretch.to, parsed[i + 1]?.from ?? text.length, commented);
    const within = stretch.kind === 'SelectStmt' ? remarksWithin(text, stretch.from, stretch.to).filter((comment) => saysExpectation(comment.text)) : [];
    const own = [...within, ...comments.filter((comment) => comment.trailing || (!comment.apart && stretch.kind === 'SelectStmt' && saysExpectation(comment.text)))];
    const turns = before.flatMap(({ text: words }) => turnIn(words) ?? []).at(-1);
    statements.push({ ...stretch, before: lastGroup(before).filter(isAboutIt), after: own.map((comment) => comment.text), ...(turns ? { turns } : {}) });
    before = comments.filter((comment) => !own.includes(comment));
  }
  return { statements, commented };
}

/** Marks of a tool, and turns, are about the text and not about the statement below them. */
function isAboutIt(comment: string): boolean {
  return (turnIn(comment) === null || /\d/.test(comment)) && !/^>?\s*statement-breakpoint$/.test(comment);
}

/** Each statement with the table right below it; several tables belong to as many statements above them. */
function withAnswers(statements: readonly Commented[], printed: readonly PrintedAt[]): { answered: Commented[]; left: SqlPiece[] } {
  const answered = [...statements];
  const left: SqlPiece[] = [];
  const above = (at: number) => statements.findLastIndex(({ to }) => to <= at);
  for (const [last, tables] of Map.groupBy(printed, ({ from }) => above(from))) {
    const own = answered.slice(Math.max(0, last + 1 - tables.length), last + 1);
    if (own.length < tables.length || own.some((one) => one.printed !== undefined)) left.push(...tables.map(({ from, to }) => ({ piece: 'printed' as const, from, to })));
    else for (const [i, table] of tables.entries()) answered[last + 1 - tables.length + i] = { ...(own[i] as Commented), printed: table };
  }
  return { answered, left };
}

/** Of several blocks of comments the last one is about the statement below it; a lone block in front of everything is too. */
function lastGroup(comments: readonly Comment[]): string[] {
  const start = comments.findLastIndex((comment) => comment.apart);
  return comments.slice(Math.max(0, start)).map(({ text }) => text).filter((each) => /[\p{L}\d]/u.test(each));
}

/** The comments of a gap that are words; whole statements among them go into `found`. */
function wordsAndStatements(text: string, from: number, to: number, found: SqlPiece[]): Comment[] {
  const comments = commentsIn(text, from, to);
  const words: Comment[] = [];
  for (let i = 0; i < comments.length; i += 1) {
    const run = statementRun(comments, i);
    const piece = run === 0 ? null : commentedPiece(comments.slice(i, i + run), words);
    const comment = comments[i];
    if (piece) {
      found.push(piece);
      i += run - 1;
    } else if (comment) words.push(comment);
  }
  return words;
}

/** How many comment lines from here on read like one or more statements, up to the last semicolon; 0 for words. */
function statementRun(comments: readonly Comment[], start: number): number {
  if (!SQL_START.test((comments[start]?.text ?? '').replace(BACK_PREFIX, ''))) return 0;
  let length = 0;
  for (let i = start; i < comments.length && i < start + 200 && (i === start || comments[i]?.apart !== true); i += 1) if (/;\s*$/.test(comments[i]?.text ?? '')) length = i - start + 1;
  return length;
}

function commentedPiece(lines: readonly Comment[], words: readonly Comment[]): SqlPiece | null {
  const sql = lines.map(({ text }) => text.replace(BACK_PREFIX, '')).join('\n');
  const back = BACK_PREFIX.test(lines[0]?.text ?? '') || lastGroup(words).some((each) => BACK_WORD.test(each));
  const parsed = parseStretches(sql, scanText(sql).statements);
  const from = lines[0]?.at ?? 0;
  const last = lines.at(-1);
  const to = last ? last.at + last.text.length : from;
  const statements = parsed.flatMap((one) => (one.kind === null || one.kind === 'TransactionStmt' ? [] : [{ kind: one.kind, node: one.node, sql: sql.slice(one.from, one.to), from, to, before: [], after: [] }]));
  return parsed.some(({ kind }) => kind === null) || statements.length === 0 ? null : { piece: 'commented', statements, before: lastGroup(words), back, from, to };
}

function inTransactions(text: string, parsed: readonly Commented[]): SqlPiece[] {
  const pieces: SqlPiece[] = [];
  let open: { begin: Commented; inner: Commented[]; modes: TransactionModes } | null = null;
  const close = (to: number, ends: 'commit' | 'rollback' | 'nowhere'): void => {
    if (open) pieces.push(transactionPiece(text, open, to, ends));
    open = null;
  };
  for (const one of parsed) {
    const word = one.kind === 'TransactionStmt' ? String(one.node.kind) : '';
    if (word === 'TRANS_STMT_BEGIN' || word === 'TRANS_STMT_START') open ??= { begin: one, inner: [], modes: modesIn(one) };
    else if (word === 'TRANS_STMT_COMMIT' || word === 'TRANS_STMT_ROLLBACK') {
      if (!open) pieces.push({ piece: 'ends', word: word === 'TRANS_STMT_COMMIT' ? 'COMMIT' : 'ROLLBACK', from: one.from, to: one.to });
      close(one.to, word === 'TRANS_STMT_COMMIT' ? 'commit' : 'rollback');
    }
    else if (open && isSetTransaction(one)) open.modes = bothModes(open.modes, modesIn(one));
    else if (open) open.inner.push(one);
    else pieces.push(alone(text, one));
  }
  close(parsed.at(-1)?.to ?? 0, 'nowhere');
  return pieces;
}

function turned({ turns }: Commented): Pick<ParsedSql, 'turns'> {
  return turns === undefined ? {} : { turns };
}

/** Words that an empty line parts from a statement are about all that follows. */
function isNear(text: string, at: number): boolean {
  return !/\n[ \t]*\n[ \t]*$/.test(text.slice(Math.max(0, at - 200), at));
}

function alone(text: string, one: Commented): SqlPiece {
  const stretch = { from: one.from, to: one.to };
  if (one.kind === null) return { piece: 'broken', text: text.slice(one.from, one.to), message: one.message, at: one.at, before: one.before, ...turned(one), ...stretch };
  return { piece: 'statements', statements: [{ ...one, sql: text.slice(one.from, one.to) }], before: one.before, near: isNear(text, one.from), ends: 'alone', modes: NO_MODES, ...turned(one), ...stretch };
}

function transactionPiece(text: string, open: { begin: Commented; inner: Commented[]; modes: TransactionModes }, to: number, ends: 'commit' | 'rollback' | 'nowhere'): SqlPiece {
  const stretch = { from: open.begin.from, to };
  const broken = open.inner.find((one) => one.kind === null);
  if (broken?.kind === null) return { piece: 'broken', text: text.slice(stretch.from, stretch.to), message: broken.message, at: broken.at, before: open.begin.before, ...turned(open.begin), ...stretch };
  const statements = open.inner.flatMap((one) => (one.kind === null ? [] : [{ ...one, sql: text.slice(one.from, one.to) }]));
  return { piece: 'statements', statements, before: open.begin.before, near: isNear(text, open.begin.from), ends, modes: open.modes, ...turned(open.begin), ...stretch };
}
