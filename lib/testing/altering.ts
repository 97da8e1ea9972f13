import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { introspect } from '#lib/pg/introspect.ts';
import { measurePhase } from '#lib/pg/measure.ts';
import { diff } from '#lib/pipeline/diff.ts';
import type { OrphanDecision, OverlapDecision, Phase, PhaseKind, Plan } from '#lib/pipeline/plan.ts';
import { makePlan } from '#lib/pipeline/planner/make-plan.ts';
import { rollbackSteps } from '#lib/pipeline/rollback.ts';
import { factKey, runFacts } from '#lib/pipeline/run-facts.ts';
import type { Major } from '#lib/cli/server-account.ts';
import { freshDatabase } from './database.ts';
import { stepBench, type StepBench } from './step-bench.ts';

export interface Altering {
  bench: StepBench;
  plan: Plan;
  phase: Phase;
  /** Ids of the differences that are left. */
  deltasLeft: () => Promise<string[]>;
}

/** The phase that makes a database of the one definition like one of the other, and the bench on which it runs. */
export async function altering(major: Major, current: string, desired: string, orphanDecisions: Readonly<Record<string, OrphanDecision>> = {}, kind: PhaseKind = 'alter', overlapDecisions: Readonly<Record<string, OverlapDecision>> = {}, writePauseSeconds?: number): Promise<Altering> {
  const bench = await stepBench(major, current);
  const wanted = await freshDatabase({ major });
  await (await wanted.client('operator')).query(desired);
  const [now, desiredSnapshot] = [await introspect(await bench.database.client()), await introspect(await wanted.client())];
  const deltaIds = diff(now, desiredSnapshot).map((delta) => delta.id);
  const result = makePlan({ id: randomUUID(), name: 'Alter', target: 'a', desired: 'b', current: now, desiredSnapshot, deltaIds, decisions: [], windowHours: 1, tolerance: { rowsPercent: 5 }, orphanDecisions, overlapDecisions, ...(writePauseSeconds === undefined ? {} : { writePauseSeconds }) });
  if (!result.ok) throw new Error(result.refusals.map((refusal) => refusal.sentence).join('\n'));
  const phase = result.plan.phases.find((one) => one.kind === kind);
  if (!phase) throw new Error(`no phase is ${kind}`);
  return { bench, plan: result.plan, phase, deltasLeft: async () => diff(await introspect(await bench.database.client()), desiredSnapshot).map((delta) => delta.id) };
}

/** Runs the steps with the facts measured now, as a worker does. */
export async function forward(bench: StepBench, phase: Phase): Promise<void> {
  const facts = runFacts(phase, await measurePhase(await bench.database.client(), phase));
  for (const step of phase.steps) expect(await bench.run1(step, { evidenced: (expectation) => facts[factKey(expectation)] ?? null }), step.title).toMatchObject({ outcome: 'applied' });
  const client = await bench.database.client();
  for (const { label, sql, expect: wanted } of phase.verifications) {
    const { rows } = await client.query<[string]>({ text: sql, rowMode: 'array' });
    expect(rows, label).toEqual([[wanted.from === 'literal' ? wanted.value : null]]);
  }
}

/** Takes the applied steps back. */
export async function back(bench: StepBench, phase: Phase, applied: readonly string[]): Promise<void> {
  for (const step of rollbackSteps(phase, applied)) expect(await bench.run1({ ...step, id: `back.${step.id}` }), step.title).toMatchObject({ outcome: 'applied' });
}
