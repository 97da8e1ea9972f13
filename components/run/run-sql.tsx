'use client';
import { useQuery } from '@tanstack/react-query';
import { askStep } from '#components/plan/ask-step.ts';
import { SqlFigure, type HighlightedSql } from '#components/ui/sql-figure.tsx';
import type { RunDto } from '#lib/dal/dto/run.ts';

export interface ColouredRunStep {
  id: string;
  texts: readonly HighlightedSql[];
}

/** What a step of the run sends. The page has the text, so that it can be read when nothing answers; only its colours are asked for. */
export function RunSql({ runId, step }: { runId: string; step: RunDto['steps'][number] }) {
  const { data } = useQuery({ queryKey: ['run sql', runId, step.id], queryFn: () => askStep<ColouredRunStep>(`/api/runs/${runId}/steps`, step.id), staleTime: Infinity, gcTime: Infinity, retry: false });
  return (
    <div className="grid gap-2">
      {(data?.texts ?? step.sql).map((text) => (
        <SqlFigure key={`${text.label ?? ''} ${text.sql}`} {...text} />
      ))}
    </div>
  );
}
