import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { STEP_LIMITS, type StepContext, type StepOutcome, type StepReport } from '#lib/pg/execute-kind.ts';
import { kindOfStep } from '#lib/pg/execute-kinds.ts';
import { closeRunSession, openRunSession, type RunSession } from '#lib/pg/execute-session.ts';
import { installLedger, type LedgerRun, takeOverRun } from '#lib/pg/ledger.ts';
import type { Major } from '#lib/cli/server-account.ts';
import type { Step } from '#lib/pipeline/plan.ts';
import { closeAtEnd, freshDatabase, type TestDatabase } from './database.ts';

/** A database, a run and its session: what a kind needs to run a step without a worker around it. */
export interface StepBench {
  database: TestDatabase;
  run: LedgerRun;
  session: RunSession;
  /** Labels of the statements, in order, of all tries. */
  said: string[];
  run1(step: Step, change?: Partial<StepContext>, report?: Partial<StepReport>): Promise<StepOutcome>;
  /** The same run in the hands of the next attempt, with a session of its own. */
  nextAttempt(): Promise<void>;
  /** Another run of the same plan, which finds nothing in the ledger. */
  nextRun(): Promise<void>;
}

export async function stepBench(major: Major = 15, schema = ''): Promise<StepBench> {
  const database = await freshDatabase({ major });
  if (schema !== '') await (await database.client('operator')).query(schema);
  const run: LedgerRun = { runId: randomUUID(), planId: randomUUID(), phaseId: 'bench', kind: 'forward', digest: 'd', attempt: 1 };
  const said: string[] = [];
  const bench: StepBench = {
    database, run, said, session: await openSession(database, run),
    run1: (step, change = {}, report = {}) => kindOfStep(step).run(bench.session, step, contextOf(bench, change), { started: () => Promise.resolve(), statement: (_, label) => void said.push(label), returned: () => undefined, progress: () => undefined, ...report }),
    nextAttempt: () => takeUp({ ...bench.run, attempt: bench.run.attempt + 1 }),
    nextRun: () => takeUp({ ...bench.run, runId: randomUUID(), attempt: 1 }),
  };
  const takeUp = async (next: LedgerRun): Promise<void> => {
    await closeRunSession(bench.session);
    bench.run = next;
    bench.session = await openSession(database, next);
    expect(await takeOverRun(bench.session.client, next)).toBe(true);
  };
  await installLedger(bench.session.client);
  expect(await takeOverRun(bench.session.client, run)).toBe(true);
  return bench;
}

async function openSession(database: TestDatabase, run: LedgerRun): Promise<RunSession> {
  const session = await openRunSession(database.config, run.runId, run.attempt);
  closeAtEnd(() => closeRunSession(session));
  return session;
}

function contextOf(bench: StepBench, change: Partial<StepContext>): StepContext {
  return {
    run: bench.run, worker: 'test', limits: STEP_LIMITS, evidenced: () => null, stopping: () => false, pace: () => Promise.resolve(), person: () => Promise.resolve(null), fused: () => false, shielded: (work) => work(),
    beside: { config: bench.database.config, backup: { directory: null, toolFolder: null, restoreUrl: null, environment: { PATH: process.env['PATH'] ?? '' } } }, reach: () => undefined, ...change,
  };
}

/** A step of a kind, with nothing but what is given. */
export function benchStep(id: string, change: Partial<Step>): Step {
  return { id, title: `Step ${id}`, statements: [], undo: [], locks: [], rewrite: false, hazards: [], editable: false, ...change };
}
