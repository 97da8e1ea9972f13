import 'server-only';
import { webEnv, type DatabaseConfig, type WebEnv } from '#lib/env.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { controlDb, type ControlDb } from '#lib/store/db.ts';

// On globalThis, because the bundler may load this module more than once, and each would open a pool of its own.
const shared = globalThis as typeof globalThis & { countersignControl?: { env: WebEnv; db: ControlDb } };

function opened(): { env: WebEnv; db: ControlDb } {
  if (!shared.countersignControl) {
    const env = webEnv();
    shared.countersignControl = { env, db: controlDb(env.controlUrl) };
  }
  return shared.countersignControl;
}

/** The control database of this process; opened on first use, so that a build needs no environment. */
export function control(): ControlDb {
  return opened().db;
}

/** The configuration of this process. */
export function configuration(): WebEnv {
  return opened().env;
}

/** A declared database by name. Refused with `database_unknown` when it is not declared. */
export function databaseNamed(name: string, env: Pick<WebEnv, 'databases'> = configuration()): DatabaseConfig {
  const found = env.databases.find((database) => database.name === name);
  if (!found) throw new Refused('database_unknown', `No database called “${name}” is declared here. Declared: ${env.databases.map((database) => database.name).join(', ')}.`);
  return found;
}
