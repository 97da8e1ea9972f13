// `npm run control:migrate`: brings the control database to this release and gives the application's role its rights.
import { DatabaseError } from 'pg';
import { migrateEnv } from '#lib/env.ts';
import { migrateControl } from '#lib/store/migrate.ts';
import { runCommand, Stop } from './command.ts';

await runCommand(async () => {
  const { ownerUrl, controlUrl } = migrateEnv();
  const appRole = decodeURIComponent(new URL(controlUrl).username);
  if (appRole === '') throw new Stop('CONTROL_DATABASE_URL names no user: the rights are given to the role that it names.');
  const { applied, already } = await migrateControl(ownerUrl, appRole).catch((error: unknown) => {
    throw connectionStop(error) ?? error;
  });
  process.stdout.write(applied.length === 0 ? `The control database is up to date (${already.length} files).\n` : `Applied ${applied.join(', ')}.\n`);
  return 0;
});

function connectionStop(error: unknown): Stop | null {
  if (error instanceof DatabaseError && (error.code === '28P01' || error.code === '28000')) return new Stop('The control database refuses the user or password of CONTROL_OWNER_URL.', { cause: error });
  if (error instanceof DatabaseError && error.code === '3D000') return new Stop('The database that CONTROL_OWNER_URL names does not exist: create it first, owned by that user.', { cause: error });
  if (error instanceof DatabaseError && error.code === '42704') return new Stop('The role that CONTROL_DATABASE_URL names does not exist: create it first.', { cause: error });
  if (error instanceof Error && 'code' in error && /^(ECONN|ENOTFOUND|ETIMEDOUT|EAI_)/.test(String(error.code))) return new Stop(`Nothing answers at the address of CONTROL_OWNER_URL (${String(error.code)}).`, { cause: error });
  return null;
}
