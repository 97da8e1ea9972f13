import type { DatabaseConfig, SourcesEnv } from '#lib/env.ts';
import { controlDb, type ControlDb } from '#lib/store/db.ts';
import type { Major } from '#lib/cli/server-account.ts';
import { closeAtEnd, freshDatabase, type TestDatabase } from './database.ts';
import { everybody, type PersonName, type WorldPerson } from './people.ts';

export type { PersonName, WorldPerson } from './people.ts';

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

export async function freshWorld(options: { major?: Major } = {}): Promise<World> {
  const major = options.major ?? 15;
  const [control, prod, dev] = await Promise.all([freshControl(), freshDatabase({ template: 'bazaar_prod', major }), freshDatabase({ template: 'bazaar_dev', major })]);
  return { ...control, prod, dev, databases: [prod.config, dev.config] };
}

/** For what happens in the control database alone. */
export async function freshControl(): Promise<ControlWorld> {
  const control = await freshDatabase({ template: 'people' });
  const db = controlDb(control.url('app'), { max: 4 });
  closeAtEnd(() => db.destroy());
  return { control, db, people: await everybody(db) };
}
