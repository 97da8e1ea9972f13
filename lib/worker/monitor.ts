import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { DatabaseConfig } from '#lib/env.ts';
import { backendAlive, cancelBackend, closeRunSession, type RunSession } from '#lib/pg/execute-session.ts';
import { type Blocker, blockersOf, heldUp } from '#lib/pg/probe.ts';
import { closeSession, connectOperator } from '#lib/pg/session.ts';

export interface MonitorTerms {
  config: DatabaseConfig;
  /** The session that works now; null while nothing is under way that may be looked at or cancelled. */
  busy: () => RunSession | null;
  /** True = whatever the session does is to be cancelled. */
  stopping: () => boolean;
  onBlocked: (blockers: readonly Blocker[]) => void;
  /** No sessions: there is no fuse. */
  fuse: { sessions: number; seconds: number };
  /** Sessions wait for us, for however short a time. */
  onWaitedFor: (sessions: number) => void;
  /** More sessions wait for us than the fuse allows. True = cancel what the session does. */
  onHeldUp: (sessions: number) => boolean;
}

const LOOK_MS = 200;
const ANSWER_MS = 5_000;
const RECONNECT_MS = 1_000;
/** Missing once may be a race with a new session; missing twice means that the server has ended it and our socket does not know. */
const MISSES = 2;

/** A second session beside the run's own: says who blocks it, cancels it, and notices when the server has dropped it. Stops when the signal fires. */
export async function monitorRun(terms: MonitorTerms, done: AbortSignal): Promise<void> {
  let client: pg.Client | null = null;
  let misses = 0;
  while (!done.aborted) {
    const session = terms.busy();
    try {
      if (session) {
        client ??= await connectOperator(terms.config);
        misses = (await withDeadline(look(client, session, terms))) ? 0 : misses + 1;
        if (misses >= MISSES) await closeRunSession(session);
      }
      await sleep(LOOK_MS, undefined, { signal: done }).catch(() => undefined);
    } catch {
      // The run's own session reports trouble with the target; a monitor that cannot see must not end a run that works.
      if (client) await closeSession(client);
      client = null;
      await sleep(RECONNECT_MS, undefined, { signal: done }).catch(() => undefined);
    }
  }
  if (client) await closeSession(client);
}

/** False when the backend is gone. */
async function look(client: pg.Client, session: RunSession, terms: MonitorTerms): Promise<boolean> {
  if (terms.stopping()) await cancelBackend(client, session);
  else {
    const { sessions, waiting } = await heldUp(client, session.pid, terms.fuse.seconds);
    if (waiting > 0 && terms.busy() === session) terms.onWaitedFor(waiting);
    if (terms.fuse.sessions > 0 && sessions >= terms.fuse.sessions && terms.busy() === session && terms.onHeldUp(sessions)) await cancelBackend(client, session);
  }
  const blockers = await blockersOf(client, session.pid);
  if (blockers.length > 0 && terms.busy() === session) terms.onBlocked(blockers);
  return backendAlive(client, session);
}

async function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the monitor session does not answer')), ANSWER_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
