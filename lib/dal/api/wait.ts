import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { planStamp } from '#lib/store/plan-stamp.ts';
import { endpoint, type ApiContext } from './endpoint.ts';
import { outcomeOf, planAnswer, type PlanAnswer } from './plan-answer.ts';
import { comeBack } from './problems.ts';
import { planPath, waited, waitQuestion } from './shapes.ts';

/** Requests that may wait at once in this process, and of them those of one token. None holds a connection while it waits. */
const MOST_WAITING = 100;
const MOST_OF_A_TOKEN = 5;
const LOOK_MS = 1_000;

// On globalThis, because the bundler may load this module more than once.
const shared = globalThis as typeof globalThis & { countersignWaiting?: Map<string, number> };

export const waitForPlanEndpoint = endpoint({
  method: 'GET', path: '/plans/{planId}/wait', name: 'waitForPlan', summary: 'Answers when the plan is approved, applied or finished, when a person must act first, or when the time is up.', scope: 'read',
  params: planPath, query: waitQuestion, body: null, answer: waited, status: 200,
  handle: (context, { params, query }) => inTurn(context.token.id, async () => {
    const until = performance.now() + query.timeout * 1_000;
    for (;;) {
      const stamp = await planStamp(context.db, params.planId);
      const plan = await planAnswer(context, params.planId);
      const outcome = outcomeOf(plan.state, query.for);
      if (outcome !== 'waiting' || !(await changed(context, plan, stamp, until))) return { outcome, plan };
    }
  }),
});

/** Looks once a second whether something happened to the plan; false when the time is up or the caller has gone. */
async function changed({ db, gone }: ApiContext, plan: PlanAnswer, stamp: string, until: number): Promise<boolean> {
  for (;;) {
    const left = until - performance.now();
    if (left <= 0 || gone.aborted) return false;
    await sleep(Math.min(LOOK_MS, left), undefined, { signal: gone }).catch(() => undefined);
    if ((await planStamp(db, plan.id)) !== stamp) return true;
  }
}

async function inTurn<T>(tokenId: string, wait: () => Promise<T>): Promise<T> {
  const waiting = (shared.countersignWaiting ??= new Map<string, number>());
  const mine = waiting.get(tokenId) ?? 0;
  if (mine >= MOST_OF_A_TOKEN) throw comeBack(5, `A token may have ${MOST_OF_A_TOKEN} requests waiting at once.`);
  if ([...waiting.values()].reduce((sum, count) => sum + count, 0) >= MOST_WAITING) throw comeBack(5, 'Too many requests are waiting here now. Come back in 5 seconds.');
  waiting.set(tokenId, mine + 1);
  try {
    return await wait();
  } finally {
    const left = (waiting.get(tokenId) ?? 1) - 1;
    if (left > 0) waiting.set(tokenId, left);
    else waiting.delete(tokenId);
  }
}
