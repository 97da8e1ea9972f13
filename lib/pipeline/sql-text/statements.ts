import { loadModule, parseSync } from 'libpg-query';
import { Refused } from '../refusal.ts';
import { placeholderAt } from '../runbook/placeholder.ts';
import { withoutMakingRoles } from './do-roles.ts';
import { placeOf, placeText, type SqlFile } from './place.ts';
import { scanText, type PsqlCommand, type Stretch } from './scan.ts';
import { rolesIn, treatmentOf, type Treatment } from './treatment.ts';
import { withoutTablespaces } from './without-tablespaces.ts';

/** One statement of a file, and where it stands. */
export interface SqlStatement {
  sql: string;
  treatment: Treatment;
  what: string;
  /** Offset of `sql` in the text, in UTF-16 units. */
  at: number;
}

export interface ReadFile {
  file: SqlFile;
  statements: readonly SqlStatement[];
  /** Roles that the text names: they belong to the server and not to the text. */
  roles: readonly string[];
  /** What was left out, each with how often. */
  passed: Readonly<Record<string, number>>;
}

/** So much text is parsed at once: the tree of a text takes about a hundred times its size. */
const CHUNK = 200_000;
/** psql commands that change nothing about what the statements mean. */
const HARMLESS = /^(?:copy|g|restrict|unrestrict|echo|qecho|warn|timing|pset|x|a|t|encoding|q|\?|h|o|r|p|set|unset|dx?[\w+]*|l\+?)$/;
const HARMLESS_VARIABLE = /^(?:ON_ERROR_STOP|ON_ERROR_ROLLBACK|QUIET|ECHO|ECHO_HIDDEN|VERBOSITY|SHOW_CONTEXT|AUTOCOMMIT|HISTFILE|FETCH_COUNT|PROMPT[123])\b|^$/;

/**
 * Reads an SQL text into its statements with libpg-query, the server's own parser (of Postgres 18). Rows behind COPY … FROM stdin are left out,
 * because a comparison is about the schema.
 * @throws Refused does_not_parse (file, line, column) for what the parser does not take; not_replayable for psql commands that decide what
 * the statements mean (\i, \gexec, \if, \set, a second \connect …).
 */
export async function readSqlFile(file: SqlFile): Promise<ReadFile> {
  await loadModule();
  const scanned = scanText(file.text);
  const copies = scanned.commands.filter(({ word }) => word === 'copy').length;
  const passed: Record<string, number> = copies > 0 ? { 'rows behind COPY': copies } : {};
  for (const sentence of commandTrouble(file, scanned.commands)) throw new Refused('not_replayable', sentence);
  const endless = scanned.endless[0];
  if (endless !== undefined) throw new Refused('does_not_parse', `${placeText(placeOf(file, endless))}: the rows behind COPY … FROM stdin have no end (a line with \\. alone): the file is cut off.`);
  const roles = new Set<string>();
  const statements: SqlStatement[] = [];
  for (const chunk of chunksOf(scanned.statements)) {
    for (const statement of parseChunk(file, chunk)) {
      rolesIn(statement.tree, roles);
      const { treatment, what } = treatmentOf(statement.kind, statement.node);
      const block = statement.kind === 'DoStmt' ? withoutMakingRoles(statement.sql) : null;
      for (const role of block?.roles ?? []) roles.add(role);
      const sql = block?.sql ?? withoutTablespaces(statement.sql, statement.kind, statement.node);
      if (treatment === 'pass' || sql === null) {
        const word = sql === null ? 'SET TABLESPACE' : what;
        if (word !== '') passed[word] = (passed[word] ?? 0) + 1;
      } else statements.push({ sql, treatment, what, at: statement.at });
    }
  }
  return { file, statements, roles: [...roles].toSorted(), passed };
}

function chunksOf(stretches: readonly Stretch[]): Stretch[][] {
  const chunks: Stretch[][] = [];
  let room = 0;
  for (const stretch of stretches) {
    const last = chunks.at(-1);
    if (last && room > 0) last.push(stretch);
    else {
      chunks.push([stretch]);
      room = CHUNK;
    }
    room -= stretch.to - stretch.from;
  }
  return chunks;
}

interface Parsed {
  sql: string;
  at: number;
  kind: string;
  node: Readonly<Record<string, unknown>>;
  tree: unknown;
}

/** Every stretch is parsed as `stretch;`, one behind the other, so that the parser's places lead back to the file. */
function parseChunk(file: SqlFile, stretches: readonly Stretch[]): Parsed[] {
  const { texts, text: joined } = joinedTexts(file, stretches);
  let trees: readonly { stmt?: unknown; stmt_location?: number | undefined }[];
  try {
    trees = parseSync(joined).stmts ?? [];
  } catch (error) {
    throw parseRefusal(file, joined, texts, stretches, error);
  }
  const starts = startsOf(joined, texts);
  return trees.flatMap((tree) => {
    const index = starts.findLastIndex((start) => start <= (tree.stmt_location ?? 0));
    const stretch = stretches[index];
    const [kind, node] = Object.entries((tree.stmt ?? {}) as Record<string, unknown>)[0] ?? [];
    return stretch && kind !== undefined && typeof node === 'object' && node !== null ? [{ sql: file.text.slice(stretch.from, stretch.to), at: stretch.from, kind, node: node as Record<string, unknown>, tree: tree.stmt }] : [];
  });
}

function joinedTexts(file: SqlFile, stretches: readonly Stretch[]): { text: string; texts: string[] } {
  const texts = stretches.map(({ from, to }) => `${file.text.slice(from, to)};\n`);
  return { text: texts.join(''), texts };
}

/** Where each text begins, in bytes: that is how the parser says where a statement begins. Its place may lie a line break before. */
function startsOf(joined: string, texts: readonly string[]): number[] {
  if (texts.length === 0 || joined === '') return [];
  const starts: number[] = [];
  let at = 0;
  for (const text of texts) {
    starts.push(Math.max(0, at - 1));
    at += Buffer.byteLength(text);
  }
  return starts;
}

/** A stretch with its parse tree, or with what the parser has against it and where. */
export type ParsedStretch = Stretch & ({ kind: string; node: Readonly<Record<string, unknown>> } | { kind: null; message: string; at: number });

/**
 * Every stretch of a text with its parse tree; one that does not parse takes none of the others with it. Many are parsed at once, and where that fails each
 * half for itself, so that one broken statement among thousands costs little. `loadModule` of libpg-query must have been awaited.
 */
export function parseStretches(text: string, stretches: readonly Stretch[]): ParsedStretch[] {
  return chunksOf(stretches).flatMap((chunk) => parsedHalves({ name: '', text }, chunk));
}

function parsedHalves(file: SqlFile, stretches: readonly Stretch[]): ParsedStretch[] {
  const [first] = stretches;
  if (!first) return [];
  const joined = joinedTexts(file, stretches);
  try {
    const parsed = parseChunk(file, stretches);
    if (parsed.length === stretches.length) return parsed.map(({ kind, node }, i) => ({ ...(stretches[i] ?? first), kind, node }));
  } catch (error) {
    if (stretches.length > 1) return halves(file, stretches);
    const trouble = parseTrouble(file, joined.text, joined.texts, stretches, error instanceof Refused ? error.cause : error);
    return [{ ...first, kind: null, message: trouble?.message ?? 'this is no SQL that Postgres reads', at: trouble?.at ?? first.from }];
  }
  return stretches.length > 1 ? halves(file, stretches) : [{ ...first, kind: null, message: 'this is no SQL that Postgres reads', at: first.from }];
}

function halves(file: SqlFile, stretches: readonly Stretch[]): ParsedStretch[] {
  const middle = Math.ceil(stretches.length / 2);
  return [...parsedHalves(file, stretches.slice(0, middle)), ...parsedHalves(file, stretches.slice(middle))];
}

function parseRefusal(file: SqlFile, joined: string, texts: readonly string[], stretches: readonly Stretch[], error: unknown): unknown {
  const trouble = parseTrouble(file, joined, texts, stretches, error);
  return trouble ? new Refused('does_not_parse', `${placeText(placeOf(file, trouble.at))}: ${trouble.message}.${placeholderAt(file.text, trouble.at)}`, { cause: error }) : error;
}

/** What the parser says and where in the file; null for what is no word of the parser. */
function parseTrouble(file: SqlFile, joined: string, texts: readonly string[], stretches: readonly Stretch[], error: unknown): { message: string; at: number } | null {
  if (!(error instanceof Error) || !('sqlDetails' in error)) return null;
  const details = error.sqlDetails as { message?: string; cursorPosition?: number };
  // The parser counts characters, JavaScript counts UTF-16 units.
  let left = [...joined].slice(0, Math.max(0, details.cursorPosition ?? 0)).join('').length;
  let index = 0;
  for (; index < texts.length - 1 && left >= (texts[index]?.length ?? 0); index += 1) left -= texts[index]?.length ?? 0;
  const stretch = stretches[index];
  const at = stretch ? Math.min(stretch.from + left, stretch.to) : file.text.length;
  return { message: details.message ?? 'this is no SQL that Postgres reads', at };
}

function commandTrouble(file: SqlFile, commands: readonly PsqlCommand[]): string[] {
  let connects = 0;
  return commands.flatMap(({ at, word, rest }) => {
    const refuse = (why: string) => [`${placeText(placeOf(file, at))}: \\${word} ${why}`];
    if (word === 'connect' || word === 'c') {
      connects += 1;
      return connects > 1 ? refuse('goes to a second database: one side of a comparison is one database. Give the part of the file that belongs to it.') : [];
    }
    if (word === 'set' && !HARMLESS_VARIABLE.test(rest)) return refuse('gives a value to a psql variable, and only psql can put it into the statements.');
    if (word === 'i' || word === 'ir' || word === 'include' || word === 'include_relative') return refuse(`reads another file (${rest.slice(0, 80)}): give the folder, or a text that holds everything.`);
    return HARMLESS.test(word) ? [] : refuse('is a command of psql that is not understood here.');
  });
}
