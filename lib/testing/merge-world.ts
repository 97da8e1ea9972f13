import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { Major } from '#lib/cli/server-account.ts';
import { introspect } from '#lib/pg/introspect.ts';
import { diff } from '#lib/pipeline/diff.ts';
import type { Phase } from '#lib/pipeline/plan.ts';
import { makePlan } from '#lib/pipeline/planner/make-plan.ts';
import { scenePhase } from './rebuild-scene.ts';
import type { RebuildWorld } from './rebuild-world.ts';
import { storePlan } from './small-run.ts';
import { freshWorld } from './world.ts';

/** Rows that only the duplicate has: for several batches. */
export const MERGED = 2_500;

const KEPT = 'create table public.app_metric (id bigint generated always as identity, code integer, label text, changed timestamptz, primary key (id), note text)';
// 1 to 3 are the same, 4 and 5 contradict each other, 6 is only in the table that stays.
const NOW = `drop schema public cascade; create schema public; ${KEPT};
  create table public.metric (id bigint, code integer, label text, changed timestamptz, primary key (id));
  insert into public.app_metric (id, code, label, changed, note) overriding system value select i, i, 'l' || i, '2026-01-01', 'ours' from generate_series(1, 6) i;
  insert into public.metric select i, i, 'l' || i, '2026-01-01' from generate_series(1, 3) i;
  insert into public.metric values (4, 4, 'theirs', '2026-02-01'), (5, 5, null, '2025-12-01');
  insert into public.metric select i, i, 'many', null from generate_series(1001, ${1000 + MERGED}) i;
  select setval('public.app_metric_id_seq', 6);
  create schema beside; create table beside.mirror as select id, label from public.metric; alter table beside.mirror add primary key (id)`;

/** A duplicate that is merged in batches, conflicts going to the newer row; whoever writes it keeps a mirror of it. The backup is carried out without a worker. */
export async function mergeWorld(major: Major): Promise<RebuildWorld & { phase: Phase }> {
  const world = await freshWorld({ major });
  await (await world.prod.client('operator')).query(NOW);
  await (await world.dev.client('operator')).query(`drop schema public cascade; create schema public; ${KEPT}`);
  const [current, desiredSnapshot] = [await introspect(await world.prod.client('reader')), await introspect(await world.dev.client('reader'))];
  const deltaIds = diff(current, desiredSnapshot).filter((delta) => delta.objectId.includes(':public.')).map((delta) => delta.id);
  const made = makePlan({
    id: randomUUID(), name: 'Merge', target: 'bazaar_prod', desired: 'bazaar_dev', current, desiredSnapshot, deltaIds, decisions: [], windowHours: 1, tolerance: { rowsPercent: 5 },
    overlapDecisions: { 'public.metric': { verdict: 'newest', by: 'changed', into: 'public.app_metric', reason: 'r' } }, writePauseSeconds: 0,
  });
  if (!made.ok) throw new Error(made.refusals.map((refusal) => refusal.sentence).join('\n'));
  await storePlan(world, made.plan);
  const phase = made.plan.phases.find((one) => one.kind === 'duplicate');
  if (phase?.steps[2]?.work?.kind !== 'batches') throw new Error('the duplicate is not merged in batches');
  await scenePhase(world.prod.config, made.plan, 'backup', 'forward');
  return { world, plan: made.plan, phase };
}

/** One transaction of the application: what it writes to the duplicate goes to the mirror too. False: the duplicate is not there any more, or we or a crash of the server kept it from it. */
export async function writeDuplicate(url: string, number: number): Promise<boolean> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  const label = `written ${number}`;
  try {
    await client.connect();
    await client.query(`begin; set local lock_timeout = '2s'`);
    for (const table of ['public.metric', 'beside.mirror']) {
      await client.query(`insert into ${table} (id, label) values ($1, $2)`, [-number, label]);
      await client.query(`update ${table} set label = $1 where id = $2`, [label, 1001 + ((number * 7919) % MERGED)]);
    }
    await client.query('commit');
    return true;
  } catch (error) {
    if (!/does not exist|lock timeout|recovery|starting up|shutting down|terminat|ECONNRESET|ECONNREFUSED|crash of another/.test(String(error))) throw error;
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
