import { byBytes } from '../casts.ts';
import { type Line, recordsAt, TIME } from './printed-records.ts';

/** What psql printed below a query, as somebody pasted it. */
export interface Printed {
  /** Empty where only the number of rows stands there. */
  columns: readonly string[];
  /** Cells as text; null where nothing is printed. */
  rows: readonly (readonly (string | null)[])[];
  /** `(134 rows)`; null where that line is missing. */
  count: number | null;
  /** Cells are continued in the next line, or do not stand where their column does: only the number of rows can be told. */
  torn: boolean;
}

/** Where it stands: offsets in the text. */
export interface PrintedAt extends Printed {
  from: number;
  to: number;
}

/** Where it stands in the whole text. */
export interface PrintedLines extends Printed {
  lines: { from: number; to: number };
}

const RULE = /^\s*-{3,}(?:\+-{3,})*\s*$/;
/** In whatever language psql speaks. */
const COUNT = /^\s*\((\d+) \p{L}+\)\s*$/u;

/**
 * Tables as psql prints them (`\pset border 1`, aligned, or expanded), anywhere in a text, also behind `--`. Among SQL, where a rule of dashes is a comment too, only
 * what cannot be anything else: with the number of rows below it, or with several columns above each other.
 */
export function printedIn(text: string, amongSql: boolean): PrintedAt[] {
  const lines = linesOf(text);
  const found: PrintedAt[] = [];
  for (let i = 0; i < lines.length; i += 1) {
    const records = recordsAt(lines, i, said(lines, false)) ?? recordsAt(lines, i, said(lines, true));
    const at = records ?? tableAt(lines, i, false) ?? tableAt(lines, i, true) ?? countAt(lines[i], found);
    // No SQL looks like a row below the other.
    if (!at || (amongSql && !records && at.count === null && at.columns.length < 2)) continue;
    found.push(at);
    while (i + 1 < lines.length && (lines[i + 1]?.to ?? 0) <= at.to) i += 1;
  }
  return found;
}

const CHANGED = /^[ \t]*(?:(?:UPDATE|DELETE|MERGE|COPY|INSERT \d+) \d+|(?:Expanded display is|Timing is|Pager (?:usage )?is|Output format is|Tuples only is|Null display is) .*)[ \t]*$/gm;
const SENT = /\\gx?(?: \([^)\n]*\))?[ \t]*$/gm;

/** Lines in which psql said how many rows a statement changed, or how it prints from then on. */
export function changesIn(text: string): { from: number; to: number }[] {
  return placesOf(text, CHANGED);
}

/** `\g` and `\gx` end a statement as a semicolon does; what they print is printed in another way, or not. */
export function endsIn(text: string): { from: number; to: number }[] {
  return placesOf(text, SENT);
}

function placesOf(text: string, pattern: RegExp): { from: number; to: number }[] {
  return [...text.matchAll(pattern)].map((found) => ({ from: found.index, to: found.index + found[0].length }));
}

/** The text with blanks in the place of what stands there, beginning with `first`: every offset and line stays. */
export function withBlanks(text: string, places: readonly { from: number; to: number }[], first: ' ' | ';'): string {
  return places.reduce((left, { from, to }) => `${left.slice(0, from)}${first}${left.slice(from + 1, to).replaceAll(/[^\n]/g, ' ')}${left.slice(to)}`, text);
}

/** The tables of a passage that holds nothing else; empty when it holds anything else. */
export function onlyPrinted(text: string): PrintedAt[] {
  const found = printedIn(text, false).filter((one) => one.count !== null || one.columns.length > 1 || isPlain(one));
  const rest = found.reduceRight((left, { from, to }) => left.slice(0, from) + left.slice(to), text);
  return rest.split('\n').every((line) => line.trim() === '') ? found : [];
}

/** One column under a name of one word, and nothing that ends as a statement does. */
function isPlain({ columns, rows }: Printed): boolean {
  return /^\S+$/.test(columns[0] ?? '') && rows.every(([cell]) => cell?.endsWith(';') !== true);
}

/** All rows as one text, as rowsAsText() has the server write them; null where they are not all there. */
export function printedRows({ columns, rows, count, torn }: Printed): string | null {
  if (torn || columns.length === 0 || rows.length === 0 || (count !== null && count !== rows.length)) return null;
  return rows.map((row) => `(${row.map(cellText).join(',')})`).sort(byBytes).join('\n');
}

/** As Postgres writes a field of a row: a null is nothing, and quotes stand where they must. */
function cellText(cell: string | null): string {
  if (cell === null) return '';
  return /["\\(),\s]/.test(cell) ? `"${cell.replaceAll('\\', '\\\\').replaceAll('"', '""')}"` : cell;
}

function linesOf(text: string): Line[] {
  let at = 0;
  return text.split('\n').map((line) => {
    const one = { text: line, from: at, to: at + line.length };
    at += line.length + 1;
    return one;
  });
}

/** What a line says, without the dashes in front of it where these are commented out; null behind the end. */
function said(lines: readonly Line[], commented: boolean): (i: number) => string | null {
  return (i) => (commented ? uncommented(lines[i]?.text) : (lines[i]?.text ?? null));
}

/** The table whose heading is this line. */
function tableAt(lines: readonly Line[], start: number, commented: boolean): PrintedAt | null {
  const text = said(lines, commented);
  const [head, rule] = [text(start), text(start + 1)];
  if (head === null || rule === null || head.trim() === '' || /^\s*--|;\s*$/.test(head) || !RULE.test(rule)) return null;
  const edges = [...rule.matchAll(/\+/g)].map(({ index }) => index);
  const columns = cellsOf(head, edges);
  if (columns === null || RULE.test(head)) return null;
  const rows: (string | null)[][] = [];
  let [end, count, torn] = [start + 1, null as number | null, false];
  for (let i = start + 2; i < lines.length; i += 1) {
    const line = text(i);
    if (line === null || (line.trim() === '' && edges.length > 0) || /^\s*--/.test(line)) break;
    const footer = COUNT.exec(line)?.[1];
    if (footer !== undefined) {
      [end, count] = [TIME.test(text(i + 1) ?? '') ? i + 1 : i, Number(footer)];
      break;
    }
    // Of one column an empty line is a row without a value, if more follow.
    if (line.trim() === '' && !lines.slice(i + 1, i + 2).some((next) => COUNT.test(next.text))) break;
    const cells = cellsOf(line, edges);
    torn ||= cells === null || cells.some((cell) => cell?.endsWith('+'));
    if (cells !== null) rows.push(cells);
    end = i;
  }
  return { columns: columns.map((column) => column ?? ''), rows, count, torn, from: lines[start]?.from ?? 0, to: lines[end]?.to ?? 0 };
}

/** `(0 rows)` alone. Behind a table it is a part of it. */
function countAt(line: Line | undefined, before: readonly PrintedAt[]): PrintedAt | null {
  const count = COUNT.exec(line?.text ?? '')?.[1];
  return count === undefined || !line || before.some(({ to }) => to >= line.to) ? null : { columns: [], rows: [], count: Number(count), torn: false, from: line.from, to: line.to };
}

function uncommented(line: string | undefined): string | null {
  return line === undefined ? null : (/^\s*--(?: (.*)|())$/.exec(line)?.slice(1).find((part) => part !== undefined) ?? null);
}

/** Cut where the rule below the heading has its edges; else, where somebody took blanks away, at the bars. Null where neither fits. */
function cellsOf(line: string, edges: readonly number[]): (string | null)[] | null {
  const parts = edges.every((edge) => line[edge] === '|') ? [...edges, Infinity].map((edge, i) => line.slice(i === 0 ? 0 : (edges[i - 1] ?? 0) + 1, edge)) : line.split('|');
  if (parts.length !== edges.length + 1) return null;
  return parts.map((part) => (part.trim() === '' ? null : part.trim()));
}
