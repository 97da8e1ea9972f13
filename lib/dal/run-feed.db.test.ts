import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { loadRun } from '#lib/store/runs.ts';
import { findPerson } from '#lib/store/people.ts';
import { openRunListener, type RunListener } from '#lib/store/run-listener.ts';
import { act, done } from '#lib/testing/acting.ts';
import { approve, makeDecidedPlan, phaseNow } from '#lib/testing/bazaar-plan.ts';
import { closeAtEnd } from '#lib/testing/database.ts';
import { startWorker } from '#lib/testing/worker-process.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';
import { cancelRunSpec, executePhaseSpec } from './commands/runs.ts';
import { runFeed } from './run-feed.ts';

let world: World;
let listener: RunListener;
beforeEach(async () => {
  world = await freshWorld();
  listener = openRunListener(world.control.url('app'));
  closeAtEnd(() => listener.close());
});

async function startBackup(): Promise<string> {
  const planId = await makeDecidedPlan(world);
  await done(approve(world, 'approver', planId, 'backup'));
  const one = await phaseNow(world, planId, 'backup');
  const started = await done(act(world, 'operator', executePhaseSpec, { planId, version: one.version, phaseId: 'backup', digest: one.digest ?? '' }));
  return started.to?.split('/').at(-1) ?? '';
}

async function watch(runId: string, after: number, signal = new AbortController().signal, seen: string[] = []): Promise<string[]> {
  const [run, person] = await Promise.all([loadRun(world.db, runId), findPerson(world.db, world.people.viewer.id)]);
  if (!run || !person) throw new Error('no run or person');
  for await (const text of runFeed({ db: world.db, env: world, listener, person }, run, [], after, signal)) seen.push(text);
  return seen;
}

const numbers = (texts: readonly string[]) => texts.flatMap((text) => /^id: (\d+)$/m.exec(text)?.[1] ?? []).map(Number);

test('two watchers see every event once and in order, then the end; a late one resumes behind the number it had', async () => {
  const runId = await startBackup();
  const both = [watch(runId, 0), watch(runId, 0)];
  startWorker(world);
  const [one, two] = await Promise.all(both);
  const expected = numbers(one ?? []).map((_, index) => index + 1);
  expect(expected.length).toBeGreaterThan(4);
  expect(numbers(one ?? [])).toEqual(expected);
  expect(numbers(two ?? [])).toEqual(expected);
  expect(one?.at(-1)).toBe('event: end\ndata: {"state":"applied"}\n\n');
  const late = await watch(runId, 3);
  expect(numbers(late)).toEqual(expected.slice(3));
  expect(late.at(-1)).toContain('event: end');
});

test('an event reaches the watcher well within a second of its commit, and the pulse says that no worker lives', async () => {
  const runId = await startBackup();
  const stop = new AbortController();
  const seen: string[] = [];
  const watching = watch(runId, 1, stop.signal, seen);
  while (!seen.some((text) => text.startsWith('event: pulse'))) await sleep(20);
  expect(seen.find((text) => text.startsWith('event: pulse'))).toContain('"workerLost":true');
  const from = performance.now();
  await done(act(world, 'operator', cancelRunSpec, { runId, reason: 'wrong window' }));
  while (numbers(seen).length === 0) await sleep(5);
  expect(performance.now() - from).toBeLessThan(700);
  stop.abort();
  await watching;
});

test('a watcher who leaves leaves nothing behind: the listening connection is closed with the last of them', async () => {
  const runId = await startBackup();
  const stop = new AbortController();
  const watching = [watch(runId, 0, stop.signal), watch(runId, 0, stop.signal)];
  const client = await world.control.client('superuser');
  const listening = async () => (await client.query(`select 1 from pg_stat_activity where application_name = 'countersign feed' and datname = current_database()`)).rowCount;
  while ((await listening()) !== 1) await sleep(20);
  stop.abort();
  await Promise.all(watching);
  while ((await listening()) !== 0) await sleep(20);
});

test('the feed goes on when the listening connection is killed', async () => {
  const runId = await startBackup();
  const seen: string[] = [];
  const watching = watch(runId, 0, undefined, seen);
  const client = await world.control.client('superuser');
  for (let killed = 0; killed === 0; await sleep(20)) {
    killed = (await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'countersign feed' and datname = current_database()`)).rowCount ?? 0;
  }
  startWorker(world);
  await watching;
  expect(seen.at(-1)).toContain('event: end');
  expect(numbers(seen)).toEqual(numbers(seen).map((_, index) => index + 1));
});
