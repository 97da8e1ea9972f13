import { setTimeout as sleep } from 'node:timers/promises';
import { backendAlive, type RunSession, runApplicationName, terminateBackend, xactStatus } from '#lib/pg/execute-session.ts';
import { kindOfStep } from '#lib/pg/execute-kinds.ts';
import { type LedgerRun, missingSteps, readStep, stepSha } from '#lib/pg/ledger.ts';
import type { Step } from '#lib/pipeline/plan.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import type { RunEvent, StepProgress } from '#lib/pipeline/run.ts';

const POLL_MS = 250;
const PATIENCE_MS = 60_000;
const ZOMBIE_MS = 5_000;

/**
 * What became of a step whose outcome is not known. The session holds the target's lock and has fenced earlier attempts, so the ledger can
 * only change through a commit that is already on its way. The row decides; the state of the transaction only says when to believe its absence.
 * "Committed" without a row says nothing: after a crash the server gives numbers again that had not reached its disk, and another
 * transaction may have committed under ours. That this is the ledger of the run is shown by its rows of the steps that were `applied`.
 */
export async function resolveStep(session: RunSession, run: LedgerRun, step: Step, progress: StepProgress, applied: readonly string[]): Promise<RunEvent> {
  const { runId, attempt } = run;
  const begun = performance.now();
  for (;;) {
    const waited = performance.now() - begun;
    // The status is read before the row: a commit between the two shows as a row.
    const status = progress.xid === null ? 'unknown' : await xactStatus(session.client, progress.xid);
    const row = await readStep(session.client, runId, step.id);
    if (row) {
      if (row.sha !== stepSha(step)) return { type: 'step_failed', step: step.id, sentence: 'The ledger says that this step was applied with other SQL than it has now.', errorId: null };
      return { type: 'step_applied', step: step.id, rows: row.result?.rows ?? 0, ms: row.result?.ms ?? 0, xid: row.xid, assertions: row.result?.assertions ?? [], found: true, ...(row.result?.facts ? { facts: row.result.facts } : {}) };
    }
    if (status !== 'in progress') return (await elsewhere(session, run, step, applied)) ?? probed(session, run, step);
    if (waited > ZOMBIE_MS) await endZombie(session, runId, attempt, progress);
    if (waited > PATIENCE_MS) return { type: 'step_in_doubt', step: step.id, sentence: `Its transaction ${progress.xid ?? ''} is still open in the database: prepared, or waiting for a standby. Looking again.` };
    await sleep(POLL_MS);
  }
}

/** Null: the ledger knows what the run has done, so that a row that is not there was never committed. */
async function elsewhere(session: RunSession, run: LedgerRun, step: Step, applied: readonly string[]): Promise<RunEvent | null> {
  const missing = await missingSteps(session.client, run.runId, applied);
  return missing.length === 0 ? null : { type: 'step_failed', step: step.id, sentence: forgotSentence(missing), errorId: null };
}

/**
 * Before a step, and before what stands is called done. A standby that was promoted without the last commits has lost effect and ledger row together, keeps the identity of the
 * server, and says nothing: the next step would delete rows whose copy is gone.
 * @param done the steps that the run's events call applied or taken back.
 * @throws Refused target_other when the ledger does not know one of them.
 */
export async function refuseForgotten(session: RunSession, run: LedgerRun, done: readonly string[]): Promise<void> {
  const missing = await missingSteps(session.client, run.runId, done);
  if (missing.length > 0) throw new Refused('target_other', `${forgotSentence(missing)} Nothing more was changed.`);
}

function forgotSentence(missing: readonly string[]): string {
  return `The ledger of the database has no row of ${missing.join(', ')}, which ${missing.length === 1 ? 'was' : 'were'} applied. It is not the database that it was: look before anything else is done.`;
}

/** No row and nothing under way: the kind says what stands, and whether it may be gone on with. */
async function probed(session: RunSession, run: LedgerRun, step: Step): Promise<RunEvent> {
  const probe = await kindOfStep(step).probe(session, step, run);
  if (probe.found === 'unclear') return { type: 'step_failed', step: step.id, sentence: probe.sentence, errorId: null };
  return { type: 'step_absent', step: step.id, sentence: probe.sentence };
}

/** Only a backend of an earlier attempt of this very run: pid, start time and name must fit. */
async function endZombie(session: RunSession, runId: string, attempt: number, progress: StepProgress): Promise<void> {
  const { pid, backendStart } = progress;
  if (pid === null || backendStart === null || (pid === session.pid && backendStart === session.backendStart)) return;
  if (!(await backendAlive(session.client, { pid, backendStart }))) return;
  for (let earlier = attempt; earlier >= 1; earlier -= 1) {
    if (await terminateBackend(session.client, { pid, backendStart, applicationName: runApplicationName(runId, earlier) })) return;
  }
}
