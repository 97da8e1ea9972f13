import { classes } from './classes.ts';
import { alignTexts } from './text-diff.ts';
import type { Piece } from './text-diff.ts';

/** Lines around a difference that stay visible. */
const CONTEXT = 3;
const SIGNS: Record<Piece['side'], string> = { both: ' ', first: '−', second: '+' };

/** Two texts as one: − only in the first, + only in the second. Long equal stretches become a counted line, unless all is asked for. */
export function TextDiff({ first, second, all = false }: { first: string | null; second: string | null; all?: boolean }) {
  const lines = alignTexts(toLines(first), toLines(second));
  const blocks = all ? [{ hidden: 0, lines }] : foldEqual(lines);
  return (
    // Focusable, because a region that scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre tabIndex={0} className="overflow-x-auto rounded-md border border-line bg-sunken py-2 font-mono text-xs leading-5">
      {blocks.map((block, index) => (
        // Lines of a text have no identity but their place.
        // oxlint-disable-next-line react/no-array-index-key
        <span key={index}>
          {block.hidden > 0 ? <span className="block px-3 text-ink-muted">{`  ${block.hidden} equal lines`}</span> : null}
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

function toLines(text: string | null): string[] {
  return text ? text.replace(/\n$/, '').split('\n') : [];
}

function foldEqual(lines: readonly Piece[]): { hidden: number; lines: Piece[] }[] {
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
