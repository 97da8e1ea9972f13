'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/compare.ts';
import { renewed } from './renewed.ts';

/** Reads both databases anew. Fields: current, desired (declared names). */
export async function readAgain(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.readAgain(form));
}

/** Records one answer to differences. Fields: current, desired, deltaId (repeated), verdict (not_needed | later | keep), reason. */
export async function decideDelta(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.decideDelta(form));
}

/** Records whether two differences are one object under two names. Fields: current, desired, renameId, verdict (renamed | not_renamed), reason. */
export async function decideRename(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.decideRename(form));
}

/** Takes an answer back. Fields: decisionId. */
export async function withdrawDecision(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.withdrawDecision(form));
}
