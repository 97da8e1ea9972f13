'use client';
import { SqlFigure } from '#components/ui/sql-figure.tsx';
import { useStepSql } from './use-step-sql.ts';

/** What a step sends, forward or back; asked for when it is opened. */
export function StepSql({ planId, version, stepId, side }: { planId: string; version: number; stepId: string; side: 'sql' | 'undo' }) {
  const answer = useStepSql(planId, version, stepId);
  if (answer === 'failed') return <p className="text-sm text-red-ink">The SQL could not be loaded. Fold it and open it again.</p>;
  if (!answer) return <p className="text-sm text-ink-muted">Loading the SQL…</p>;
  return (
    <div className="grid gap-2">
      {answer[side].map(({ expected, ...text }) => (
        <div key={`${text.label} ${text.sql}`} className="min-w-0">
          <SqlFigure {...text} />
          {expected ? (
            <div className="mt-1 pl-4">
              <SqlFigure {...expected} />
            </div>
          ) : null}
        </div>
      ))}
    </div>
  );
}
