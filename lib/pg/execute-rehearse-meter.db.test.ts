import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { freshDatabase } from '#lib/testing/database.ts';
import { meterOn } from './execute-rehearse-meter.ts';
import { closeRunSession, openRunSession } from './execute-session.ts';

test('a meter whose own session breaks says so when the work is over, and takes nobody down meanwhile', async () => {
  const database = await freshDatabase();
  const session = await openRunSession({ ...database.config, operatorUrl: database.url() }, '00000000-0000-4000-8000-000000000001', 1);
  const [beside, admin] = [await database.client(), await database.client()];
  const { rows } = await beside.query<{ pid: number }>('select pg_backend_pid() as pid');
  let worked = false;
  // What nobody waits for yet would end the process as an unhandled rejection, which the runner counts as a failure.
  const measured = meterOn(session, beside).measure(async () => {
    await admin.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    await sleep(200);
    worked = true;
  });
  await expect(measured).rejects.toThrow();
  expect(worked).toBe(true);
  await closeRunSession(session);
});
