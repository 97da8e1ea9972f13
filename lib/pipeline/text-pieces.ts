// Two texts beside each other, line by line or word by word: for pages, for terminals and for tickets.
import { counted } from './words.ts';

/** One piece of an alignment: in both, only in the first, or only in the second. */
export interface Piece {
  side: 'both' | 'first' | 'second';
  text: string;
}

/** Above this product of lengths the middle is taken as wholly different: the table of the alignment would not fit. */
const MAX_CELLS = 4_000_000;

function both(text: string): Piece {
  return { side: 'both', text };
}

/** Longest common subsequence of two lists of texts, as pieces in order; what only the first has comes before what only the second has. */
export function alignTexts(first: readonly string[], second: readonly string[]): Piece[] {
  let start = 0;
  while (start < first.length && start < second.length && first[start] === second[start]) start += 1;
  let end = 0;
  while (end < first.length - start && end < second.length - start && first[first.length - 1 - end] === second[second.length - 1 - end]) end += 1;
  return [
    ...first.slice(0, start).map(both),
    ...alignMiddle(first.slice(start, first.length - end), second.slice(start, second.length - end)),
    ...first.slice(first.length - end).map(both),
  ];
}

function alignMiddle(first: readonly string[], second: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  const width = second.length + 1;
  const small = first.length * second.length <= MAX_CELLS;
  const lengths = small ? commonLengths(first, second) : null;
  const at = (i: number, j: number) => lengths?.[i * width + j] ?? 0;
  let i = 0;
  let j = 0;
  while (i < first.length || j < second.length) {
    const one = first[i];
    const other = second[j];
    if (lengths && one !== undefined && one === other) {
      pieces.push({ side: 'both', text: one });
      i += 1;
      j += 1;
    } else if (one !== undefined && (other === undefined || at(i + 1, j) >= at(i, j + 1))) {
      pieces.push({ side: 'first', text: one });
      i += 1;
    } else if (other !== undefined) {
      pieces.push({ side: 'second', text: other });
      j += 1;
    }
  }
  return pieces;
}

/** lengths[i, j] = longest common subsequence of first from i and second from j. */
function commonLengths(first: readonly string[], second: readonly string[]): Uint32Array {
  const width = second.length + 1;
  const lengths = new Uint32Array((first.length + 1) * width);
  for (let i = first.length - 1; i >= 0; i -= 1) {
    for (let j = second.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = first[i] === second[j] ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  return lengths;
}

/** Lines of a text, without an empty one at its end; however they end, which nobody would see (`lineEnds` says it). */
export function linesOf(text: string | null): string[] {
  return text ? text.replace(/\r?\n$/, '').split(/\r?\n/) : [];
}

/** How the lines of two texts end where that differs, `CR LF → LF`: what was edited on Windows differs in every line, and looks the same. Null where it does not. */
export function lineEnds(first: string | null, second: string | null): string | null {
  if (!first?.includes('\n') || !second?.includes('\n')) return null;
  const [one, other] = [endsOf(first), endsOf(second)];
  if (one !== other) return `${one} → ${other}`;
  return first !== second && linesOf(first).join('\n') === linesOf(second).join('\n') ? `${one}, in other places` : null;
}

function endsOf(text: string): string {
  const ends = new Set(text.match(/\r?\n/g));
  return [...(ends.has('\r\n') ? ['CR LF'] : []), ...(ends.has('\n') ? ['LF'] : [])].join(' and ');
}

/** Lines around a difference that stay visible. */
const CONTEXT = 3;

/** Differences with the lines around them; how many equal lines are left out before each block, and after the last one. */
export function foldEqual(lines: readonly Piece[]): { hidden: number; lines: Piece[] }[] {
  const keep = lines.map((_, at) => lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some((line) => line.side !== 'both'));
  const blocks: { hidden: number; lines: Piece[] }[] = [];
  let hidden = 0;
  lines.forEach((line, at) => {
    if (!keep[at]) {
      hidden += 1;
      return;
    }
    const last = blocks.at(-1);
    if (hidden > 0 || !last) blocks.push({ hidden, lines: [line] });
    else last.lines.push(line);
    hidden = 0;
  });
  if (hidden > 0) blocks.push({ hidden, lines: [] });
  return blocks;
}

/** `7 equal lines`, where they are left out. */
export function equalLines(count: number): string {
  return counted(count, 'equal line', 'equal lines');
}
