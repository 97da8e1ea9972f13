import type { Major } from '#lib/cli/server-account.ts';
import type { Phase, Plan } from '#lib/pipeline/plan.ts';
import type { RunKind } from '#lib/pipeline/run.ts';
import { listRuns } from '#lib/store/runs.ts';
import { COLUMN_TABLES, columnPlan, planned } from './columns-scene.ts';
import { MIRROR_TABLES, SCENE_ROWS, SCENE_TABLES, scenePhase, scenePlan } from './rebuild-scene.ts';
import { requestForward, requestRollback, signPhase, storePlan } from './small-run.ts';
import { freshWorld, type World } from './world.ts';

export interface RebuildWorld {
  world: World;
  plan: Plan;
}

/** What is converted: two tables, filled beside the live ones, or columns inside one on which others depend by its number. */
export type RebuildWay = 'tables' | 'columns';

/** The scene of a rebuild with people and a stored plan. The backup and the phases of `standing` are carried out without a worker, which is quicker. */
export async function rebuildWorld(rows: number, { major, standing = [], way = 'tables' }: { major?: Major; standing?: readonly string[]; way?: RebuildWay } = {}): Promise<RebuildWorld> {
  const world = await freshWorld(major === undefined ? {} : { major });
  const [now, wanted] = way === 'tables' ? [SCENE_TABLES('text') + MIRROR_TABLES, SCENE_TABLES('uuid') + MIRROR_TABLES] : [COLUMN_TABLES('now'), COLUMN_TABLES('wanted')];
  await (await world.prod.client('operator')).query(now + SCENE_ROWS(rows));
  await (await world.dev.client('operator')).query(wanted);
  const configs = { prod: world.prod.config, dev: world.dev.config };
  const plan = way === 'tables' ? await scenePlan(configs) : planned(await columnPlan(configs));
  await storePlan(world, plan);
  for (const phase of ['backup', ...standing]) await scenePhase(world.prod.config, plan, phase, 'forward');
  return { world, plan };
}

/** Signs and asks for the way there, or asks for the way back of the newest run of the phase. Returns the run's id. */
export async function requestPhase({ world, plan }: RebuildWorld, phase: Phase, kind: RunKind): Promise<string> {
  if (kind === 'forward') return requestForward(world, plan, phase, await signPhase(world, plan, phase));
  const forward = (await listRuns(world.db, { planId: plan.id })).find((run) => run.phaseId === phase.id && run.kind === 'forward');
  return requestRollback(world, plan, phase, forward?.id ?? '');
}
