import { randomUUID } from 'node:crypto';
import { introspect } from '#lib/pg/introspect.ts';
import { diff } from '#lib/pipeline/diff.ts';
import { findPhase, type Phase, type Plan, type Step } from '#lib/pipeline/plan.ts';
import { makePlan } from '#lib/pipeline/planner/make-plan.ts';
import { fingerprint } from '#lib/pipeline/snapshot.ts';
import { kindOf } from '#lib/pipeline/step-kinds/all.ts';
import type { Major } from '#lib/cli/server-account.ts';
import { eventsAfter } from '#lib/store/runs.ts';
import { endedRun, requestForward, signPhase, storePlan } from './small-run.ts';
import { benchStep } from './step-bench.ts';
import { startWorker } from './worker-process.ts';
import { freshWorld, type World } from './world.ts';

/** A run about to be disturbed: one phase with a step of every kind that changes the target. */
export interface CrashScene {
  world: World;
  plan: Plan;
  phase: Phase;
  runId: string;
}

const CURRENT = `create table public.customer (id integer primary key, name text);
  create table public.orders (id integer primary key, customer_id integer, code text, note text);
  create table public.line (order_id integer references public.orders (id), no integer, primary key (order_id, no));
  create index orders_note on public.orders using btree (note);
  insert into public.customer select i, 'n' || i from generate_series(1, 95) i;
  insert into public.orders select i, (i - 1) % 100 + 1, 'c' || i, 'n' from generate_series(1, 2000) i;
  insert into public.line select i, n from generate_series(1, 2000) i, generate_series(1, 2) n;
  create table public.trace (step text not null);
  create table public.tally (id integer primary key, n integer not null);
  insert into public.tally select i, 0 from generate_series(1, 3000) i`;
const DESIRED = `create table public.customer (id integer primary key, name text not null);
  create table public.orders (id integer primary key, customer_id integer, code text, note text,
    constraint orders_code_key unique (code), constraint orders_customer foreign key (customer_id) references public.customer (id));
  create table public.line (order_id integer references public.orders (id), no integer, primary key (order_id, no));
  create index orders_customer_id on public.orders using btree (customer_id);
  create table public.trace (step text not null);
  create table public.tally (id integer primary key, n integer not null)`;
const REMOVE = { verdict: 'delete' as const, reason: 'r' };

/** One row for a step in a transaction, one more for each row of a step in batches: whatever is done twice, or not at all, shows. */
const TRACE: Step = benchStep('alter.trace', { statements: [{ do: 'execute', label: 'trace', sql: "INSERT INTO public.trace (step) VALUES ('alter.trace')" }] });
const TALLY: Step = benchStep('alter.tally', {
  locks: [{ mode: 'ROW EXCLUSIVE', table: { schema: 'public', name: 'tally' } }],
  work: {
    kind: 'batches',
    walks: [{
      label: 'count every row once',
      sql: 'WITH w AS MATERIALIZED (SELECT t.id FROM public.tally t WHERE ($1::text IS NULL OR t.id > $1::int) AND ($3::text IS NULL OR t.id <= $3::int) ORDER BY t.id LIMIT $2::int), u AS (UPDATE public.tally t SET n = t.n + 1 FROM w WHERE t.id = w.id RETURNING 1) SELECT (SELECT count(*)::int FROM w) AS rows, (SELECT count(*)::int FROM u) AS changed, (SELECT max(id)::text FROM w) AS last',
      totalSql: 'SELECT count(*) FROM public.tally',
      untilSql: 'SELECT max(id)::text FROM public.tally',
    }],
    after: [{ do: 'assert', label: 'rows counted once', sql: 'SELECT count(*)::text FROM public.tally WHERE n = 1', expect: { from: 'literal', value: '3000' } }],
  },
});

export async function crashScene(major: Major): Promise<CrashScene> {
  const world = await freshWorld({ major });
  await (await world.prod.client('operator')).query(`drop schema public cascade; create schema public; ${CURRENT}`);
  await (await world.dev.client('operator')).query(`drop schema public cascade; create schema public; ${DESIRED}`);
  const [current, desiredSnapshot] = [await introspect(await world.prod.client('reader')), await introspect(await world.dev.client('reader'))];
  const deltaIds = diff(current, desiredSnapshot).filter((delta) => delta.objectId.includes(':public.')).map((delta) => delta.id);
  const made = makePlan({ id: randomUUID(), name: 'Crash', target: 'bazaar_prod', desired: 'bazaar_dev', current, desiredSnapshot, deltaIds, decisions: [], windowHours: 1, tolerance: { rowsPercent: 5 }, orphanDecisions: { orders_customer: REMOVE, line_order_id_fkey: REMOVE } });
  if (!made.ok) throw new Error(made.refusals.map((refusal) => refusal.sentence).join('\n'));
  const plan = { ...made.plan, phases: made.plan.phases.map((phase) => (phase.kind === 'alter' ? { ...phase, steps: [TRACE, ...phase.steps, TALLY] } : phase)) };
  await storePlan(world, plan);
  const [backup, phase] = [findPhase(plan, 'backup'), findPhase(plan, 'alter')];
  if (!backup || !phase) throw new Error('the plan lacks a phase');
  const before = startWorker(world);
  await endedRun(world, await requestForward(world, plan, backup, await signPhase(world, plan, backup)));
  await before.stop();
  return { world, plan, phase, runId: await requestForward(world, plan, phase, await signPhase(world, plan, phase)) };
}

export function kindsOf(scene: CrashScene): string[] {
  return [...new Set(scene.phase.steps.map(kindOf))].sort();
}

/** Everything that a run may do twice or leave out, as one value to compare. */
export async function stateOf({ world, plan, phase, runId }: CrashScene): Promise<unknown> {
  const client = await world.prod.client('superuser');
  const { objects } = await introspect(client);
  const { rows } = await client.query(`select
    (select count(*)::int from trace) as traces, (select sum(n)::int from tally) as tally, (select max(n) from tally) as most,
    (select sum(hashtextextended(t::text, 0)::numeric)::text from orders t) as orders, (select sum(hashtextextended(t::text, 0)::numeric)::text from line t) as lines,
    (select count(*)::int from ${plan.keepSchema}.orders_quarantine where countersign_done) as orders_out, (select count(*)::int from ${plan.keepSchema}.line_quarantine where countersign_done) as lines_out,
    (select count(*)::int from pg_index where not indisvalid) as invalid, (select count(*)::int from pg_constraint where not convalidated) as unvalidated`);
  const ledger = await client.query<{ step_id: string }>('select step_id from countersign.step where run_id = $1 order by step_id', [runId]);
  const applied = (await eventsAfter(world.db, runId, 0)).flatMap(({ event }) => (event.type === 'step_applied' ? [event.step] : []));
  return { ...rows[0], schema: fingerprint(objects), ledger: ledger.rows.map((row) => row.step_id), applied: applied.toSorted(), steps: phase.steps.length };
}
