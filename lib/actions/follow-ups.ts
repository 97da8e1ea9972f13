'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/follow-ups.ts';
import { renewed } from './renewed.ts';

/** Fields: planId, title, dueAt (ISO), owner (id of a person; may be empty). */
export async function addFollowUp(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.addFollowUp(form));
}

/** Fields: planId, key. */
export async function takeFollowUp(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.takeFollowUp(form));
}

/** Fields: planId, key, verdict (done, dropped), note. */
export async function endFollowUp(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.endFollowUp(form));
}
