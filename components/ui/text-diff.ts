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

/** Words, spaces and signs of a definition, so that `text` against `uuid` marks one word and not the line. */
export function wordsOf(text: string): string[] {
  return text.match(/"(?:[^"]|"")*"|[\p{L}\p{N}_]+|\s+|./gu) ?? [];
}

/** The text of one side with what the other side does not have marked; neighbours joined. */
export function markWords(own: string, other: string): { text: string; marked: boolean }[] {
  const parts: { text: string; marked: boolean }[] = [];
  for (const piece of alignTexts(wordsOf(own), wordsOf(other))) {
    if (piece.side === 'second') continue;
    const marked = piece.side === 'first' && piece.text.trim() !== '';
    const last = parts.at(-1);
    if (last && (last.marked === marked || piece.text.trim() === '')) last.text += piece.text;
    else parts.push({ text: piece.text, marked });
  }
  return parts;
}
