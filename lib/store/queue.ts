import { PgBoss, fromKysely } from 'pg-boss';
import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import { logSurprise } from '#lib/log.ts';
import type { ControlTables } from './tables.ts';

export const QUEUE_SCHEMA = 'pgboss';
export const WAKE_QUEUE = 'wake';
/** Notifications on their way out; the queue tries again, later each time. */
export const DELIVER_QUEUE = 'deliver';
export const DELIVER_TRIES = 9;
export const DELIVER_OPTIONS = { retryLimit: DELIVER_TRIES - 1, retryDelay: 10, retryBackoff: true, retryDelayMax: 3_600 };

const senders = new WeakMap<Kysely<ControlTables>, Promise<PgBoss>>();

/**
 * Wakes a worker when the transaction commits. Only a nudge: workers also listen and look for themselves, so a queue in
 * trouble is logged and must not undo the run that was just recorded (hence the savepoint).
 */
export async function wakeWorker(db: Kysely<ControlTables>, trx: Transaction<ControlTables>, runId: string): Promise<void> {
  await sql`savepoint wake`.execute(trx);
  try {
    const boss = await senderOf(db);
    await boss.send(WAKE_QUEUE, { runId }, { db: fromKysely(trx) });
    await sql`release savepoint wake`.execute(trx);
  } catch (error) {
    await sql`rollback to savepoint wake`.execute(trx);
    logSurprise(error, 'waking a worker through the queue');
  }
}

/** Puts a delivery into the queue when the transaction commits. Unlike a run it rests on the queue: a queue in trouble undoes the transaction, and it is tried again. */
export async function queueDelivery(db: Kysely<ControlTables>, trx: Transaction<ControlTables>, deliveryId: string, retrySeconds: number = DELIVER_OPTIONS.retryDelay): Promise<void> {
  const boss = await senderOf(db);
  await boss.send(DELIVER_QUEUE, { deliveryId }, { ...DELIVER_OPTIONS, retryDelay: retrySeconds, db: fromKysely(trx) });
}

function senderOf(db: Kysely<ControlTables>): Promise<PgBoss> {
  const known = senders.get(db);
  if (known) return known;
  const boss = new PgBoss({ db: fromKysely(db), schema: QUEUE_SCHEMA, supervise: false, schedule: false, migrate: false });
  boss.on('error', (error) => logSurprise(error, 'the queue of the web process'));
  const started = boss.start();
  senders.set(db, started);
  started.catch(() => senders.delete(db));
  return started;
}
