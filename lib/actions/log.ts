'use server';

import { revalidatePath } from 'next/cache';
import type { ActionState } from '#lib/dal/dto.ts';
import * as commands from '#lib/dal/commands/log.ts';

/** Recomputes every hash of the log. No fields. */
export async function verifyChain(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.verifyChain(form);
  revalidatePath('/', 'layout');
  return next;
}
