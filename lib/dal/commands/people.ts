import 'server-only';
import { z } from 'zod';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { ControlTrx } from '#lib/store/db.ts';
import * as people from '#lib/store/people.ts';
import { id, listOf, newPassword } from '../forms.ts';
import { command } from '../gate.ts';
import type { CommandSpec } from '../perform.ts';

const roles = listOf(z.enum(['viewer', 'author', 'approver', 'operator', 'admin'], { error: 'There is no such role.' }));
const createInput = z.object({
  name: z.string({ error: 'Give a name.' }).trim().min(1, 'Give a name.').max(200, 'The name may have at most 200 characters.'),
  email: z.email('This is not an e-mail address.').max(320, 'The e-mail address is too long.'),
  password: newPassword,
  roles,
});
const rolesInput = z.object({ personId: id('the person'), roles });
const groupInput = z.object({ personId: id('the person'), group: z.string().trim().max(60, 'The name of a group may have at most 60 characters.').default('') });
const disableInput = z.object({ personId: id('the person'), disabled: z.enum(['0', '1'], { error: 'The form lacks what to do. Load the page again.' }) });

export const createPersonSpec: CommandSpec<z.infer<typeof createInput>, void> = {
  action: 'create person',
  roles: ['admin'],
  schema: createInput,
  run: async (trx, _context, input) => {
    const personId = await people.createPerson(trx, input);
    return { sentence: `${input.name} can sign in now, and chooses a password of their own first.`, detail: { personId, name: input.name, email: input.email.toLowerCase(), roles: input.roles } };
  },
};

export const setRolesSpec: CommandSpec<z.infer<typeof rolesInput>, void> = {
  action: 'set roles',
  roles: ['admin'],
  schema: rolesInput,
  run: async (trx, _context, input) => {
    const person = await foundPerson(trx, input.personId);
    const voided = await people.setRoles(trx, input.personId, input.roles);
    const now = input.roles.length > 0 ? input.roles.join(', ') : 'no role';
    return { sentence: `${person.name} is now ${now}. It counts from the next click on.${voidedSentence(voided)}`, detail: { personId: person.id, email: person.email, before: person.roles, after: input.roles, voided } };
  },
};

/** Counts for what they sign from now on. */
export const setGroupSpec: CommandSpec<z.infer<typeof groupInput>, void> = {
  action: 'set group',
  roles: ['admin'],
  schema: groupInput,
  run: async (trx, _context, input) => {
    const person = await foundPerson(trx, input.personId);
    await people.setGroup(trx, input.personId, input.group);
    return { sentence: input.group === '' ? `${person.name} is of no group now.` : `${person.name} signs for ${input.group} from now on.`, detail: { personId: person.id, email: person.email, before: person.group, after: input.group } };
  },
};

export const disablePersonSpec: CommandSpec<z.infer<typeof disableInput>, void> = {
  action: 'disable person',
  roles: ['admin'],
  schema: disableInput,
  run: async (trx, _context, input) => {
    const person = await foundPerson(trx, input.personId);
    const disabled = input.disabled === '1';
    const voided = await people.setDisabled(trx, input.personId, disabled);
    return { sentence: disabled ? `${person.name} has no access any more, from the next click on.${voidedSentence(voided)}` : `${person.name} can sign in again.`, detail: { personId: person.id, email: person.email, disabled, voided } };
  },
};

async function foundPerson(trx: ControlTrx, id: string): Promise<people.Person> {
  const person = await people.findPerson(trx, id);
  if (!person) throw new Refused('not_found', 'There is no such person.');
  return person;
}

function voidedSentence(voided: number): string {
  if (voided === 0) return '';
  return voided === 1 ? ' One signature became void.' : ` ${voided} signatures became void.`;
}

export const createPerson = command(createPersonSpec);
export const setRoles = command(setRolesSpec);
export const setGroup = command(setGroupSpec);
export const disablePerson = command(disablePersonSpec);
