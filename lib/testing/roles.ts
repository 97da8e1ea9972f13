import type { DemoPasswords, DemoRole } from '#lib/cli/demo-databases.ts';
import type { Major } from '#lib/cli/server-account.ts';

/** Passwords of a server that lives as long as the tests and listens on loopback only. */
export const PASSWORDS: DemoPasswords = { control: 'control', reader: 'reader', operator: 'operator' };

export type TestServers = Partial<Record<Major, { port: number; password: string }>>;

/** `owner` and `app`: of the control database. `reader` and `operator`: of a database under review. */
export type TestRole = 'superuser' | 'owner' | 'app' | 'reader' | 'operator';

export const ROLE_NAMES: Readonly<Record<Exclude<TestRole, 'superuser'>, DemoRole>> = {
  owner: 'countersign_owner',
  app: 'countersign_app',
  reader: 'bazaar_reader',
  operator: 'bazaar_operator',
};
