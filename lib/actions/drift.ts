'use server';

import { revalidatePath } from 'next/cache';
import type { ActionState } from '#lib/dal/dto.ts';
import * as commands from '#lib/dal/commands/drift.ts';

/** Says that a change outside every plan is known. Fields: driftId, reason. */
export async function answerDrift(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.answerDrift(form);
  revalidatePath('/', 'layout');
  return next;
}
