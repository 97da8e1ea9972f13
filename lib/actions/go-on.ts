'use server';

import { revalidatePath } from 'next/cache';
import type { ActionState } from '#lib/dal/dto.ts';
import * as commands from '#lib/dal/commands/go-on.ts';

/** Fields: planId, version, phaseId, reason. */
export async function goOn(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.goOn(form);
  revalidatePath('/', 'layout');
  return next;
}
