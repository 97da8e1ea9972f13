import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './alive.ts';
import { serverAccount, serverBinaries, type Major, type ServerAccount } from './server-account.ts';

export interface ServerOptions {
  major: Major;
  /** Made when it is not there; handed over to the server's account when we are root. */
  dataDirectory: string;
  /** The server's own log. */
  logFile: string;
  /** False (tests): fast, and a crash may lose everything. */
  durable: boolean;
  /** Taken when it is free. */
  preferredPort?: number;
}

export interface EmbeddedServer {
  major: Major;
  port: number;
  password: string;
  /** As the superuser `postgres`. */
  url: (database: string) => string;
  /** Resolves when the server has ended, for whatever reason, with one sentence. */
  ended: Promise<string>;
  /** Fast shutdown: sessions are ended, everything is written. */
  stop: () => Promise<void>;
}

/**
 * The shell stays between us and the server: when we die, even by SIGKILL, its standard input closes and the server is shut down.
 * The server has a process group of its own, so that Ctrl-C reaches us first and web and worker end before their database does.
 */
const LEASH = '"$@" </dev/null & server=$!; exec 3<&0; (read -r _ <&3; kill -INT $server 2>/dev/null) & watch=$!; wait $server; code=$?; kill $watch 2>/dev/null; exit $code';

/** Nothing of our own environment, which holds secrets, reaches the server. */
const SERVER_ENVIRONMENT: NodeJS.ProcessEnv = { NODE_ENV: 'production', PATH: '/usr/bin:/bin', LC_ALL: 'C' };

/** Starts a real Postgres on 127.0.0.1 and a free port, with initdb when the directory is new. Throws one sentence when it cannot. */
export async function startServer(options: ServerOptions): Promise<EmbeddedServer> {
  const account = serverAccount();
  const binaries = serverBinaries(options.major, account);
  if (!binaries) throw new Error(`There is no embedded Postgres ${options.major} for ${process.platform}-${process.arch}.`);
  await initialise(options, binaries, account);
  await endStrayServer(options.dataDirectory);
  const password = readFileSync(passwordFile(options), 'utf8').trim();
  for (let tries = 1; ; tries += 1) {
    const port = await freePort(tries === 1 ? options.preferredPort : undefined);
    const process = launch(options, binaries, account, port);
    if (await ready(process, options.dataDirectory)) return running(options, process, port, password);
    if (tries === 5) throw new Error(`Postgres did not start; its log ends with: ${tail(options.logFile)}`);
    await sleep(500 * tries);
  }
}

function passwordFile(options: ServerOptions): string {
  return `${options.dataDirectory}.password`;
}

async function initialise(options: ServerOptions, binaries: string, account: ServerAccount | null): Promise<void> {
  const { dataDirectory } = options;
  // PG_VERSION is there early; the password file is moved in place last, so that an initdb broken off is begun anew.
  if (existsSync(join(dataDirectory, 'PG_VERSION')) && existsSync(passwordFile(options))) return;
  rmSync(dataDirectory, { recursive: true, force: true });
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  chmodSync(dataDirectory, 0o700);
  const password = randomBytes(18).toString('base64url');
  const handed = `${dataDirectory}.pwfile`;
  writeFileSync(handed, password, { mode: 0o600 });
  if (account) for (const path of [dataDirectory, handed]) chownSync(path, account.uid, account.gid);
  const flags = ['--username=postgres', `--pwfile=${handed}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions', '--no-sync'];
  await toEnd(join(binaries, 'bin', 'initdb'), [`--pgdata=${dataDirectory}`, ...flags], account);
  rmSync(handed);
  writeFileSync(passwordFile(options), password, { mode: 0o600 });
}

function toEnd(program: string, args: string[], account: ServerAccount | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'], env: SERVER_ENVIRONMENT, ...identity(account) });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => { said += chunk.toString(); });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}: ${said.trim()}`))));
  });
}

function identity(account: ServerAccount | null): { uid?: number; gid?: number } {
  return account ? { uid: account.uid, gid: account.gid } : {};
}

function launch(options: ServerOptions, binaries: string, account: ServerAccount | null, port: number): ChildProcess {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    // Autovacuum and checkpoints of a small machine; a shared buffer larger than the data only costs start-up time.
    shared_buffers: '64MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(options.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_wal_size: '4GB', autovacuum: 'off' }),
  };
  const args = [join(binaries, 'bin', 'postgres'), '-D', options.dataDirectory, '-p', String(port), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a');
  const child = spawn('/bin/sh', ['-c', LEASH, 'server', ...args], { cwd: '/', stdio: ['pipe', log, log], env: SERVER_ENVIRONMENT, detached: true, ...identity(account) });
  closeSync(log);
  child.stdin?.on('error', () => undefined);
  return child;
}

/** The server writes `ready` into its pid file, or `standby`; until then it may still be recovering. */
async function ready(child: ChildProcess, dataDirectory: string): Promise<boolean> {
  const pidFile = join(dataDirectory, 'postmaster.pid');
  for (const until = Date.now() + 120_000; Date.now() < until && child.exitCode === null; await sleep(25)) {
    if (existsSync(pidFile) && /^(?:ready|standby)\s*$/m.test(readIfThere(pidFile))) return true;
  }
  child.stdin?.end();
  return false;
}

function running(options: ServerOptions, child: ChildProcess, port: number, password: string): EmbeddedServer {
  const ended = new Promise<string>((resolve) => {
    child.on('exit', (code) => {
      child.stdin?.destroy();
      resolve(`Postgres ended with ${code}; its log is ${options.logFile}.`);
    });
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.stdin?.end();
    await ended;
  };
  return { major: options.major, port, password, url: (database) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`, ended, stop };
}

/** A server that a run killed hard has left behind still holds the directory: it is shut down. A stale pid file would look like a server that is ready. */
export async function endStrayServer(dataDirectory: string): Promise<void> {
  const pidFile = join(dataDirectory, 'postmaster.pid');
  const pid = Number(readIfThere(pidFile).split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1) return;
  if (isServerOf(pid, dataDirectory)) process.kill(pid, 'SIGINT');
  for (const until = Date.now() + 30_000; isServerOf(pid, dataDirectory); await sleep(50)) {
    if (Date.now() > until) throw new Error(`Another Postgres (process ${pid}) holds ${dataDirectory} and does not end: stop it first.`);
  }
  rmSync(pidFile, { force: true });
}

function isServerOf(pid: number, dataDirectory: string): boolean {
  const commandLine = readIfThere(`/proc/${pid}/cmdline`);
  return commandLine !== '' || existsSync('/proc/self') ? commandLine.includes(dataDirectory) : isAlive(pid);
}

/** A free port of the loopback interface, the preferred one if it can be had. */
export function freePort(preferred?: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', (error) => (preferred === undefined ? reject(error) : resolve(freePort())));
    probe.listen(preferred ?? 0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function tail(path: string): string {
  return readIfThere(path).trim().split('\n').slice(-5).join(' | ');
}
