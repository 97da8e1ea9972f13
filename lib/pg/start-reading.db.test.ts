import { describe, expect, test } from 'vitest';
import { startLight } from '#lib/pipeline/start-light.ts';
import { startNeeds } from '#lib/pipeline/start-needs.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { phaseOf, publicTable } from '#lib/testing/phase.ts';
import { withReader } from './session.ts';
import { readStart } from './start-reading.ts';

const TERMS = { maxLagSeconds: 5, volumeBytes: null };
const NEEDS = startNeeds(phaseOf([{ id: 'rows', kind: 'rows', table: publicTable('t') }], { steps: [{ id: 'a.1', title: 'Change', statements: [], undo: [], locks: [{ mode: 'ACCESS EXCLUSIVE', table: publicTable('t') }], rewrite: true, hazards: [], editable: false }] }), null);

describe.each([14, 15, 18] as const)('on Postgres %i', (major) => {
  test('a held lock turns it amber with pid and query, a queue behind it too, and the table that it holds has no size', async () => {
    const database = await freshDatabase({ major });
    const [holder, waiter] = [await database.client('operator'), await database.client('operator')];
    await holder.query(`create table t (id int primary key) partition by range (id); create table t_1 partition of t for values from (0) to (100); insert into t select generate_series(1, 99)`);
    const look = () => withReader(database.config, (client) => readStart(client, [publicTable('t')], { disk: true }));
    const quiet = await look();
    expect(quiet).toMatchObject({ holders: [], waiters: [], transactions: [], tables: [{ bytes: expect.any(Number) }], server: { standby: false, sees: true, replicas: [], dumps: [] }, disk: { used: expect.any(Number) } });
    expect(startLight(NEEDS, quiet, TERMS).light).toBe('green');

    await holder.query('begin; lock table t_1 in access exclusive mode');
    const waiting = waiter.query(`/* the waiter */ insert into t values (7) on conflict do nothing`);
    const pids = await Promise.all([holder].map(async (client) => (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid));
    const held = await until(look, (now) => (now.waiters[0]?.query ?? '') !== '');
    await holder.query('rollback');
    await waiting;
    expect(held.holders).toMatchObject([{ pid: pids[0], application: 'test', state: 'idle in transaction', query: 'select pg_backend_pid() as pid', held: [{ mode: 'AccessExclusiveLock', table: 'public.t' }] }, { held: [{ mode: 'RowExclusiveLock' }] }]);
    expect(held.waiters).toMatchObject([{ blockedBy: pids, table: 'public.t_1' }]);
    expect(held.waiters[0]?.query).toMatch(/^\/\* the waiter \*\//);
    expect(held.transactions[0]).toMatchObject({ pid: pids[0] });
    expect(held.tables[0]?.bytes).toBeNull();

    // As old as it takes to be called old: nobody waits for it in a test.
    const old = { ...held, holders: held.holders.map((one) => ({ ...one, seconds: 38 })) };
    const { light, reasons } = startLight(NEEDS, old, TERMS);
    expect(light).toBe('amber');
    expect(reasons.find((one) => one.code === 'HOLDER')).toMatchObject({ sentence: `pid ${pids[0]} (test, idle in transaction) holds ACCESS EXCLUSIVE on public.t for 38 s; the run would wait for it.`, statement: 'select pg_backend_pid() as pid' });
  });
});

async function until<T>(look: () => Promise<T>, fits: (now: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 100; tries += 1) {
    const now = await look();
    if (fits(now)) return now;
  }
  throw new Error('it never came to that');
}
