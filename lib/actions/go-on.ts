'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/go-on.ts';
import { renewed } from './renewed.ts';

/** Fields: planId, version, phaseId, reason. */
export async function goOn(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.goOn(form));
}
