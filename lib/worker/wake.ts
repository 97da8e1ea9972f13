import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { PgBoss } from 'pg-boss';
import { logNote, logSurprise } from '#lib/log.ts';
import { QUEUE_SCHEMA } from '#lib/store/queue.ts';

const RECONNECT_MS = 1_000;

/** Listens on the channel that the control database's triggers tell of every run, and again after a lost connection. Returns when the signal fires. */
export async function listenForWakeUps(url: string, nudge: () => void, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const client = new Client({ connectionString: url, application_name: 'countersign worker listen', keepAlive: true, connectionTimeoutMillis: 5_000 });
    const over = new Promise<void>((resolve) => {
      client.on('error', () => resolve());
      client.on('end', () => resolve());
      stop.addEventListener('abort', () => resolve(), { once: true });
    });
    client.on('notification', nudge);
    try {
      await client.connect();
      await client.query('listen countersign_run');
      // What was told while nobody listened is looked for now.
      nudge();
      await over;
    } catch {
      // Nothing rests on being told: the worker looks for itself.
    }
    await client.end().catch(() => undefined);
    await sleep(RECONNECT_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

/** What is done with the jobs of one queue. One that throws is tried again, as the queue's own options say. */
export interface QueueWork {
  name: string;
  batchSize: number;
  /** So many of them at a time; left out: one. */
  atOnce?: number;
  work: (data: unknown) => Promise<void>;
}

/** Takes jobs out of the queues. A queue in trouble is logged, and the worker goes on without it. */
export async function workQueue(url: string, works: readonly QueueWork[], stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const boss = new PgBoss({ connectionString: url, schema: QUEUE_SCHEMA, migrate: false, createSchema: false, schedule: false, max: 2, application_name: 'countersign worker queue' });
    let told = false;
    boss.on('error', (error) => {
      if (!told) logNote('the queue has trouble', { error: error.message });
      told = true;
    });
    try {
      await boss.start();
      for (const { name, batchSize, atOnce = 1, work } of works) await boss.work(name, { pollingIntervalSeconds: 1, batchSize, localConcurrency: atOnce }, async (jobs) => {
        for (const job of jobs) await work(job.data);
      });
      // The end may have come while the queue started: then nobody says it again.
      if (!stop.aborted) await new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }));
      await boss.stop({ graceful: false });
      return;
    } catch (error) {
      logSurprise(error, 'starting the queue of the worker');
      await boss.stop({ graceful: false }).catch(() => undefined);
    }
    await sleep(30_000, undefined, { signal: stop }).catch(() => undefined);
  }
}
