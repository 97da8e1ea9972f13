'use server';

import { revalidatePath } from 'next/cache';
import type { ActionState } from '#lib/dal/dto.ts';
import * as commands from '#lib/dal/commands/tokens.ts';

/** Fields: name, scope (read | plan:write), days (7 | 30 | 90 | 365). The token itself comes back as `once`. */
export async function createToken(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.createToken(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Fields: tokenId. */
export async function revokeToken(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.revokeToken(form);
  revalidatePath('/', 'layout');
  return next;
}
