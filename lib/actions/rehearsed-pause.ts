'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/rehearsed-pause.ts';
import { renewed } from './renewed.ts';

/** Fields: planId, version, phaseId. */
export async function planByRehearsal(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.planByRehearsal(form));
}
