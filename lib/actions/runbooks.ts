'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/runbooks.ts';
import { renewed } from './renewed.ts';

/** Reads a runbook into a plan and measures it. Fields: target, desired (empty: none), name, textName, text, windowHours. Goes to the plan. */
export async function importRunbook(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.importRunbook(form));
}

/** Reads a passage that was left out into the plan. Fields: planId, version, line. Goes to the phase that came. */
export async function takePassage(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.takePassage(form));
}

/** Puts the safer form of a finding in the place of what was written. Fields: planId, version, findingId. */
export async function applySaferForm(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.useSaferForm(form));
}

/** Lets a finding stand. Fields: planId, version, findingId, reason. */
export async function acceptFinding(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.acceptFinding(form));
}
