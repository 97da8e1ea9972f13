'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/tokens.ts';
import { renewed } from './renewed.ts';

/** Fields: name, scope (read | plan:write), days (7 | 30 | 90 | 365). The token itself comes back as `once`. */
export async function createToken(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.createToken(form));
}

/** Fields: tokenId. */
export async function revokeToken(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.revokeToken(form));
}
