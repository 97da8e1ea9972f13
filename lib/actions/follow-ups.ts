'use server';

import { revalidatePath } from 'next/cache';
import type { ActionState } from '#lib/dal/dto.ts';
import * as commands from '#lib/dal/commands/follow-ups.ts';

/** Fields: planId, title, dueAt (ISO), owner (id of a person; may be empty). */
export async function addFollowUp(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.addFollowUp(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Fields: planId, key. */
export async function takeFollowUp(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.takeFollowUp(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Fields: planId, key, verdict (done, dropped), note. */
export async function endFollowUp(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.endFollowUp(form);
  revalidatePath('/', 'layout');
  return next;
}
