import type { StepPoint } from '#lib/pg/execute-kind.ts';
import { loadRun } from '#lib/store/runs.ts';
import { spawnWorker, type WorkerProcess } from './worker-process.ts';
import type { World } from './world.ts';

/** fault: killed at a named point. kill: at any moment. cut: its connections first. drop: its connections, and it lives on for a while. stop: paused past its lease. crash: the server with it. */
export type Blow = 'fault' | 'kill' | 'cut' | 'drop' | 'stop' | 'crash';

/** A run that is disturbed. */
export interface Victim {
  world: World;
  runId: string;
  /** Where a fault may strike. */
  stepIds: readonly string[];
  points: readonly StepPoint[];
  /** What its workers know beside the databases. */
  environment?: Readonly<Record<string, string>>;
}

export interface Blows {
  counts: Partial<Record<Blow, number>>;
  /** Faults whose point was not on the way: nothing was disturbed. */
  missed: number;
}

/** How many really struck. */
export function struck({ counts, missed }: Blows): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0) - missed;
}

/** mulberry32: small, and the same everywhere. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function pick<T>(from: readonly T[], next: () => number): T {
  return from[Math.floor(next() * from.length)] as T;
}

export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

export async function hasEnded({ world, runId }: Pick<Victim, 'world' | 'runId'>): Promise<boolean> {
  return (await loadRun(world.db, runId).catch(() => null))?.endedAt != null;
}

/** A worker takes the run and is struck. `stopped` collects those that are paused: they go on when the caller says so. */
export async function disturb(victim: Victim, blow: Blow, next: () => number, blows: Blows, stopped: WorkerProcess[]): Promise<void> {
  blows.counts[blow] = (blows.counts[blow] ?? 0) + 1;
  if (blow === 'fault') return fault(victim, next, blows);
  const worker = spawnWorker(victim.world, undefined, victim.environment);
  await underWay(victim, next);
  if (blow === 'stop') {
    worker.child.kill('SIGSTOP');
    stopped.push(worker);
    // A heartbeat that it had sent still arrives, and would renew the lease that is forgotten next.
    await pause(200);
    return;
  }
  if (blow !== 'kill') await cutBackends(victim, blow === 'crash', blow === 'drop' && next() < 0.5);
  if (blow !== 'kill') await pause(next() * (blow === 'drop' ? 3_000 : 300));
  worker.child.kill('SIGKILL');
  await worker.ended;
}

async function fault(victim: Victim, next: () => number, blows: Blows): Promise<void> {
  const worker = spawnWorker(victim.world, `${pick(victim.points, next)}:${pick(victim.stepIds, next)}`, victim.environment);
  const done = { ended: false };
  void worker.ended.then(() => { done.ended = true; });
  while (!done.ended && !(await hasEnded(victim))) await pause(25);
  if (!done.ended) blows.missed += 1;
  worker.child.kill('SIGKILL');
  await worker.ended;
}

/** Until the run does something, and a random moment on. */
async function underWay({ world, runId }: Victim, next: () => number): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const run = await loadRun(world.db, runId).catch(() => null);
    if (run?.endedAt || run?.state === 'running') break;
    await pause(25);
  }
  await pause(next() * 400);
}

/** SIGKILL on one backend makes the server end all of them and recover, as after a power cut; so the next of a list may be gone already. */
export function crashServer(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** @param besideOnly the sessions of tools, and in databases of their own; the run's own stays. */
async function cutBackends({ world, runId }: Victim, crash: boolean, besideOnly = false): Promise<void> {
  const client = await world.prod.client('superuser');
  const { rows } = await client.query<{ pid: number }>(`select pid from pg_stat_activity where (${besideOnly ? 'false' : 'true'} and application_name like 'countersign run ${runId}%') or application_name like 'countersign dump ${runId}%' or datname like 'countersign_restore_${runId.replaceAll('-', '').slice(0, 12)}%'`);
  for (const { pid } of rows) {
    if (crash) crashServer(pid);
    else await client.query('select pg_terminate_backend($1)', [pid]);
  }
  if (crash) await pause(500);
}

/** The next worker need not wait for the lease of one that is gone. */
export async function forgetLease({ world, runId }: Victim): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const done = await world.db.updateTable('run').set({ heartbeat_at: null }).where('id', '=', runId).where('ended_at', 'is', null).execute().then(() => true, () => false);
    if (done) return;
    await pause(100);
  }
}
