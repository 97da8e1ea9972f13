import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withClient } from '#lib/cli/bench-schema.ts';
import { type EmbeddedServer, startServer } from '#lib/cli/embedded.ts';
import { passingFolder } from '#lib/cli/passing-folder.ts';
import { openFolder, reachableFolder, serverAccount } from '#lib/cli/server-account.ts';
import type { DatabaseConfig } from '#lib/env.ts';
import type { Step } from '#lib/pipeline/plan.ts';
import { benchDatabase } from '#lib/testing/bench-database.ts';
import { sceneStep } from '#lib/testing/rebuild-scene.ts';
import { execute, smallStep } from '#lib/testing/small-run.ts';
import type { StepOutcome } from './execute-kind.ts';
import { closeRunSession, openRunSession } from './execute-session.ts';
import { installLedger, type LedgerRun, takeOverRun } from './ledger.ts';

/** Vacuums take their time over it: they rest after every page. */
const PARCELS = `CREATE TABLE public.parcel (id integer PRIMARY KEY, name text NOT NULL) WITH (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1, autovacuum_analyze_threshold = 1000000);
INSERT INTO public.parcel SELECT i, 'parcel ' || i FROM generate_series(1, 20000) i`;

const LOCKED: Step = smallStep('s.1', [execute('lock parcel', 'LOCK TABLE public.parcel IN ACCESS EXCLUSIVE MODE')]);

const { path, remove } = passingFolder();
let server: EmbeddedServer;
let database: DatabaseConfig;

beforeAll(async () => {
  const folder = reachableFolder(path, serverAccount());
  openFolder(folder, 0o711);
  // The servers of the other tests have no autovacuum.
  server = await startServer({ major: 15, dataDirectory: join(folder, 'vacuums'), logFile: join(folder, 'vacuums.log'), durable: true });
  await withClient(server.url('postgres'), async (client) => {
    await client.query(`ALTER SYSTEM SET autovacuum_naptime = '1s'`);
    await client.query(`ALTER SYSTEM SET synchronous_commit = off`);
    await client.query('SELECT pg_reload_conf()');
  });
  database = await benchDatabase(server, 'vacuumed', PARCELS);
});

afterAll(async () => {
  await server?.stop();
  rmSync(path, { recursive: true, force: true });
  remove();
});

/** Resolves when a vacuum of the table is at work, with what it says of itself. */
async function vacuumOf(client: Client, sort: 'autovacuum worker' | 'client backend'): Promise<{ pid: number; query: string }> {
  const found = { pid: 0, query: '' };
  await expect.poll(async () => {
    const { rows } = await client.query<{ pid: number; query: string }>(`SELECT a.pid, a.query FROM pg_stat_progress_vacuum v JOIN pg_stat_activity a USING (pid) WHERE v.relid = 'public.parcel'::regclass AND a.backend_type = $1`, [sort]);
    return Object.assign(found, rows[0]).pid;
  }, { timeout: 20_000, interval: 50 }).not.toBe(0);
  return found;
}

/** As the worker does it, with so many tries. */
async function attempt(tries: number): Promise<StepOutcome> {
  const run: LedgerRun = { runId: randomUUID(), planId: randomUUID(), phaseId: 'small', kind: 'forward', digest: 'd', attempt: 1 };
  const session = await openRunSession(database, run.runId, run.attempt);
  try {
    await installLedger(session.client);
    await takeOverRun(session.client, run);
    return await sceneStep({ session, run }, LOCKED, {}, undefined, tries);
  } finally {
    await closeRunSession(session);
  }
}

test('an autovacuum that is at work on the table gives way before the second try', async () => {
  await withClient(server.url('vacuumed'), async (client) => {
    await client.query('DELETE FROM public.parcel WHERE id % 3 = 0');
    await vacuumOf(client, 'autovacuum worker');
    expect(await attempt(2)).toMatchObject({ outcome: 'applied' });
  });
});

test('a vacuum that a person began is left alone, and named', async () => {
  await withClient(server.url('vacuumed'), async (client) => {
    const person = withClient(server.url('vacuumed'), async (theirs) => {
      await theirs.query(`SET application_name = 'a person'; SET vacuum_cost_delay = 100; SET vacuum_cost_limit = 1`);
      return theirs.query('VACUUM (FREEZE) public.parcel').then(() => 'done', (error: Error) => error.message);
    });
    const { pid } = await vacuumOf(client, 'client backend');
    expect(await attempt(2)).toMatchObject({ outcome: 'lock_timeout', blockers: [{ pid, application: 'a person' }] });
    // It is still at work, and lasts until it is told to end: how slow the machine is decides nothing.
    expect(await vacuumOf(client, 'client backend')).toMatchObject({ pid });
    await client.query('SELECT pg_cancel_backend($1)', [pid]);
    expect(await person).toBe('canceling statement due to user request');
  });
});

test('a vacuum against wraparound is left alone, and named as what it is', async () => {
  await withClient(server.url('vacuumed'), async (client) => {
    await client.query('ALTER TABLE public.parcel SET (autovacuum_enabled = off, autovacuum_freeze_max_age = 100000)');
    await client.query('UPDATE public.parcel SET name = name');
    await client.query('DO $$ BEGIN FOR i IN 1..100001 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$');
    const { pid, query } = await vacuumOf(client, 'autovacuum worker');
    expect(query).toContain('(to prevent wraparound)');
    expect(await attempt(2)).toMatchObject({ outcome: 'lock_timeout', blockers: [{ pid, application: 'autovacuum worker', query }] });
    expect(await vacuumOf(client, 'autovacuum worker')).toEqual({ pid, query });
  });
});
