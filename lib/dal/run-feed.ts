import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebEnv } from '#lib/env.ts';
import { logSurprise } from '#lib/log.ts';
import type { TableName } from '#lib/pipeline/plan.ts';
import type { ControlDb } from '#lib/store/db.ts';
import { findPerson, type Person } from '#lib/store/people.ts';
import { openRunListener, type RunListener } from '#lib/store/run-listener.ts';
import { eventsAfter, loadRun, type StoredRun } from '#lib/store/runs.ts';
import { configuration } from './control.ts';
import type { RunPulse } from './dto/run.ts';
import { foundRun } from './found-run.ts';
import { load, type RouteContext } from './gate.ts';
import { knownId } from './load-plan.ts';
import { documentOfRun } from './load-run.ts';
import { pulseOnce, watchTarget } from './run-pulse.ts';

const PULSE_MS = 1_000;
const HEARTBEAT_MS = 15_000;

const shared = globalThis as typeof globalThis & { countersignFeed?: RunListener };

function listener(): RunListener {
  shared.countersignFeed ??= openRunListener(configuration().controlUrl);
  return shared.countersignFeed;
}

/**
 * The events of a run as server-sent events. Stored events come as plain messages, `id` = their number, so that a browser that
 * reconnects goes on where it was (Last-Event-ID; `?after=` for the first time). While the run is active a `pulse` comes every second.
 * After the last event an `end` comes with the final state, and the stream closes: the page closes its side too.
 */
export async function feedOf({ db, person, request }: RouteContext, runId: string): Promise<Response> {
  const run = await foundRun(db, knownId(runId));
  const after = Math.max(numberFrom(request.headers.get('last-event-id')), numberFrom(new URL(request.url).searchParams.get('after')));
  const tables = run.endedAt ? [] : await tablesOf(db, run);
  const lines = runFeed({ db, env: configuration(), listener: listener(), person }, run, tables, after, request.signal);
  return new Response(streamOf(lines), { headers: { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-cache, no-transform', 'X-Accel-Buffering': 'no' } });
}

/** Worker and target around a run, looked at once. */
export const loadPulse = load(async ({ db }, runId: string): Promise<RunPulse> => {
  const run = await foundRun(db, knownId(runId));
  return pulseOnce(db, configuration(), run, run.endedAt ? [] : await tablesOf(db, run));
});

async function tablesOf(db: ControlDb, run: StoredRun): Promise<TableName[]> {
  const { steps } = await documentOfRun(db, run);
  return steps.flatMap((step) => step.locks.map((lock) => lock.table));
}

export interface FeedTerms {
  db: ControlDb;
  env: Pick<WebEnv, 'databases'>;
  listener: RunListener;
  person: Person;
}

/** The text of the stream, piece by piece; see feedOf. Ends by itself after the last event, when the signal fires, or when the person lost access. */
export async function* runFeed({ db, env, listener, person }: FeedTerms, run: StoredRun, tables: readonly TableName[], after: number, signal: AbortSignal): AsyncGenerator<string> {
  const bell = newBell();
  const stopListening = listener.listen(run.id, bell.ring);
  const target = run.endedAt ? null : watchTarget(db, env, run, tables);
  let seq = after;
  let beatAt = Date.now();
  try {
    yield 'retry: 1000\n\n';
    while (!signal.aborted) {
      // The state is read before the events: an end that is seen has all its events behind it.
      const now = await loadRun(db, run.id);
      for (const stored of await eventsAfter(db, run.id, seq)) {
        seq = stored.seq;
        yield `id: ${stored.seq}\ndata: ${JSON.stringify(stored)}\n\n`;
      }
      if (!now || now.endedAt) {
        yield `event: end\ndata: ${JSON.stringify({ state: now?.state ?? run.state })}\n\n`;
        return;
      }
      if (target && bell.pulseDue()) yield `event: pulse\ndata: ${JSON.stringify(await target.pulse())}\n\n`;
      if (Date.now() - beatAt > HEARTBEAT_MS) {
        beatAt = Date.now();
        const still = await findPerson(db, person.id);
        if (!still || still.disabledAt || still.passwordTemporary) return;
        yield ': still here\n\n';
      }
      await bell.wait(signal);
    }
  } finally {
    target?.stop();
    stopListening();
  }
}

/** Rings when something happened, and once a second anyway. Rings that come while nobody waits are kept. */
function newBell(): { ring: () => void; wait: (signal: AbortSignal) => Promise<void>; pulseDue: () => boolean } {
  let rung = false;
  let wake: (() => void) | null = null;
  let pulsedAt = 0;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    wait: async (signal) => {
      if (!rung && !signal.aborted) {
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
        await Promise.race([woken, sleep(Math.max(20, pulsedAt + PULSE_MS - Date.now()), undefined, { ref: false })]);
        wake = null;
      }
      rung = false;
    },
    pulseDue: () => {
      if (Date.now() - pulsedAt < PULSE_MS) return false;
      pulsedAt = Date.now();
      return true;
    },
  };
}

/** Text to bytes as the reader takes them; when the reader leaves, the generator's `finally` runs. */
export function streamOf(texts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let left = false;
  return new ReadableStream({
    pull: async (controller) => {
      try {
        const next = await texts.next();
        if (left) return;
        if (next.done) controller.close();
        else controller.enqueue(encoder.encode(next.value));
      } catch (error) {
        // The reader sees a broken connection and asks again from where it was.
        controller.error(new Error(`stream ended (error ${logSurprise(error, 'sending a stream to a browser')})`));
      }
    },
    cancel: async () => {
      left = true;
      await texts.return(undefined);
    },
  });
}

function numberFrom(text: string | null): number {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : 0;
}
