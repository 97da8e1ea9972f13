'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/notifications.ts';
import { renewed } from './renewed.ts';

/** Fields: events (repeated): those that the viewer hears of by mail. */
export async function chooseNotifications(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.chooseNotifications(form));
}

/** Fields: name, url, form (json | slack | teams), events (repeated). The secret that signs comes back as `once`. */
export async function createWebhook(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.createWebhook(form));
}

/** Fields: webhookId, disabled (1 or 0). */
export async function disableWebhook(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.disableWebhook(form));
}

/** Fields: deliveryId. */
export async function redeliver(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.redeliver(form));
}
