import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { EnvironmentError, workerEnv } from '#lib/env.ts';
import { logNote, logSurprise } from '#lib/log.ts';
import { controlDb } from '#lib/store/db.ts';
import { faultPoints } from './fault-points.ts';
import { serve } from './serve.ts';

/** The worker's process: configuration in, signals, exit. What it does is in serve.ts. */
async function main(): Promise<void> {
  const env = workerEnv();
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
  const worker = { id: randomUUID(), host: hostname(), pid: process.pid };
  const db = controlDb(env.controlUrl);
  try {
    await serve({ db, controlUrl: env.controlUrl, driftEveryMs: env.driftEveryMs, databases: env.databases, backup: env.backup, pacing: env.pacing, policy: env.policy, rehearsal: env.rehearsal, scratchUrl: env.scratchUrl, notify: env.notify, worker, name: `${worker.host} (process ${worker.pid})`, reach: faultPoints(env.fault) }, stop.signal);
  } finally {
    await db.destroy();
  }
  logNote('the worker has stopped');
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    if (error instanceof EnvironmentError) process.stderr.write(`${error.message}\n`);
    else logSurprise(error, 'running the worker');
    process.exit(1);
  },
);
