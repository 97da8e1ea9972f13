import 'server-only';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { EVENT_WORDS, NOTICE_EVENTS, WEBHOOK_FORMS } from '#lib/pipeline/notice.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { chooseMail, mailChoices } from '#lib/store/notices.ts';
import { queueDelivery } from '#lib/store/queue.ts';
import { findDelivery, findWebhook, insertWebhook, setDeliveryState, setWebhookDisabled } from '#lib/store/webhooks.ts';
import { sealed, webhookSecret } from '#lib/webhook-key.ts';
import { configuration } from '../control.ts';
import { id, listOf } from '../forms.ts';
import { command } from '../gate.ts';
import type { CommandSpec } from '../perform.ts';

const events = listOf(z.enum(NOTICE_EVENTS, { error: 'There is no such event.' }));
const webhookInput = z.object({
  name: z.string({ error: 'Give the webhook a name.' }).trim().min(1, 'Give the webhook a name.').max(100, 'The name may have at most 100 characters.'),
  url: z.string({ error: 'Give the address.' }).trim().max(2_000, 'The address is too long.').refine((text) => /^https?:\/\/[^/\s]+/.test(text) && URL.canParse(text), 'The address must begin with https:// (or http:// inside a private network).').refine((text) => !URL.canParse(text) || new URL(text).username === '', 'The address must not carry a name and a password.'),
  form: z.enum(WEBHOOK_FORMS, { error: 'Choose the form of the message.' }),
  events: events.refine((list) => list.length > 0, 'Choose at least one event.'),
});
const disableInput = z.object({ webhookId: id('the webhook'), disabled: z.enum(['0', '1'], { error: 'The form lacks what to do. Load the page again.' }) });
const redeliverInput = z.object({ deliveryId: id('the delivery') });
const mailInput = z.object({ events });

/** Said by the page before, and by the command after. */
export const NO_WEBHOOK_KEY = 'Webhooks need COUNTERSIGN_WEBHOOK_KEY in the environment of web and worker: their addresses are sealed with it.';

export const createWebhookSpec: CommandSpec<z.infer<typeof webhookInput>, void> = {
  action: 'create webhook',
  roles: ['admin'],
  schema: webhookInput,
  run: async (trx, { person }, input) => {
    const { webhookKey } = configuration();
    if (webhookKey === null) throw new Refused('invalid_input', NO_WEBHOOK_KEY);
    const webhookId = randomUUID();
    const { host } = new URL(input.url);
    await insertWebhook(trx, { id: webhookId, name: input.name, urlSealed: sealed(webhookKey, webhookId, input.url), host, form: input.form, events: input.events, by: person.id });
    // The address stays out of the log: Slack's and Teams' are secrets.
    return { sentence: `Notices go to “${input.name}” from now on.`, once: webhookSecret(webhookKey, webhookId), detail: { webhookId, name: input.name, host, form: input.form, events: input.events } };
  },
};

export const disableWebhookSpec: CommandSpec<z.infer<typeof disableInput>, void> = {
  action: 'disable webhook',
  roles: ['admin'],
  schema: disableInput,
  run: async (trx, _context, input) => {
    const webhook = await findWebhook(trx, input.webhookId);
    if (!webhook) throw new Refused('not_found', 'There is no such webhook.');
    const disabled = input.disabled === '1';
    await setWebhookDisabled(trx, webhook.id, disabled);
    return { sentence: disabled ? `Nothing goes to “${webhook.name}” any more.` : `Notices go to “${webhook.name}” again.`, detail: { webhookId: webhook.id, name: webhook.name, disabled } };
  },
};

export const redeliverSpec: CommandSpec<z.infer<typeof redeliverInput>, void> = {
  action: 'deliver again',
  roles: ['admin'],
  schema: redeliverInput,
  run: async (trx, { db }, input) => {
    const delivery = await findDelivery(trx, input.deliveryId);
    if (!delivery) throw new Refused('not_found', 'There is no such delivery.');
    await setDeliveryState(trx, delivery.id, 'waiting');
    await queueDelivery(db, trx, delivery.id);
    return { sentence: 'It is sent again.', detail: { deliveryId: delivery.id, noticeId: delivery.noticeId } };
  },
};

/** Fields: every event that the person wants to hear of. What is left out, they do not. */
export const chooseMailSpec: CommandSpec<z.infer<typeof mailInput>, void> = {
  action: 'choose notifications',
  roles: ['viewer', 'author', 'approver', 'operator', 'admin'],
  schema: mailInput,
  run: async (trx, { person }, input) => {
    const before = await mailChoices(trx, person.id);
    for (const event of NOTICE_EVENTS) await chooseMail(trx, person.id, event, input.events.includes(event));
    const names = input.events.map((event) => EVENT_WORDS[event].name);
    return { sentence: names.length === 0 ? 'You get no mail any more.' : `You get mail for ${names.length} of ${NOTICE_EVENTS.length} events.`, detail: { before: Object.fromEntries(before), after: input.events } };
  },
};

export const createWebhook = command(createWebhookSpec);
export const disableWebhook = command(disableWebhookSpec);
export const redeliver = command(redeliverSpec);
export const chooseNotifications = command(chooseMailSpec);
