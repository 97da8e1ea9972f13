import { setTimeout as sleep } from 'node:timers/promises';
import type { RehearsalEnv } from '#lib/env.ts';
import { logNote } from '#lib/log.ts';
import { CloneLost, dropAbandonedClones, RehearsalStopped, withClone } from '#lib/pg/execute-rehearse-clone.ts';
import type { Plan } from '#lib/pipeline/plan.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { NOTHING_REHEARSED, phasesToRehearse, type Rehearsed, rehearsalVerdict, type RehearsalState } from '#lib/pipeline/rehearsal.ts';
import { type FinishedRehearsal, movedByRehearsal, rehearsedIn } from '#lib/pipeline/rehearsal-evidence.ts';
import { planStanding } from '#lib/pipeline/standing.ts';
import { listApprovals, voidApprovals } from '#lib/store/approvals.ts';
import { writeAudit } from '#lib/store/audit.ts';
import type { ControlDb, ControlTrx } from '#lib/store/db.ts';
import { claimOldest, release, type WorkClaim } from '#lib/store/lease.ts';
import { findVersion, lockPlan } from '#lib/store/plans.ts';
import { endRehearsal, loadRehearsal, noteRehearsal, stopAsked, stoppedSentence, type StoredRehearsal } from '#lib/store/rehearsals.ts';
import { activeRunOn, listRuns, summariesOf } from '#lib/store/runs.ts';
import { oneAtATimeUntil, surpriseSentence, type Teller, teller } from './claimed.ts';
import { untilControlAnswers } from './control.ts';
import type { WorkerTerms } from './loop.ts';
import { rehearsePhases } from './rehearse-plan.ts';

export interface RehearsalTerms extends WorkerTerms {
  rehearsal: RehearsalEnv;
  worker: { id: string };
}

/** A rehearsal that takes its worker down with it each time is not begun for ever. */
const ATTEMPTS = 3;
/** Shorter than a lease. */
const RESTART_MS = 3_000;

type End = { state: Exclude<RehearsalState, 'queued' | 'running'>; sentence: string; stopped?: true };

/** Claims and carries out rehearsals one at a time until the signal fires; drops first what a killed worker left on the rehearsal server. Never throws. */
export async function rehearseUntil(terms: RehearsalTerms, stop: AbortSignal): Promise<void> {
  const { url } = terms.rehearsal;
  if (url !== null) {
    const dropped = await dropAbandonedClones(url).catch((error: unknown) => void logNote('the rehearsal server could not be looked at', { error: String(error instanceof Refused ? error.refusal.sentence : error) }));
    if (dropped && dropped.length > 0) logNote('dropped clones that a rehearsal had left behind', { databases: dropped });
  }
  await oneAtATimeUntil({ what: 'rehearsal', claim: () => claimOldest(terms.db, 'rehearsal', terms.worker.id), carryOut: (claim) => rehearse(terms, claim, stop) }, stop);
}

/** One claimed rehearsal, to its end or until it is another worker's. */
async function rehearse(terms: RehearsalTerms, claim: WorkClaim, stop: AbortSignal): Promise<void> {
  const found = await loadRehearsal(terms.db, claim.id);
  if (!found) return;
  // Not before: what renews the lease would go on for ever if reading failed, and nobody else could take it.
  const told = tellRehearsal(terms.db, claim, stop);
  let end: End | null;
  try {
    end = await carryOut(terms, claim, found, told);
  } catch (error) {
    const refusal = error instanceof Refused ? error.refusal.sentence : null;
    const stopper = told.stoppedBy();
    const surprise = refusal === null && !(error instanceof RehearsalStopped) && !(error instanceof CloneLost) ? surpriseSentence(error, `rehearsal ${claim.id}`) : null;
    end = stopper !== null && (error instanceof RehearsalStopped || refusal !== null) ? { state: 'refused', sentence: stoppedSentence(stopper), stopped: true } : refusal !== null ? { state: 'refused', sentence: refusal } : surprise !== null ? { state: 'failed', sentence: surprise } : null;
  } finally {
    await told.stop();
  }
  if (end === null) await giveBack(terms, claim, stop);
  else await record(terms, claim, found, { ...told.content(), stage: 'over' }, end);
}

/** A server that restarts takes nobody for a moment: begun anew at once, all attempts would be spent on one restart. */
async function giveBack(terms: RehearsalTerms, claim: WorkClaim, stop: AbortSignal): Promise<void> {
  const why = stop.aborted ? 'in order' : 'lost';
  if (why === 'lost') await sleep(RESTART_MS, undefined, { signal: stop }).catch(() => undefined);
  await release(terms.db, 'rehearsal', claim, why);
}

async function carryOut(terms: RehearsalTerms, claim: WorkClaim, found: StoredRehearsal, told: RehearsalTeller): Promise<End> {
  if (found.stoppedBy !== null) return stoppedEarly(terms, found.stoppedBy);
  if (claim.lost >= ATTEMPTS) return { state: 'failed', sentence: `${ATTEMPTS} times the worker or a connection to the clone went away while it rehearsed. It is not begun again by itself.` };
  const { plan, now, left } = await whatToRehearse(terms.db, found);
  const target = terms.databases.find((one) => one.name === found.target);
  if (!target) throw new Refused('database_unknown', `This worker's configuration does not name the database ${found.target}.`);
  told.tell({ ...NOTHING_REHEARSED, left });
  const { rehearsal, backup, name } = terms;
  return withClone({ target, server: rehearsal, tools: backup, phases: now, keepSchema: plan.keepSchema, stopping: told.stopping, stage: (stage) => told.tell({ ...told.content(), stage }) }, async (clone) => {
    told.tell({ ...told.content(), clone: { by: clone.by, bytes: clone.bytes, ms: clone.ms, ...(clone.leftOut ? { leftOut: clone.leftOut } : {}), ...(clone.sample ? { sample: { ...clone.sample, ...(rehearsal.sampleSuffices.includes(found.target) ? { suffices: true as const } : {}) } } : {}) }, targetFingerprint: clone.targetFingerprint });
    await rehearsePhases({ plan, phases: now, config: clone.config, backup, worker: name, told });
    return rehearsalVerdict(plan.phases, told.content());
  });
}

/** Its worker went away before it could stop: what that one left on the rehearsal server is dropped here. */
async function stoppedEarly({ rehearsal: { url } }: RehearsalTerms, by: string): Promise<End> {
  if (url !== null) await dropAbandonedClones(url);
  return { state: 'refused', sentence: stoppedSentence(by), stopped: true };
}

async function whatToRehearse(db: ControlDb, { planId, version, target }: StoredRehearsal): Promise<{ plan: Plan } & ReturnType<typeof phasesToRehearse>> {
  const plan = await findVersion(db, planId, version);
  if (!plan) throw new Refused('not_found', 'There is no such version of the plan.');
  if (await activeRunOn(db, target)) throw new Refused('target_busy', `A run is changing ${target}. Rehearse when it has ended.`);
  const standings = planStanding(plan.phases, await summariesOf(db, await listRuns(db, { planId })));
  const partial = plan.phases.find((phase) => standings.get(phase.id)?.state === 'partial');
  if (partial) throw new Refused('steps_stand', `Steps of “${partial.title}” stand from an earlier run. Roll them back first.`);
  const chosen = phasesToRehearse(plan.phases, standings);
  if (chosen.now.length === 0) throw new Refused('phase_applied', 'No phase is left that could be rehearsed: all of them stand, or cannot be taken back.');
  return { plan, ...chosen };
}

async function record(terms: RehearsalTerms, claim: WorkClaim, found: StoredRehearsal, content: Rehearsed, { state, sentence, stopped }: End): Promise<void> {
  await untilControlAnswers(() => terms.db.transaction().execute(async (trx) => {
    // Under the plan's lock, so that nobody signs on what was known before while this ends.
    const stored = await lockPlan(trx, found.planId);
    if (!(await endRehearsal(trx, claim, state, sentence, content))) return;
    const detail = { rehearsal: claim.id, version: found.version, clone: content.clone, targetFingerprint: content.targetFingerprint, proof: content.proof, steps: content.steps.length };
    await writeAudit(trx, { actor: `worker ${terms.name}`, actorId: null, action: `rehearsal.${stopped ? 'stopped' : state}`, planId: found.planId, reason: sentence, detail });
    if (stored && stored.version === found.version && state !== 'refused') await voidMoved(trx, stored.plan, { verdict: state, version: found.version, by: found.requestedBy, sentence, content });
  }), () => false);
}

/** Approvals that were signed beside another verdict say something that is not so any more. Phases that stand keep theirs as their record. */
async function voidMoved(trx: ControlTrx, plan: Plan, now: Pick<FinishedRehearsal, 'verdict' | 'version' | 'by' | 'sentence' | 'content'>): Promise<void> {
  const alive = (await listApprovals(trx, plan.id)).filter((approval) => approval.voidedAt === null);
  const standings = planStanding(plan.phases, await summariesOf(trx, await listRuns(trx, { planId: plan.id })));
  for (const phase of plan.phases.filter((one) => rehearsedIn(one, now.content) && (standings.get(one.id)?.standingSteps.length ?? 0) === 0)) {
    for (const approval of alive.filter((one) => one.phaseId === phase.id)) {
      const reason = movedByRehearsal(phase, approval.rehearsalVerdict, now);
      if (reason === null) continue;
      await voidApprovals(trx, [approval.id], reason);
      await writeAudit(trx, { actor: 'Countersign', actorId: null, action: 'approval.voided', planId: plan.id, reason, detail: { phase: phase.id, people: [approval.person] } });
    }
  }
}

/** What was done so far, and whether to go on. */
interface RehearsalTeller extends Teller<Rehearsed> {
  stopping(): boolean;
  /** The person who wants it to end; null: nobody does. */
  stoppedBy(): string | null;
}

function tellRehearsal(db: ControlDb, claim: WorkClaim, shutdown: AbortSignal): RehearsalTeller {
  let stopper: string | null = null;
  const told = teller(NOTHING_REHEARSED, (content) => noteRehearsal(db, claim, content), async () => {
    stopper ??= await stopAsked(db, claim.id);
  });
  return { ...told, stopping: () => !told.held() || stopper !== null || shutdown.aborted, stoppedBy: () => stopper };
}
