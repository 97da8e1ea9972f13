import type { Account, NextAuthOptions, Profile, Session, User } from 'next-auth';
import { beforeEach, describe, expect, test } from 'vitest';
import { authOptions, personOf } from './auth.ts';
import { listAudit } from './store/audit.ts';
import { controlDb } from './store/db.ts';
import { hashPassword } from './store/passwords.ts';
import { createPerson, findPersonByEmail, setPassword } from './store/people.ts';
import { freshControl, type ControlWorld } from './testing/world.ts';

const PASSWORD = 'correct horse battery staple';
let world: ControlWorld;
let options: NextAuthOptions;

beforeEach(async () => {
  world = await freshControl();
  await world.db.transaction().execute((trx) => createPerson(trx, { email: 'Ada@Example.test', name: 'Ada', roles: ['viewer'], password: PASSWORD }));
  options = authOptions(world.db, { demo: false, oidc: { issuer: 'http://issuer.test', clientId: 'c', clientSecret: 's', name: 'Test' }, nextAuthSecret: 'x'.repeat(32) });
});

type Authorize = (credentials: Record<string, string>, request: { headers: Record<string, string> }) => Promise<User | null>;

function provider(id: string, of = options): { options: { authorize: Authorize } } | undefined {
  return of.providers.find((one) => (one as unknown as { options: { id?: string } }).options?.id === id) as never;
}

function signIn(email: string, password: string, address = '10.0.0.1'): Promise<User | null> {
  const passwords = provider('password');
  if (!passwords) throw new Error('there is no provider for passwords');
  return passwords.options.authorize({ email, password }, { headers: { 'x-forwarded-for': address } });
}

function profile(change: object = {}): Profile {
  return { iss: 'http://issuer.test', sub: 'sub-1', email: 'new@example.test', email_verified: true, name: 'Newcomer', ...change } as Profile;
}

const refusals = async () => (await listAudit(world.db, { action: 'sign in: refused' }, 100)).map((entry) => entry.detail as Record<string, string>);

describe('a session', () => {
  interface Callbacks {
    jwt: (of: object) => Promise<{ sub?: string; began?: number }>;
    session: (of: object) => Session;
  }

  async function begun(): Promise<{ token: object; who: () => Promise<string | null>; personId: string }> {
    const { jwt, session } = options.callbacks as unknown as Callbacks;
    const user = await signIn('ada@example.test', PASSWORD);
    const token = await jwt({ token: {}, account: { provider: 'password' }, user });
    // As it comes back with each request.
    return { token, personId: user?.id ?? '', who: async () => personOf(world.db, session({ session: { expires: '' }, token: await jwt({ token, account: null }) })) };
  }

  test('says who it is of, until the person gets a new password; one that begins after it stands', async () => {
    const before = await begun();
    expect(await before.who()).toBe(before.personId);
    await world.db.transaction().execute(async (trx) => setPassword(trx, before.personId, await hashPassword(PASSWORD)));
    expect(await before.who()).toBeNull();
    expect(await (await begun()).who()).toBe(before.personId);
  });

  test('of before there were beginnings stands only as long as the password does', async () => {
    const { personId } = await begun();
    const { session } = options.callbacks as unknown as Callbacks;
    const who = () => personOf(world.db, session({ session: { expires: '' }, token: { sub: personId } }));
    expect(await who()).toBe(personId);
    await world.db.transaction().execute((trx) => setPassword(trx, personId, '$argon2id$another'));
    expect(await who()).toBeNull();
  });

  test('is not taken for ended when the control database does not answer', async () => {
    const { personId } = await begun();
    const away = controlDb('postgres://nobody@127.0.0.1:9/x', { max: 1 });
    const { session } = options.callbacks as unknown as Callbacks;
    await expect(personOf(away, session({ session: { expires: '' }, token: { sub: personId, began: 1 } }))).rejects.toThrow();
    await away.destroy();
  });
});

describe('a password', () => {
  test('that fits lets its person in, whatever the case of the e-mail address', async () => {
    expect(await signIn(' ADA@example.test', PASSWORD)).toMatchObject({ name: 'Ada' });
    expect(await refusals()).toEqual([]);
  });

  test('that does not fit is refused like an unknown e-mail address, and both are logged', async () => {
    expect(await signIn('ada@example.test', 'wrong')).toBeNull();
    expect(await signIn('nobody@example.test', 'wrong')).toBeNull();
    expect((await refusals()).map((detail) => detail['email'])).toEqual(['unknown', 'ada@example.test']);
  });

  test('costs as much to look at for an unknown e-mail address as for a known one', async () => {
    // What it costs is the processor's own count, and the least of several: how long one try took says how busy the machine was.
    const cost = async (email: string) => {
      const costs: number[] = [];
      for (let i = 0; i < 4; i += 1) {
        const from = process.cpuUsage();
        await signIn(email, 'wrong');
        const used = process.cpuUsage(from);
        costs.push(used.user + used.system);
      }
      return Math.min(...costs);
    };
    await signIn('ada@example.test', 'warms up');
    const known = await cost('ada@example.test');
    expect(await cost('nobody@example.test')).toBeGreaterThan(known / 2);
  });

  test('of a disabled person is refused', async () => {
    await world.db.updateTable('person').set({ disabled_at: new Date() }).where('email', '=', 'ada@example.test').execute();
    expect(await signIn('ada@example.test', PASSWORD)).toBeNull();
  });

  test('is not looked at after ten failures from one address, until a minute has passed', async () => {
    for (let i = 0; i < 10; i += 1) expect(await signIn('ada@example.test', 'wrong')).toBeNull();
    await expect(signIn('ada@example.test', PASSWORD)).rejects.toThrow('too_many_tries');
    expect(await signIn('ada@example.test', PASSWORD, '10.0.0.2')).toMatchObject({ name: 'Ada' });
    expect((await refusals())[0]).toMatchObject({ refusal: 'too many tries', address: '10.0.0.1' });
    await world.db.updateTable('sign_in_throttle').set({ last_failed_at: new Date(Date.now() - 61_000) }).execute();
    expect(await signIn('ada@example.test', PASSWORD)).toMatchObject({ name: 'Ada' });
  });

  test('tried many times at the same moment is looked at ten times at most', async () => {
    const results = await Promise.allSettled(Array.from({ length: 16 }, () => signIn('ada@example.test', 'wrong')));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(10);
  });

  test('tried from ever new addresses is refused in the end too', async () => {
    for (let i = 0; i < 50; i += 1) await signIn('ada@example.test', 'wrong', `10.1.0.${i}`);
    await expect(signIn('ada@example.test', PASSWORD, '10.2.0.1')).rejects.toThrow('too_many_tries');
  });
});

describe('one click', () => {
  test('exists in the demo only, for its five people only', async () => {
    expect(provider('demo')).toBeUndefined();
    const demo = provider('demo', authOptions(world.db, { demo: true, oidc: null, nextAuthSecret: 'x'.repeat(32) }));
    expect(await demo?.options.authorize({ email: 'author@demo.test' }, { headers: {} })).toMatchObject({ name: 'Author' });
    expect(await demo?.options.authorize({ email: 'ada@example.test' }, { headers: {} })).toBeNull();
  });
});

describe('an OpenID Connect account', () => {
  const account = { provider: 'oidc', type: 'oauth', providerAccountId: 'sub-1' } as Account;
  const admit = (given: Profile) => options.callbacks?.signIn?.({ user: { id: 'sub-1' }, account, profile: given });

  test('with a verified address joins as viewer and no more, and the session carries the person’s id, when it began, and nothing else', async () => {
    expect(await admit(profile())).toBe(true);
    const person = await findPersonByEmail(world.db, 'new@example.test');
    expect(person).toMatchObject({ name: 'Newcomer', roles: ['viewer'], passwordHash: null });
    const token = await options.callbacks?.jwt?.({ token: { name: 'x', email: 'y' }, user: { id: 'sub-1' }, account, profile: profile() });
    expect(token).toEqual({ sub: person?.id, began: expect.any(Number) });
    expect(await admit(profile())).toBe(true);
    expect((await listAudit(world.db, {}, 10)).map((entry) => entry.action)).toEqual(['sign in', 'join by single sign-on']);
  });

  test('is linked to the person of the same verified address', async () => {
    expect(await admit(profile({ email: 'ADA@example.test' }))).toBe(true);
    expect(await findPersonByEmail(world.db, 'ada@example.test')).toMatchObject({ name: 'Ada', oidcSubject: 'http://issuer.test sub-1' });
  });

  test.each([
    ['without a verified address', { email_verified: false }],
    ['whose provider says nothing about verification', { email_verified: undefined }],
    ['without an address', { email: undefined }],
  ])('%s is refused, even when a person has the address', async (_what, change) => {
    expect(await admit(profile({ email: 'ada@example.test', ...change }))).toBe('/sign-in?error=not_verified');
    expect(await findPersonByEmail(world.db, 'ada@example.test')).toMatchObject({ oidcSubject: null });
  });

  test('does not take over an address that is linked to another account', async () => {
    await admit(profile());
    expect(await admit(profile({ sub: 'sub-2' }))).toBe('/sign-in?error=not_verified');
  });

  test('of a disabled person is refused', async () => {
    await admit(profile());
    await world.db.updateTable('person').set({ disabled_at: new Date() }).where('email', '=', 'new@example.test').execute();
    expect(await admit(profile())).toBe('/sign-in?error=disabled');
  });
});
