'use server';

import { revalidatePath } from 'next/cache';
import type { ActionState } from '#lib/dal/dto.ts';
import * as commands from '#lib/dal/commands/compare.ts';

/** Reads both databases anew. Fields: current, desired (declared names). */
export async function readAgain(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.readAgain(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Records one answer to differences. Fields: current, desired, deltaId (repeated), verdict (not_needed | later | keep), reason. */
export async function decideDelta(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.decideDelta(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Records whether two differences are one object under two names. Fields: current, desired, renameId, verdict (renamed | not_renamed), reason. */
export async function decideRename(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.decideRename(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Takes an answer back. Fields: decisionId. */
export async function withdrawDecision(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.withdrawDecision(form);
  revalidatePath('/', 'layout');
  return next;
}
