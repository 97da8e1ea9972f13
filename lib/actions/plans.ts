'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as alike from '#lib/dal/commands/decide-alike.ts';
import * as edits from '#lib/dal/commands/plan-edits.ts';
import * as commands from '#lib/dal/commands/plans.ts';
import { renewed } from './renewed.ts';

/** Makes a plan of the chosen differences and measures its phases. Fields: current (the target), desired, deltaId (repeated), name, windowHours. Goes to the plan. */
export async function createPlan(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.createPlan(form));
}

/** Fields: planId, version, name. */
export async function renamePlan(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.renamePlan(form));
}

/** What becomes of rows without a parent. Fields: planId, version, phaseId, foreignKey, verdict (delete | set_null | re_point | stop), to (the parent's key, for re_point), reason. */
export async function decideOrphans(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.decideOrphans(form));
}

/** What becomes of rows without a parent, for several foreign keys at once. Fields: planId, version, phaseId, foreignKey and rows (repeated, in step: how many were seen), verdict (delete | set_null | stop), reason. */
export async function decideOrphansAlike(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await alike.decideAlike(form));
}

/** Whether a table that goes is a duplicate, of which table, and which values stay. Fields: planId, version, phaseId, duplicate, into, verdict (keep_kept | keep_duplicate | newest | stop | not_a_duplicate), by (the column, for newest), reason. */
export async function decideOverlap(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.decideOverlap(form));
}

/** Replaces SQL and undo of an editable step. Fields: planId, version, phaseId, stepId, sql, undo. */
export async function editStep(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.editStep(form));
}

/** A plan that nobody has written yet. Fields: name, target, desired (empty: none), windowHours. Goes to the plan. */
export async function createPlanByHand(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await edits.createPlanByHand(form));
}

/** One operation on steps and phases that people write. Fields: planId, version, phaseId, operation, and what that one asks for (plan-edits.ts). */
export async function editPlan(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await edits.editPlan(form));
}
