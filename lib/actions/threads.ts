'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/threads.ts';
import { renewed } from './renewed.ts';

/** Fields: planId, version, body, and phaseId and stepId, or replyTo, or changeRequestId. */
export async function comment(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.comment(form));
}

/** Fields: planId, threadId. */
export async function settleThread(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.settleThread(form));
}

/** Fields: planId, threadId. */
export async function reopenThread(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.reopenThread(form));
}

/** Fields: planId, version, at. Changes nothing that a page shows now. */
export async function lookAtPlan(form: FormData): Promise<void> {
  await commands.lookAtPlan(form);
}
