import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import { Client } from 'pg';

// The command itself, beside the application that the other tests use: own folder, own port.
let folder = '';
const port = 3300 + (process.pid % 400);
const started: ChildProcess[] = [];

function demo(...args: string[]): { child: ChildProcess; said: () => string; until: (text: RegExp) => Promise<void> } {
  const child = spawn(process.execPath, ['lib/cli/demo.ts', ...args], { cwd: resolve(import.meta.dirname, '..'), env: { ...process.env, PORT: String(port), COUNTERSIGN_DATA_DIR: join(folder, 'state') } });
  started.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { said += chunk.toString(); });
  return { child, said: () => said, until: (text) => expect.poll(() => said, { timeout: 60_000 }).toMatch(text) };
}

async function superuser(): Promise<Client> {
  const client = new Client({ connectionString: (JSON.parse(readFileSync(join(folder, 'state/connections.json'), 'utf8')) as { bazaar_prod: string }).bazaar_prod });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function projects(): Promise<number> {
  const client = await superuser();
  try {
    const { rows } = await client.query<{ n: number }>('select count(*)::int as n from "bazaar-vid_metric"');
    return rows[0]?.n ?? -1;
  } finally {
    await client.end();
  }
}

async function answers(): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${port}/api/health`).catch(() => null)) !== null;
}

test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-demo-'));
  // The server's account must pass through when we are root; otherwise its data would go elsewhere and stay behind.
  chmodSync(folder, 0o711);
});

test.afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

test('a stopped demo leaves nothing running, a second start keeps the state in time, and a reset begins anew', async () => {
  const first = demo();
  await first.until(/^Countersign is ready: http:\/\/localhost:\d+\n$/m);
  const client = await superuser();
  await client.query('delete from "bazaar-vid_metric" where name = $1', ['build.ms']);
  await client.end();
  const second = demo();
  await once(second.child, 'exit');
  expect(second.said()).toContain(`Port ${port} is taken`);
  first.child.kill('SIGINT');
  expect(await once(first.child, 'exit')).toEqual([0, null]);
  expect(await answers()).toBe(false);
  await expect(superuser()).rejects.toThrow('ECONNREFUSED');

  const before = Date.now();
  const again = demo();
  await again.until(/Countersign is ready/);
  expect(Date.now() - before).toBeLessThan(15_000);
  expect(await projects()).toBe(0);
  again.child.kill('SIGTERM');
  expect(await once(again.child, 'exit')).toEqual([0, null]);

  const anew = demo('--reset');
  await anew.until(/Countersign is ready/);
  expect(await projects()).toBe(389);
  anew.child.kill('SIGTERM');
  expect(await once(anew.child, 'exit')).toEqual([0, null]);
});

test('a demo that was killed hard takes everything with it, and starts again', async () => {
  const killed = demo();
  await killed.until(/Countersign is ready/);
  killed.child.kill('SIGKILL');
  await once(killed.child, 'exit');
  await expect.poll(answers, { timeout: 15_000 }).toBe(false);
  await expect.poll(() => superuser().then((client) => client.end().then(() => true), () => false), { timeout: 15_000 }).toBe(false);
  const again = demo();
  await again.until(/Countersign is ready/);
  again.child.kill('SIGINT');
  expect(await once(again.child, 'exit')).toEqual([0, null]);
});

test('a worker that dies is started again, and one that dies again and again stops the whole with a sentence that says so', async () => {
  const whole = demo();
  await whole.until(/Countersign is ready/);
  let last = 0;
  for (const time of [1, 2, 3]) {
    last = await workerPid(last);
    process.kill(last, 'SIGKILL');
    await whole.until(new RegExp(`(The worker ended \\(SIGKILL\\)\\. Starting it again\\.\\s+){${time}}`));
  }
  process.kill(await workerPid(last), 'SIGKILL');
  expect(await once(whole.child, 'exit')).toEqual([1, null]);
  expect(whole.said()).toContain('The worker died 4 times within a minute and is not started again. The worker ended (SIGKILL). Its log is');
  expect(await answers()).toBe(false);
});

/** Told by the worker itself, through its heartbeat; waits for another one than `not`. */
async function workerPid(not: number): Promise<number> {
  const url = (JSON.parse(readFileSync(join(folder, 'state/connections.json'), 'utf8')) as { countersign: string }).countersign;
  const client = new Client({ connectionString: url });
  await client.connect();
  let pid = 0;
  await expect.poll(async () => {
    const { rows } = await client.query<{ pid: number }>('select pid from worker order by started_at desc limit 1');
    pid = rows[0]?.pid ?? 0;
    return pid;
  }).not.toBe(not);
  await client.end();
  return pid;
}

test('a port that is taken is told in one sentence', async () => {
  const holder = createServer().listen(port, '127.0.0.1');
  await once(holder, 'listening');
  const refused = demo();
  expect(await once(refused.child, 'exit')).toEqual([1, null]);
  holder.close();
  expect(refused.said()).toBe(`Port ${port} is taken: stop what listens there, or choose another one, for example PORT=${port + 1} npm run demo.\n`);
});
