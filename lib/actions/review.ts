'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/review.ts';
import { renewed } from './renewed.ts';

/** Measures the target anew. Fields: planId, version, phaseId. */
export async function measurePhase(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.measurePhase(form));
}

/** Signs what was seen. Fields: planId, version, phaseId, digest, typedNumber (destructive phases), comment. */
export async function approvePhase(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.approvePhase(form));
}

/** Signs several phases at once. Fields: planId, version, comment, and for each phase, in one order: phaseId, digest, typedNumber (empty where nothing is typed). */
export async function approvePhases(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.approvePhases(form));
}

/** Takes one’s own signature back. Fields: approvalId, reason. */
export async function withdrawApproval(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.withdrawApproval(form));
}

/** Fields: planId, version, phaseId, comment. */
export async function requestChanges(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.requestChanges(form));
}

/** Fields: changeRequestId. */
export async function resolveChangeRequest(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.resolveChangeRequest(form));
}
