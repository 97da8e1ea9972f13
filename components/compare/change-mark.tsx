import { classes } from '#components/ui/classes.ts';
import type { ListChange } from '#lib/pipeline/compare-list.ts';

const SIGNS: Record<ListChange, string> = { add: '+', remove: '−', change: '≠', identical: '=' };

/** + only in desired, − only in current, ≠ different, = identical. Blue while it waits for an answer. */
export function ChangeMark({ change, open, word }: { change: ListChange; open: boolean; word: string }) {
  return (
    <span title={word} className={classes('inline-grid size-5 shrink-0 place-items-center rounded font-mono text-xs font-bold', open ? 'bg-blue-tint text-blue-ink' : 'bg-grey-tint text-grey-ink')}>
      <span aria-hidden="true">{SIGNS[change]}</span>
      <span className="sr-only">{word}</span>
    </span>
  );
}
