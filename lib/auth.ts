import type { NextAuthOptions, Session } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import type { OAuthConfig } from 'next-auth/providers/oauth';
import type { OidcEnv, WebEnv } from '#lib/env.ts';
import { logSurprise } from '#lib/log.ts';
import { writeAudit } from '#lib/store/audit.ts';
import type { ControlDb } from '#lib/store/db.ts';
import { createPerson, findPersonByEmail, findPersonBySubject, linkSubject, momentOfControl, oidcSubject, sessionStands, type Person } from '#lib/store/people.ts';
import { passwordFits } from '#lib/store/passwords.ts';
import { forgiveTries, takeTry } from '#lib/store/sign-in.ts';

declare module 'next-auth' {
  interface Session {
    /** `began`: in milliseconds, as the control database counts. */
    user?: { id: string; name?: string | null; began: number };
  }
}

declare module 'next-auth/jwt' {
  interface JWT {
    /** When the session began, in milliseconds as the control database counts. */
    began?: number;
  }
}

/** People whom the demo, and only the demo, signs in by one click. */
export const DEMO_EMAILS: readonly string[] = ['author@demo.test', 'approver@demo.test', 'operator@demo.test', 'admin@demo.test', 'viewer@demo.test'];
const TWELVE_HOURS = 12 * 3600;
/** A long text must not keep argon2 busy. */
const LONGEST_PASSWORD = 1024;

interface OidcProfile {
  iss: string;
  sub: string;
  email?: string;
  email_verified?: boolean | string;
  name?: string;
}

/**
 * Sign-in for this installation. The session token carries the person's id, and when the session began, because a new password ends all that
 * began before it. Name and roles are read from the database on every request, so that a grant or its withdrawal counts at once.
 *
 * Errors reach the sign-in page as `?error=`: CredentialsSignin (wrong e-mail or password), too_many_tries, not_verified,
 * disabled, or `surprise-<id>`.
 */
export function authOptions(db: ControlDb, env: Pick<WebEnv, 'demo' | 'oidc' | 'nextAuthSecret'>): NextAuthOptions {
  return {
    secret: env.nextAuthSecret,
    session: { strategy: 'jwt', maxAge: TWELVE_HOURS },
    jwt: { maxAge: TWELVE_HOURS },
    pages: { signIn: '/sign-in', error: '/sign-in', signOut: '/sign-in' },
    providers: [passwordProvider(db), ...(env.demo ? [demoProvider(db)] : []), ...(env.oidc ? [oidcProvider(env.oidc)] : [])],
    logger: { error: (code, metadata) => logAuthTrouble(code, metadata), warn: () => undefined, debug: () => undefined },
    callbacks: {
      signIn: async ({ account, profile }) => {
        if (account?.provider !== 'oidc') return true;
        return shielded('signing in by OpenID Connect', () => admit(db, profile as OidcProfile), (id) => `/sign-in?error=surprise-${id}`);
      },
      jwt: async ({ token, account, user, profile }) => {
        if (!account) return { sub: token.sub, ...(token.began === undefined ? {} : { began: token.began }) };
        const began = (await momentOfControl(db)).getTime();
        if (account.provider !== 'oidc') return { sub: user.id, began };
        const { iss, sub } = profile as OidcProfile;
        const person = await findPersonBySubject(db, oidcSubject(iss, sub));
        return person ? { sub: person.id, began } : {};
      },
      session: ({ session, token }): Session => ({ expires: session.expires, ...(token.sub ? { user: { id: token.sub, began: token.began ?? 0 } } : {}) }),
    },
    events: {
      signIn: async ({ account, user }) => {
        if (account?.provider !== 'oidc') await log(db, { id: user.id, label: `${user.name ?? ''} <${user.email ?? ''}>` }, 'sign in', { with: account?.provider ?? 'password' });
      },
    },
  };
}

/**
 * Whose session it is, as long as no new password has ended it; null: nobody's. Asked here and not in a callback: next-auth takes whatever a callback throws for a bad
 * cookie, and a control database that does not answer would sign everybody out.
 */
export async function personOf(db: ControlDb, session: Session | null): Promise<string | null> {
  const user = session?.user;
  return user && (await sessionStands(db, user.id, new Date(user.began))) ? user.id : null;
}

function passwordProvider(db: ControlDb) {
  return CredentialsProvider({
    id: 'password',
    name: 'Password',
    credentials: { email: { type: 'email' }, password: { type: 'password' } },
    authorize: (credentials, request) =>
      shielded('checking a password', () => checkPassword(db, credentials?.email ?? '', credentials?.password ?? '', addressOf(request.headers)), (id) => {
        throw new Error(`surprise-${id}`);
      }),
  });
}

async function checkPassword(db: ControlDb, typedEmail: string, password: string, address: string) {
  const email = typedEmail.trim().toLowerCase().slice(0, 320);
  if (!(await takeTry(db, email, address))) {
    await log(db, null, 'sign in: refused', { refusal: 'too many tries', ...(await whoseEmail(db, email)), address });
    throw new Expected('too_many_tries');
  }
  const person = await findPersonByEmail(db, email);
  const fits = await passwordFits(person?.passwordHash ?? null, password.slice(0, LONGEST_PASSWORD));
  if (!person || !fits || person.disabledAt) {
    await log(db, null, 'sign in: refused', { refusal: person?.disabledAt && fits ? 'disabled' : 'wrong e-mail or password', ...(await whoseEmail(db, email)), address });
    return null;
  }
  await forgiveTries(db, email, address);
  return toUser(person);
}

/** An e-mail address nobody has may be a password typed into the wrong field: it is not written down. */
async function whoseEmail(db: ControlDb, email: string): Promise<{ email: string }> {
  return { email: (await findPersonByEmail(db, email)) ? email : 'unknown' };
}

function demoProvider(db: ControlDb) {
  return CredentialsProvider({
    id: 'demo',
    name: 'Demo',
    credentials: { email: { type: 'text' } },
    authorize: (credentials) =>
      shielded('signing in to the demo', async () => {
        const email = credentials?.email ?? '';
        const person = DEMO_EMAILS.includes(email) ? await findPersonByEmail(db, email) : null;
        return person && !person.disabledAt ? toUser(person) : null;
      }, (id) => {
        throw new Error(`surprise-${id}`);
      }),
  });
}

function oidcProvider(oidc: OidcEnv): OAuthConfig<OidcProfile> {
  return {
    id: 'oidc',
    name: oidc.name,
    type: 'oauth',
    wellKnown: `${oidc.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    clientId: oidc.clientId,
    clientSecret: oidc.clientSecret,
    authorization: { params: { scope: 'openid email profile' } },
    idToken: true,
    // Many providers put the e-mail address into the userinfo answer only. Issuer and subject come from the signed token alone.
    userinfo: {
      request: async ({ tokens, client }) => {
        const signed = claimsOf(tokens);
        return signed['email'] === undefined ? { ...(await client.userinfo(tokens as never)), ...signed } : signed;
      },
    },
    checks: ['pkce', 'state', 'nonce'],
    profile: (profile) => ({ id: profile.sub, name: profile.name ?? profile.email ?? profile.sub, email: profile.email ?? null }),
  };
}

/** The claims of the token that openid-client has verified; its TokenSet carries the way to read them. */
function claimsOf(tokens: object): OidcProfile & Record<string, unknown> {
  if (!('claims' in tokens) || typeof tokens.claims !== 'function') throw new Error('the provider answered without an id token');
  return tokens.claims() as OidcProfile & Record<string, unknown>;
}

/**
 * Lets an OpenID Connect account in. Known by issuer and subject, never by its e-mail address alone: an unknown account is linked to a
 * person only when the provider has verified the address, and otherwise refused. New people start as viewers; an admin grants the rest.
 */
async function admit(db: ControlDb, profile: OidcProfile): Promise<true | string> {
  const subject = oidcSubject(profile.iss, profile.sub);
  const known = await findPersonBySubject(db, subject);
  if (known) return admitPerson(db, known, 'sign in', {});
  const email = profile.email?.trim().toLowerCase();
  const verified = profile.email_verified === true || profile.email_verified === 'true';
  if (!email || !verified) {
    await log(db, null, 'sign in: refused', { refusal: 'e-mail address not verified by the provider', issuer: profile.iss });
    return '/sign-in?error=not_verified';
  }
  const person = await findPersonByEmail(db, email);
  if (person?.oidcSubject) {
    await log(db, null, 'sign in: refused', { refusal: 'the e-mail address belongs to a person with another account', email });
    return '/sign-in?error=not_verified';
  }
  if (person?.disabledAt) return admitPerson(db, person, 'sign in', {});
  await db.transaction().execute(async (trx) => {
    const id = person?.id ?? (await createPerson(trx, { email, name: profile.name?.trim() || email, roles: ['viewer'], password: null, oidcSubject: subject }));
    if (person) await linkSubject(trx, person.id, subject);
    await writeAudit(trx, { actor: `${person?.name ?? profile.name ?? email} <${email}>`, actorId: id, action: person ? 'link single sign-on' : 'join by single sign-on', detail: { issuer: profile.iss } });
  });
  return true;
}

async function admitPerson(db: ControlDb, person: Person, action: string, detail: object): Promise<true | string> {
  if (person.disabledAt) {
    await log(db, null, 'sign in: refused', { refusal: 'disabled', email: person.email });
    return '/sign-in?error=disabled';
  }
  await log(db, { id: person.id, label: `${person.name} <${person.email}>` }, action, { with: 'oidc', ...detail });
  return true;
}

function toUser(person: Person): { id: string; name: string; email: string } {
  return { id: person.id, name: person.name, email: person.email };
}

/** A message that the sign-in page knows. */
class Expected extends Error {}

/** next-auth puts the message of an error into the address bar; only words that we chose may get there. */
async function shielded<T>(doing: string, work: () => Promise<T>, otherwise: (errorId: string) => T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Expected) throw error;
    return otherwise(logSurprise(error, doing));
  }
}

/** The client's address as the server in front saw it: the last entry, because earlier ones may be made up. */
function addressOf(headers: Record<string, unknown> | undefined): string {
  const forwarded = headers?.['x-forwarded-for'];
  const last = typeof forwarded === 'string' ? forwarded.split(',').at(-1)?.trim() : undefined;
  return (last || 'unknown').slice(0, 64);
}

async function log(db: ControlDb, person: { id: string; label: string } | null, action: string, detail: object): Promise<void> {
  await db.transaction().execute((trx) => writeAudit(trx, { actor: person?.label ?? 'nobody', actorId: person?.id ?? null, action, detail }));
}

function logAuthTrouble(code: string, metadata: unknown): void {
  // A session cookie of an earlier secret is nobody's fault and no surprise: its bearer is simply not signed in.
  if (code === 'JWT_SESSION_ERROR') return;
  const thrown = metadata instanceof Error ? metadata : metadata !== null && typeof metadata === 'object' && 'error' in metadata ? metadata.error : undefined;
  logSurprise(thrown instanceof Error ? thrown : new Error(code), `next-auth: ${code}`);
}
