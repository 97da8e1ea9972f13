'use server';

import { revalidatePath } from 'next/cache';
import type { ActionState } from '#lib/dal/dto.ts';
import * as commands from '#lib/dal/commands/rehearsals.ts';

/** Has the plan carried out and taken back on a clone. Fields: planId, version. */
export async function rehearsePlan(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.rehearsePlan(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Ends the plan's rehearsal that is under way. Fields: planId. */
export async function stopRehearsal(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.endRehearsal(form);
  revalidatePath('/', 'layout');
  return next;
}
