import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { logNote } from '#lib/log.ts';

/** Tells who asked that something happened in a run. */
export interface RunListener {
  /** Calls `news` after each notification of this run, and after every reconnect, because some may have been missed. Returns the way out. */
  listen(runId: string, news: () => void): () => void;
  close(): Promise<void>;
}

const LONGEST_MS = 5_000;

/** One LISTEN connection for the whole process, opened with the first listener and kept while there is one; broken ones are replaced. */
export function openRunListener(controlUrl: string): RunListener {
  const listeners = new Map<string, Set<() => void>>();
  let client: Client | null = null;
  const state = { closed: false };
  let keeping: Promise<void> | null = null;

  async function keep(): Promise<void> {
    for (let tries = 0; !state.closed && listeners.size > 0; tries += 1) {
      const opened = new Client({ connectionString: controlUrl, application_name: 'countersign feed', keepAlive: true, connectionTimeoutMillis: 5_000 });
      const gone = new Promise<void>((resolve) => {
        opened.once('end', resolve);
        // Not once: the server's last word and the end of the socket are an error each, and one that nobody hears ends the process.
        opened.on('error', () => resolve());
      });
      try {
        await opened.connect();
        await opened.query('listen countersign_run');
        client = opened;
        tries = 0;
        opened.on('notification', (message) => tell(message.payload ?? ''));
        for (const runId of listeners.keys()) tell(runId);
        // All may have left while it was being opened.
        if (!state.closed && listeners.size > 0) await gone;
      } catch {
        logNote('the connection that listens for runs could not be opened; trying again');
      }
      client = null;
      await opened.end().catch(() => undefined);
      if (!state.closed && listeners.size > 0) await sleep(Math.min(LONGEST_MS, 200 * 2 ** tries));
    }
    keeping = null;
  }

  function tell(runId: string): void {
    for (const news of listeners.get(runId) ?? []) news();
  }

  return {
    listen: (runId, news) => {
      const mine = listeners.get(runId) ?? new Set();
      listeners.set(runId, mine.add(news));
      keeping ??= keep();
      return () => {
        mine.delete(news);
        if (mine.size === 0 && listeners.get(runId) === mine) listeners.delete(runId);
        if (listeners.size === 0) void client?.end().catch(() => undefined);
      };
    },
    close: async () => {
      state.closed = true;
      listeners.clear();
      await client?.end().catch(() => undefined);
      await keeping;
    },
  };
}
