import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { confirmStepSpec } from '#lib/dal/commands/confirm-step.ts';
import { rehearsePlanSpec } from '#lib/dal/commands/rehearsals.ts';
import { findDumpTools } from '#lib/pg/execute-dump-tools.ts';
import type { StepPoint } from '#lib/pg/execute-kind.ts';
import { statePrint } from '#lib/pg/execute-rehearse-print.ts';
import type { Step } from '#lib/pipeline/plan.ts';
import { verifyChain } from '#lib/store/audit.ts';
import { latestRehearsal } from '#lib/store/rehearsals.ts';
import { eventsAfter } from '#lib/store/runs.ts';
import { act, done } from '#lib/testing/acting.ts';
import { type Blow, type Blows, crashServer, disturb, forgetLease, hasEnded, pause, pick, random, struck, type Victim } from '#lib/testing/blows.ts';
import { closeAtEnd } from '#lib/testing/database.ts';
import { createParcels, endedRun, execute, smallPlan, smallStep, startSmallRun, storePlan, tracedSteps } from '#lib/testing/small-run.ts';
import { spawnWorker, type WorkerProcess } from '#lib/testing/worker-process.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';

/** The same drill over what happens beside the database: a dump, its restore, a person's step, and rehearsals. One rehearsal in the suite; `npm run drill:crash` asks for more. */
const DRILL = Number(process.env['COUNTERSIGN_DRILL_KILLS'] ?? '0');
const SEED = Number(process.env['COUNTERSIGN_DRILL_SEED'] ?? '20261121');
const CASES = Array.from({ length: Math.max(1, Math.ceil(DRILL / 10)) }, (_, index) => ({ seed: SEED + index }));
const BLOWS_PER_RUN = 3;
/** A rehearsal is begun three times and not once more. */
const BLOWS_PER_REHEARSAL = DRILL > 0 ? 2 : 1;
const KINDS: readonly Blow[] = ['fault', 'fault', 'kill', 'cut', 'drop', 'drop', 'stop', 'crash'];
const POINTS: readonly StepPoint[] = ['before_ledger', 'after_ledger', 'mid_copy', 'before_commit', 'after_commit'];

const blows: Blows = { counts: {}, missed: 0 };
const figures = { runs: 0, rehearsals: 0, slowest: 0 };

afterAll(() => {
  process.stdout.write(`drill:crash, outside, seed ${SEED}: ${struck(blows)} disturbances (${JSON.stringify(blows.counts)}) over ${figures.runs} runs that dump, restore and ask a person, and ${figures.rehearsals} rehearsals; `
    + `slowest to resolve ${Math.round(figures.slowest / 100) / 10} s, ${blows.missed} of the fault points were not on the way.\n`);
});

const NOTHING: Pick<Step, 'statements' | 'undo' | 'locks' | 'rewrite' | 'hazards' | 'editable'> = { statements: [], undo: [], locks: [], rewrite: false, hazards: [], editable: false };
const DUMP: Step = { ...NOTHING, id: 'dump.1', title: 'Dump', work: { kind: 'dump' } };
const RESTORE: Step = { ...NOTHING, id: 'dump.2', title: 'Restore', work: { kind: 'restore_test', of: 'dump.1' } };
const ASK: Step = { ...NOTHING, id: 'ask.1', title: 'Stop the exporter', work: { kind: 'manual', instruction: 'Stop it.' } };

/** A person who answers as soon as somebody asks, whatever dies meanwhile. */
function answering(world: World, runId: string): { stop: () => Promise<void> } {
  const state = { over: false };
  const loop = (async () => {
    while (!state.over) {
      await act(world, 'operator', confirmStepSpec, { runId, step: 'ask.1', verdict: 'done', note: 'stopped' }).catch(() => undefined);
      await pause(150);
    }
  })();
  return { stop: () => { state.over = true; return loop; } };
}

// In the suite what a killed worker leaves of a dump is asked at named points (dump.db.test.ts).
test.each(DRILL > 0 ? CASES : [])('seed $seed: a run that dumps, restores and waits for a person is struck, and ends with one dump, every effect once, and nothing left lying about', async ({ seed }) => {
  const world = await freshWorld();
  const next = random(seed);
  const directory = mkdtempSync(join(tmpdir(), 'countersign-drill-'));
  closeAtEnd(() => Promise.resolve(rmSync(directory, { recursive: true, force: true })));
  const missing = typeof (await findDumpTools(15, { configured: null, path: process.env['PATH'] ?? '' })) === 'string';
  const steps = [...(missing ? [] : [DUMP, RESTORE]), ...tracedSteps(1), ASK];
  const { runId } = await startSmallRun(world, steps, { verifications: [{ label: 'traces', sql: 'SELECT count(*) FROM public.trace', expect: { from: 'literal', value: '1' } }] });
  const environment = { COUNTERSIGN_BACKUP_DIR: directory, COUNTERSIGN_RESTORE_URL: world.prod.url('superuser') };
  const victim: Victim = { world, runId, stepIds: steps.map((step) => step.id), points: POINTS, environment };
  const person = answering(world, runId);
  const stopped: WorkerProcess[] = [];
  for (let count = 0; count < BLOWS_PER_RUN && !(await hasEnded(victim)); count += 1) {
    await disturb(victim, pick(KINDS, next), next, blows, stopped);
    await forgetLease(victim);
  }
  const since = Date.now();
  const last = spawnWorker(world, undefined, environment);
  const run = await endedRun(world, runId, 60_000);
  figures.slowest = Math.max(figures.slowest, Date.now() - since);
  figures.runs += 1;
  for (const worker of stopped) worker.child.kill('SIGCONT');
  if (stopped.length > 0) await pause(1_500);
  last.child.kill('SIGTERM');
  await Promise.all([last.ended, person.stop()]);
  const events = await eventsAfter(world.db, runId, 0);
  expect(run, `${JSON.stringify(events)}\n${last.log()}`).toMatchObject({ state: 'applied' });
  expect(events.flatMap(({ event }) => (event.type === 'step_applied' ? [event.step] : []))).toEqual(steps.map((step) => step.id));
  const client = await world.prod.client('superuser');
  expect((await client.query('select (select count(*)::int from trace) as traces, (select count(*)::int from parcel_copy) as copied')).rows).toEqual([{ traces: 1, copied: 3000 }]);
  expect((await client.query<{ step_id: string }>('select step_id from countersign.step where run_id = $1 order by 1', [runId])).rows.map((row) => row.step_id)).toEqual(steps.map((step) => step.id).toSorted());
  expect((await client.query(`select from pg_database where datname like 'countersign_restore_${runId.replaceAll('-', '').slice(0, 12)}%'`)).rowCount).toBe(0);
  expect(readdirSync(directory)).toEqual(missing ? [] : [`bazaar_prod-${runId}.dump`]);
  expect((await verifyChain(world.db)).brokenAt).toBeNull();
});

/** The sessions of the rehearsal: on its server, in the clone, and those that read the target. */
const OF_REHEARSAL = `application_name like 'countersign rehearsal%' or datname like 'countersign_rehearsal_%'`;

async function strikeRehearsal(world: World, planId: string, blow: Blow, next: () => number, environment: Readonly<Record<string, string>>, alive: WorkerProcess[]): Promise<void> {
  blows.counts[blow] = (blows.counts[blow] ?? 0) + 1;
  const worker = spawnWorker(world, undefined, environment);
  for (let tries = 0; tries < 400; tries += 1) {
    const now = await latestRehearsal(world.db, planId).catch(() => null);
    if (now?.endedAt || now?.content.clone) break;
    await pause(25);
  }
  await pause(next() * 600);
  if (blow === 'drop' || blow === 'crash') {
    const client = await world.prod.client('superuser');
    const { rows } = await client.query<{ pid: number }>(`select pid from pg_stat_activity where (${OF_REHEARSAL}) and pid <> pg_backend_pid()`);
    for (const { pid } of rows) {
      if (blow === 'crash') crashServer(pid);
      else await client.query('select pg_terminate_backend($1)', [pid]);
    }
    // It sees to itself: nobody kills it after that.
    await pause(blow === 'crash' ? 1_500 : 500);
  }
  // One that lost its connections lives on, and begins anew by itself.
  if (blow === 'drop') return void alive.push(worker);
  if (blow === 'stop') {
    worker.child.kill('SIGSTOP');
    alive.push(worker);
    await pause(200);
  } else {
    worker.child.kill('SIGKILL');
    await worker.ended;
  }
  await world.db.updateTable('rehearsal').set({ heartbeat_at: null }).where('plan_id', '=', planId).where('ended_at', 'is', null).execute().catch(() => undefined);
}

const SLOW = execute('slow', 'do $$ begin perform pg_sleep(0.4); end $$');

test.each(CASES)('seed $seed: a rehearsal that is struck is begun anew and proves the plan, no clone is left, and the target is what it was', async ({ seed }) => {
  // Not the server on which other tests look for clones that are left.
  const world = await freshWorld({ major: 14 });
  const next = random(seed + 7);
  await createParcels(world);
  const plan = smallPlan([...tracedSteps(2), smallStep('small.3', [SLOW])], { verifications: [{ label: 'traces', sql: 'SELECT count(*) FROM public.trace', expect: { from: 'literal', value: '2' } }] });
  await storePlan(world, { ...plan, id: randomUUID() });
  const [{ id: planId } = { id: '' }] = await world.db.selectFrom('plan').select('id').execute();
  const client = await world.prod.client('superuser');
  const before = await statePrint(client);
  await client.end();
  const url = new URL(world.prod.url('superuser'));
  url.pathname = '/postgres';
  const environment = { COUNTERSIGN_REHEARSAL_URL: url.toString() };
  await done(act(world, 'author', rehearsePlanSpec, { planId, version: 1 }));
  const alive: WorkerProcess[] = [];
  const kinds: readonly Blow[] = DRILL > 0 ? ['kill', 'drop', 'drop', 'stop', 'crash'] : ['drop'];
  const dealt: Blow[] = [];
  for (let count = 0; count < BLOWS_PER_REHEARSAL && !(await latestRehearsal(world.db, planId))?.endedAt; count += 1) {
    dealt.push(pick(kinds, next));
    await strikeRehearsal(world, planId, dealt.at(-1) ?? 'kill', next, environment, alive);
  }
  const since = Date.now();
  if (dealt.at(-1) !== 'drop') alive.push(spawnWorker(world, undefined, environment));
  for (const worker of alive) worker.child.kill('SIGCONT');
  while (!(await latestRehearsal(world.db, planId))?.endedAt && Date.now() - since < 60_000) await pause(50);
  figures.slowest = Math.max(figures.slowest, Date.now() - since);
  figures.rehearsals += 1;
  if (dealt.includes('stop')) await pause(1_500);
  for (const worker of alive) worker.child.kill('SIGTERM');
  await Promise.all(alive.map((worker) => worker.ended));
  const ended = await latestRehearsal(world.db, planId);
  expect(ended?.state, `${dealt.join(', ')}: ${JSON.stringify(ended)}\n${alive.map((worker) => worker.log()).join('\n')}`).toBe('proved');
  const again = await world.prod.client('superuser');
  // One of another test on this server goes by itself.
  await expect.poll(async () => (await again.query(`select datname from pg_database where datname like 'countersign_rehearsal_%'`)).rows, { timeout: 20_000 }).toEqual([]);
  expect(await statePrint(again)).toEqual(before);
  expect((await verifyChain(world.db)).brokenAt).toBeNull();
});
