import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { controlDb } from '#lib/store/db.ts';
import { findPersonByEmail } from '#lib/store/people.ts';
import { passwordFits } from '#lib/store/passwords.ts';
import { closeAtEnd, freshDatabase } from '#lib/testing/database.ts';

function command(module: string, env: Readonly<Record<string, string>>, args: readonly string[] = [], input = ''): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [module, ...args], { env: { NODE_ENV: 'production', ...env }, input, encoding: 'utf8', timeout: 30_000 });
  return { code: status, out: stdout, err: stderr };
}

describe('every command of production', () => {
  test.each([
    ['lib/cli/web.ts', 'NEXTAUTH_SECRET is not set; it is needed to sign sessions.'],
    ['lib/worker/main.ts', 'COUNTERSIGN_DATABASES is not set; it is needed.'],
    ['lib/cli/control-migrate.ts', 'CONTROL_OWNER_URL is not set; it is needed.'],
  ])('%s stops without its environment and says what is missing', (module, sentence) => {
    const { code, err } = command(module, {});
    expect(code).toBe(1);
    expect(err).toContain(sentence);
    expect(err).not.toMatch(/^\s+at /m);
  });
});

test('control:migrate brings an empty control database to this release, and the second time there is nothing to do', async () => {
  const database = await freshDatabase();
  const admin = await database.client();
  await admin.query(`alter database "${database.name}" owner to countersign_owner`);
  await admin.query('alter schema public owner to countersign_owner');
  const env = { CONTROL_DATABASE_URL: database.url('app'), CONTROL_OWNER_URL: database.url('owner') };
  expect(command('lib/cli/control-migrate.ts', env)).toMatchObject({ code: 0, out: expect.stringContaining('Applied 0001_people_and_plans.sql') });
  expect(command('lib/cli/control-migrate.ts', env)).toMatchObject({ code: 0, out: expect.stringContaining('up to date') });
});

test('control:migrate says in a sentence that the password is wrong, and shows it nowhere', async () => {
  const database = await freshDatabase({ template: 'control' });
  const { code, err } = command('lib/cli/control-migrate.ts', { CONTROL_DATABASE_URL: database.url('app'), CONTROL_OWNER_URL: database.url('owner').replace(':control@', ':mistake@') });
  expect(code).toBe(1);
  expect(err).toBe('The control database refuses the user or password of CONTROL_OWNER_URL.\n');
});

test('person creates an account with the password from standard input, sets roles later, and both are in the log', async () => {
  const database = await freshDatabase({ template: 'control' });
  const db = controlDb(database.url('app'), { max: 1 });
  closeAtEnd(() => db.destroy());
  const env = { CONTROL_DATABASE_URL: database.url('app') };
  expect(command('lib/cli/person.ts', env, ['--email', 'Ada@Example.org', '--name', 'Ada', '--roles', 'author,admin'], 'a long password\n')).toMatchObject({ code: 0, out: 'Created ada@example.org with author, admin.\n' });
  const ada = await findPersonByEmail(db, 'ada@example.org');
  expect(ada?.roles).toEqual(['author', 'admin']);
  expect(await passwordFits(ada?.passwordHash ?? null, 'a long password')).toBe(true);
  expect(command('lib/cli/person.ts', env, ['--email', 'ada@example.org', '--roles', 'viewer,admin'])).toMatchObject({ code: 0, out: 'ada@example.org now has viewer, admin.\n' });
  const log = await db.selectFrom('audit_entry').select('action').orderBy('seq').execute();
  expect(log.map(({ action }) => action)).toEqual(['person_created', 'roles_set']);
});

test('person refuses a short password, an unknown role, and to take the last admin away', async () => {
  const database = await freshDatabase({ template: 'control' });
  const env = { CONTROL_DATABASE_URL: database.url('app') };
  expect(command('lib/cli/person.ts', env, ['--email', 'a@b.c', '--name', 'A', '--roles', 'viewer'], 'short\n')).toMatchObject({ code: 1, err: expect.stringContaining('at least 12 characters.') });
  expect(command('lib/cli/person.ts', env, ['--email', 'a@b.c', '--name', 'A', '--roles', 'king'])).toMatchObject({ code: 1, err: expect.stringContaining('king is no role') });
  command('lib/cli/person.ts', env, ['--email', 'a@b.c', '--name', 'A', '--roles', 'admin', '--no-password']);
  expect(command('lib/cli/person.ts', env, ['--email', 'a@b.c', '--roles', 'viewer'])).toMatchObject({ code: 1, err: 'One admin must remain: otherwise nobody could grant roles any more.\n' });
});
