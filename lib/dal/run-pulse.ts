import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebEnv } from '#lib/env.ts';
import { blockedBy, oldestTransactionOn } from '#lib/pg/probe.ts';
import { withReader } from '#lib/pg/session.ts';
import type { TableName } from '#lib/pipeline/plan.ts';
import type { ControlDb } from '#lib/store/db.ts';
import { backendOf, loadRun, workerSeenAt } from '#lib/store/runs.ts';
import { databaseNamed } from './control.ts';
import type { RunPulse } from './dto/run.ts';

type TargetPulse = Pick<RunPulse, 'targetAnswers' | 'blockedByUs' | 'oldestTransactionSeconds'>;

const EVERY_MS = 1_000;
const LOST_AFTER_MS = 15_000;
const UNSEEN: TargetPulse = { targetAnswers: null, blockedByUs: [], oldestTransactionSeconds: null };
const AWAY: TargetPulse = { ...UNSEEN, targetAnswers: false };

/**
 * What happens around a run in its target, looked at once a second over one reader session however many people watch. The session is
 * open only while somebody does.
 */
interface Watch {
  watchers: number;
  latest: TargetPulse;
}

const watches = new Map<string, Watch>();

/** Begins to watch (or joins those who do). Call what is returned to stop. */
export function watchTarget(db: ControlDb, env: Pick<WebEnv, 'databases'>, run: { id: string; target: string }, tables: readonly TableName[]): { pulse: () => Promise<RunPulse>; stop: () => void } {
  const watch = watches.get(run.id) ?? { watchers: 0, latest: UNSEEN };
  watch.watchers += 1;
  if (!watches.has(run.id)) {
    watches.set(run.id, watch);
    void follow(db, env, run, tables, watch);
  }
  let watching = true;
  return {
    pulse: async () => ({ ...(await workerPulse(db, run.id)), ...watch.latest }),
    stop: () => {
      if (watching) watch.watchers -= 1;
      watching = false;
    },
  };
}

/** One look, for who asks once. */
export async function pulseOnce(db: ControlDb, env: Pick<WebEnv, 'databases'>, run: { id: string; target: string }, tables: readonly TableName[]): Promise<RunPulse> {
  const backend = await backendOf(db, run.id);
  const target = await withReader(databaseNamed(run.target, env), async (client) => look(client, backend, tables)).catch(() => AWAY);
  return { ...(await workerPulse(db, run.id)), ...target };
}

async function follow(db: ControlDb, env: Pick<WebEnv, 'databases'>, run: { id: string; target: string }, tables: readonly TableName[], watch: Watch): Promise<void> {
  while (watch.watchers > 0) {
    try {
      await withReader(databaseNamed(run.target, env), async (client) => {
        while (watch.watchers > 0) {
          watch.latest = await look(client, await backendOf(db, run.id), tables);
          await sleep(EVERY_MS);
        }
      });
    } catch {
      // The target is away or refuses the reader: the run's own events say what there is to say. Look again in a while.
      watch.latest = AWAY;
      await sleep(EVERY_MS * 3);
    }
  }
  watches.delete(run.id);
}

async function look(client: Parameters<typeof blockedBy>[0], backend: number | null, tables: readonly TableName[]): Promise<TargetPulse> {
  const blockedByUs = backend === null ? [] : await blockedBy(client, backend);
  return { targetAnswers: true, blockedByUs, oldestTransactionSeconds: await oldestTransactionOn(client, tables, backend ?? 0) };
}

async function workerPulse(db: ControlDb, runId: string): Promise<Pick<RunPulse, 'workerHolds' | 'workerSeenAt' | 'workerLost'>> {
  const run = await loadRun(db, runId);
  const seen = run?.heartbeatAt ?? (await workerSeenAt(db, run?.workerId ?? null));
  return { workerHolds: run?.workerId != null, workerSeenAt: seen?.toISOString() ?? null, workerLost: run !== null && isLost(run.endedAt, seen) };
}

/** Nobody has shown for so long that they carry the run on. */
export function isLost(endedAt: Date | null, seen: Date | null): boolean {
  return endedAt === null && (seen === null || Date.now() - seen.getTime() > LOST_AFTER_MS);
}
