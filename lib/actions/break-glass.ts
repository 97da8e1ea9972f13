'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/break-glass.ts';
import { renewed } from './renewed.ts';

/** Fields: planId, version, phaseId, digest, reason. */
export async function breakGlass(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.breakGlass(form));
}

/** Fields: glassId, verdict (countersigned, rejected), comment (of a rejection). */
export async function answerGlass(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.answerGlass(form));
}
