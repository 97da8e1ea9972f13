import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { sql } from '#lib/sql.ts';
import type { StepContext } from './execute-kind.ts';
import type { RunSession } from './execute-session.ts';
import { closeSession, connectOperator } from './session.ts';

/** What a progress view says of a backend; `unit` is blocks, rows or what is waited for. */
export interface ServerFigure {
  phase: string;
  done: number;
  total: number | null;
  unit: string;
}

const LOOK_MS = 400;

/** Asks the server, from a session beside the run's own, how far its statement has come. A follower that cannot look ends in silence: the statement does not need it. */
export function followProgress(context: StepContext, session: RunSession, tell: (figure: ServerFigure) => void): { stop: () => Promise<void> } {
  const state = { over: false };
  const wake = new AbortController();
  const done = (async () => {
    let client: Client | null = null;
    try {
      await sleep(LOOK_MS, undefined, { signal: wake.signal }).catch(() => undefined);
      while (!state.over) {
        client ??= await connectOperator(context.beside.config);
        const { rows } = await client.query<{ phase: string; done: number; total: number; unit: string }>(sql('probe/own_progress'), [session.pid]);
        const row = rows[0];
        if (row && !state.over) tell({ phase: row.phase, done: row.done, total: row.total > 0 ? row.total : null, unit: row.unit });
        await sleep(LOOK_MS, undefined, { signal: wake.signal }).catch(() => undefined);
      }
    } catch {
      // Nothing depends on the figure.
    } finally {
      if (client) await closeSession(client);
    }
  })();
  return {
    stop: async () => {
      state.over = true;
      wake.abort();
      await done;
    },
  };
}
