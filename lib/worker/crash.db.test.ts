import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StepPoint } from '#lib/pg/execute-kind.ts';
import { verifyChain } from '#lib/store/audit.ts';
import { eventsAfter, loadRun } from '#lib/store/runs.ts';
import { crashScene, kindsOf, stateOf, type CrashScene } from '#lib/testing/crash-scene.ts';
import { endedRun } from '#lib/testing/small-run.ts';
import { spawnWorker, startWorker, type WorkerProcess } from '#lib/testing/worker-process.ts';
import type { Major } from '#lib/cli/server-account.ts';

/**
 * Seeded disturbances over a phase with a step of every kind that changes the target. A small number in the suite; `npm run drill:crash`
 * asks for a hundred, alone on its servers, and then crashes the servers too.
 */
const DRILL = Number(process.env['COUNTERSIGN_DRILL_KILLS'] ?? '0');
const SEED = Number(process.env['COUNTERSIGN_DRILL_SEED'] ?? '20261121');
const KILLS_PER_RUN = DRILL > 0 ? 3 : 2;
const UNRESOLVED_MS = 30_000;
const POINTS: readonly StepPoint[] = ['before_ledger', 'after_ledger', 'mid_copy', 'before_batch_commit', 'after_batch', 'before_commit', 'after_commit'];
type Blow = 'fault' | 'kill' | 'cut' | 'stop' | 'crash';

const MAJORS: readonly Major[] = [14, 15, 18];
/** A seed alone says what happens, so that one case can be repeated. */
function caseOf(seed: number): { major: Major; seed: number } {
  return { major: MAJORS[seed % 3] ?? 15, seed };
}

const CASES = DRILL > 0 ? Array.from({ length: Math.ceil(DRILL / KILLS_PER_RUN) }, (_, index) => caseOf(SEED + index)) : MAJORS.map((_, index) => caseOf(SEED + index));
const figures = { runs: 0, blows: {} as Record<string, number>, missed: 0, slowest: 0, kinds: new Set<string>(), differ: 0 };

afterAll(() => {
  const blows = Object.values(figures.blows).reduce((sum, count) => sum + count, 0);
  process.stdout.write(`drill:crash, seed ${SEED}: ${blows} disturbances (${JSON.stringify(figures.blows)}) over ${figures.runs} runs with steps of the kinds ${[...figures.kinds].join(', ')}; `
    + `${figures.differ} runs that differ from an undisturbed one, slowest to resolve ${Math.round(figures.slowest / 100) / 10} s, ${figures.missed} fault points that were not on the way.\n`);
});

/** mulberry32: small, and the same everywhere. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pick<T>(from: readonly T[], next: () => number): T {
  return from[Math.floor(next() * from.length)] as T;
}

/** What an undisturbed run leaves, by server version. */
const undisturbed = new Map<Major, unknown>();

beforeAll(async () => {
  for (const major of MAJORS) {
    const scene = await crashScene(major);
    const worker = startWorker(scene.world);
    expect(await endedRun(scene.world, scene.runId)).toMatchObject({ state: 'applied' });
    await worker.stop();
    undisturbed.set(major, await stateOf(scene));
  }
});

async function hasEnded({ world, runId }: CrashScene): Promise<boolean> {
  return (await loadRun(world.db, runId).catch(() => null))?.endedAt != null;
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Until the run does something, and a random moment on. */
async function underWay(scene: CrashScene, next: () => number): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const run = await loadRun(scene.world.db, scene.runId).catch(() => null);
    if (run?.endedAt || run?.state === 'running') break;
    await pause(25);
  }
  await pause(next() * 400);
}

async function cutBackends({ world, runId }: CrashScene, crash: boolean): Promise<void> {
  const client = await world.prod.client('superuser');
  const { rows } = await client.query<{ pid: number }>(`select pid from pg_stat_activity where application_name like 'countersign run ${runId}%'`);
  // SIGKILL on one backend makes the server end all of them and recover, as after a power cut.
  for (const { pid } of rows) {
    if (crash) process.kill(pid, 'SIGKILL');
    else await client.query('select pg_terminate_backend($1)', [pid]);
  }
  if (crash) await pause(500);
}

async function disturb(scene: CrashScene, blow: Blow, next: () => number, stopped: WorkerProcess[]): Promise<void> {
  figures.blows[blow] = (figures.blows[blow] ?? 0) + 1;
  if (blow === 'fault') {
    const spec = `${pick(POINTS, next)}:${pick(scene.phase.steps, next).id}`;
    const worker = spawnWorker(scene.world, spec);
    const done = { ended: false };
    void worker.ended.then(() => { done.ended = true; });
    while (!done.ended && !(await hasEnded(scene))) await pause(25);
    if (!done.ended) figures.missed += 1;
    worker.child.kill('SIGKILL');
    await worker.ended;
    return;
  }
  const worker = spawnWorker(scene.world);
  await underWay(scene, next);
  if (blow === 'stop') {
    worker.child.kill('SIGSTOP');
    stopped.push(worker);
    // A heartbeat that it had sent still arrives, and would renew the lease that is forgotten next.
    await pause(200);
    return;
  }
  if (blow !== 'kill') await cutBackends(scene, blow === 'crash');
  if (blow !== 'kill') await pause(next() * 300);
  worker.child.kill('SIGKILL');
  await worker.ended;
}

async function forgetLease({ world, runId }: CrashScene): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const done = await world.db.updateTable('run').set({ heartbeat_at: null }).where('id', '=', runId).where('ended_at', 'is', null).execute().then(() => true, () => false);
    if (done) return;
    await pause(100);
  }
}

test.each(CASES)('on $major, seed $seed: whatever dies in between, the run ends as an undisturbed one, with every effect once', async ({ major, seed }) => {
  const wanted = undisturbed.get(major);
  const next = random(seed);
  const scene = await crashScene(major);
  const stopped: WorkerProcess[] = [];
  const blows: Blow[] = DRILL > 0 ? ['fault', 'fault', 'kill', 'cut', 'stop', 'crash'] : ['fault', 'fault', 'kill', 'cut', 'stop'];
  for (let count = 0; count < KILLS_PER_RUN && !(await hasEnded(scene)); count += 1) {
    await disturb(scene, pick(blows, next), next, stopped);
    await forgetLease(scene);
  }
  const since = Date.now();
  const last = startWorker(scene.world);
  const run = await endedRun(scene.world, scene.runId, UNRESOLVED_MS);
  figures.slowest = Math.max(figures.slowest, Date.now() - since);
  for (const worker of stopped) worker.child.kill('SIGCONT');
  if (stopped.length > 0) await pause(1_000);
  await last.stop();
  figures.runs += 1;
  for (const kind of kindsOf(scene)) figures.kinds.add(kind);
  expect(run, JSON.stringify(await eventsAfter(scene.world.db, scene.runId, 0))).toMatchObject({ state: 'applied', sentence: 'Applied and verified.' });
  const state = await stateOf(scene);
  if (JSON.stringify(state) !== JSON.stringify(wanted)) figures.differ += 1;
  expect(state).toEqual(wanted);
  expect((await verifyChain(scene.world.db)).brokenAt).toBeNull();
});
