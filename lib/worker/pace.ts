import { setTimeout as sleep } from 'node:timers/promises';
import type { PacingEnv } from '#lib/env.ts';
import type { RunSession } from '#lib/pg/execute-session.ts';
import { sql } from '#lib/sql.ts';
import type { Watch } from './watch.ts';

/** Holds a run back between two batches, and before each step. */
export interface Pace {
  /** Resolves when the next batch may begin. Asks the target over the run's session, which is idle then. */
  wait(session: RunSession): Promise<void>;
  /** The fuse has blown: whoever was held up goes first. */
  blown(): void;
}

export interface PaceTerms {
  watch: Watch;
  limits: PacingEnv;
  /** Told when the reason changes; null = it goes on. */
  tell: (reason: string | null) => void;
}

const LOOK_MS = 200;
const LAG_LOOK_MS = 500;
/** After the fuse has blown, longer each time. */
const REST_FIRST_MS = 3_000;
/** No rest is longer, for whatever reason. */
const REST_LONGEST_MS = 60_000;

export function paceOf({ watch, limits, tell }: PaceTerms): Pace {
  const state = { blown: 0, rest: 0, batchAt: null as number | null, wal: null as { at: number; bytes: number } | null, told: null as string | null };

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
    await restFor((worked * (100 - pace)) / pace, `its turn: a person set the speed to ${pace} %`);
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

  return {
    wait: async (session) => {
      if (state.rest > 0) {
        const { rest } = state;
        state.rest = 0;
        await restFor(rest, `the application: ${limits.fuseSessions} or more sessions had waited for us longer than ${limits.fuseSeconds} s`);
      }
      await bySlider();
      await whilePaused();
      await byTarget(session).catch(() => undefined);
      say(null);
      state.batchAt = performance.now();
    },
    blown: () => {
      state.blown += 1;
      state.rest = Math.min(REST_LONGEST_MS, REST_FIRST_MS * 2 ** (state.blown - 1));
    },
  };
}
