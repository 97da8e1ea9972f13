'use server';

import { revalidatePath } from 'next/cache';
import type { ActionState } from '#lib/dal/dto.ts';
import * as commands from '#lib/dal/commands/notifications.ts';

/** Fields: events (repeated): those that the viewer hears of by mail. */
export async function chooseNotifications(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.chooseNotifications(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Fields: name, url, form (json | slack | teams), events (repeated). The secret that signs comes back as `once`. */
export async function createWebhook(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.createWebhook(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Fields: webhookId, disabled (1 or 0). */
export async function disableWebhook(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.disableWebhook(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Fields: deliveryId. */
export async function redeliver(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.redeliver(form);
  revalidatePath('/', 'layout');
  return next;
}
