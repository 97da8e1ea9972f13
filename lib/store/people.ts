import { sql } from 'kysely';
import { Refused } from '#lib/pipeline/refusal.ts';
import { voidApprovalsOf } from './approvals.ts';
import type { ControlTrx, Reader } from './db.ts';
import { hashPassword } from './passwords.ts';
import type { RoleName } from './tables.ts';

export const ROLES: readonly RoleName[] = ['viewer', 'author', 'approver', 'operator', 'admin'];

export interface Person {
  id: string;
  email: string;
  name: string;
  roles: readonly RoleName[];
  /** As policy counts groups; '': none. */
  group: string;
  disabledAt: Date | null;
  passwordHash: string | null;
  /** Somebody else made it: nothing is done with it but choosing one's own. */
  passwordTemporary: boolean;
  oidcSubject: string | null;
  /** What they come by when it is no session, in words for the log; never stored. */
  by?: string;
}

/** The person with the roles of this moment, or null. */
export function findPerson(db: Reader, id: string): Promise<Person | null> {
  return one(db, 'id', id);
}

export function findPersonByEmail(db: Reader, email: string): Promise<Person | null> {
  return one(db, 'email', email.trim().toLowerCase());
}

/** `subject` = issuer and subject of the OpenID Connect account, as oidcSubject() writes them. */
export function findPersonBySubject(db: Reader, subject: string): Promise<Person | null> {
  return one(db, 'oidc_subject', subject);
}

/** Issuer and subject in one text; a space cannot stand in an issuer's URL. */
export function oidcSubject(issuer: string, subject: string): string {
  return `${issuer} ${subject}`;
}

export async function listPeople(db: Reader): Promise<Person[]> {
  const people = await db.selectFrom('person').selectAll().orderBy('name').orderBy('email').execute();
  const roles = await db.selectFrom('person_role').select(['person_id', 'role']).execute();
  return people.map((row) => toPerson(row, roles.filter((role) => role.person_id === row.id).map((role) => role.role)));
}

/** The ids with those of all accounts that have a mailbox in common with one of them: to the rules of signing they are one person. */
export type WithAccounts = (ids: readonly string[]) => string[];

/** As the control database tells mailboxes apart. */
export async function accountsByMailbox(db: Reader): Promise<WithAccounts> {
  const { rows } = await sql<{ ids: string[] }>`select array_agg(id) as ids from person group by mailbox(email) having count(*) > 1`.execute(db);
  return (ids) => [...new Set([...ids, ...rows.flatMap((row) => (row.ids.some((id) => ids.includes(id)) ? row.ids : []))])];
}

/** Approvers whose account, password or address an author of the plan made within the days of policy, with that author's name: as the trigger on signatures counts. */
export async function approversMadeByAuthors(db: Reader, planId: string): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; name: string }>`
    select made.id, author.name from (
      select r.person_id as id, made_by_author(r.person_id, ${planId}::uuid, asked.days) as by from person_role r, account_days() as asked(days) where asked.days > 0 and r.role = 'approver'
    ) made join person author on author.id = made.by`.execute(db);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Everybody with access who holds the role approver, by name. */
export async function listApprovers(db: Reader): Promise<{ id: string; name: string }[]> {
  return holdersOf(db, 'approver');
}

/** Everybody with access who may start and roll back. */
export async function listOperators(db: Reader): Promise<{ id: string; name: string }[]> {
  return holdersOf(db, 'operator');
}

async function holdersOf(db: Reader, role: RoleName): Promise<{ id: string; name: string }[]> {
  return db.selectFrom('person').innerJoin('person_role', 'person_role.person_id', 'person.id').select(['person.id', 'person.name']).where('role', '=', role).where('disabled_at', 'is', null).orderBy('person.name').orderBy('person.id').execute();
}

/** Names by id, for everything that says "by whom". */
export async function namesOf(db: Reader): Promise<Map<string, string>> {
  const rows = await db.selectFrom('person').select(['id', 'name']).execute();
  return new Map(rows.map((row) => [row.id, row.name]));
}

export interface NewPerson {
  email: string;
  name: string;
  roles: readonly RoleName[];
  /** Null for people who come by OpenID Connect only. */
  password: string | null;
  /** Whoever made it may know it. Only counts where nobody is signed in: what one person sets for another always is. */
  passwordTemporary?: boolean;
  oidcSubject?: string;
}

/** Creates a person and returns the id. Refused when the e-mail address is taken (by the unique key). */
export async function createPerson(trx: ControlTrx, person: NewPerson): Promise<string> {
  const row = await trx
    .insertInto('person')
    .values({ email: person.email.trim().toLowerCase(), name: person.name.trim(), password_hash: person.password === null ? null : await hashPassword(person.password), password_temporary: person.password !== null && (person.passwordTemporary ?? false), oidc_subject: person.oidcSubject ?? null })
    .returning('id')
    .executeTakeFirstOrThrow();
  await replaceRoles(trx, row.id, person.roles);
  return row.id;
}

/** Sets exactly these roles; returns how many standing signatures became void with the role. Refused when nobody would be left who can grant roles. */
export async function setRoles(trx: ControlTrx, personId: string, roles: readonly RoleName[]): Promise<number> {
  await lockPeople(trx);
  await replaceRoles(trx, personId, roles);
  await refuseWithoutAdmin(trx);
  return roles.includes('approver') ? 0 : voidApprovalsOf(trx, personId, 'The signer is no approver any more.');
}

/** Signatures that stand keep the group that their signer had. */
export async function setGroup(trx: ControlTrx, personId: string, group: string): Promise<void> {
  await trx.updateTable('person').set({ group_name: group }).where('id', '=', personId).execute();
}

/** Takes the person's access away (or gives it back, but no signature); returns how many standing signatures became void. Refused when nobody would be left who can grant roles. */
export async function setDisabled(trx: ControlTrx, personId: string, disabled: boolean): Promise<number> {
  await lockPeople(trx);
  await trx.updateTable('person').set({ disabled_at: disabled ? new Date() : null }).where('id', '=', personId).execute();
  await refuseWithoutAdmin(trx);
  return disabled ? voidApprovalsOf(trx, personId, "The signer's access was taken away.") : 0;
}

/**
 * Sets a password by its hash; with it all sessions of the person end. `temporary`: as in NewPerson. False: it is not `before` any more that stands.
 */
export async function setPassword(trx: ControlTrx, personId: string, hash: string, { before, temporary = false }: { before?: string; temporary?: boolean } = {}): Promise<boolean> {
  const update = trx.updateTable('person').set({ password_hash: hash, password_temporary: temporary }).where('id', '=', personId);
  const { numUpdatedRows } = await (before === undefined ? update : update.where('password_hash', '=', before)).executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Whether a session of the person that began then (as the control database counts) still stands. */
export async function sessionStands(db: Reader, personId: string, began: Date): Promise<boolean> {
  const row = await db.selectFrom('person').select('sessions_since').where('id', '=', personId).executeTakeFirst();
  return row !== undefined && (row.sessions_since === null || row.sessions_since <= began);
}

/** The instant as the control database counts it, from which a session begins. */
export async function momentOfControl(db: Reader): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  if (!rows[0]) throw new Error('the control database did not say what time it is');
  return rows[0].now;
}

export async function linkSubject(trx: ControlTrx, personId: string, subject: string): Promise<void> {
  await trx.updateTable('person').set({ oidc_subject: subject }).where('id', '=', personId).where('oidc_subject', 'is', null).execute();
}

async function replaceRoles(trx: ControlTrx, personId: string, roles: readonly RoleName[]): Promise<void> {
  await trx.deleteFrom('person_role').where('person_id', '=', personId).execute();
  if (roles.length > 0) await trx.insertInto('person_role').values([...new Set(roles)].map((role) => ({ person_id: personId, role }))).execute();
}

/** Two admins who disable each other at once must not both succeed. */
async function lockPeople(trx: ControlTrx): Promise<void> {
  await trx.selectFrom('person').select('id').orderBy('id').forUpdate().execute();
}

async function refuseWithoutAdmin(trx: ControlTrx): Promise<void> {
  const admin = await trx
    .selectFrom('person_role')
    .innerJoin('person', 'person.id', 'person_role.person_id')
    .select('person.id')
    .where('person_role.role', '=', 'admin')
    .where('person.disabled_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  if (!admin) throw new Refused('invalid_input', 'One admin must remain: otherwise nobody could grant roles any more.');
}

type PersonRow = { id: string; email: string; name: string; group_name: string; password_hash: string | null; password_temporary: boolean; oidc_subject: string | null; disabled_at: Date | null };

async function one(db: Reader, column: 'id' | 'email' | 'oidc_subject', value: string): Promise<Person | null> {
  const row = await db.selectFrom('person').selectAll().where(column, '=', value).executeTakeFirst();
  if (!row) return null;
  const roles = await db.selectFrom('person_role').select('role').where('person_id', '=', row.id).execute();
  return toPerson(row, roles.map((role) => role.role));
}

function toPerson(row: PersonRow, roles: readonly RoleName[]): Person {
  return { id: row.id, email: row.email, name: row.name, roles: ROLES.filter((role) => roles.includes(role)), group: row.group_name, disabledAt: row.disabled_at, passwordHash: row.password_hash, passwordTemporary: row.password_temporary, oidcSubject: row.oidc_subject };
}
