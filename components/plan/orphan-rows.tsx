'use client';
import type { OrphanRowsDto } from '#lib/dal/dto/plan.ts';
import { RowsTable } from './rows-table.tsx';
import { useAnswer } from './use-answer.ts';

/** Which rows are meant: those of one table, foreign key and depth, as they were measured at that moment. */
export interface OrphanPlace {
  planId: string;
  phaseId: string;
  measuredAt: string;
  /** `schema.name`: the foreign keys of two tables may have one name. */
  table: string;
  foreignKey: string;
  depth: number;
}

/** The first rows, or every key, of rows without a parent; asked for when they are opened, because there may be ten thousand. */
export function OrphanRows({ place, show, label }: { place: OrphanPlace; show: 'rows' | 'keys'; label: string }) {
  const { planId, phaseId, measuredAt, table, foreignKey, depth } = place;
  const question = new URLSearchParams({ phase: phaseId, measured: measuredAt, table, key: foreignKey, depth: String(depth) });
  const answer = useAnswer<OrphanRowsDto>(`/api/plans/${planId}/orphans?${question.toString()}`);
  if (answer === 'failed') return <p className="text-sm text-red-ink">The rows could not be loaded. They may have been measured again: load the page again.</p>;
  if (!answer) return <p className="text-sm text-ink-muted">Loading the rows…</p>;
  if (show === 'rows') return <RowsTable label={label} rows={answer.firstRows} />;
  return (
    // Focusable, because a region that scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section aria-label={label} tabIndex={0} className="max-h-60 overflow-y-auto border-l-2 border-line pl-3">
      <ul className="font-mono text-xs">
        {answer.keys.map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
    </section>
  );
}
