'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/counts.ts';
import { renewed } from './renewed.ts';

/** Has a worker measure a phase without a budget. Fields: planId, version, phaseId. */
export async function countExactly(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.countExactly(form));
}

/** Fields: countId. */
export async function stopCount(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.stopCount(form));
}
