import { setTimeout as sleep } from 'node:timers/promises';
import type { NotifyEnv } from '#lib/env.ts';
import { logSurprise } from '#lib/log.ts';
import { followUpsOf, isDue } from '#lib/pipeline/follow-ups.ts';
import { planStanding } from '#lib/pipeline/standing.ts';
import type { ControlTrx } from '#lib/store/db.ts';
import { keptFollowUps } from '#lib/store/follow-ups.ts';
import { mailReaders, markSpread, noticesToSpread, type NoticeToSpread, tellDue, tellFollowUpDue } from '#lib/store/notices.ts';
import { listPlans } from '#lib/store/plans.ts';
import { teamDemands } from '#lib/store/policy.ts';
import { queueDelivery } from '#lib/store/queue.ts';
import { listRuns, summariesOf } from '#lib/store/runs.ts';
import { insertDelivery, listWebhooks } from '#lib/store/webhooks.ts';
import { isControlAway } from '../control.ts';
import { noticeNearStarts, noticeTurns, type TurnTerms } from './turns.ts';

export interface NotifyTerms extends TurnTerms {
  notify: NotifyEnv;
  /** Before the first of the tries that follow a delivery that failed; each later one waits about twice as long. Left out: as the queue says. */
  retrySeconds?: number;
  /** How long a plan must not have been saved before its new versions are told, as one; left out: two minutes. */
  quietSeconds?: number;
}

const LOOK_MS = 1_000;
const DUE_MS = 60_000;
const AT_ONCE = 50;
const QUIET_SECONDS = 120;

/** Makes deliveries of what was noticed, and notices what became due, until the signal fires. */
export async function spreadUntil(terms: NotifyTerms, stop: AbortSignal): Promise<void> {
  let lookForDueAt = 0;
  while (!stop.aborted) {
    try {
      if (performance.now() >= lookForDueAt) {
        await noticeDue(terms);
        lookForDueAt = performance.now() + DUE_MS;
      }
      const told = await spread(terms);
      // Whatever was done may have made it somebody's turn.
      if (told > 0) lookForDueAt = 0;
      if (told === AT_ONCE) continue;
    } catch (error) {
      if (!isControlAway(error)) logSurprise(error, 'spreading notices');
    }
    await sleep(LOOK_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

/** Notice, deliveries and their place in the queue in one transaction: a worker that dies in between leaves the notice for the next. Returns how many. */
export async function spread(terms: NotifyTerms): Promise<number> {
  return terms.db.transaction().execute(async (trx) => {
    const notices = await noticesToSpread(trx, AT_ONCE, terms.quietSeconds ?? QUIET_SECONDS);
    for (const notice of notices) {
      await deliveriesOf(terms, trx, notice);
      await markSpread(trx, notice.id);
    }
    return notices.length;
  });
}

async function deliveriesOf({ db, notify, retrySeconds }: NotifyTerms, trx: ControlTrx, notice: NoticeToSpread): Promise<void> {
  const webhooks = (await listWebhooks(trx)).filter((webhook) => webhook.disabledAt === null && webhook.events.includes(notice.event));
  const readers = notify.smtpUrl === null ? [] : await mailReaders(trx, notice);
  for (const place of [...webhooks.map(({ id }) => ({ webhookId: id })), ...readers.map((personId) => ({ personId }))]) {
    const deliveryId = await insertDelivery(trx, { noticeId: notice.id, ...place });
    if (deliveryId !== null) await queueDelivery(db, trx, deliveryId, retrySeconds);
  }
}

/** What has become due after a plan: phases that waited for their hour, and what people are to do. Of what was dropped nobody hears. And what waits for an operator now. */
export async function noticeDue(terms: TurnTerms): Promise<void> {
  const { db } = terms;
  const now = new Date();
  const demands = await teamDemands(db);
  for (const { plan } of await listPlans(db)) {
    const runs = await listRuns(db, { planId: plan.id });
    const standings = planStanding(plan.phases, await summariesOf(db, runs));
    for (const one of followUpsOf(plan, standings, await keptFollowUps(db, plan.id))) {
      if (!isDue(one, now) || one.dueAt === null) continue;
      if (one.phaseId === null) await tellFollowUpDue(db, plan.id, { ...one, dueAt: one.dueAt });
      else await tellDue(db, plan.id, one.phaseId, one.dueAt);
    }
    await noticeTurns(terms, { plan, standings, runs }, demands, now);
  }
  await noticeNearStarts(terms, now);
}
