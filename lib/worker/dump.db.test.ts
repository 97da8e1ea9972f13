import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { BackupEnv } from '#lib/env.ts';
import { findDumpTools } from '#lib/pg/execute-dump-tools.ts';
import { introspect } from '#lib/pg/introspect.ts';
import { diff } from '#lib/pipeline/diff.ts';
import { findPhase, type Phase, type Plan } from '#lib/pipeline/plan.ts';
import { makePlan } from '#lib/pipeline/planner/make-plan.ts';
import type { Major } from '#lib/cli/server-account.ts';
import { eventsAfter } from '#lib/store/runs.ts';
import { closeAtEnd } from '#lib/testing/database.ts';
import { endedRun, requestForward, requestRollback, runWhen, signPhase, storePlan } from '#lib/testing/small-run.ts';
import { spawnWorker, startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';

const PATH = process.env['PATH'] ?? '';

function backup(world: World, change: Partial<BackupEnv> = {}): BackupEnv {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-dumps-'));
  closeAtEnd(() => Promise.resolve(rmSync(directory, { recursive: true, force: true })));
  return { directory, toolFolder: null, restoreUrl: world.prod.url('superuser'), environment: { PATH }, ...change };
}

/** A plan whose first phase dumps, restores and compares; one new schema is what it is for. */
async function dumping(major: Major = 15): Promise<{ world: World; plan: Plan; phase: Phase }> {
  const world = await freshWorld({ major });
  const [current, desiredSnapshot] = [await introspect(await world.prod.client('reader')), await introspect(await world.dev.client('reader'))];
  const deltaIds = diff(current, desiredSnapshot).filter((delta) => delta.kind === 'schema' && delta.change === 'add').map((delta) => delta.id).slice(0, 1);
  const result = makePlan({ id: randomUUID(), name: 'Dump', target: 'bazaar_prod', desired: 'bazaar_dev', current, desiredSnapshot, deltaIds, decisions: [], windowHours: 1, tolerance: { rowsPercent: 5 }, fullBackup: 'dump_and_restore' });
  if (!result.ok) throw new Error(result.refusals.map((refusal) => refusal.sentence).join('\n'));
  await storePlan(world, result.plan);
  expect(result.plan.phases.map((phase) => [phase.id, phase.requires])).toEqual([['dump', []], ['create', ['dump']], ['validate', []]]);
  const phase = findPhase(result.plan, 'dump');
  if (!phase) throw new Error('no phase dumps');
  return { world, plan: result.plan, phase };
}

test('a plan with a full dump dumps, restores, compares and tells where the file is; there is nothing to roll back, and the file stays', async () => {
  const { world, plan, phase } = await dumping();
  expect(phase.title).toBe('Dump bazaar_prod');
  const env = backup(world);
  const runId = await requestForward(world, plan, phase, await signPhase(world, plan, phase));
  startWorker(world, { backup: env });
  const run = await endedRun(world, runId, 60_000);
  if (typeof (await findDumpTools(15, { configured: null, path: PATH })) === 'string') return expect(run.sentence).toContain('Install the client tools of PostgreSQL 15');
  expect(run).toMatchObject({ state: 'applied' });
  const file = join(env.directory ?? '', `bazaar_prod-${runId}.dump`);
  const applied = (await eventsAfter(world.db, runId, 0)).flatMap(({ event }) => (event.type === 'step_applied' ? [event] : []));
  expect(applied).toHaveLength(2);
  expect(applied[0]?.facts).toContainEqual({ label: 'file', value: file });
  expect(applied[0]?.facts).toContainEqual({ label: 'size', value: `${statSync(file).size} bytes` });
  expect(applied[1]?.assertions).toMatchObject([{ label: 'schema fingerprint of the restored database', ok: true }, { ok: true, actual: '0' }]);
  const back = await requestRollback(world, plan, phase, runId);
  expect(await endedRun(world, back)).toMatchObject({ state: 'refused', sentence: expect.stringContaining('Nothing of “Dump bazaar_prod” stands.') });
  expect(existsSync(file)).toBe(true);
});

test('a server without a fitting pg_dump refuses before anything is changed, with the version to install', async () => {
  const { world, plan, phase } = await dumping(18);
  const runId = await requestForward(world, plan, phase, await signPhase(world, plan, phase));
  // A path without any tool, and the usual places as they are: this holds on machines that have the tools of 18 as well.
  startWorker(world, { backup: backup(world, { environment: { PATH: '' } }) });
  const run = await endedRun(world, runId, 60_000);
  if (typeof (await findDumpTools(18, { configured: null, path: '' })) !== 'string') return expect(run.state).toBe('applied');
  expect(run).toMatchObject({ state: 'refused' });
  expect(run.sentence).toContain('Install the client tools of PostgreSQL 18');
  expect((await eventsAfter(world.db, runId, 0)).some(({ event }) => event.type === 'step_started')).toBe(false);
});

test.each([['directory', 'COUNTERSIGN_BACKUP_DIR'], ['restoreUrl', 'COUNTERSIGN_RESTORE_URL']] as const)('a worker without its %s refuses before the first step and names %s', async (missing, variable) => {
  const { world, plan, phase } = await dumping();
  const runId = await requestForward(world, plan, phase, await signPhase(world, plan, phase));
  startWorker(world, { backup: backup(world, { [missing]: null }) });
  const run = await endedRun(world, runId, 60_000);
  expect(run.state).toBe('refused');
  expect(run.sentence).toMatch(new RegExp(`${variable}|Install the client tools`));
});

/** The tools that are there, of which pg_dump loses its connection the first time, with the words of the real one. */
function losingOnce(tools: { dump: string; restore: string }): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-tools-'));
  closeAtEnd(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })));
  const lost = `echo 'pg_dump: error: query failed: server closed the connection unexpectedly' >&2; exit 1`;
  writeFileSync(join(folder, 'pg_dump'), `#!/bin/sh\ncase "$*" in *--file=*) if [ ! -e "${folder}/lost" ]; then touch "${folder}/lost"; ${lost}; fi;; esac\nexec "${tools.dump}" "$@"\n`, { mode: 0o755 });
  writeFileSync(join(folder, 'pg_restore'), `#!/bin/sh\nexec "${tools.restore}" "$@"\n`, { mode: 0o755 });
  return folder;
}

test('a dump that loses its connection is taken anew by the same attempt, and one file is left', async () => {
  const tools = await findDumpTools(15, { configured: null, path: PATH });
  const { world, plan, phase } = await dumping();
  const env = backup(world, typeof tools === 'string' ? {} : { toolFolder: losingOnce(tools) });
  const runId = await requestForward(world, plan, phase, await signPhase(world, plan, phase));
  startWorker(world, { backup: env });
  const run = await endedRun(world, runId, 60_000);
  if (typeof tools === 'string') return expect(run.sentence).toContain('Install the client tools of PostgreSQL 15');
  expect(run).toMatchObject({ state: 'applied', attempt: 1 });
  expect(existsSync(join(env.toolFolder ?? '', 'lost'))).toBe(true);
  return expect(readdirSync(env.directory ?? '')).toEqual([`bazaar_prod-${runId}.dump`]);
});

test.each(['mid_copy:dump.1', 'after_commit:dump.1', 'mid_copy:dump.2', 'before_commit:dump.2'])('a worker killed at %s leaves one dump, no half file and no scratch database once the next one is through', async (fault) => {
  const { world, plan, phase } = await dumping();
  const env = backup(world);
  const runId = await requestForward(world, plan, phase, await signPhase(world, plan, phase));
  // On a machine without the tools the run is refused before it could be killed anywhere.
  const missing = typeof (await findDumpTools(15, { configured: null, path: PATH })) === 'string';
  const first = spawnWorker(world, missing ? 'after_claim' : fault, { COUNTERSIGN_BACKUP_DIR: env.directory ?? '', COUNTERSIGN_RESTORE_URL: env.restoreUrl ?? '' });
  expect(await first.ended, first.log()).toBe('SIGKILL');
  await world.db.updateTable('run').set({ heartbeat_at: null }).where('id', '=', runId).execute();
  startWorker(world, { backup: env });
  await runWhen(world, runId, (run) => run.endedAt !== null, 60_000);
  expect(await endedRun(world, runId)).toMatchObject({ state: missing ? 'refused' : 'applied', attempt: 2 });
  expect(readdirSync(env.directory ?? '')).toEqual(missing ? [] : [`bazaar_prod-${runId}.dump`]);
  const { rows } = await (await world.prod.client()).query(`select count(*)::int as n from pg_database where datname like 'countersign_restore_${runId.replaceAll('-', '').slice(0, 12)}%'`);
  expect(rows).toEqual([{ n: 0 }]);
});
