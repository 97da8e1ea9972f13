'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/migration-plans.ts';
import { renewed } from './renewed.ts';

/** A plan of what is pending. Fields: folder, target, name, windowHours, upTo, from (plain files only), standName and standReason (repeated, side by side). Goes to the plan. */
export async function createFolderPlan(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.createFolderPlan(form));
}

/** A plan that only writes the ledger. Fields: folder, target, name (of the migration), mark (applied | applied_up_to | rolled_back), reason. Goes to the plan. */
export async function markMigration(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.markMigration(form));
}
