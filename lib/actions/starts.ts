'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/starts.ts';
import { renewed } from './renewed.ts';

/** Fields: planId, version, phaseId, digest (what was signed), startAt (ISO), reason (may be empty). */
export async function schedulePhase(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.schedulePhase(form));
}

/** Fields: startId, startAt (ISO). */
export async function moveStart(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.moveStart(form));
}

/** Fields: startId, reason (may be empty). */
export async function stopStart(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.stopStart(form));
}
