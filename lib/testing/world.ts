import type { DatabaseConfig, SourcesEnv } from '#lib/env.ts';
import { controlDb, type ControlDb } from '#lib/store/db.ts';
import { createPerson } from '#lib/store/people.ts';
import type { RoleName } from '#lib/store/tables.ts';
import type { Major } from '#lib/cli/server-account.ts';
import { closeAtEnd, freshDatabase, type TestDatabase } from './database.ts';

export interface WorldPerson {
  id: string;
  email: string;
  name: string;
}
export type PersonName = 'author' | 'approver' | 'approver2' | 'operator' | 'admin' | 'viewer';

/** A control database with people. */
export interface ControlWorld {
  control: TestDatabase;
  /** As the application's role, closed at the end of the test. */
  db: ControlDb;
  people: Readonly<Record<PersonName, WorldPerson>>;
}

/** The same with the two product databases: everything that a plan needs, and nobody else's. */
export interface World extends ControlWorld {
  prod: TestDatabase;
  dev: TestDatabase;
  /** As declared in the environment: bazaar_prod and bazaar_dev, with operators. */
  databases: readonly DatabaseConfig[];
  /** Only for tests that replay SQL. */
  sources?: SourcesEnv;
}

const ROLES_OF: Readonly<Record<PersonName, readonly RoleName[]>> = {
  author: ['viewer', 'author'],
  approver: ['viewer', 'approver'],
  approver2: ['viewer', 'approver'],
  operator: ['viewer', 'operator'],
  admin: ['viewer', 'admin'],
  viewer: ['viewer'],
};

export async function freshWorld(options: { major?: Major } = {}): Promise<World> {
  const major = options.major ?? 15;
  const [control, prod, dev] = await Promise.all([freshControl(), freshDatabase({ template: 'bazaar_prod', major }), freshDatabase({ template: 'bazaar_dev', major })]);
  return { ...control, prod, dev, databases: [prod.config, dev.config] };
}

/** For what happens in the control database alone. */
export async function freshControl(): Promise<ControlWorld> {
  const control = await freshDatabase({ template: 'control' });
  const db = controlDb(control.url('app'), { max: 4 });
  closeAtEnd(() => db.destroy());
  return { control, db, people: await peopleOf(db) };
}

/** Nobody has a password: hashing is slow on purpose. A test of passwords makes its own person. */
async function peopleOf(db: ControlDb): Promise<Record<PersonName, WorldPerson>> {
  const add = (name: PersonName): Promise<WorldPerson> =>
    db.transaction().execute(async (trx) => {
      const person = { email: `${name}@demo.test`, name: name[0]?.toUpperCase() + name.slice(1) };
      return { ...person, id: await createPerson(trx, { ...person, roles: ROLES_OF[name], password: null }) };
    });
  return { author: await add('author'), approver: await add('approver'), approver2: await add('approver2'), operator: await add('operator'), admin: await add('admin'), viewer: await add('viewer') };
}
