'use client';
import { useQuery } from '@tanstack/react-query';
import { askStep } from './ask-step.ts';
import type { ColouredStep } from './coloured-steps.ts';

/** The SQL of a step; null while it is on its way. A version never changes, so it is asked once. */
export function useStepSql(planId: string, version: number, stepId: string): ColouredStep | 'failed' | null {
  const { data, isError } = useQuery({ queryKey: ['step sql', planId, version, stepId], queryFn: () => askStep<ColouredStep>(`/api/plans/${planId}/steps?version=${version}`, stepId), staleTime: Infinity, gcTime: Infinity, retry: false });
  return data ?? (isError ? 'failed' : null);
}
