import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { expect } from 'vitest';
import type { Major } from '#lib/cli/server-account.ts';
import { checkAssertion } from '#lib/pg/assertion.ts';
import { closeRunSession } from '#lib/pg/execute-session.ts';
import { introspect } from '#lib/pg/introspect.ts';
import { measurePhase } from '#lib/pg/measure.ts';
import { diff } from '#lib/pipeline/diff.ts';
import type { Plan } from '#lib/pipeline/plan.ts';
import { makePlan } from '#lib/pipeline/planner/make-plan.ts';
import { judge } from '#lib/pipeline/preflight.ts';
import { closeAtEnd, freshDatabase, type TestDatabase } from './database.ts';
import { openSceneRun, phaseOf, scenePhase, sceneStep } from './rebuild-scene.ts';

/** Both ways of converting a table, with the pause that makes the planner take it. */
export const MODES = [['one transaction', undefined], ['beside the live table', -1]] as const;

/** A target, and the plan that makes it like another database. */
export interface CarriedScene {
  prod: TestDatabase;
  client: Client;
  plan: Plan;
}

export async function scene(major: Major, now: string, wanted: string, writePauseSeconds?: number): Promise<CarriedScene> {
  const [prod, dev] = await Promise.all([freshDatabase({ major }), freshDatabase({ major })]);
  const [client, other] = await Promise.all([prod.client('operator'), dev.client('operator')]);
  await client.query(now);
  await other.query(wanted);
  return { prod, client, plan: await planOf(client, other, writePauseSeconds) };
}

/** The plan that makes the types and triggers of one database those of the other. */
export async function planOf(client: Client, other: Client, writePauseSeconds?: number): Promise<Plan> {
  const [current, desiredSnapshot] = await Promise.all([introspect(client), introspect(other)]);
  const deltaIds = diff(current, desiredSnapshot).filter((delta) => delta.kind === 'column' || delta.kind === 'trigger').map((delta) => delta.id);
  const result = makePlan({
    id: randomUUID(), name: 'p', target: 'prod', desired: 'dev', current, desiredSnapshot, deltaIds, decisions: [], windowHours: 1, tolerance: { rowsPercent: 0 },
    ...(writePauseSeconds === undefined ? {} : { writePauseSeconds }),
  });
  if (!result.ok) throw new Error(result.refusals.map((one) => one.sentence).join('\n'));
  return result.plan;
}

/** Forward with preflight and verification, as a worker does it. */
export async function forward({ prod, client, plan }: CarriedScene, ...phases: readonly string[]): Promise<void> {
  for (const phase of phases.filter((id) => plan.phases.some((one) => one.id === id))) {
    const planned = phaseOf(plan, phase);
    expect(judge(planned, await measurePhase(client, planned)).filter((finding) => finding.severity === 'blocking')).toEqual([]);
    await scenePhase(prod.config, plan, phase, 'forward');
    for (const assertion of planned.verifications) expect(await checkAssertion((query) => client.query({ ...query, rowMode: 'array' }), assertion, () => null)).toMatchObject({ ok: true });
  }
}

export async function back({ prod, plan }: CarriedScene, ...phases: readonly string[]): Promise<void> {
  for (const phase of phases.filter((id) => plan.phases.some((one) => one.id === id))) await scenePhase(prod.config, plan, phase, 'rollback');
}

export async function cleanUp({ prod, client, plan }: CarriedScene): Promise<void> {
  const one = await openSceneRun(prod.config, plan, 'cleanup', 'forward');
  closeAtEnd(() => closeRunSession(one.session));
  for (const step of phaseOf(plan, 'cleanup').steps) {
    const counted = step.statements.flatMap((statement) => (statement.do === 'assert' ? [statement.sql] : []))[0];
    const rows = counted ? String((await client.query<{ count: string }>(counted)).rows[0]?.count) : null;
    expect(await sceneStep(one, step, { evidenced: () => rows }), step.title).toMatchObject({ outcome: 'applied' });
  }
}
