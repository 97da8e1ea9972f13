'use server';

import { revalidatePath } from 'next/cache';
import type { ActionState } from '#lib/dal/dto.ts';
import * as commands from '#lib/dal/commands/threads.ts';

/** Fields: planId, version, body, and phaseId and stepId, or replyTo, or changeRequestId. */
export async function comment(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.comment(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Fields: planId, threadId. */
export async function settleThread(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.settleThread(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Fields: planId, threadId. */
export async function reopenThread(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.reopenThread(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Fields: planId, version, at. Changes nothing that a page shows now. */
export async function lookAtPlan(form: FormData): Promise<void> {
  await commands.lookAtPlan(form);
}
