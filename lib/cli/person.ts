// `npm run person -- --email ada@example.org --name "Ada" --roles author,viewer`: creates a local account, or sets the roles of one.
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { controlEnv } from '#lib/env.ts';
import { writeAudit } from '#lib/store/audit.ts';
import { controlDb } from '#lib/store/db.ts';
import { createPerson, findPersonByEmail, ROLES, setRoles } from '#lib/store/people.ts';
import type { RoleName } from '#lib/store/tables.ts';
import { runCommand, Stop } from './command.ts';

const USAGE = 'Usage: npm run person -- --email ada@example.org --name "Ada Lovelace" --roles viewer,author [--generate | --no-password]';

await runCommand(async () => {
  const { values } = parseArgs({ options: { email: { type: 'string' }, name: { type: 'string' }, roles: { type: 'string' }, generate: { type: 'boolean' }, 'no-password': { type: 'boolean' } } });
  const email = values.email?.trim().toLowerCase() ?? '';
  if (!/^\S+@\S+$/.test(email) || values.roles === undefined) throw new Stop(USAGE);
  const roles = rolesOf(values.roles);
  const db = controlDb(controlEnv().controlUrl, { max: 1 });
  try {
    const known = await findPersonByEmail(db, email);
    const name = values.name?.trim() ?? '';
    if (!known && name === '') throw new Stop(USAGE);
    const password = known ? null : await passwordFor(values);
    await db.transaction().execute(async (trx) => {
      if (known) await setRoles(trx, known.id, roles);
      else await createPerson(trx, { email, name, roles, password });
      await writeAudit(trx, { actor: 'a person at the terminal', actorId: null, action: known ? 'roles_set' : 'person_created', detail: { email, roles } });
    });
    process.stdout.write(known ? `${email} now has ${roles.join(', ')}.\n` : `Created ${email} with ${roles.join(', ')}.\n`);
    if (password !== null && values.generate) process.stdout.write(`Password: ${password}\n`);
    return 0;
  } finally {
    await db.destroy();
  }
});

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
