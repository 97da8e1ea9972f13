import { alignTexts, equalLines, foldEqual, lineEnds, linesOf, type Piece } from '#lib/pipeline/text-pieces.ts';
import { classes } from './classes.ts';

const SIGNS: Record<Piece['side'], string> = { both: ' ', first: '−', second: '+' };

/** Two texts as one: − only in the first, + only in the second. Long equal stretches become a counted line, unless all is asked for. */
export function TextDiff({ first, second, all = false }: { first: string | null; second: string | null; all?: boolean }) {
  const lines = alignTexts(linesOf(first), linesOf(second));
  const ends = lineEnds(first, second);
  const blocks = all ? [{ hidden: 0, lines }] : foldEqual(lines);
  return (
    // Focusable, because a region that scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre tabIndex={0} className="overflow-x-auto rounded-md border border-line bg-sunken py-2 font-mono text-xs leading-5">
      {ends === null ? null : <span className="block px-3 text-ink-muted">{`  lines end in ${ends}`}</span>}
      {blocks.map((block, index) => (
        // Lines of a text have no identity but their place.
        // oxlint-disable-next-line react/no-array-index-key
        <span key={index}>
          {block.hidden > 0 ? <span className="block px-3 text-ink-muted">{`  ${equalLines(block.hidden)}`}</span> : null}
          {block.lines.map((line, number) => (
            // oxlint-disable-next-line react/no-array-index-key
            <span key={number} className={classes('block w-max min-w-full px-3', line.side === 'first' && 'bg-grey-tint text-ink-muted', line.side === 'second' && 'bg-blue-tint font-medium')}>
              {SIGNS[line.side]} {line.text}
            </span>
          ))}
        </span>
      ))}
    </pre>
  );
}
