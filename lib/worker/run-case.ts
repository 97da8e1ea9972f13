import type { Evidence } from '#lib/pipeline/evidence.ts';
import { findPhase, type Phase, type Plan, type Step } from '#lib/pipeline/plan.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { FinishedRehearsal } from '#lib/pipeline/rehearsal-evidence.ts';
import { stepsOfRun } from '#lib/pipeline/run-steps.ts';
import type { RunSummary } from '#lib/pipeline/standing.ts';
import type { ControlDb } from '#lib/store/db.ts';
import { findEvidence } from '#lib/store/evidence.ts';
import { findVersion } from '#lib/store/plans.ts';
import { finishedRehearsals } from '#lib/store/rehearsals.ts';
import { findStart } from '#lib/store/scheduled-starts.ts';
import { eventsAfter, listRuns, loadRun, type StoredRun, summariesOf } from '#lib/store/runs.ts';

/** Everything stored about a run: the worker executes this, never a client's copy. */
export interface RunCase {
  run: StoredRun;
  plan: Plan;
  phase: Phase;
  steps: readonly Step[];
  /** What the approvers signed; for a rollback what they signed for the run that it undoes. */
  signed: Evidence;
  /** The rehearsal that they signed with it; null: none. */
  rehearsal: FinishedRehearsal | null;
  /** The instant for which a person had scheduled it; null: somebody pressed the button. */
  scheduledFor: Date | null;
  /** Runs of the plan, oldest first. */
  summaries: readonly RunSummary[];
  /** The measured values that the forward run went by; empty for a forward run, which takes its own. */
  forwardFacts: Readonly<Record<string, string>>;
}

/** Reads the case in one snapshot. Refuses what cannot be read as it was signed. */
export async function loadRunCase(db: ControlDb, runId: string): Promise<RunCase> {
  return db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(async (trx) => {
    const run = await loadRun(trx, runId);
    if (!run) throw new Refused('not_found', 'There is no such run.');
    const plan = await findVersion(trx, run.planId, run.version);
    const phase = plan ? findPhase(plan, run.phaseId) : undefined;
    if (!plan || !phase) throw new Refused('not_found', 'The plan has no such phase.');
    const summaries = await summariesOf(trx, await listRuns(trx, { planId: run.planId }));
    const undone = run.undoes === null ? null : await loadRun(trx, run.undoes);
    const evidenceId = undone?.evidenceId ?? run.evidenceId;
    const stored = evidenceId === null ? null : await findEvidence(trx, evidenceId);
    if (!stored) throw new Refused('evidence_missing', 'The run names no evidence, so nobody can tell what was signed.');
    const rehearsal = run.rehearsalId === null ? null : ((await finishedRehearsals(trx, [run.rehearsalId])).get(run.rehearsalId) ?? null);
    const scheduledFor = run.scheduledStartId === null ? null : ((await findStart(trx, run.scheduledStartId))?.startAt ?? null);
    return { run, plan, phase, rehearsal, scheduledFor, steps: stepsOfRun(phase, run, summaries), signed: stored.evidence, summaries, forwardFacts: undone ? factsOf(await eventsAfter(trx, undone.id, 0)) : {} };
  });
}

function factsOf(events: Awaited<ReturnType<typeof eventsAfter>>): Readonly<Record<string, string>> {
  return events.reduce<Readonly<Record<string, string>>>((facts, { event }) => (event.type === 'checked' && event.facts ? event.facts : facts), {});
}
