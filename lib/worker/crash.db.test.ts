import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StepPoint } from '#lib/pg/execute-kind.ts';
import { verifyChain } from '#lib/store/audit.ts';
import { eventsAfter } from '#lib/store/runs.ts';
import { type Blow, type Blows, disturb, forgetLease, hasEnded, pause, pick, random, struck, type Victim } from '#lib/testing/blows.ts';
import { crashScene, kindsOf, stateOf } from '#lib/testing/crash-scene.ts';
import { endedRun } from '#lib/testing/small-run.ts';
import { startWorker, type WorkerProcess } from '#lib/testing/worker-process.ts';
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
const MAJORS: readonly Major[] = [14, 15, 18];
/** A seed alone says what happens, so that one case can be repeated. */
function caseOf(seed: number): { major: Major; seed: number } {
  return { major: MAJORS[seed % 3] ?? 15, seed };
}

// Some points are not on the way, and some runs end early: of three blows a run, two are counted on.
const CASES = DRILL > 0 ? Array.from({ length: Math.ceil(DRILL / 2) }, (_, index) => caseOf(SEED + index)) : MAJORS.map((_, index) => caseOf(SEED + index));
const blows: Blows = { counts: {}, missed: 0 };
const figures = { runs: 0, slowest: 0, kinds: new Set<string>(), differ: 0 };

afterAll(() => {
  process.stdout.write(`drill:crash, seed ${SEED}: ${struck(blows)} disturbances (${JSON.stringify(blows.counts)}) over ${figures.runs} runs with steps of the kinds ${[...figures.kinds].join(', ')}; `
    + `${figures.differ} runs that differ from an undisturbed one, slowest to resolve ${Math.round(figures.slowest / 100) / 10} s, ${blows.missed} of the fault points were not on the way.\n`);
});

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

test.each(CASES)('on $major, seed $seed: whatever dies in between, the run ends as an undisturbed one, with every effect once', async ({ major, seed }) => {
  const wanted = undisturbed.get(major);
  const next = random(seed);
  const scene = await crashScene(major);
  const victim: Victim = { ...scene, stepIds: scene.phase.steps.map((step) => step.id), points: POINTS };
  const stopped: WorkerProcess[] = [];
  const kinds: Blow[] = DRILL > 0 ? ['fault', 'fault', 'kill', 'cut', 'stop', 'crash'] : ['fault', 'fault', 'kill', 'cut', 'stop'];
  for (let count = 0; count < KILLS_PER_RUN && !(await hasEnded(scene)); count += 1) {
    await disturb(victim, pick(kinds, next), next, blows, stopped);
    await forgetLease(victim);
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
