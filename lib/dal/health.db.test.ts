import { expect, test, vi } from 'vitest';
import { controlDb } from '#lib/store/db.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { loadHealth } from './health.ts';

async function healthAfter(statement: string | null): Promise<Awaited<ReturnType<typeof loadHealth>>> {
  const database = await freshDatabase({ template: 'control' });
  if (statement) await (await database.client('app')).query(statement);
  const db = controlDb(database.url('app'), { max: 1 });
  try {
    return await loadHealth(() => db);
  } finally {
    await db.destroy();
  }
}

const worker = (age: string): string => `insert into worker (id, started_at, heartbeat_at, host, pid) values (gen_random_uuid(), now(), now() - interval '${age}', 'here', 1)`;

test('a worker that reported just now is well', async () => {
  expect(await healthAfter(worker('2 seconds'))).toEqual({ ok: true, web: 'well', controlDatabase: 'well', worker: 'well', reasons: [] });
});

test('a worker that fell silent is named with the time it is silent', async () => {
  expect(await healthAfter(worker('40 seconds'))).toMatchObject({ ok: false, worker: 'silent', reasons: [expect.stringContaining('for 40 seconds')] });
});

test('no worker at all is another reason', async () => {
  expect(await healthAfter(null)).toMatchObject({ ok: false, worker: 'never seen' });
});

test('a control database that does not answer is named without a word of the driver', async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const db = controlDb('postgres://nobody:secret@127.0.0.1:9/none', { max: 1 });
  const health = await loadHealth(() => db);
  await db.destroy();
  vi.restoreAllMocks();
  expect(health).toMatchObject({ ok: false, controlDatabase: 'unreachable', worker: 'unknown' });
  expect(JSON.stringify(health)).not.toMatch(/ECONN|secret|127\.0\.0\.1/);
});
