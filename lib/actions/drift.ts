'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/drift.ts';
import { renewed } from './renewed.ts';

/** Says that a change outside every plan is known. Fields: driftId, reason. */
export async function answerDrift(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.answerDrift(form));
}
