'use server';

import { revalidatePath } from 'next/cache';
import type { ActionState } from '#lib/dal/dto.ts';
import * as commands from '#lib/dal/commands/starts.ts';

/** Fields: planId, version, phaseId, digest (what was signed), startAt (ISO), reason (may be empty). */
export async function schedulePhase(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.schedulePhase(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Fields: startId, startAt (ISO). */
export async function moveStart(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.moveStart(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Fields: startId, reason (may be empty). */
export async function stopStart(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.stopStart(form);
  revalidatePath('/', 'layout');
  return next;
}
