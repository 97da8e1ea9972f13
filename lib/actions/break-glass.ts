'use server';

import { revalidatePath } from 'next/cache';
import type { ActionState } from '#lib/dal/dto.ts';
import * as commands from '#lib/dal/commands/break-glass.ts';

/** Fields: planId, version, phaseId, digest, reason. */
export async function breakGlass(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.breakGlass(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Fields: glassId, verdict (countersigned, rejected), comment (of a rejection). */
export async function answerGlass(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.answerGlass(form);
  revalidatePath('/', 'layout');
  return next;
}
