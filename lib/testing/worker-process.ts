import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { BackupEnv, NotifyEnv, PacingEnv, RehearsalEnv } from '#lib/env.ts';
import { serve } from '#lib/worker/serve.ts';
import { controlDb } from '#lib/store/db.ts';
import { closeAtEnd } from './database.ts';
import type { World } from './world.ts';

/** A worker that makes no dumps. */
const NO_BACKUP: BackupEnv = { directory: null, toolFolder: null, restoreUrl: null, environment: {} };

/** A worker that tells nobody. */
export const QUIET: NotifyEnv = { webhookKey: null, privateTargets: false, smtpUrl: null, mailFrom: 'Countersign <countersign@demo.test>', address: null };

export const PACING: PacingEnv = { lagSeconds: 5, walBytesPerSecond: 0, fuseSessions: 5, fuseSeconds: 3 };

/** Environment of a worker on this world. */
function workerEnvironment(world: World, fault?: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    // Half of a worker's start is compiling: many tests start and kill several.
    ...(process.env['NODE_COMPILE_CACHE'] === undefined ? {} : { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] }),
    CONTROL_DATABASE_URL: world.control.url('app'),
    COUNTERSIGN_DATABASES: 'bazaar_prod',
    BAZAAR_PROD_READER_URL: world.prod.url('reader'),
    BAZAAR_PROD_OPERATOR_URL: world.prod.url('operator'),
    BAZAAR_PROD_ENVIRONMENT: 'production',
    ...(fault === undefined ? {} : { COUNTERSIGN_FAULT: fault }),
  };
}

export interface WorkerProcess {
  child: ChildProcess;
  /** Resolves with the signal or exit code that ended it. */
  ended: Promise<string>;
  log: () => string;
}

/** A real process, as in production; killed at the end of the test if it still runs. */
export function spawnWorker(world: World, fault?: string, more: Readonly<Record<string, string>> = {}): WorkerProcess {
  const child = spawn(process.execPath, ['lib/worker/main.ts'], { env: { ...workerEnvironment(world, fault), ...more } as NodeJS.ProcessEnv, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (text: Buffer) => {
    log += text.toString();
  });
  const ended = new Promise<string>((resolve) => child.on('exit', (code, signal) => resolve(signal ?? String(code))));
  closeAtEnd(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 8_000);
    await ended;
    clearTimeout(timer);
  });
  return { child, ended, log: () => log };
}

/** The same inside this process; stopped at the end of the test. */
export function startWorker(world: World, change: { databases?: World['databases']; name?: string; backup?: BackupEnv; pacing?: PacingEnv; rehearsal?: RehearsalEnv; rehearsalRequired?: readonly string[]; scratchUrl?: string; notify?: NotifyEnv; retrySeconds?: number; quietSeconds?: number } = {}): { stop: () => Promise<void> } {
  const stop = new AbortController();
  const db = controlDb(world.control.url('app'), { max: 6 });
  const worker = { id: randomUUID(), host: 'test', pid: process.pid };
  const served = serve({ db, controlUrl: world.control.url('app'), driftEveryMs: 0, databases: change.databases ?? world.databases, worker, backup: change.backup ?? NO_BACKUP, pacing: change.pacing ?? PACING, policy: { rehearsalRequired: change.rehearsalRequired ?? [], approvals: 1, approvalsDestructive: 1, teamRules: [] }, notify: change.notify ?? QUIET, quietSeconds: change.quietSeconds ?? 0, ...(change.retrySeconds === undefined ? {} : { retrySeconds: change.retrySeconds }), rehearsal: change.rehearsal ?? { url: null, roomBytes: null, sampleSuffices: [] }, scratchUrl: change.scratchUrl ?? null, draftSettledSeconds: 0, name: change.name ?? 'test', reach: () => undefined }, stop.signal);
  let stopped: Promise<void> | null = null;
  const end = (): Promise<void> => {
    stopped ??= (async () => {
      stop.abort();
      await served;
      await db.destroy();
    })();
    return stopped;
  };
  closeAtEnd(end);
  return { stop: end };
}
