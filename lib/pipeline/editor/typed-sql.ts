import { parse } from 'libpg-query';

/** One statement of what a person typed. */
export interface TypedStatement {
  /** Without the semicolon, with the comments before it: they are the author's words to the approver. */
  sql: string;
  /** Where `sql` ends in the text, in UTF-16 units: a cursor at or before it is in this statement or an earlier one. */
  end: number;
  /** The node's name in the parse tree (`CreateStmt`), and the node. */
  kind: string;
  node: Readonly<Record<string, unknown>>;
  /** What it is called when it cannot run inside a transaction; null: it can. */
  outside: string | null;
}

/** Where a text stops being SQL; line and column from 1, a column is a character as a person counts it, `at` a place in UTF-16 units. */
export interface SqlTrouble {
  message: string;
  line: number;
  column: number;
  at: number;
}

export type TypedSql = { ok: true; text: string; statements: readonly TypedStatement[] } | { ok: false; text: string; trouble: SqlTrouble };

/** What cannot run inside the one transaction that makes a step happen once. */
const OUTSIDE_TRANSACTION: Readonly<Record<string, string>> = {
  TransactionStmt: 'BEGIN, COMMIT and ROLLBACK',
  VacuumStmt: 'VACUUM',
  CreatedbStmt: 'CREATE DATABASE',
  DropdbStmt: 'DROP DATABASE',
  CreateTableSpaceStmt: 'CREATE TABLESPACE',
  DropTableSpaceStmt: 'DROP TABLESPACE',
  AlterSystemStmt: 'ALTER SYSTEM',
  VariableSetStmt: 'SET and RESET',
  CopyStmt: 'COPY',
};

/**
 * Splits what a person typed with the real Postgres parser (of Postgres 18). A form sends line ends as CR LF; `text` has them as LF, and all
 * places are places in it. Pure, never throws for a text: what does not parse comes back with its place.
 */
export async function readTyped(typed: string): Promise<TypedSql> {
  const text = typed.replaceAll('\r\n', '\n');
  if (text.trim() === '') return { ok: true, text, statements: [] };
  let trees: readonly { stmt?: unknown; stmt_location?: number | undefined; stmt_len?: number | undefined }[];
  try {
    trees = (await parse(text)).stmts ?? [];
  } catch (error) {
    return { ok: false, text, trouble: troubleOf(error, text) };
  }
  // Places of the parser are bytes of the UTF-8 text, not positions in the string.
  const bytes = Buffer.from(text, 'utf8');
  const statements: TypedStatement[] = [];
  let next = 0;
  let end = 0;
  for (const { stmt, stmt_location: from = 0, stmt_len: length } of trees) {
    const until = length ? from + length : bytes.length;
    // From where the one before ended: the parser begins behind the comments.
    const piece = bytes.subarray(next, until).toString('utf8');
    end += piece.length;
    const [kind = '', node] = Object.entries((stmt ?? {}) as Record<string, unknown>)[0] ?? [];
    statements.push({ sql: piece.trim(), end, kind, node: isNode(node) ? node : {}, outside: OUTSIDE_TRANSACTION[kind] ?? concurrently(stmt) });
    next = until + 1;
    end += 1;
  }
  return { ok: true, text, statements };
}

/** The place for a person: `line 3, column 8`. */
export function troubleText({ message, line, column }: SqlTrouble): string {
  return `${message} (line ${line}, column ${column})`;
}

function isNode(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function concurrently(stmt: unknown): string | null {
  return JSON.stringify(stmt ?? null).includes('"concurrent":true') ? 'CONCURRENTLY' : null;
}

function troubleOf(error: unknown, text: string): SqlTrouble {
  const details = typeof error === 'object' && error !== null && 'sqlDetails' in error ? (error.sqlDetails as { message?: string; cursorPosition?: number } | undefined) : undefined;
  if (!details) throw error;
  // The parser says a place in characters, and JavaScript counts UTF-16 units.
  const at = Math.min([...text].slice(0, Math.max(0, details.cursorPosition ?? 0)).join('').length, text.length);
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { message: details.message ?? 'this is no SQL that Postgres reads', line: before.split('\n').length, column: Array.from(before.slice(lineStart)).length + 1, at };
}

/** The beginning of a statement as its label: comments left out, six words. */
export function firstWords(sql: string): string {
  const words = sql.replaceAll(/--.*$|\/\*[\s\S]*?\*\//gm, '').replaceAll(/\s+/g, ' ').trim().split(' ').slice(0, 6).join(' ');
  return words.length > 60 ? `${words.slice(0, 59)}…` : words;
}
