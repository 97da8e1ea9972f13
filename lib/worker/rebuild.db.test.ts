import { expect, test } from 'vitest';
import { measurePrice } from '#lib/pg/price.ts';
import { withReader } from '#lib/pg/session.ts';
import { closeAtEnd } from '#lib/testing/database.ts';
import { listAudit } from '#lib/store/audit.ts';
import { priceRollback } from '#lib/dal/rollback-price.ts';
import { listRuns, requestCancel } from '#lib/store/runs.ts';
import { env } from '#lib/testing/journey.ts';
import { phaseOf, rowsDifferent } from '#lib/testing/rebuild-scene.ts';
import { rebuildWorld, type RebuildWorld, requestPhase } from '#lib/testing/rebuild-world.ts';
import { startWriters, type Writers } from '#lib/testing/rebuild-writers.ts';
import { endedRun, requestForward, signPhase } from '#lib/testing/small-run.ts';
import { spawnWorker, startWorker } from '#lib/testing/worker-process.ts';

const ROWS = 1_500;

interface Scene extends RebuildWorld {
  writers: Writers;
}

async function scene(...standing: readonly string[]): Promise<Scene> {
  const { world, plan } = await rebuildWorld(ROWS, { standing });
  const writers = await startWriters(world.prod.url('operator'), { writers: 2, rows: ROWS, seed: 1, pauseMs: 5 });
  closeAtEnd(async () => void (await writers.stop()));
  return { world, plan, writers };
}

/** Carries one phase through; with a fault, by a worker that is killed there and one that finds what it left. */
async function carry({ world, plan }: Scene, phaseId: string, kind: 'forward' | 'rollback', fault?: string): Promise<void> {
  const phase = phaseOf(plan, phaseId);
  const runId = await requestPhase({ world, plan }, phase, kind);
  if (fault) {
    const victim = spawnWorker(world, fault);
    expect(await victim.ended, victim.log()).toBe('SIGKILL');
    await world.db.updateTable('run').set({ heartbeat_at: null }).where('id', '=', runId).where('ended_at', 'is', null).execute();
  }
  const worker = startWorker(world);
  expect(await endedRun(world, runId, 50_000)).toMatchObject({ state: 'applied', attempt: fault ? 2 : 1 });
  await worker.stop();
}

async function finish({ world, writers }: Scene): Promise<void> {
  const result = await writers.stop();
  expect(result.errors).toEqual([]);
  expect(result.committed).toBeGreaterThan(20);
  expect(await rowsDifferent(world.prod.url())).toBe(0);
}

test.each(['mid_copy:convert.3', 'before_batch_commit:convert.3', 'before_commit:convert.3'])('a worker killed at %s, while the application writes: the copy goes on behind its last batch, and no write is lost', async (fault) => {
  const one = await scene();
  await carry(one, 'convert', 'forward', fault);
  await carry(one, 'convert-swap', 'forward');
  await finish(one);
});

test.each(['caught_up:convert-swap.2', 'before_commit:convert-swap.2', 'after_commit:convert-swap.2'])('a worker killed at %s, around the swap: the tables change places exactly once, and no write is lost', async (fault) => {
  const one = await scene('convert');
  await carry(one, 'convert-swap', 'forward', fault);
  await finish(one);
});

test.each(['after_batch:convert-swap.3', 'before_commit:convert-swap.2', 'after_commit:convert-swap.2'])('a worker killed at %s on the way back: the old tables come back with every write', async (fault) => {
  const one = await scene('convert');
  await carry(one, 'convert-swap', 'forward');
  const before = one.writers.committed();
  while (one.writers.committed() < before + 30 && one.writers.errors().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await carry(one, 'convert-swap', 'rollback', fault);
  await finish(one);
});

test('between the runs the worker keeps the other side in step: nothing waits, before the swap and after it, and a rollback is lossless', async () => {
  const one = await scene();
  const { world, plan } = one;
  await carry(one, 'convert', 'forward');
  startWorker(world);
  await one.writers.stop();
  await expect.poll(() => waiting(one, '__log'), { timeout: 30_000 }).toBe(0);
  await carryOn(one, 'convert-swap', 'forward');
  await (await world.prod.client('operator')).query(`UPDATE public.export SET note = 'later' WHERE slug LIKE 'slug 1%'`);
  expect(await waiting(one, '__log_back')).toBeGreaterThan(0);
  await expect.poll(() => waiting(one, '__log_back'), { timeout: 30_000 }).toBe(0);
  const { rows } = await (await world.prod.client()).query<{ n: number }>(`SELECT count(*)::int AS n FROM ${plan.keepSchema}.export o FULL JOIN public.export n ON n.id::text = o.id WHERE o.note IS DISTINCT FROM n.note`);
  expect(rows[0]?.n).toBe(0);
  const price = await withReader(world.prod.config, (client) => measurePrice(client, phaseOf(plan, 'convert-swap'), ['convert-swap.2']));
  expect(price).toMatchObject({ verdict: 'lossless', counts: 'misfits', sentence: 'The old tables are kept in step; they come back with every write since, and nothing is lost.' });
  const swap = (await listRuns(world.db, { planId: plan.id })).find((run) => run.phaseId === 'convert-swap');
  const stops = async () => (await priceRollback({ db: world.db, env: env(world) }, swap?.id ?? '')).stops;
  expect(await stops()).toBeNull();
  const dba = await world.prod.client('operator');
  await dba.query('ALTER TABLE public.export ADD COLUMN noted text');
  expect(await stops(), 'said before anybody presses').toBe('The way back would stop under its lock, and change nothing: “columns of export” came out otherwise: “noted text” was not expected. Mend that first.');
  await dba.query('ALTER TABLE public.export DROP COLUMN noted');
  await carryOn(one, 'convert-swap', 'rollback');
});

test('a swap that is cancelled behind its proof is run again by the same signature: the proof left nothing that somebody would have to take back', async () => {
  const { world, plan } = await rebuildWorld(ROWS, { standing: ['convert'] });
  const reader = await world.prod.client('operator');
  await reader.query('BEGIN; SELECT FROM public.export LIMIT 1');
  const swap = phaseOf(plan, 'convert-swap');
  const signed = await signPhase(world, plan, swap);
  const runId = await requestForward(world, plan, swap, signed);
  startWorker(world);
  const proved = async () => (await (await world.prod.client()).query('SELECT FROM countersign.step WHERE run_id = $1', [runId])).rowCount;
  await expect.poll(proved, { timeout: 30_000 }).toBe(1);
  await world.db.transaction().execute((trx) => requestCancel(trx, runId, world.people.operator, 'not now'));
  expect(await endedRun(world, runId)).toMatchObject({ state: 'cancelled', sentence: 'Cancelled after 1 of 3 steps; nothing was changed that stands.' });
  await reader.query('ROLLBACK');
  expect(await endedRun(world, await requestForward(world, plan, swap, signed), 50_000)).toMatchObject({ state: 'applied', sentence: 'Applied and verified.' });
});

test('both sides are compared when an hour has passed since the swap, while the application writes without a break, whichever worker looks', async () => {
  const one = await scene('convert');
  const { world } = one;
  await carry(one, 'convert-swap', 'forward');
  await one.writers.stop();
  const busy = await startWriters(world.prod.url('operator'), { writers: 3, rows: ROWS, seed: 2 });
  closeAtEnd(async () => void (await busy.stop()));
  const first = startWorker(world);
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect(await comparisons(one)).toEqual([]);
  await first.stop();
  await anHourPasses(one);
  const [second, third] = [startWorker(world), startWorker(world, { name: 'other' })];
  await expect.poll(() => comparisons(one), { timeout: 30_000 }).toEqual(['tables.equal']);
  await new Promise((resolve) => setTimeout(resolve, 7_000));
  expect(await comparisons(one)).toEqual(['tables.equal']);
  await Promise.all([second.stop(), third.stop()]);
  expect((await busy.stop()).errors).toEqual([]);
});

/** By the clock of the control database, since the run of the swap ended. */
async function anHourPasses({ world }: Scene): Promise<void> {
  await (await world.control.client()).query(`ALTER TABLE run DISABLE TRIGGER USER; UPDATE run SET ended_at = ended_at - interval '61 minutes', requested_at = requested_at - interval '61 minutes' WHERE phase_id = 'convert-swap'; ALTER TABLE run ENABLE TRIGGER USER`);
}

async function comparisons({ world, plan }: Scene): Promise<string[]> {
  return (await listAudit(world.db, { planId: plan.id }, 100)).map((entry) => entry.action).filter((action) => action.startsWith('tables.'));
}

/** With a worker that runs already. */
async function carryOn({ world, plan }: Scene, phaseId: string, kind: 'forward' | 'rollback'): Promise<void> {
  const phase = phaseOf(plan, phaseId);
  const runId = await requestPhase({ world, plan }, phase, kind);
  expect(await endedRun(world, runId, 50_000)).toMatchObject({ state: 'applied' });
}

async function waiting({ world, plan }: Scene, suffix: string): Promise<number> {
  const { rows } = await (await world.prod.client()).query<{ n: number }>(`SELECT ((SELECT count(*) FROM ${plan.keepSchema}_new.export${suffix}) + (SELECT count(*) FROM ${plan.keepSchema}_new.analytics${suffix}))::int AS n`);
  return rows[0]?.n ?? -1;
}
