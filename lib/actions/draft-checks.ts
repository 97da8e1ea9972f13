'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/draft-checks.ts';
import { renewed } from './renewed.ts';

/** Has a worker find out what the plan would make of its target. Fields: planId, version. */
export async function checkDraft(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.checkDraft(form));
}

/** Chooses what the plan is compared with, and has it checked. Fields: planId, version, side. */
export async function comparePlanWith(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.comparePlanWith(form));
}
