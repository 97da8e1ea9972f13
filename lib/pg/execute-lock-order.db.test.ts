import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { expect, test } from 'vitest';
import type { Step } from '#lib/pipeline/plan.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { sceneStep } from '#lib/testing/rebuild-scene.ts';
import { execute, PARCEL, smallStep } from '#lib/testing/small-run.ts';
import { closeRunSession, openRunSession } from './execute-session.ts';
import { installLedger, type LedgerRun, takeOverRun } from './ledger.ts';

const LOT = { schema: 'public', name: 'lot' };
const LOCKED: Step = { ...smallStep('s.1', [execute('lock parcel and lot', 'LOCK TABLE public.parcel, public.lot IN ACCESS EXCLUSIVE MODE')]), locks: [PARCEL, LOT].map((table) => ({ mode: 'ACCESS EXCLUSIVE', table })) };

/** First the one table, a moment later the other, without a rest in between: somebody always holds the one and wants the other. */
async function keepWriting(client: Client, id: number, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await client.query('BEGIN');
    await client.query('UPDATE public.lot SET n = n + 1 WHERE id = $1', [id]);
    await sleep(30);
    await client.query('UPDATE public.parcel SET n = n + 1 WHERE id = $1', [id]);
    await client.query('COMMIT');
  }
}

test('tables that a busy application takes in the other order are had at the second try', async () => {
  const database = await freshDatabase();
  const admin = await database.client('operator');
  await admin.query('CREATE TABLE public.lot (id int PRIMARY KEY, n int); CREATE TABLE public.parcel (id int PRIMARY KEY, n int); INSERT INTO public.lot SELECT i, 0 FROM generate_series(1, 9) i; INSERT INTO public.parcel SELECT i, 0 FROM generate_series(1, 9) i');
  const run: LedgerRun = { runId: randomUUID(), planId: randomUUID(), phaseId: 'small', kind: 'forward', digest: 'd', attempt: 1 };
  const session = await openRunSession(database.config, run.runId, run.attempt);
  await installLedger(session.client);
  await takeOverRun(session.client, run);
  const over = new AbortController();
  const writers = Promise.all([1, 2, 3, 4, 5, 6].map(async (id) => keepWriting(await database.client('operator'), id, over.signal)));
  await sleep(100);
  try {
    expect(await sceneStep({ session, run }, LOCKED, {}, undefined, 2)).toMatchObject({ outcome: 'applied' });
  } finally {
    over.abort();
    await writers;
    await closeRunSession(session);
  }
});
