import 'server-only';
import { listMakings, type Making } from '#lib/store/account-makers.ts';
import { ROLES, listPeople, findPersonByEmail, type Person } from '#lib/store/people.ts';
import { DEMO_EMAILS } from '#lib/auth.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { configuration, control } from './control.ts';
import type { AccountDto, PersonAdminDto, PersonDto, SignInDto } from './dto/people.ts';
import { currentPerson, load } from './gate.ts';

/** Who looks at the page; null when nobody is signed in. */
export async function loadViewer(): Promise<PersonDto | null> {
  const person = await currentPerson();
  return person ? toDto(person) : null;
}

/** What the sign-in page offers. Needs no session. */
export async function loadSignIn(): Promise<SignInDto> {
  const { demo, oidc } = configuration();
  const people = demo ? await Promise.all(DEMO_EMAILS.map((email) => findPersonByEmail(control(), email))) : [];
  return { oidcName: oidc?.name ?? null, demoPeople: people.filter((person) => person !== null && person.disabledAt === null).map((person) => toDto(person as Person)) };
}

/** Everybody, for admins. To others the page does not exist. */
export const loadPeople = load(async ({ db, person }): Promise<{ people: readonly PersonAdminDto[]; roles: readonly PersonDto['roles'][number][] }> => {
  if (!person.roles.includes('admin')) throw new Refused('not_found', 'There is no such page.');
  const people = await listPeople(db);
  const makings = await listMakings(db);
  return { people: people.map((one) => toAdminDto(one, makings)), roles: ROLES };
});

function toDto(person: Person): PersonDto {
  return { id: person.id, name: person.name, email: person.email, roles: person.roles, passwordTemporary: person.passwordTemporary };
}

/** What a person sees of their own account. Also for whoever may see nothing else yet. */
export async function loadAccount(): Promise<AccountDto | null> {
  const person = await currentPerson();
  return person ? { ...toDto(person), group: person.group, signsInBy: waysOf(person) } : null;
}

function waysOf(person: Person): AccountDto['signsInBy'] {
  return [...(person.passwordHash ? (['password'] as const) : []), ...(person.oidcSubject ? (['single sign-on'] as const) : [])];
}

function toAdminDto(person: Person, makings: readonly Making[]): PersonAdminDto {
  const madeBy = makings.filter(({ personId }) => personId === person.id).map(({ what, by, at }) => ({ what, by, at: at.toISOString() }));
  return { ...toDto(person), group: person.group, disabledAt: person.disabledAt?.toISOString() ?? null, signsInBy: waysOf(person), madeBy };
}
