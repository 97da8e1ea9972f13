import 'server-only';
import { EVENT_WORDS, NOTICE_EVENTS } from '#lib/pipeline/notice.ts';
import { mailOf } from '#lib/store/notices.ts';
import { listDeliveries, listWebhooks } from '#lib/store/webhooks.ts';
import { NO_WEBHOOK_KEY } from './commands/notifications.ts';
import { configuration } from './control.ts';
import type { NotificationsDto } from './dto/notifications.ts';
import { load } from './gate.ts';

const DELIVERIES = 50;

/** What the viewer hears of; for admins webhooks and deliveries too. */
export const loadNotifications = load(async ({ db, person }): Promise<NotificationsDto> => {
  const admin = person.roles.includes('admin');
  const webhooks = admin ? await listWebhooks(db) : null;
  const deliveries = admin ? await listDeliveries(db, DELIVERIES) : [];
  return {
    address: person.email,
    choices: (await mailOf(db, person)).map(({ event, mail }) => ({ event, mail, name: EVENT_WORDS[event].name })),
    webhooks: webhooks?.map(({ id, name, host, form, events, by, disabledAt }) => ({ id, name, host, form, by, events: NOTICE_EVENTS.filter((event) => events.includes(event)).map((event) => EVENT_WORDS[event].name), disabledAt: disabledAt?.toISOString() ?? null })) ?? null,
    deliveries: deliveries.map((one) => ({ id: one.id, event: EVENT_WORDS[one.event].name, to: one.to, byMail: one.byMail, plan: one.plan, state: one.state, at: one.createdAt.toISOString(), attempts: one.attempts.map(({ at, ...attempt }) => ({ ...attempt, at: at.toISOString() })) })),
    noWebhooks: configuration().webhookKey === null ? NO_WEBHOOK_KEY : null,
  };
});
