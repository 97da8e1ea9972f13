'use server';

import type { ActionState } from '#lib/dal/dto/answer.ts';
import * as passwords from '#lib/dal/commands/passwords.ts';
import * as commands from '#lib/dal/commands/people.ts';
import { renewed } from './renewed.ts';

/** Fields: name, email, password, roles (repeated). */
export async function createPerson(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.createPerson(form));
}

/** Fields: personId, roles (repeated). */
export async function setRoles(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.setRoles(form));
}

/** Fields: personId, group (empty: none). */
export async function setGroup(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.setGroup(form));
}

/** Fields: personId, disabled (1 or 0). */
export async function disablePerson(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await commands.disablePerson(form));
}

/** Of the person who is signed in; all their sessions end. Fields: current, password, again. */
export async function changePassword(_state: ActionState, form: FormData): Promise<ActionState> {
  return passwords.changePassword(form);
}

/** Makes a password that is shown once and good for choosing another. Fields: personId. */
export async function resetPassword(_state: ActionState, form: FormData): Promise<ActionState> {
  return renewed(await passwords.resetPassword(form));
}
