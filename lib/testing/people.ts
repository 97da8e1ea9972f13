import type { ControlDb } from '#lib/store/db.ts';
import { createPerson } from '#lib/store/people.ts';
import type { RoleName } from '#lib/store/tables.ts';

export interface WorldPerson {
  id: string;
  email: string;
  name: string;
}
export type PersonName = 'author' | 'approver' | 'approver2' | 'operator' | 'admin' | 'viewer';

const ROLES_OF: Readonly<Record<PersonName, readonly RoleName[]>> = {
  author: ['viewer', 'author'],
  approver: ['viewer', 'approver'],
  approver2: ['viewer', 'approver'],
  operator: ['viewer', 'operator'],
  admin: ['viewer', 'admin'],
  viewer: ['viewer'],
};

/** Into the template, once. Nobody has a password: hashing is slow on purpose, and a test of passwords makes its own person. */
export async function addPeople(db: ControlDb): Promise<void> {
  for (const [name, roles] of Object.entries(ROLES_OF)) {
    await db.transaction().execute((trx) => createPerson(trx, { email: `${name}@demo.test`, name: `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`, roles, password: null }));
  }
}

/** Who is in a database made from that template. */
export async function everybody(db: ControlDb): Promise<Record<PersonName, WorldPerson>> {
  const rows = await db.selectFrom('person').select(['id', 'email', 'name']).execute();
  return Object.fromEntries(rows.map((person) => [person.email.slice(0, person.email.indexOf('@')), person])) as Record<PersonName, WorldPerson>;
}
