'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as commands from '#lib/dal/commands/policy.ts';
import { renewed } from './renewed.ts';

/** Fields: number (of the version that was seen), document (JSON of a PolicyDocument), reason. */
export async function changePolicy(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.changePolicy(form));
}
