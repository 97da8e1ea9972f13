'use server';

import { revalidatePath } from 'next/cache';
import type { ActionState } from '#lib/dal/dto.ts';
import * as commands from '#lib/dal/commands/counts.ts';

/** Has a worker measure a phase without a budget. Fields: planId, version, phaseId. */
export async function countExactly(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.countExactly(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Fields: countId. */
export async function stopCount(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.stopCount(form);
  revalidatePath('/', 'layout');
  return next;
}
