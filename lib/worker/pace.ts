import { setTimeout as sleep } from 'node:timers/promises';
import type { PacingEnv } from '#lib/env.ts';
import type { RunSession } from '#lib/pg/execute-session.ts';
import { maintained } from '#lib/pg/execute-vacuum.ts';
import type { TableName } from '#lib/pipeline/plan.ts';
import { slowedTo } from '#lib/pipeline/run.ts';
import { sql } from '#lib/sql.ts';
import type { Watch } from './watch.ts';

/** Holds a run back between two batches, and before each step. */
export interface Pace {
  /** Resolves when a step, or its next try, may begin. Asks the target over the run's session, which is idle then. */
  wait(session: RunSession): Promise<void>;
  /** Resolves when the next batch may begin. */
  betweenBatches(session: RunSession): Promise<void>;
  /** So many sessions wait for what is under way: too short for the fuse, and a batch that they wait for is followed by a smaller one. */
  waitedFor(sessions: number): void;
  /** Of the time that a batch may take: 1 = all of it. */
  share(): number;
  /** The fuse has blown: whoever was held up goes first. */
  blown(): void;
}

export interface PaceTerms {
  watch: Watch;
  limits: PacingEnv;
  /** Which the step reads or writes. */
  tables: readonly TableName[];
  /** Told when the reason changes; null = it goes on. */
  tell: (reason: string | null) => void;
}

const LOOK_MS = 200;
const LAG_LOOK_MS = 500;
/** After the fuse has blown, longer each time. */
const REST_FIRST_MS = 3_000;
/** No rest is longer, for whatever reason. */
const REST_LONGEST_MS = 60_000;
/** Behind a batch that somebody waited for, or beside a vacuum: as long as the batch took, and no longer than this. */
const REST_BESIDE_MS = 3_000;
/** Beside batches that take no time there is nothing to rest from. */
const LEAST_WORK_MS = 50;
const SHARE_LEAST = 1 / 8;
const SHARE_GROWS = 1.25;

export function paceOf({ watch, limits, tables, tell }: PaceTerms): Pace {
  const state = { blown: 0, waited: 0, share: 1, rest: 0, batchAt: null as number | null, wal: null as { at: number; bytes: number } | null, told: null as string | null };

  function say(reason: string | null): void {
    if (reason === state.told) return;
    state.told = reason;
    tell(reason);
  }

  async function restFor(ms: number, reason: string): Promise<void> {
    const until = performance.now() + ms;
    while (watch.reason() === null && performance.now() < until) {
      say(reason);
      await sleep(Math.min(LOOK_MS, Math.max(1, until - performance.now())));
    }
  }

  async function whilePaused(): Promise<void> {
    while (watch.reason() === null && watch.pace() === 0) {
      say('a person: the run is paused');
      await sleep(LOOK_MS);
    }
  }

  /** A quarter of the speed = three times as long a rest as the batch took. */
  async function bySlider(): Promise<void> {
    const pace = watch.pace();
    if (state.batchAt === null || pace === 0 || pace >= 100) return;
    const worked = performance.now() - state.batchAt;
    await restFor((worked * (100 - pace)) / pace, slowedTo(pace));
  }

  /** Waits are short while a batch is, so half the time is the next batch's, and the application has as long to itself. */
  async function byWaiters(worked: number): Promise<void> {
    const { waited } = state;
    state.waited = 0;
    state.share = waited > 0 ? Math.max(SHARE_LEAST, state.share / 2) : Math.min(1, state.share * SHARE_GROWS);
    if (waited > 0) await restFor(Math.min(REST_BESIDE_MS, worked), `the application: ${waited} ${waited === 1 ? 'session' : 'sessions'} had waited for the last batch`);
  }

  /** A vacuum has the disk for itself for half of the time: it ends sooner, and what the batches leave behind is for the next one. */
  async function byUpkeep(session: RunSession, worked: number): Promise<void> {
    const at = worked > LEAST_WORK_MS && tables.length > 0 ? await maintained(session, tables) : [];
    if (at.length > 0) await restFor(Math.min(REST_BESIDE_MS, worked), `its turn: a vacuum, or other upkeep, works on ${at.join(', ')}`);
  }

  async function byTarget(session: RunSession): Promise<void> {
    if (limits.lagSeconds === 0 && limits.walBytesPerSecond === 0) return;
    while (watch.reason() === null && !session.lost) {
      const { rows } = await session.client.query<{ lag: number | null; wal: number }>(sql('probe/pace'));
      const now = { lag: rows[0]?.lag ?? null, wal: rows[0]?.wal ?? 0 };
      if (limits.lagSeconds > 0 && now.lag !== null && now.lag > limits.lagSeconds) {
        await restFor(LAG_LOOK_MS, `a replica: it is ${Math.round(now.lag * 10) / 10} s behind, and ${limits.lagSeconds} s are allowed`);
        continue;
      }
      const before = state.wal;
      state.wal = { at: performance.now(), bytes: now.wal };
      if (before === null || limits.walBytesPerSecond === 0) return;
      // Whoever wrote it: what the application wrote alone, or an index that was built, must not keep the run for hours.
      const owed = Math.min(REST_LONGEST_MS, ((now.wal - before.bytes) / limits.walBytesPerSecond) * 1_000 - (performance.now() - before.at));
      if (owed > 0) await restFor(owed, `its turn: more WAL was written than ${Math.round(limits.walBytesPerSecond / 1_000_000)} MB/s`);
      if (owed > 0) state.wal = { at: performance.now(), bytes: now.wal };
      return;
    }
  }

  async function wait(session: RunSession): Promise<void> {
    if (state.rest > 0) {
      const { rest } = state;
      state.rest = 0;
      await restFor(rest, `the application: ${limits.fuseSessions} or more sessions had waited for us longer than ${limits.fuseSeconds} s`);
    }
    await bySlider();
    await whilePaused();
    await byTarget(session).catch(() => undefined);
    say(null);
    Object.assign(state, { batchAt: performance.now(), waited: 0 });
  }

  return {
    wait,
    betweenBatches: async (session) => {
      const worked = state.batchAt === null ? 0 : performance.now() - state.batchAt;
      await byWaiters(worked);
      if (!session.lost) await byUpkeep(session, worked).catch(() => undefined);
      // The rest was ours: a person's slider counts what was worked.
      if (state.batchAt !== null) state.batchAt = performance.now() - worked;
      await wait(session);
    },
    waitedFor: (sessions) => { state.waited = Math.max(state.waited, sessions); },
    share: () => state.share,
    blown: () => {
      state.blown += 1;
      state.rest = Math.min(REST_LONGEST_MS, REST_FIRST_MS * 2 ** (state.blown - 1));
    },
  };
}
