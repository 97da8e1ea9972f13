'use server';

import { revalidatePath } from 'next/cache';
import type { ActionState } from '#lib/dal/dto.ts';
import * as commands from '#lib/dal/commands/migration-plans.ts';

/** A plan of what is pending. Fields: folder, target, name, windowHours, upTo, from (plain files only), standName and standReason (repeated, side by side). Goes to the plan. */
export async function createFolderPlan(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.createFolderPlan(form);
  revalidatePath('/', 'layout');
  return next;
}

/** A plan that only writes the ledger. Fields: folder, target, name (of the migration), mark (applied | applied_up_to | rolled_back), reason. Goes to the plan. */
export async function markMigration(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.markMigration(form);
  revalidatePath('/', 'layout');
  return next;
}
