'use server';

import { revalidatePath } from 'next/cache';
import type { ActionState } from '#lib/dal/dto.ts';
import * as commands from '#lib/dal/commands/review.ts';

/** Measures the target anew. Fields: planId, version, phaseId. */
export async function measurePhase(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.measurePhase(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Signs what was seen. Fields: planId, version, phaseId, digest, typedNumber (destructive phases), comment. */
export async function approvePhase(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.approvePhase(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Signs several phases at once. Fields: planId, version, comment, and for each phase, in one order: phaseId, digest, typedNumber (empty where nothing is typed). */
export async function approvePhases(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.approvePhases(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Takes one’s own signature back. Fields: approvalId, reason. */
export async function withdrawApproval(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.withdrawApproval(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Fields: planId, version, phaseId, comment. */
export async function requestChanges(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.requestChanges(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Fields: changeRequestId. */
export async function resolveChangeRequest(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.resolveChangeRequest(form);
  revalidatePath('/', 'layout');
  return next;
}
