import { revalidatePath } from 'next/cache';
import type { ActionState } from '#lib/dal/dto/answer.ts';

/**
 * Makes the page anew behind an answer. Not for somebody whose session is over: the page would become the sign-in page, and what they had
 * typed into the form that was refused would be gone.
 */
export function renewed(state: ActionState): ActionState {
  if (state.status !== 'refused' || state.code !== 'not_signed_in') revalidatePath('/', 'layout');
  return state;
}
