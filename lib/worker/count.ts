import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseConfig } from '#lib/env.ts';
import { countPhase, type PhaseCount } from '#lib/pg/measure-count.ts';
import { MeasuringStopped } from '#lib/pg/measure-session.ts';
import { phaseDocumentDigest } from '#lib/pipeline/approval.ts';
import { asks, type CountProgress, type CountState, cutOff, NOTHING_COUNTED } from '#lib/pipeline/count.ts';
import type { Evidence } from '#lib/pipeline/evidence.ts';
import { findPhase } from '#lib/pipeline/plan.ts';
import type { Policy } from '#lib/pipeline/policy.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { planStanding } from '#lib/pipeline/standing.ts';
import { counted } from '#lib/pipeline/words.ts';
import { writeAudit } from '#lib/store/audit.ts';
import type { ControlDb, ControlTrx } from '#lib/store/db.ts';
import { endCount, findCount, noteCount, type StoredCount } from '#lib/store/exact-counts.ts';
import { keepEvidence } from '#lib/store/keep-evidence.ts';
import { keepLint } from '#lib/store/keep-lint.ts';
import { claimOldest, release, type WorkClaim } from '#lib/store/lease.ts';
import { findPerson } from '#lib/store/people.ts';
import { findVersion, lockPlan } from '#lib/store/plans.ts';
import { activeRunOn, listRuns, summariesOf } from '#lib/store/runs.ts';
import { oneAtATimeUntil, surpriseSentence } from './claimed.ts';
import { untilControlAnswers } from './control.ts';

export interface CountTerms {
  db: ControlDb;
  databases: readonly DatabaseConfig[];
  policy: Pick<Policy, 'teamRules'>;
  /** As people read it: `host (process 123)`. */
  name: string;
  worker: { id: string };
}

const LOOK_MS = 300;
/** A count that takes its worker down with it each time is not begun for ever. */
const ATTEMPTS = 3;

interface End {
  state: Exclude<CountState, 'queued' | 'running'>;
  sentence: string;
  evidence?: Evidence;
}

/** Claims and carries out counts one at a time until the signal fires. Never throws. */
export async function countUntil(terms: CountTerms, stop: AbortSignal): Promise<void> {
  await oneAtATimeUntil({ what: 'count', claim: () => claimOldest(terms.db, 'exact_count', terms.worker.id), carryOut: (claim) => carryOut(terms, claim, stop) }, stop);
}

/** One claimed count, to its end or until it is another worker's. A worker that is told to stop gives it back. */
async function carryOut(terms: CountTerms, claim: WorkClaim, stop: AbortSignal): Promise<void> {
  const found = await findCount(terms.db, claim.id);
  if (!found) return;
  const watch = watchCount(terms, claim, found, stop);
  let end: End | null;
  try {
    end = await counting(terms, claim, found, watch);
  } catch (error) {
    end = await endOf(terms, claim, watch, error);
  } finally {
    await watch.stop();
  }
  if (end) await record(terms, claim, found, end);
  else if (watch.why()?.do === 'release') await release(terms.db, 'exact_count', claim);
}

async function counting(terms: CountTerms, claim: WorkClaim, found: StoredCount, watch: Watch): Promise<End> {
  if (claim.lost >= ATTEMPTS) return { state: 'failed', sentence: `${ATTEMPTS} times the worker went away while it counted. It is not begun again by itself.` };
  const plan = await findVersion(terms.db, found.planId, found.version);
  const phase = plan && findPhase(plan, found.phaseId);
  if (!phase) throw new Refused('not_found', 'The plan has no such phase.');
  const config = terms.databases.find((one) => one.name === found.target);
  if (!config) throw new Refused('database_unknown', `This worker's configuration does not name the database ${found.target}.`);
  const evidence = await countPhase(config, phase, {
    by: found.requestedBy.name,
    tell: (change) => watch.tell(change),
    stopping: () => watch.why() !== null,
  });
  const missing = cutOff(evidence).length;
  const sentence = missing === 0 ? `Counted ${counted(phase.checks.length, 'question', 'questions')} to the end.` : `Counted, but ${counted(missing, 'question', 'questions')} took longer than the time that one may take and stayed without an answer.`;
  return { state: 'counted', sentence, evidence };
}

/** What a count that did not come to its end has come to; null: it is not ours to end. */
async function endOf(terms: CountTerms, claim: WorkClaim, watch: Watch, error: unknown): Promise<End | null> {
  const why = watch.why();
  if (why) return why.do === 'end' ? { state: why.state, sentence: why.sentence } : null;
  if (error instanceof Refused) return { state: 'refused', sentence: error.refusal.sentence };
  if (error instanceof MeasuringStopped) return null;
  return { state: 'failed', sentence: surpriseSentence(error, `count ${claim.id} by ${terms.name}`) };
}

async function record(terms: CountTerms, claim: WorkClaim, found: StoredCount, end: End): Promise<void> {
  await untilControlAnswers(() => terms.db.transaction().execute(async (trx) => {
    const stored = await lockPlan(trx, found.planId);
    const kept = end.evidence && stored ? await keep(trx, terms, found, stored.plan, stored.version, end.evidence) : null;
    const last: End = kept && 'sentence' in kept ? { state: 'refused', sentence: kept.sentence } : end;
    const evidenceId = kept && 'evidenceId' in kept ? kept.evidenceId : null;
    if (!(await endCount(trx, claim, { state: last.state, sentence: last.sentence, evidenceId }))) throw new NotHeld();
    const moved = kept && 'moved' in kept ? kept.moved : [];
    await writeAudit(trx, { actor: `worker ${terms.name}`, actorId: null, action: `count.${last.state}`, planId: found.planId, reason: last.sentence, detail: { count: found.id, phase: found.phaseId, version: found.version, ms: end.evidence?.ms ?? null, evidenceId, moved } });
    if (kept && 'people' in kept && kept.people.length > 0) await writeAudit(trx, { actor: 'Countersign', actorId: null, action: 'approval.voided', planId: found.planId, reason: kept.moved.join(' '), detail: { phase: found.phaseId, people: kept.people } });
  }), () => false).catch((error: unknown) => {
    // Another worker has it: what was counted here is not written beside what is counted there.
    if (!(error instanceof NotHeld)) throw error;
  });
}

class NotHeld extends Error {}

type Kept = Awaited<ReturnType<typeof keepEvidence>> | { sentence: string };

/** What was counted is evidence of the text that it was counted for, and of a phase that does not stand yet. */
async function keep(trx: ControlTrx, terms: CountTerms, found: StoredCount, plan: Parameters<typeof keepEvidence>[1], version: number, evidence: Evidence): Promise<Kept> {
  const before = await findVersion(trx, found.planId, found.version);
  const asked = before && findPhase(before, found.phaseId);
  const phase = findPhase(plan, found.phaseId);
  if (!phase || !asked || phaseDocumentDigest(phase) !== phaseDocumentDigest(asked)) return { sentence: `The phase was changed while version ${found.version} of it was counted. Count it again.` };
  const standings = planStanding(plan.phases, await summariesOf(trx, await listRuns(trx, { planId: plan.id })));
  const state = standings.get(phase.id)?.state ?? 'pending';
  if ((state !== 'pending' && state !== 'rolled_back') || (await activeRunOn(trx, found.target))) return { sentence: `A run on ${found.target} began before the count was kept. What was counted says nothing any more.` };
  const kept = await keepEvidence(trx, plan, phase, evidence, found.requestedBy.id);
  await keepLint(trx, plan, version, terms.policy);
  return kept;
}

/** Why a count is to stop: `lost`: it is another worker's. */
type Stopping = { do: 'release' } | { do: 'lost' } | { do: 'end'; state: 'stopped' | 'refused'; sentence: string };

interface Watch {
  why(): Stopping | null;
  tell(change: PhaseCount): void;
  stop(): Promise<void>;
}

/** Renews the lease, writes how far it is and looks three times a second whether it is to go on. A control database that is away changes nothing: it only reads. */
function watchCount(terms: CountTerms, claim: WorkClaim, found: StoredCount, shutdown: AbortSignal): Watch {
  const state = { content: NOTHING_COUNTED as CountProgress, why: null as Stopping | null, over: false };
  const look = async (): Promise<void> => {
    if (shutdown.aborted) state.why ??= { do: 'release' };
    const { held, stopBy } = await noteCount(terms.db, claim, state.content);
    if (!held) state.why = { do: 'lost' };
    else if (stopBy !== null) state.why ??= { do: 'end', state: 'stopped', sentence: `Stopped by ${(await findPerson(terms.db, stopBy))?.name ?? 'somebody'}. What was known before stands.` };
    else if (await activeRunOn(terms.db, found.target)) state.why ??= { do: 'end', state: 'refused', sentence: `A run on ${found.target} began, and the count gave way to it. Count again when it has ended.` };
  };
  const loop = (async () => {
    while (!state.over && state.why === null) {
      await look().catch(() => undefined);
      await sleep(LOOK_MS);
    }
  })();
  return {
    why: () => state.why,
    tell: ({ done, of, check, rows, expected, since }) => {
      state.content = { done, of, now: check ? { asks: asks(check), since, rows, expected } : null };
    },
    stop: async () => {
      state.over = true;
      await loop;
    },
  };
}

