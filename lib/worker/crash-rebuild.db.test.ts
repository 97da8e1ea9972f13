import { Client } from 'pg';
import { afterAll, expect, test } from 'vitest';
import type { Major } from '#lib/cli/server-account.ts';
import type { StepPoint } from '#lib/pg/execute-kind.ts';
import { introspect } from '#lib/pg/introspect.ts';
import type { Phase } from '#lib/pipeline/plan.ts';
import type { RunKind } from '#lib/pipeline/run.ts';
import { fingerprint } from '#lib/pipeline/snapshot.ts';
import { verifyChain } from '#lib/store/audit.ts';
import { eventsAfter } from '#lib/store/runs.ts';
import { type Blow, type Blows, disturb, forgetLease, hasEnded, pause, pick, random, struck } from '#lib/testing/blows.ts';
import { phaseOf, rowsDifferent, stepsOf } from '#lib/testing/rebuild-scene.ts';
import { type RebuildWay, rebuildWorld, type RebuildWorld, requestPhase } from '#lib/testing/rebuild-world.ts';
import { endedRun } from '#lib/testing/small-run.ts';
import { startWorker, type WorkerProcess } from '#lib/testing/worker-process.ts';

/** The same drill over a table rebuild, forward and all the way back, with rows written in between. One in the suite; `npm run drill:crash` asks for more. */
const DRILL = Number(process.env['COUNTERSIGN_DRILL_KILLS'] ?? '0');
const SEED = Number(process.env['COUNTERSIGN_DRILL_SEED'] ?? '20261121');
const KILLS_PER_RUN = DRILL > 0 ? 3 : 1;
const ROWS = 2_000;
const MAJORS: readonly Major[] = [18, 14, 15];
const CASES = Array.from({ length: Math.max(1, Math.ceil(DRILL / 20)) }, (_, index) => ({ major: MAJORS[index % 3] ?? 15, seed: SEED + index, way: (index % 2 === 0 ? 'tables' : 'columns') as RebuildWay }));
const KINDS: readonly Blow[] = DRILL > 0 ? ['fault', 'fault', 'fault', 'kill', 'cut', 'stop', 'crash'] : ['fault', 'kill', 'cut'];
const POINTS: readonly StepPoint[] = ['before_ledger', 'after_ledger', 'before_batch_commit', 'after_batch', 'caught_up', 'before_commit', 'after_commit'];
const WAY: readonly (readonly [string, RunKind])[] = [['convert', 'forward'], ['convert-swap', 'forward'], ['convert-swap', 'rollback'], ['convert', 'rollback']];

const blows: Blows = { counts: {}, missed: 0 };
const figures = { runs: 0, writes: 0, slowest: 0 };

afterAll(() => {
  process.stdout.write(`drill:crash, rebuild, seed ${SEED}: ${struck(blows)} disturbances (${JSON.stringify(blows.counts)}) over ${figures.runs} runs and ${figures.writes} transactions of the application; `
    + `slowest to resolve ${Math.round(figures.slowest / 100) / 10} s, ${blows.missed} of the fault points were not on the way.\n`);
});

interface Scene extends RebuildWorld {
  next: () => number;
  stopped: WorkerProcess[];
}

async function scene(major: Major, seed: number, way: RebuildWay): Promise<Scene> {
  return { ...(await rebuildWorld(ROWS, { major, way })), next: random(seed), stopped: [] };
}

/** One transaction of an application that writes both tables, and the mirror of what it wrote; not counted when it had to wait too long for us. */
async function write({ world }: Scene, next: () => number): Promise<void> {
  const client = new Client({ connectionString: world.prod.url('operator') });
  client.on('error', () => undefined);
  const number = 1 + Math.floor(next() * ROWS);
  const note = `written ${Math.floor(next() * 1e9)}`;
  try {
    await client.connect();
    await client.query(`begin; set local lock_timeout = '2s'`);
    for (const table of ['export', 'mirror_export']) await client.query(`update public.${table} set note = $1 where slug = $2`, [note, `slug ${number}`]);
    for (const table of ['analytics', 'mirror_analytics']) await client.query(`update public.${table} set kind = $1 where amount = $2`, [note, number]);
    if (next() < 0.3) for (const table of ['analytics', 'mirror_analytics']) await client.query(`delete from public.${table} where amount = $1`, [1 + (number * 7) % ROWS]);
    await client.query('commit');
    figures.writes += 1;
  } catch (error) {
    // Only what never came to its commit: the server may be recovering, and a paused worker may hold the tables.
    if (!/lock timeout|recovery|starting up|shutting down|terminat|ECONNRESET|ECONNREFUSED|Connection terminated|crash of another/.test(String(error))) throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function carry(one: Scene, phase: Phase, kind: RunKind): Promise<void> {
  const { world, next, stopped } = one;
  const runId = await requestPhase(one, phase, kind);
  const victim = { world, runId, stepIds: stepsOf(phase, kind).map((step) => step.id), points: POINTS };
  for (let count = 0; count < KILLS_PER_RUN && !(await hasEnded(victim)); count += 1) {
    await disturb(victim, pick(KINDS, next), next, blows, stopped);
    await forgetLease(victim);
    for (let writes = 0; writes < 5; writes += 1) await write(one, next);
  }
  const since = Date.now();
  const last = startWorker(world);
  const ended = endedRun(world, runId, 50_000);
  while (!(await hasEnded(victim)) && Date.now() - since < 40_000) await write(one, next);
  const run = await ended;
  figures.slowest = Math.max(figures.slowest, Date.now() - since);
  figures.runs += 1;
  for (const worker of stopped.splice(0)) worker.child.kill('SIGCONT');
  await pause(300);
  await last.stop();
  expect(run, JSON.stringify(await eventsAfter(world.db, runId, 0))).toMatchObject({ state: 'applied', sentence: kind === 'forward' ? 'Applied and verified.' : 'Rolled back and verified.' });
  expect(await rowsDifferent(world.prod.url())).toBe(0);
}

test.each(CASES)('on $major, seed $seed: a rebuild of $way that is struck on its way forward and back loses no write, and leaves the schema as it was', async ({ major, seed, way }) => {
  const one = await scene(major, seed, way);
  const before = await introspect(await one.world.prod.client());
  for (const [phase, kind] of WAY) await carry(one, phaseOf(one.plan, phase), kind);
  const after = await introspect(await one.world.prod.client());
  expect(fingerprint(after.objects)).toBe(fingerprint(before.objects));
  expect((await verifyChain(one.world.db)).brokenAt).toBeNull();
});
