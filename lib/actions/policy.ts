'use server';

import { revalidatePath } from 'next/cache';
import type { ActionState } from '#lib/dal/dto.ts';
import * as commands from '#lib/dal/commands/policy.ts';

/** Fields: number (of the version that was seen), document (JSON of a PolicyDocument), reason. */
export async function changePolicy(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.changePolicy(form);
  revalidatePath('/', 'layout');
  return next;
}
