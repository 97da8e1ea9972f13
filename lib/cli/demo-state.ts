import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isAlive } from './alive.ts';
import { Stop } from './command.ts';
import type { DemoPasswords } from './demo-databases.ts';
import { openFolder, reachableFolder, serverAccount } from './server-account.ts';

/** Where the demo keeps what it needs between two starts. */
export interface DemoFolder {
  path: string;
  /** Of the embedded server; outside `path` when its account cannot reach a clone that is closed to others. */
  postgres: string;
}

export interface DemoSecrets extends DemoPasswords {
  nextAuthSecret: string;
  /** Kept between starts where it is free, so that a noted psql command goes on working. */
  postgresPort: number | null;
}

export function demoFolder(path = '.countersign'): DemoFolder {
  const absolute = resolve(path);
  return { path: absolute, postgres: reachableFolder(join(absolute, 'postgres'), serverAccount()) };
}

/** One demo per folder. Returns the release. Throws Stop when another one is running. */
export function claimFolder(folder: DemoFolder): () => void {
  openFolder(folder.path, 0o755);
  const file = join(folder.path, 'demo.pid');
  const other = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  if (other > 1 && other !== process.pid && isDemo(other)) throw new Stop(`Countersign already runs from this folder (process ${other}): stop it first.`);
  writeFileSync(file, String(process.pid));
  return () => rmSync(file, { force: true });
}

/** A number that another program got since is no demo. */
function isDemo(pid: number): boolean {
  if (!isAlive(pid)) return false;
  if (!existsSync('/proc/self')) return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('demo.ts');
  } catch {
    // It ended meanwhile.
    return false;
  }
}

/** Removes all state; the lock and nothing else remains. */
export function resetFolder(folder: DemoFolder): void {
  for (const path of [folder.postgres, `${folder.postgres}.password`, `${folder.postgres}.pwfile`]) rmSync(path, { recursive: true, force: true });
  for (const name of ['secrets.json', 'connections.json', 'web.log', 'worker.log', 'postgres.log', 'build.log']) rmSync(join(folder.path, name), { force: true });
}

/** Made at the first start, kept afterwards, readable by us alone. */
export function demoSecrets(folder: DemoFolder): DemoSecrets {
  const file = join(folder.path, 'secrets.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as DemoSecrets;
  const made: DemoSecrets = { nextAuthSecret: secret() + secret(), control: secret(), reader: secret(), operator: secret(), postgresPort: null };
  keepSecrets(folder, made);
  return made;
}

export function keepSecrets(folder: DemoFolder, secrets: DemoSecrets): void {
  writeFileSync(join(folder.path, 'secrets.json'), JSON.stringify(secrets, null, 2), { mode: 0o600 });
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}
