// `npm run person -- --email ada@example.org --name "Ada" --roles author,viewer`: creates a local account, sets the roles of one, or (`--new-password`) its password.
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { controlEnv } from '#lib/env.ts';
import { writeAudit } from '#lib/store/audit.ts';
import { controlDb, type ControlDb } from '#lib/store/db.ts';
import { hashPassword } from '#lib/store/passwords.ts';
import { createPerson, findPersonByEmail, ROLES, setPassword, setRoles } from '#lib/store/people.ts';
import type { RoleName } from '#lib/store/tables.ts';
import { runCommand, Stop } from './command.ts';

const USAGE = 'Usage: npm run person -- --email ada@example.org --name "Ada Lovelace" --roles viewer,author [--generate | --no-password]\n   or: npm run person -- --email ada@example.org --new-password [--generate]';

await runCommand(async () => {
  const { values } = parseArgs({ options: { email: { type: 'string' }, name: { type: 'string' }, roles: { type: 'string' }, generate: { type: 'boolean' }, 'no-password': { type: 'boolean' }, 'new-password': { type: 'boolean' } } });
  const email = values.email?.trim().toLowerCase() ?? '';
  if (!/^\S+@\S+$/.test(email) || (values.roles === undefined) !== (values['new-password'] ?? false)) throw new Stop(USAGE);
  const db = controlDb(controlEnv().controlUrl, { max: 1 });
  try {
    if (values.roles === undefined) return await newPassword(db, email, values.generate ?? false);
    const roles = rolesOf(values.roles);
    const known = await findPersonByEmail(db, email);
    const name = values.name?.trim() ?? '';
    if (!known && name === '') throw new Stop(USAGE);
    const password = known ? null : await passwordFor(values);
    await db.transaction().execute(async (trx) => {
      if (known) await setRoles(trx, known.id, roles);
      else await createPerson(trx, { email, name, roles, password, passwordTemporary: values.generate ?? false });
      await writeAudit(trx, { actor: 'a person at the terminal', actorId: null, action: known ? 'roles_set' : 'person_created', detail: { email, roles } });
    });
    process.stdout.write(known ? `${email} now has ${roles.join(', ')}.\n` : `Created ${email} with ${roles.join(', ')}.\n`);
    if (password !== null && values.generate) process.stdout.write(`Password, to be changed at the first sign-in: ${password}\n`);
    return 0;
  } finally {
    await db.destroy();
  }
});

/** For whoever is locked out. One that was made here is good for choosing another; one that was typed here is its owner's. */
async function newPassword(db: ControlDb, email: string, generate: boolean): Promise<number> {
  const person = await findPersonByEmail(db, email);
  if (!person) throw new Stop(`There is nobody with the e-mail address ${email}.`);
  const password = await passwordFor({ generate });
  if (password === null) throw new Stop(USAGE);
  const hash = await hashPassword(password);
  await db.transaction().execute(async (trx) => {
    await setPassword(trx, person.id, hash, { temporary: generate });
    await writeAudit(trx, { actor: 'a person at the terminal', actorId: null, action: 'password_set', detail: { email, generated: generate } });
  });
  process.stdout.write(`${email} has a new password, and is signed out everywhere.\n${generate ? `Password, to be changed at the first sign-in: ${password}\n` : ''}`);
  return 0;
}

function rolesOf(text: string): RoleName[] {
  const asked = text.split(',').map((role) => role.trim()).filter((role) => role !== '');
  const roles = ROLES.filter((role) => asked.includes(role));
  const unknown = asked.filter((role) => !ROLES.some((known) => known === role));
  if (unknown.length > 0 || roles.length === 0) throw new Stop(`${unknown.join(', ') || 'Nothing'} is no role: choose from ${ROLES.join(', ')}.`);
  return roles;
}

/** Generated, absent (OpenID Connect only), or asked for; never an argument, because arguments are visible to everybody on the machine. */
async function passwordFor(values: { generate?: boolean | undefined; 'no-password'?: boolean | undefined }): Promise<string | null> {
  if (values['no-password']) return null;
  if (values.generate) return randomBytes(15).toString('base64url');
  process.stderr.write('Password (at least 12 characters): ');
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: process.stdin.isTTY });
  const password = await lines.question('');
  lines.close();
  process.stderr.write('\n');
  if (password.length < 12) throw new Stop('A password needs at least 12 characters.');
  return password;
}
