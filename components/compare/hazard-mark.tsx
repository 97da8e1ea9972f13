import { classes } from '#components/ui/classes.ts';
import type { ListHazard } from '#lib/pipeline/compare-list.ts';
import { HAZARD_WORDS } from './words.ts';

const SIGNS: Record<ListHazard, string> = { loses: '▲', changes: '≠', rewrites: '↻', stops: '◇', refused: '⊘' };

/** What the change of an object costs: ▲ loses data, ≠ changes values, ↻ rewrites a table, ◇ may stop at a row that is there, ⊘ has no script. Red is what cannot be had back, or not at all. */
export function HazardMark({ hazard }: { hazard: ListHazard }) {
  return (
    <span title={HAZARD_WORDS[hazard]} className={classes('shrink-0 text-xs', hazard === 'rewrites' || hazard === 'stops' ? 'text-ink-muted' : 'text-red-ink')}>
      <span aria-hidden="true">{SIGNS[hazard]}</span>
      <span className="sr-only">{HAZARD_WORDS[hazard]}</span>
    </span>
  );
}
