import { afterAll, expect, test } from 'vitest';
import type { Major } from '#lib/cli/server-account.ts';
import type { StepPoint } from '#lib/pg/execute-kind.ts';
import { introspect } from '#lib/pg/introspect.ts';
import type { RunKind } from '#lib/pipeline/run.ts';
import { fingerprint } from '#lib/pipeline/snapshot.ts';
import { verifyChain } from '#lib/store/audit.ts';
import { eventsAfter } from '#lib/store/runs.ts';
import { type Blow, type Blows, disturb, forgetLease, hasEnded, pause, pick, random, struck } from '#lib/testing/blows.ts';
import { MERGED, mergeWorld, writeDuplicate } from '#lib/testing/merge-world.ts';
import { stepsOf } from '#lib/testing/rebuild-scene.ts';
import { requestPhase } from '#lib/testing/rebuild-world.ts';
import { endedRun } from '#lib/testing/small-run.ts';
import { startWorker, type WorkerProcess } from '#lib/testing/worker-process.ts';

/** The same drill over a duplicate that is merged in batches, forward and back, while the application writes to it. One in the suite; `npm run drill:crash` asks for more. */
const DRILL = Number(process.env['COUNTERSIGN_DRILL_KILLS'] ?? '0');
const SEED = Number(process.env['COUNTERSIGN_DRILL_SEED'] ?? '20261122');
const BLOWS_PER_RUN = DRILL > 0 ? 4 : 2;
const MAJORS: readonly Major[] = [15, 18, 14];
const CASES = Array.from({ length: Math.max(1, Math.ceil(DRILL / 20)) }, (_, index) => ({ major: MAJORS[index % 3] ?? 15, seed: SEED + index }));
const KINDS: readonly Blow[] = DRILL > 0 ? ['fault', 'fault', 'fault', 'kill', 'cut', 'stop', 'crash'] : ['fault', 'kill', 'cut'];
const POINTS: readonly StepPoint[] = ['before_ledger', 'after_ledger', 'before_batch_commit', 'after_batch', 'before_commit', 'after_commit'];

const blows: Blows = { counts: {}, missed: 0 };
const figures = { runs: 0, writes: 0, slowest: 0 };

afterAll(() => {
  process.stdout.write(`drill:crash, merge, seed ${SEED}: ${struck(blows)} disturbances (${JSON.stringify(blows.counts)}) over ${figures.runs} runs and ${figures.writes} transactions of the application; `
    + `slowest to resolve ${Math.round(figures.slowest / 100) / 10} s, ${blows.missed} of the fault points were not on the way.\n`);
});

type Scene = Awaited<ReturnType<typeof mergeWorld>> & { next: () => number; stopped: WorkerProcess[] };

/** What was signed is compared and noted first: what the application writes before that makes other counts than the signed ones, and is asked about anew. */
async function isNoted({ world, phase }: Scene, runId: string): Promise<boolean> {
  return (await eventsAfter(world.db, runId, 0)).some(({ event }) => event.type === 'step_applied' && event.step === phase.steps[1]?.id);
}

async function write(one: Scene, runId: string): Promise<void> {
  if (!(await isNoted(one, runId))) return;
  if (await writeDuplicate(one.world.prod.url('operator'), figures.writes + 1)) figures.writes += 1;
}

async function carry(one: Scene, kind: RunKind): Promise<void> {
  const { world, phase, next, stopped } = one;
  const runId = await requestPhase(one, phase, kind);
  const victim = { world, runId, stepIds: stepsOf(phase, kind).map((step) => step.id), points: POINTS };
  for (let count = 0; count < BLOWS_PER_RUN && !(await hasEnded(victim)); count += 1) {
    await disturb(victim, pick(KINDS, next), next, blows, stopped);
    await forgetLease(victim);
    for (let writes = 0; writes < 5; writes += 1) await write(one, runId);
  }
  const since = Date.now();
  const last = startWorker(world);
  const ended = endedRun(world, runId, 50_000);
  while (!(await hasEnded(victim)) && Date.now() - since < 40_000) {
    await write(one, runId);
    await pause(10);
  }
  const run = await ended;
  figures.slowest = Math.max(figures.slowest, Date.now() - since);
  figures.runs += 1;
  for (const worker of stopped.splice(0)) worker.child.kill('SIGCONT');
  await pause(300);
  await last.stop();
  expect(run, JSON.stringify(await eventsAfter(world.db, runId, 0))).toMatchObject({ state: 'applied', sentence: kind === 'forward' ? 'Applied and verified.' : 'Rolled back and verified.' });
}

/** Rows of the mirror that are not in the table as they are there. */
const missing = (table: string): string => `select count(*)::int as n from beside.mirror m where id not between 1 and 5 and not exists (select from ${table} t where t.id = m.id and t.label = m.label)`;
const KEPT = `select coalesce(string_agg(id || ' ' || coalesce(label, '-') || ' ' || coalesce(note, '-'), ', ' order by id), '') as rows from public.app_metric where id between 1 and 6`;

test.each(CASES)('on $major, seed $seed: a merge in batches that is struck on its way forward and back brings every row over once, and takes it out again', { timeout: 180_000 }, async ({ major, seed }) => {
  const one: Scene = { ...(await mergeWorld(major)), next: random(seed), stopped: [] };
  const client = await one.world.prod.client('superuser');
  const before = fingerprint((await introspect(client)).objects);
  await carry(one, 'forward');
  const after = await one.world.prod.client('superuser');
  const mirrored = (await after.query<{ n: number }>('select count(*)::int as n from beside.mirror')).rows[0]?.n ?? 0;
  expect(mirrored).toBeGreaterThanOrEqual(MERGED);
  expect((await after.query(missing('public.app_metric'))).rows).toEqual([{ n: 0 }]);
  expect((await after.query('select count(*)::int as n from public.app_metric')).rows).toEqual([{ n: mirrored + 1 }]);
  expect((await after.query(KEPT)).rows).toEqual([{ rows: '1 l1 ours, 2 l2 ours, 3 l3 ours, 4 theirs ours, 5 l5 ours, 6 l6 ours' }]);

  await carry(one, 'rollback');
  const end = await one.world.prod.client('superuser');
  expect((await end.query(missing('public.metric'))).rows).toEqual([{ n: 0 }]);
  expect((await end.query(KEPT.replace(' where id between 1 and 6', ''))).rows).toEqual([{ rows: '1 l1 ours, 2 l2 ours, 3 l3 ours, 4 l4 ours, 5 l5 ours, 6 l6 ours' }]);
  expect((await end.query(`select count(*)::int as n from public.metric where id not in (select id from beside.mirror)`)).rows).toEqual([{ n: 0 }]);
  expect(fingerprint((await introspect(end)).objects)).toBe(before);
  expect((await verifyChain(one.world.db)).brokenAt).toBeNull();
});
