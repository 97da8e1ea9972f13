'use client';
import { useQuery } from '@tanstack/react-query';
import type { ColouredStep } from './coloured-steps.ts';

/** As many as the server answers at once (dal/load-step-sql.ts). */
const AT_ONCE = 50;

let waiting: { planId: string; version: number; stepId: string; done: (step: ColouredStep) => void; failed: (error: unknown) => void }[] = [];

/** The SQL of a step; null while it is on its way. A version never changes, so it is asked once. */
export function useStepSql(planId: string, version: number, stepId: string): ColouredStep | 'failed' | null {
  const { data, isError } = useQuery({ queryKey: ['step sql', planId, version, stepId], queryFn: () => askStep(planId, version, stepId), staleTime: Infinity, gcTime: Infinity, retry: false });
  return data ?? (isError ? 'failed' : null);
}

function askStep(planId: string, version: number, stepId: string): Promise<ColouredStep> {
  return new Promise((done, failed) => {
    if (waiting.length === 0) setTimeout(send, 0);
    waiting.push({ planId, version, stepId, done, failed });
  });
}

/** Everything that was opened in one go is asked in few questions. */
function send(): void {
  const all = waiting;
  waiting = [];
  for (const [key, group] of Map.groupBy(all, (one) => `${one.planId} ${one.version}`)) {
    const [planId = '', version = ''] = key.split(' ');
    for (let at = 0; at < group.length; at += AT_ONCE) void sendGroup(planId, version, group.slice(at, at + AT_ONCE));
  }
}

async function sendGroup(planId: string, version: string, group: typeof waiting): Promise<void> {
  try {
    const question = new URLSearchParams([['version', version], ...group.map(({ stepId }) => ['step', stepId])]);
    const response = await fetch(`/api/plans/${planId}/steps?${question.toString()}`);
    if (!response.ok) throw new Error(`steps: ${response.status}`);
    const steps = (await response.json()) as ColouredStep[];
    for (const { stepId, done, failed } of group) {
      const step = steps.find((one) => one.id === stepId);
      if (step) done(step);
      else failed(new Error(`steps: no ${stepId}`));
    }
  } catch (error) {
    for (const { failed } of group) failed(error);
  }
}
