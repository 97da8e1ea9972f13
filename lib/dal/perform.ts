import 'server-only';
import type { z } from 'zod';
import type { WebEnv } from '#lib/env.ts';
import { logSurprise } from '#lib/log.ts';
import { Refused, type Refusal } from '#lib/pipeline/refusal.ts';
import { actBySession, actByToken } from '#lib/store/acting.ts';
import { writeAudit } from '#lib/store/audit.ts';
import { refusalFromControl, type ControlDb, type ControlTrx } from '#lib/store/db.ts';
import { findPerson, type Person } from '#lib/store/people.ts';
import type { RoleName } from '#lib/store/tables.ts';
import type { StoredToken, TokenScope } from '#lib/store/tokens.ts';
import type { ActionState } from './dto/answer.ts';
import { formValues, parsed } from './forms.ts';
import { readingsKept } from './keeping.ts';
import { type Tell, underWay } from './under-way.ts';

export interface Surroundings {
  db: ControlDb;
  env: Pick<WebEnv, 'databases' | 'policy' | 'sources'>;
  /** The token that the request came by; left out: a session. */
  token?: StoredToken;
}

export interface CommandContext extends Surroundings {
  person: Person;
  /** For a command that takes long: how far it is, for whoever waits for it. */
  tell?: Tell;
}

/** What a command did, for the person and for the log. */
export interface CommandResult {
  sentence: string;
  to?: string;
  planId?: string;
  runId?: string;
  reason?: string;
  detail?: unknown;
  /** Something was found out and kept, but what was asked for was not done. */
  refusal?: Refusal;
  /** A secret that the person is shown now and never again. It goes into no log. */
  once?: string;
}

export interface CommandSpec<I, P> {
  /** The word under which the log keeps it, such as `approve phase`. */
  action: string;
  /** Any one of these roles will do. An empty list: whoever is signed in. */
  roles: readonly RoleName[];
  /** Also for whoever has a password that somebody else made; left out: they choose their own first. */
  withTemporaryPassword?: true;
  /** Left out: every one of it stands in the log. */
  unlogged?: true;
  /** With which scope a token may do it too; left out: no token ever may. */
  token?: TokenScope;
  schema: z.ZodType<I>;
  /** What takes time and must not hold a lock: reading or measuring a database under review. */
  prepare?: (context: CommandContext, input: I) => Promise<P>;
  /** Everything that is decided or written, in one transaction. Rules are checked here, from the database. */
  run: (trx: ControlTrx, context: CommandContext, input: I, prepared: P) => Promise<CommandResult>;
}

const NOT_SIGNED_IN: Refusal = { code: 'not_signed_in', sentence: 'You are not signed in any more. Sign in and try again.' };

/** Carries a person through a command. Separate from the session, so that a test can be anybody. */
export async function perform<I, P>(surroundings: Surroundings, personId: string | null, spec: CommandSpec<I, P>, form: FormData): Promise<ActionState> {
  const found = personId === null ? null : await findPerson(surroundings.db, personId);
  if (!found) return refused(NOT_SIGNED_IN);
  const person = comingBy(found, surroundings.token);
  const context = { ...surroundings, person };
  try {
    if (person.disabledAt) throw new Refused(NOT_SIGNED_IN.code, NOT_SIGNED_IN.sentence);
    refuseToken(surroundings.token, spec);
    refuseTemporaryPassword(person, surroundings.token, spec);
    refuseWithoutRole(person, spec);
    const input = parsed(spec.schema, form);
    await readingsKept(surroundings.db);
    const prepared = (await underWay(person.id, form, async (tell) => spec.prepare?.({ ...context, tell }, input))) as P;
    const result = await surroundings.db.transaction().execute((trx) => runInTransaction(trx, context, spec, input, prepared));
    return result.refusal ? refused(result.refusal) : { status: 'done', sentence: result.sentence, ...(result.to === undefined ? {} : { to: result.to }), ...(result.once === undefined ? {} : { once: result.once }) };
  } catch (error) {
    const refusal = refusalFromControl(error)?.refusal;
    if (!refusal) {
      const errorId = logSurprise(error, `${spec.action} for ${person.email}`);
      return { status: 'surprise', sentence: 'Something unexpected happened. Nothing of this command was kept.', errorId };
    }
    if (!spec.unlogged) await logRefusal(context, spec.action, refusal, form);
    return refused(refusal);
  }
}

async function runInTransaction<I, P>(trx: ControlTrx, context: CommandContext, spec: CommandSpec<I, P>, input: I, prepared: P): Promise<CommandResult> {
  // Before anything is written: the control database asks for it.
  await (context.token ? actByToken(trx, context.token.id) : actBySession(trx, context.person.id));
  // Preparing may have taken a while: the person of this moment counts.
  const found = await findPerson(trx, context.person.id);
  if (!found || found.disabledAt) throw new Refused(NOT_SIGNED_IN.code, NOT_SIGNED_IN.sentence);
  const person = comingBy(found, context.token);
  refuseTemporaryPassword(person, context.token, spec);
  refuseWithoutRole(person, spec);
  const result = await spec.run(trx, { ...context, person }, input, prepared);
  if (spec.unlogged) return result;
  await writeAudit(trx, {
    ...actorOf(person),
    action: result.refusal ? `${spec.action}: refused` : spec.action,
    ...(result.planId === undefined ? {} : { planId: result.planId }),
    ...(result.runId === undefined ? {} : { runId: result.runId }),
    ...(result.reason ? { reason: result.reason } : {}),
    detail: result.refusal ? { refusal: result.refusal, found: result.detail } : result.detail,
  });
  return result;
}

export function actorOf(person: Pick<Person, 'id' | 'name' | 'email' | 'by'>): { actor: string; actorId: string } {
  return { actor: `${person.name} <${person.email}>${person.by === undefined ? '' : ` by ${person.by}`}`, actorId: person.id };
}

/** The owner of a token, as the log names whoever acts with it. */
export function comingBy(person: Person, token: StoredToken | undefined): Person {
  return token ? { ...person, by: `token “${token.name}” (${token.prefix}…)` } : person;
}

function refuseToken(token: StoredToken | undefined, spec: { action: string; token?: TokenScope }): void {
  if (!token) return;
  if (spec.token === undefined) throw new Refused('token_forbidden', `No token may do “${spec.action}”: a person who is signed in does.`);
  refuseScope(token, spec.token);
}

/** Throws Refused when the token was not given this scope. */
export function refuseScope(token: StoredToken, scope: TokenScope): void {
  if (!token.scopes.includes(scope)) throw new Refused('token_forbidden', `The token “${token.name}” has the scope ${token.scopes.join(', ')}; this needs ${scope}.`);
}

/** The one refusal for whoever could be somebody else. A token was made by the person themself. */
function refuseTemporaryPassword({ passwordTemporary }: Person, token: StoredToken | undefined, spec: { withTemporaryPassword?: true }): void {
  if (passwordTemporary && !token && !spec.withTemporaryPassword) throw new Refused('password_temporary', 'Choose a password of your own first: somebody else made the one that you have.');
}

function refuseWithoutRole(person: Person, spec: { roles: readonly RoleName[] }): void {
  if (spec.roles.length === 0 || spec.roles.some((role) => person.roles.includes(role))) return;
  throw new Refused('not_allowed', `This needs the role ${spec.roles.join(' or ')}, and ${person.roles.length > 0 ? `you are ${person.roles.join(', ')}` : 'you have no role yet'}.`);
}

async function logRefusal(context: CommandContext, action: string, refusal: Refusal, form: FormData): Promise<void> {
  const values = formValues(form);
  const planId = typeof values['planId'] === 'string' ? values['planId'].slice(0, 36) : undefined;
  const runId = typeof values['runId'] === 'string' ? values['runId'].slice(0, 36) : undefined;
  try {
    await context.db.transaction().execute((trx) =>
      writeAudit(trx, { ...actorOf(context.person), action: `${action}: refused`, ...(planId ? { planId } : {}), ...(runId ? { runId } : {}), detail: { refusal, phaseId: values['phaseId'] ?? null } }),
    );
  } catch (error) {
    logSurprise(error, `logging that “${action}” was refused`);
  }
}

function refused(refusal: Refusal): ActionState {
  return { status: 'refused', code: refusal.code, sentence: refusal.sentence };
}
