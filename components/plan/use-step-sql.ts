'use client';
import { useEffect, useState } from 'react';
import type { ColouredStep } from './coloured-steps.ts';

/** As many as the server answers at once (dal/load-step-sql.ts). */
const AT_ONCE = 50;

/** Answers by plan, version and step. A version never changes, so they hold as long as the page is open. */
const answers = new Map<string, Promise<ColouredStep>>();
let waiting: { planId: string; version: number; stepId: string; done: (step: ColouredStep) => void; failed: (error: unknown) => void }[] = [];

/** The SQL of a step; null while it is on its way. */
export function useStepSql(planId: string, version: number, stepId: string): ColouredStep | 'failed' | null {
  const key = `${planId} ${version} ${stepId}`;
  const [state, setState] = useState<{ key: string; answer: ColouredStep | 'failed' } | null>(null);
  useEffect(() => {
    let gone = false;
    const tell = (answer: ColouredStep | 'failed'): void => {
      if (!gone) setState({ key, answer });
    };
    askStep(planId, version, stepId).then(tell, () => tell('failed'));
    return () => {
      gone = true;
    };
  }, [key, planId, version, stepId]);
  return state?.key === key ? state.answer : null;
}

function askStep(planId: string, version: number, stepId: string): Promise<ColouredStep> {
  const key = `${planId} ${version} ${stepId}`;
  const known = answers.get(key);
  if (known) return known;
  const asked = new Promise<ColouredStep>((done, failed) => {
    if (waiting.length === 0) setTimeout(send, 0);
    waiting.push({ planId, version, stepId, done, failed });
  });
  answers.set(key, asked);
  asked.catch(() => answers.delete(key));
  return asked;
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
