'use server';

import { revalidatePath } from 'next/cache';
import type { ActionState } from '#lib/dal/dto.ts';
import * as passwords from '#lib/dal/commands/passwords.ts';
import * as commands from '#lib/dal/commands/people.ts';

/** Fields: name, email, password, roles (repeated). */
export async function createPerson(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.createPerson(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Fields: personId, roles (repeated). */
export async function setRoles(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.setRoles(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Fields: personId, group (empty: none). */
export async function setGroup(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.setGroup(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Fields: personId, disabled (1 or 0). */
export async function disablePerson(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await commands.disablePerson(form);
  revalidatePath('/', 'layout');
  return next;
}

/** Of the person who is signed in; all their sessions end. Fields: current, password, again. */
export async function changePassword(_state: ActionState, form: FormData): Promise<ActionState> {
  return passwords.changePassword(form);
}

/** Makes a password that is shown once and good for choosing another. Fields: personId. */
export async function resetPassword(_state: ActionState, form: FormData): Promise<ActionState> {
  const next = await passwords.resetPassword(form);
  revalidatePath('/', 'layout');
  return next;
}
