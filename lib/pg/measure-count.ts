import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { DatabaseConfig } from '#lib/env.ts';
import { COUNT_MS } from '#lib/pipeline/count.ts';
import type { Check, Evidence } from '#lib/pipeline/evidence.ts';
import type { Phase } from '#lib/pipeline/plan.ts';
import { sql } from '#lib/sql.ts';
import { measurePhase } from './measure.ts';
import { withReader } from './session.ts';

/** How far the counting of a phase is. `rows` null: PostgreSQL tells no progress of the question. */
export interface PhaseCount {
  done: number;
  of: number;
  check: Check | null;
  rows: number | null;
  expected: number | null;
  since: string;
}

export interface CountOrder {
  /** Who asked, for the server's list of sessions. */
  by: string;
  tell: (change: PhaseCount) => void;
  stopping: () => boolean;
}

const LOOK_MS = 100;

/**
 * Measures a phase as measurePhase does, with the reader's credential and six hours for each question. One read-only transaction over all
 * of it, so that the facts are of one instant: vacuum keeps what dies meanwhile. No parallel workers. When `stopping` says so, what is asked is
 * cancelled over a second session. The server ends the session by itself within two seconds when this process is gone. Lock: ACCESS SHARE, held to the end.
 * @throws MeasuringStopped, and Refused like withReader.
 */
export async function countPhase(config: DatabaseConfig, phase: Phase, order: CountOrder): Promise<Evidence> {
  // As much of it as the server keeps, which is how the session is found again.
  const name = `countersign count for ${order.by.replaceAll(/[^ -~]/g, '?')}`.slice(0, 63);
  return withReader(config, async (client) => {
    await humble(client);
    const over = new AbortController();
    const { rows: [own] } = await client.query<{ pid: number; backend_start: string }>(sql('probe/own_backend'));
    const canceller = cancelWhen(config, [own?.pid, own?.backend_start, name], order.stopping, over.signal);
    try {
      return await measurePhase(client, phase, { operator: config.operatorRole, statementTimeoutMs: COUNT_MS, watch: watchOf(phase, order) });
    } finally {
      over.abort();
      await canceller;
    }
  }, { statementTimeoutMs: COUNT_MS, applicationName: name });
}

function watchOf(phase: Phase, { tell, stopping }: CountOrder) {
  const state: PhaseCount = { done: -1, of: phase.checks.length, check: null, rows: null, expected: null, since: '' };
  return {
    stopping,
    begins: (check: Check) => {
      Object.assign(state, { done: state.done + 1, check, rows: null, expected: null, since: new Date().toISOString() });
      tell({ ...state });
    },
    counted: (rows: number, expected: number | null) => tell({ ...Object.assign(state, { rows, expected }) }),
  };
}

async function humble(client: Client): Promise<void> {
  await client.query(`SELECT pg_catalog.set_config('max_parallel_workers_per_gather', '0', false)`);
  // Some platforms cannot look at the connection while they work.
  await client.query(`SELECT pg_catalog.set_config('client_connection_check_interval', '2s', false)`).catch(() => undefined);
}

/** Cancels what the session does as soon as it is to stop, again and again, because between two questions there is nothing to cancel. */
async function cancelWhen(config: DatabaseConfig, session: unknown[], stopping: () => boolean, over: AbortSignal): Promise<void> {
  while (!over.aborted && !stopping()) await sleep(LOOK_MS, undefined, { signal: over }).catch(() => undefined);
  while (!over.aborted) {
    await withReader(config, (other) => other.query(sql('probe/cancel_backend'), session)).catch(() => undefined);
    await sleep(LOOK_MS, undefined, { signal: over }).catch(() => undefined);
  }
}
