'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/log.ts';
import { renewed } from './renewed.ts';

/** Recomputes every hash of the log. No fields. */
export async function verifyChain(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.verifyChain(form));
}
