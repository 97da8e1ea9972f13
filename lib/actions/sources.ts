'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/sources.ts';
import { renewed } from './renewed.ts';

/** Adds an SQL text to compare with. Fields: name, text, other (name of the other side), as (current | desired). */
export async function addSource(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.addSource(form));
}

/** Takes an SQL text off the lists. Fields: name, reason. */
export async function archiveSource(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.archiveSource(form));
}
