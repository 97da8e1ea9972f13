'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/rehearsals.ts';
import { renewed } from './renewed.ts';

/** Has the plan carried out and taken back on a clone. Fields: planId, version. */
export async function rehearsePlan(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.rehearsePlan(form));
}

/** Ends the plan's rehearsal that is under way. Fields: planId. */
export async function stopRehearsal(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.endRehearsal(form));
}
