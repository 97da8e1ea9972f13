import { sha256 } from './digest.ts';
import type { AssertionResult } from './run.ts';

/** How much of an answer is kept in the record of a run. */
export const ANSWER_ROWS_MOST = 20;
const ANSWER_BYTES_MOST = 10_000;
const CELL_MOST = 200;
/** Wider cells are not padded: one long text would push every other row off the page. */
const PAD_MOST = 40;

/**
 * An answer that a person reads, as plain text: a single value as it is, else one line for each row under the names of the columns.
 * @param rows the first rows, values as text (null: NULL); of them at most ANSWER_ROWS_MOST are shown.
 * @param total how many rows the whole answer has.
 * @returns at most about 10 kB, and what was left out is said in its last line.
 */
export function answerText(columns: readonly string[], rows: readonly (readonly (string | null)[])[], total: number): string {
  const first = rows[0];
  if (!first) return 'no row';
  if (total === 1 && first.length === 1) return cut(first[0] ?? 'null', ANSWER_BYTES_MOST);
  const shown = [columns, ...rows.slice(0, ANSWER_ROWS_MOST).map((row) => row.map((value) => value ?? 'null'))].map((row) => row.map((cell) => cut(cell.replaceAll(/\s+/g, ' '), CELL_MOST)));
  const widths = columns.map((_, at) => Math.min(PAD_MOST, Math.max(...shown.map((row) => row[at]?.length ?? 0))));
  const lines = shown.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ').trimEnd());
  const kept = within(lines, ANSWER_BYTES_MOST);
  const left = total - (kept.length - 1);
  return [...kept, ...(left > 0 ? [`… and ${left} more ${left === 1 ? 'row' : 'rows'} of ${total}`] : [])].join('\n');
}

/** The names of the columns always stay. */
function within(lines: readonly string[], bytes: number): string[] {
  let used = 0;
  return lines.filter((line, at) => {
    used += Buffer.byteLength(line, 'utf8') + 1;
    return at === 0 || used <= bytes;
  });
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}

/**
 * Results for the log, which is kept for ever and given to auditors: of an answer that was only noted it names the digest. The rows themselves, which may
 * be of the application's customers, stand in the run and in the target's ledger.
 */
export function forLog(results: readonly AssertionResult[]): AssertionResult[] {
  return results.map((result) => (result.noted ? { ...result, actual: `sha256 ${sha256(result.actual)}` } : result));
}
