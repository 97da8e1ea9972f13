'use client';
import { SqlFigure, type HighlightedSql } from '#components/ui/sql-figure.tsx';
import { useAnswer } from './use-answer.ts';

/** The SQL of one of the questions that a phase asks after its last step; all of them are asked for when the first is opened. */
export function VerificationSql({ planId, version, phaseId, index }: { planId: string; version: number; phaseId: string; index: number }) {
  const question = new URLSearchParams({ version: String(version), phase: phaseId });
  const answer = useAnswer<readonly HighlightedSql[]>(`/api/plans/${planId}/verifications?${question.toString()}`);
  const text = answer === 'failed' ? undefined : answer?.[index];
  if (answer === null) return <p className="text-sm text-ink-muted">Loading the SQL…</p>;
  return text ? <SqlFigure {...text} /> : <p className="text-sm text-red-ink">The SQL could not be loaded. Fold it and open it again.</p>;
}
