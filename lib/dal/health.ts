import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { logSurprise } from '#lib/log.ts';
import { youngestHeartbeat } from '#lib/store/health.ts';
import type { ControlDb } from '#lib/store/db.ts';
import { control } from './control.ts';

/** A worker reports more often than this, even while a statement runs for hours. */
const HEARTBEAT_SECONDS = 15;
const PATIENCE_MS = 3_000;

export interface Health {
  ok: boolean;
  web: 'well';
  controlDatabase: 'well' | 'unreachable';
  worker: 'well' | 'silent' | 'never seen' | 'unknown';
  /** One sentence per thing that is not well. */
  reasons: readonly string[];
}

/** Whether web, control database and a worker are well. Anybody may ask: it says nothing about plans, people or servers. */
export async function loadHealth(openControl: () => ControlDb = control): Promise<Health> {
  let age: number | null | 'late';
  try {
    age = await Promise.race([youngestHeartbeat(openControl()), sleep(PATIENCE_MS, 'late' as const, { ref: false })]);
  } catch (error) {
    const errorId = logSurprise(error, 'asking the control database for the health of Countersign');
    return unwell('unreachable', 'unknown', `The control database does not answer (error ${errorId} in the log of the web process).`);
  }
  if (age === 'late') return unwell('unreachable', 'unknown', `The control database did not answer within ${PATIENCE_MS / 1000} seconds.`);
  if (age === null) return unwell('well', 'never seen', 'No worker has reported yet: start one with `npm run worker`.');
  if (age > HEARTBEAT_SECONDS) return unwell('well', 'silent', `No worker has reported for ${Math.round(age)} seconds: start one with \`npm run worker\`.`);
  return { ok: true, web: 'well', controlDatabase: 'well', worker: 'well', reasons: [] };
}

function unwell(controlDatabase: Health['controlDatabase'], worker: Health['worker'], reason: string): Health {
  return { ok: false, web: 'well', controlDatabase, worker, reasons: [reason] };
}
