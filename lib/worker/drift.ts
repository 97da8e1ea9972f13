import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseConfig } from '#lib/env.ts';
import { logSurprise } from '#lib/log.ts';
import { introspect } from '#lib/pg/introspect.ts';
import { withReader } from '#lib/pg/session.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { ControlDb } from '#lib/store/db.ts';
import { claimDriftCheck, keepReading, noteDriftTrouble } from '#lib/store/drift.ts';
import { isControlAway } from './control.ts';

/** How often it is looked whether a check is due. */
const LOOK_MS = 30_000;

/** Checks every declared database for drift, each once in an interval, until the signal fires. With an interval of 0 it does nothing. */
export async function checkDriftUntil(db: ControlDb, databases: readonly DatabaseConfig[], everyMs: number, stop: AbortSignal): Promise<void> {
  if (everyMs === 0) return;
  while (!stop.aborted) {
    for (const database of databases) if (!stop.aborted) await checkDrift(db, database, everyMs);
    await sleep(Math.min(LOOK_MS, everyMs), undefined, { signal: stop }).catch(() => undefined);
  }
}

/**
 * Reads a database anew when its check is due, with the reader's credential, and keeps what changed. A database that does not answer is noted with
 * its sentence and asked again after the interval. Never throws.
 */
export async function checkDrift(db: ControlDb, database: DatabaseConfig, everyMs: number): Promise<'not due' | 'same' | 'changed' | 'trouble'> {
  try {
    if (!(await claimDriftCheck(db, database.name, everyMs))) return 'not due';
    const snapshot = await withReader(database, (client) => introspect(client));
    const kept = await db.transaction().execute((trx) => keepReading(trx, database.name, snapshot, null, { unlessSame: true }));
    await noteDriftTrouble(db, database.name, null);
    return kept === null ? 'same' : 'changed';
  } catch (error) {
    if (isControlAway(error)) return 'trouble';
    const sentence = error instanceof Refused ? error.refusal.sentence : `It could not be read; error id ${logSurprise(error, `checking ${database.name} for drift`)}.`;
    await noteDriftTrouble(db, database.name, sentence).catch(() => undefined);
    return 'trouble';
  }
}
