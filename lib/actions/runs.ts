'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/runs.ts';
import * as confirmation from '#lib/dal/commands/confirm-step.ts';
import { renewed } from './renewed.ts';

/** Starts a phase. Fields: planId, version, phaseId, digest (what was signed), reason (may be empty). Goes to the run. */
export async function executePhase(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.executePhase(form));
}

/** Fields: runId, reason (may be empty). */
export async function cancelRun(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.cancelRun(form));
}

/** Takes a forward run back. Fields: runId, digest (of the price that was seen), reason, typedNumber (when rows would be lost). Goes to the new run. */
export async function rollBackPhase(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.rollBackPhase(form));
}

/** Pauses (pace 0), slows down or lets go on (pace 100) a run. Fields: runId, pace, reason (may be empty). */
export async function setPace(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.setRunPace(form));
}

/** Answers a step that waits for a person. Fields: runId, step, verdict (done, not_done), note. */
export async function confirmStep(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await confirmation.confirmStep(form));
}
