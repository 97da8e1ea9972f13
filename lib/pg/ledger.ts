import type pg from 'pg';
import { digestOf } from '#lib/pipeline/digest.ts';
import type { Step } from '#lib/pipeline/plan.ts';
import type { AssertionResult, RunKind, StepFact } from '#lib/pipeline/run.ts';
import type { DumpFile } from './execute-dump.ts';
import { sql } from '#lib/sql.ts';

/** Who a run is, as the target's ledger knows it. */
export interface LedgerRun {
  runId: string;
  planId: string;
  phaseId: string;
  kind: RunKind;
  digest: string;
  /** Fencing token: the control database gives each taking-over worker the next number. */
  attempt: number;
}

/** What a step did; stored as JSON beside its proof. */
export interface StepResult {
  rows: number;
  ms: number;
  statements: readonly { label: string; rows: number; ms: number }[];
  assertions: readonly AssertionResult[];
  /** What else a person may want to know of it. */
  facts?: readonly StepFact[];
  /** Of a dump: the file, and what it holds. */
  dump?: DumpFile;
}

export interface LedgerStep {
  sha: string;
  xid: string;
  result: StepResult | null;
}

const TAKEOVER_LOCK_MS = 5_000;

/** The digest by which the ledger recognises a step: what it sends, nothing else. */
export function stepSha(step: Step): string {
  const { statements, work, searchPath } = step;
  if (!work && !searchPath) return digestOf(statements);
  return digestOf({ statements, ...(work ? { work } : {}), ...(searchPath ? { searchPath } : {}) });
}

/** Creates the schema `countersign` in the target unless it is there. Throws the server's 42501 or 25006 where the operator may not write. */
export async function installLedger(client: pg.Client): Promise<void> {
  const answer = await client.query<{ installed: boolean }>(sql('ledger/installed'));
  if (!answer.rows[0]?.installed) await client.query(sql('ledger/install'));
}

/** Makes this attempt the only one that may write; false when a later one has done so. Waits at most 5 s for a step in flight (then 55P03). */
export async function takeOverRun(client: pg.Client, run: LedgerRun): Promise<boolean> {
  await client.query('begin');
  try {
    await client.query(`set local lock_timeout = ${TAKEOVER_LOCK_MS}`);
    const answer = await client.query(sql('ledger/run_takeover'), [run.runId, run.planId, run.phaseId, run.kind, run.digest, run.attempt]);
    await client.query('commit');
    return answer.rowCount === 1;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Inside a step's transaction: is this attempt still the one? Locks the run's row FOR SHARE until the transaction ends. */
export async function isCurrentAttempt(client: pg.Client, run: LedgerRun): Promise<boolean> {
  return (await client.query(sql('ledger/fence'), [run.runId, run.attempt])).rowCount === 1;
}

/** Writes the proof of a step into the open transaction; its xid, or null when the step was applied before. */
export async function claimStep(client: pg.Client, run: LedgerRun, step: Step, worker: string): Promise<string | null> {
  const answer = await client.query<{ xid: string }>(sql('ledger/step_claim'), [run.runId, step.id, stepSha(step), worker]);
  return answer.rows[0]?.xid ?? null;
}

/** Completes the proof; false when the session is not in the transaction any more that claimed the step. */
export async function writeStepResult(client: pg.Client, run: LedgerRun, step: Step, result: StepResult): Promise<boolean> {
  return (await client.query(sql('ledger/step_result'), [run.runId, step.id, result.rows, JSON.stringify(result)])).rowCount === 1;
}

/** The proof of a step, or null: it was not applied by this run. */
export async function readStep(client: pg.Client, runId: string, stepId: string): Promise<LedgerStep | null> {
  const answer = await client.query<{ sha: string; xid: string; result: StepResult | null }>(sql('ledger/step_read'), [runId, stepId]);
  const row = answer.rows[0];
  return row ? { sha: row.sha, xid: row.xid, result: row.result } : null;
}

/** Of steps that were applied, those that this ledger has no row of. Any: it is not the ledger that they were written to. */
export async function missingSteps(client: pg.Client, runId: string, stepIds: readonly string[]): Promise<string[]> {
  const answer = await client.query<{ step_id: string }>(sql('ledger/steps_missing'), [runId, stepIds]);
  return answer.rows.map((row) => row.step_id);
}

/** How far a step of several transactions has come, or null: none of them was committed. The shape is the kind's own. */
export async function readCheckpoint(client: pg.Client, runId: string, stepId: string): Promise<unknown> {
  const answer = await client.query<{ state: unknown }>(sql('ledger/progress_read'), [runId, stepId]);
  return answer.rows[0]?.state ?? null;
}

/** Writes into the open transaction how far the step has come, so that the figure and the rows stand or fall together. */
export async function writeCheckpoint(client: pg.Client, runId: string, stepId: string, state: unknown): Promise<void> {
  await client.query(sql('ledger/progress_write'), [runId, stepId, JSON.stringify(state)]);
}
