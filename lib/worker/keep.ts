import { setTimeout as sleep } from 'node:timers/promises';
import { logSurprise } from '#lib/log.ts';
import { compareInStep, keepInStep } from '#lib/pg/execute-keep.ts';
import { closeRunSession, openKeepSession, type RunSession, tryTargetLock } from '#lib/pg/execute-session.ts';
import { targetIdentity } from '#lib/pg/identity.ts';
import type { LedgerRun } from '#lib/pg/ledger.ts';
import { refusalFromConnection } from '#lib/pg/session.ts';
import { isRetryableLock } from '#lib/pg/sqlstate.ts';
import { type Followed, followedBy } from '#lib/pipeline/followed.ts';
import { planStanding } from '#lib/pipeline/standing.ts';
import { lastComparison, writeAudit } from '#lib/store/audit.ts';
import { findEvidence } from '#lib/store/evidence.ts';
import { findVersion, listPlans } from '#lib/store/plans.ts';
import { activeRunOn, listRuns, type StoredRun, summariesOf } from '#lib/store/runs.ts';
import type { WorkerTerms } from './loop.ts';

const LOOK_MS = 3_000;
/** At a time: a run that begins waits no longer than this for the database. */
const TURN_MS = 1_500;
const COMPARE_MS = 3_600_000;
/** After a comparison that found a difference, which somebody may have mended, and after one that gave way or failed. */
const COMPARE_AGAIN_MS = 300_000;
/** A comparison applies what waits, in one transaction: under an application that never rests something always does. */
const NEAR = 10_000;
const ACTIVE_LOOK_MS = 500;

interface Keeping {
  terms: WorkerTerms;
  stop: AbortSignal;
  /** When what the log says of the last comparison is worth reading again, by id of the run: another worker may have made the next. */
  lookAt: Map<string, number>;
}

/**
 * Between runs: keeps tables that stand beside the live ones in step, every few seconds, and compares both sides every hour. Works only where it
 * gets the target's lock at once, and gives it back as soon as a run wants it. Ends with the signal; never throws.
 */
export async function keepTables(terms: WorkerTerms, stop: AbortSignal): Promise<void> {
  const one: Keeping = { terms, stop, lookAt: new Map() };
  while (!stop.aborted) {
    await round(one).catch((error: unknown) => void (isRetryableLock(error) || (refusalFromConnection(error, 'a target') ?? logSurprise(error, 'keeping tables in step'))));
    await sleep(LOOK_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

async function round(one: Keeping): Promise<void> {
  const { db } = one.terms;
  for (const stored of await listPlans(db)) {
    if (!stored.plan.phases.some((phase) => phase.steps.some((step) => step.work?.kind === 'swap'))) continue;
    const runs = await listRuns(db, { planId: stored.plan.id });
    const standings = planStanding(stored.plan.phases, await summariesOf(db, runs));
    for (const followed of followedBy(stored.plan, standings)) {
      const run = runs.find((other) => other.id === standings.get(followed.phase.id)?.forwardRunId);
      if (run && !one.stop.aborted) await keepOne(one, await asItRan(one, run, followed), run);
    }
  }
}

/** The SQL that was signed and run, whatever version of the plan is in force now. */
async function asItRan({ terms }: Keeping, run: StoredRun, followed: Followed): Promise<Followed> {
  const plan = await findVersion(terms.db, run.planId, run.version);
  const steps = plan?.phases.flatMap((phase) => phase.steps) ?? [];
  const feeds = steps.flatMap((step) => [step.work, step.undoWork]).flatMap((work) => (work?.kind === 'swap' ? [work.feed] : []));
  const same = feeds.find((feed) => feed.direction === followed.feed.direction && feed.tables[0]?.log.name === followed.feed.tables[0]?.log.name);
  return same ? { ...followed, feed: same } : followed;
}

async function keepOne(one: Keeping, { feed, phase }: Followed, run: StoredRun): Promise<void> {
  const { db, databases, name } = one.terms;
  const config = databases.find((database) => database.name === run.target);
  if (!config || (await activeRunOn(db, run.target))) return;
  const ledgerRun: LedgerRun = { runId: run.id, planId: run.planId, phaseId: phase.id, kind: 'forward', digest: run.digest, attempt: run.attempt };
  const session = await openKeepSession(config, run.id);
  try {
    if (!(await tryTargetLock(session)) || !(await isSigned(one, session, run))) return;
    const until = performance.now() + TURN_MS;
    const kept = await keepInStep(session, ledgerRun, feed, () => one.stop.aborted || performance.now() > until);
    if (kept.waiting > NEAR || kept.errors.length > 0 || !(await comparisonDue(one, run))) return;
    const answer = await untilWanted(one, session, run.target, () => compareInStep(session, ledgerRun, feed));
    if (!answer) return;
    one.lookAt.delete(run.id);
    const reason = answer.equal ? 'Both sides hold the same rows.' : answer.sentence;
    await db.transaction().execute((trx) => writeAudit(trx, { actor: `worker ${name}`, actorId: null, action: answer.equal ? 'tables.equal' : 'tables.differ', planId: run.planId, runId: run.id, reason, detail: { phase: phase.id, tables: feed.tables.map((table) => table.name), direction: feed.direction } }));
  } finally {
    await closeRunSession(session);
  }
}

/** By the log, so that the hours go on whichever worker looks, and a restart begins none anew. Answers true once: what then gives way or fails is due again in minutes. */
async function comparisonDue({ terms, lookAt }: Keeping, run: StoredRun): Promise<boolean> {
  if (Date.now() < (lookAt.get(run.id) ?? 0)) return false;
  const last = await lastComparison(terms.db, run.planId, run.id);
  const since = last?.at ?? run.endedAt ?? new Date();
  const due = since.getTime() + (last?.equal === false ? COMPARE_AGAIN_MS : COMPARE_MS);
  const now = Date.now();
  lookAt.set(run.id, now < due ? due : now + COMPARE_AGAIN_MS);
  return now >= due;
}

/** A long comparison gives way to a run; null = it did. */
async function untilWanted<T>(one: Keeping, session: RunSession, target: string, work: () => Promise<T>): Promise<T | null> {
  const done = new AbortController();
  let wanted = false;
  const watch = (async () => {
    while (!done.signal.aborted) {
      await sleep(ACTIVE_LOOK_MS, undefined, { signal: done.signal }).catch(() => undefined);
      if (done.signal.aborted) return;
      if (!one.stop.aborted && !(await activeRunOn(one.terms.db, target).catch(() => null))) continue;
      wanted = true;
      await closeRunSession(session);
      return;
    }
  })();
  try {
    return await work();
  } catch (error) {
    if (wanted) return null;
    throw error;
  } finally {
    done.abort();
    await watch;
  }
}

/** The database that was signed for, not another behind the same address. */
async function isSigned({ terms }: Keeping, session: RunSession, run: StoredRun): Promise<boolean> {
  const stored = run.evidenceId === null ? null : await findEvidence(terms.db, run.evidenceId);
  const now = await targetIdentity(session.client);
  return stored !== null && stored.evidence.target.systemIdentifier === now.systemIdentifier && stored.evidence.target.databaseOid === now.databaseOid;
}
