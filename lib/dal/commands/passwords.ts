import 'server-only';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { Refused } from '#lib/pipeline/refusal.ts';
import { hashPassword, passwordFits } from '#lib/store/passwords.ts';
import { findPerson, setPassword } from '#lib/store/people.ts';
import { forgiveTries, takeTry } from '#lib/store/sign-in.ts';
import { id, newPassword } from '../forms.ts';
import { command } from '../gate.ts';
import type { CommandSpec } from '../perform.ts';

const changeInput = z
  .object({ current: z.string({ error: 'Give the password that you have now.' }).min(1, 'Give the password that you have now.').max(1024, 'The password is too long.'), password: newPassword, again: z.string().default('') })
  .refine(({ password, again }) => password === again, { path: ['again'], message: 'The two new passwords are not the same.' })
  .refine(({ current, password }) => current !== password, { path: ['password'], message: 'The new password is the one that you have.' });
const resetInput = z.object({ personId: id('the person') });

/** Where tries of this form are counted: beside those of the sign-in page, which may come from anywhere. */
const HERE = 'own account';

interface Change {
  /** Of the password that was given as the current one. */
  before: string;
  hash: string;
}

export const changePasswordSpec: CommandSpec<z.infer<typeof changeInput>, Change> = {
  action: 'change password',
  roles: [],
  withTemporaryPassword: true,
  schema: changeInput,
  prepare: async ({ db, person }, { current, password }) => {
    const before = person.passwordHash;
    if (before === null) throw new Refused('invalid_input', 'You have no password here: you sign in by single sign-on.');
    if (!(await takeTry(db, person.email, HERE))) throw new Refused('too_many_requests', 'Too many tries. Wait some minutes, then try again.');
    if (!(await passwordFits(before, current))) throw new Refused('wrong_credentials', 'The password that you have now is another one.');
    await forgiveTries(db, person.email, HERE);
    return { before, hash: await hashPassword(password) };
  },
  run: async (trx, { person }, _input, { before, hash }) => {
    if (!(await setPassword(trx, person.id, hash, { before }))) throw new Refused('wrong_credentials', 'Your password was changed by somebody just now. Sign in again.');
    return { sentence: 'Your password is changed. Wherever else you were signed in, you are not any more.', detail: { personId: person.id, email: person.email } };
  },
};

interface Reset {
  password: string;
  hash: string;
}

export const resetPasswordSpec: CommandSpec<z.infer<typeof resetInput>, Reset> = {
  action: 'reset password',
  roles: ['admin'],
  schema: resetInput,
  prepare: async () => {
    const password = randomBytes(15).toString('base64url');
    return { password, hash: await hashPassword(password) };
  },
  run: async (trx, { person: admin }, { personId }, { password, hash }) => {
    const person = await findPerson(trx, personId);
    if (!person) throw new Refused('not_found', 'There is no such person.');
    if (person.id === admin.id) throw new Refused('invalid_input', 'Change your own password under “Your account”: nobody else need make it.');
    if (person.passwordHash === null) throw new Refused('invalid_input', `${person.name} has no password here: they sign in by single sign-on.`);
    await setPassword(trx, person.id, hash, { temporary: true });
    return { sentence: `${person.name} has a new password, and is signed out everywhere.`, once: password, detail: { personId: person.id, email: person.email } };
  },
};

export const changePassword = command(changePasswordSpec);
export const resetPassword = command(resetPasswordSpec);
