import { alignTexts } from '#lib/pipeline/text-pieces.ts';

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
