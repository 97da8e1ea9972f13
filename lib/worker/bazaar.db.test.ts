import { expect, test } from 'vitest';
import { introspect } from '#lib/pg/introspect.ts';
import { diff } from '#lib/pipeline/diff.ts';
import { findPhase, type OrphanDecision, type Phase, type Plan } from '#lib/pipeline/plan.ts';
import { makePlan } from '#lib/pipeline/planner/make-plan.ts';
import { fingerprint, type Snapshot } from '#lib/pipeline/snapshot.ts';
import { eventsAfter, type StoredRun } from '#lib/store/runs.ts';
import { endedRun, requestForward, requestRollback, signPhase, storePlan } from '#lib/testing/small-run.ts';
import { spawnWorker, startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';
import { randomUUID } from 'node:crypto';

const REMOVE: OrphanDecision = { verdict: 'delete', reason: 'the project was deleted' };
const ORPHANS = {
  'bazaar-vid_exports_project_id_bazaar-vid_project_id_fk': REMOVE,
  'bazaar-vid_export_analytics_export_id_bazaar-vid_exports_id_fk': REMOVE,
};

async function bazaar(): Promise<{ world: World; plan: Plan; before: Snapshot }> {
  const world = await freshWorld();
  const [current, desiredSnapshot] = await Promise.all([introspect(await world.prod.client('reader')), introspect(await world.dev.client('reader'))]);
  const deltaIds = diff(current, desiredSnapshot)
    .map((delta) => ({ id: delta.id, kind: delta.kind, object: delta.desired ?? delta.current }))
    .filter(({ kind, object }) => kind !== 'schema' && !['auth', 'neon_auth', 'pgrst'].includes(object?.schema ?? '') && !['bazaar-vid_project_memory', 'bazaar-vid_metric', 'bazaar-vid_agent_message'].includes(object?.name ?? ''))
    .map(({ id }) => id);
  const result = makePlan({ id: randomUUID(), name: 'Bazaar', target: 'bazaar_prod', desired: 'bazaar_dev', current, desiredSnapshot, deltaIds, decisions: [], windowHours: 48, tolerance: { rowsPercent: 10 }, orphanDecisions: ORPHANS });
  if (!result.ok) throw new Error(result.refusals.map((refusal) => refusal.sentence).join('\n'));
  await storePlan(world, result.plan);
  return { world, plan: result.plan, before: current };
}

function phaseOf(plan: Plan, id: string): Phase {
  const phase = findPhase(plan, id);
  if (!phase) throw new Error(`no phase ${id}`);
  return phase;
}

async function forward(world: World, plan: Plan, id: string): Promise<StoredRun> {
  const phase = phaseOf(plan, id);
  return endedRun(world, await requestForward(world, plan, phase, await signPhase(world, plan, phase)));
}

async function back(world: World, plan: Plan, id: string, run: StoredRun): Promise<StoredRun> {
  return endedRun(world, await requestRollback(world, plan, phaseOf(plan, id), run.id));
}

async function figures(world: World): Promise<unknown> {
  const { rows } = await (await world.prod.client('superuser')).query(`select
    (select count(*)::int from "bazaar-vid_exports") as exports, (select count(*)::int from "bazaar-vid_export_analytics") as analytics,
    (select count(*)::int from pg_tables where schemaname = 'public') as tables,
    (select format_type(atttypid, atttypmod) from pg_attribute where attrelid = '"bazaar-vid_exports"'::regclass and attname = 'id') as type`);
  return rows[0];
}

async function checksums(world: World): Promise<unknown> {
  const { rows } = await (await world.prod.client('superuser')).query(`select
    (select sum(hashtextextended(t::text, 0)::numeric)::text from "bazaar-vid_exports" t) as exports,
    (select sum(hashtextextended(t::text, 0)::numeric)::text from "bazaar-vid_export_analytics" t) as analytics`);
  return rows[0];
}

function publicOf(snapshot: Snapshot): string {
  return fingerprint(snapshot.objects.filter((object) => object.schema === 'public'));
}

test('the whole Bazaar migration through the worker: forward, the conversion back and again, and on to the clean-up', async () => {
  const { world, plan, before } = await bazaar();
  startWorker(world);
  const rows = await checksums(world);
  expect(await forward(world, plan, 'backup')).toMatchObject({ state: 'applied' });
  const converted = await forward(world, plan, 'convert');
  expect(converted).toMatchObject({ state: 'applied', sentence: 'Applied and verified.' });
  expect(await figures(world)).toEqual({ exports: 132, analytics: 373, tables: 31, type: 'uuid' });

  const undone = await back(world, plan, 'convert', converted);
  expect(undone, JSON.stringify((await eventsAfter(world.db, undone.id, 0)).filter(({ event }) => event.type === 'verified'), null, 1)).toMatchObject({ state: 'applied', sentence: 'Rolled back and verified.' });
  expect(await figures(world)).toEqual({ exports: 134, analytics: 379, tables: 31, type: 'text' });
  expect(await checksums(world)).toEqual(rows);
  expect(publicOf(await introspect(await world.prod.client('reader')))).toBe(publicOf(before));

  for (const id of ['convert', 'duplicate', 'empty', 'create', 'validate']) expect(await forward(world, plan, id), id).toMatchObject({ state: 'applied' });
  expect(await figures(world)).toMatchObject({ exports: 132, analytics: 373, tables: 36, type: 'uuid' });

  expect(await forward(world, plan, 'cleanup')).toMatchObject({ state: 'applied' });
  expect(await figures(world)).toMatchObject({ exports: 132, analytics: 373, tables: 36, type: 'uuid' });
  const left = await (await world.prod.client('superuser')).query(`select nspname from pg_namespace where nspname like 'countersign\\_%'`);
  expect(left.rows).toEqual([]);
});

test('the conversion survives a SIGKILL in the middle of its copy and right after its commit', async () => {
  const { world, plan } = await bazaar();
  const first = startWorker(world);
  expect(await forward(world, plan, 'backup')).toMatchObject({ state: 'applied' });
  await first.stop();
  const phase = phaseOf(plan, 'convert');
  const runId = await requestForward(world, plan, phase, await signPhase(world, plan, phase));
  for (const fault of ['mid_copy', 'after_commit']) {
    const worker = spawnWorker(world, fault);
    expect(await worker.ended, worker.log()).toBe('SIGKILL');
    await world.db.updateTable('run').set({ heartbeat_at: null }).where('id', '=', runId).execute();
  }
  startWorker(world);
  expect(await endedRun(world, runId)).toMatchObject({ state: 'applied', attempt: 3 });
  expect(await figures(world)).toEqual({ exports: 132, analytics: 373, tables: 31, type: 'uuid' });
});
