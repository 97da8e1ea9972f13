import { alignTexts, equalLines, foldEqual, lineEnds, linesOf } from '#lib/pipeline/text-pieces.ts';
import { Marked } from './marked.tsx';

/**
 * A definition of several lines in the column of its side: its lines stay lines, and where the other side differs only those that do are shown, with the lines around
 * them. `other`: the other side's text, or null when there is nothing to compare with.
 */
export function LongText({ label, text, other, side }: { label: string; text: string; other: string | null; side: 'first' | 'second' }) {
  const [first, second] = side === 'first' ? [text, other] : [other, text];
  const blocks = other === null ? [{ hidden: 0, lines: linesOf(text).map((line) => ({ side, text: line })) }] : foldEqual(alignTexts(linesOf(first), linesOf(second)));
  const ends = other === null ? null : lineEnds(first, second);
  return (
    <span className="block text-xs leading-5 whitespace-pre-wrap wrap-anywhere">
      <span className="block font-sans text-ink-muted">{ends === null ? label : `${label}its lines end in ${ends}`}</span>
      {blocks.map((block, index) => {
        const linesOn = (wanted: 'first' | 'second') => block.lines.filter((line) => line.side === 'both' || line.side === wanted).map((line) => line.text).join('\n');
        const [own, twin] = side === 'first' ? [linesOn('first'), linesOn('second')] : [linesOn('second'), linesOn('first')];
        return (
          // Parts of a text have no identity but their place.
          // oxlint-disable-next-line react/no-array-index-key
          <span key={index} className="block">
            {block.hidden > 0 ? <span className="block font-sans text-ink-muted">{equalLines(block.hidden)}</span> : null}
            {other === null ? own : <Marked own={own} other={twin} />}
          </span>
        );
      })}
    </span>
  );
}
