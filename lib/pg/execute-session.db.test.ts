import { expect, test } from 'vitest';
import { benchStep, stepBench, type StepBench } from '#lib/testing/step-bench.ts';
import type { Major } from '#lib/cli/server-account.ts';

/** What the database lays down for everybody, and the run's next session with it. */
async function laidDown(major: Major, ...settings: readonly string[]): Promise<StepBench> {
  const bench = await stepBench(major, 'create table public.trace (step text)');
  const admin = await bench.database.client();
  for (const setting of settings) await admin.query(`ALTER DATABASE ${bench.database.name} SET ${setting}`);
  await bench.nextAttempt();
  return bench;
}

test('limits that the database lays down for its application end no step and no idle session of a run', async () => {
  const bench = await laidDown(18, `transaction_timeout = '600ms'`, `idle_session_timeout = '600ms'`);
  const slow = benchStep('s.1', { statements: [{ do: 'execute', label: 'slow', sql: 'SELECT pg_sleep(1.2)' }] });
  expect(await bench.run1(slow)).toMatchObject({ outcome: 'applied' });
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(await bench.run1(benchStep('s.2', { statements: [{ do: 'execute', label: 'quick', sql: 'SELECT 1' }] }))).toMatchObject({ outcome: 'applied' });
});

test('a run waits for a lock shorter than the server waits before it looks for a deadlock, so that never the application is the victim', async () => {
  const bench = await laidDown(15, `deadlock_timeout = '200ms'`);
  const asked = benchStep('s.1', { statements: [{ do: 'assert', label: 'limit', sql: `SELECT (current_setting('lock_timeout')::interval < interval '200 ms')::text`, expect: { from: 'literal', value: 'true' } }] });
  expect(await bench.run1(asked)).toMatchObject({ outcome: 'applied' });
});

test('the server asks whether a run’s end of the connection is still there, and finds out within a minute', async () => {
  const bench = await laidDown(15);
  const { rows } = await bench.session.client.query<{ ms: number }>(`SELECT (current_setting('tcp_keepalives_idle')::int + current_setting('tcp_keepalives_interval')::int * current_setting('tcp_keepalives_count')::int) * 1000 AS ms`);
  expect(rows[0]?.ms).toBeGreaterThan(0);
  expect(rows[0]?.ms).toBeLessThanOrEqual(60_000);
});

test('a session that the server ended is known as lost as soon as its query fails, before its socket has closed', async () => {
  const { session } = await laidDown(15);
  const known = session.client.query('SELECT pg_terminate_backend(pg_backend_pid())').then(() => null, () => session.lost);
  expect(await known).toBe(true);
});
