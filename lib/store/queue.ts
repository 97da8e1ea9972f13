import { PgBoss, fromKysely } from 'pg-boss';
import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import { logSurprise } from '#lib/log.ts';
import type { ControlTables } from './tables.ts';

export const QUEUE_SCHEMA = 'pgboss';
export const WAKE_QUEUE = 'wake';

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
