import { randomUUID } from 'node:crypto';
import { measurePhase } from '#lib/pg/measure.ts';
import { measurePrice } from '#lib/pg/price.ts';
import { withReader } from '#lib/pg/session.ts';
import { approvalDigest, phaseDocumentDigest } from '#lib/pipeline/approval.ts';
import { digestOf } from '#lib/pipeline/digest.ts';
import type { Phase, Plan, Statement, Step } from '#lib/pipeline/plan.ts';
import { newRun, reduce, type RunView } from '#lib/pipeline/run.ts';
import { actBySession } from '#lib/store/acting.ts';
import { insertApproval } from '#lib/store/approvals.ts';
import { saveEvidence } from '#lib/store/evidence.ts';
import { insertPlan } from '#lib/store/plans.ts';
import { eventsAfter, loadRun, type NewRun, requestRun, type StoredRun } from '#lib/store/runs.ts';
import type { World } from './world.ts';

/** A hand-made plan of one phase over a table of its own, `public.parcel`, with 3,000 rows in prod. */
export const PARCEL = { schema: 'public', name: 'parcel' };

export function execute(label: string, sql: string): Statement {
  return { do: 'execute', label, sql };
}

export function smallStep(id: string, statements: readonly Statement[], undo: readonly Statement[] = []): Step {
  return { id, title: `Step ${id}`, statements, undo, locks: [{ mode: 'ACCESS EXCLUSIVE', table: PARCEL }], rewrite: false, hazards: [], editable: false };
}

/** Each leaves one countable trace in `public.trace`, so that a step done twice, or not at all, shows. */
export function tracedSteps(count: number): Step[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `small.${index + 1}`;
    const copy: Statement = {
      do: 'copy',
      label: 'copy parcels',
      sql: `WITH b AS (SELECT * FROM public.parcel WHERE $1::text IS NULL OR id > $1::int ORDER BY id LIMIT $2::int), i AS (INSERT INTO public.parcel_copy (id, step) SELECT id, '${id}' FROM b) SELECT count(*)::int AS rows, max(id)::text AS last FROM b`,
      totalSql: 'SELECT count(*) FROM public.parcel',
    };
    const statements: Statement[] = [
      execute('lock parcel', 'LOCK TABLE public.parcel IN ACCESS EXCLUSIVE MODE'),
      execute('trace', `INSERT INTO public.trace (step) VALUES ('${id}')`),
      copy,
      { do: 'assert', label: 'rows copied', sql: `SELECT count(*) FROM public.parcel_copy WHERE step = '${id}'`, expect: { from: 'evidence', check: 'rows:public.parcel', field: 'rows' } },
    ];
    return smallStep(id, statements, [execute('untrace', `DELETE FROM public.trace WHERE step = '${id}'`), execute('uncopy', `DELETE FROM public.parcel_copy WHERE step = '${id}'`)]);
  });
}

export async function createParcels(world: World): Promise<void> {
  const client = await world.prod.client('operator');
  await client.query(`create table public.parcel (id integer primary key, name text not null);
    insert into public.parcel select i, 'parcel ' || i from generate_series(1, 3000) i;
    create table public.trace (step text not null);
    create table public.parcel_copy (id integer not null, step text not null)`);
  // A rehearsal clones by template only while nobody is in the target.
  await client.end();
}

export function smallPlan(steps: readonly Step[], change: Partial<Phase> = {}): Plan {
  const phase: Phase = {
    id: 'small', kind: 'backup', title: 'Small phase', summary: 'For a test.', steps, checks: [{ id: 'rows:public.parcel', kind: 'rows', table: PARCEL }],
    verifications: [{ label: 'traces', sql: 'SELECT count(*) FROM public.trace', expect: { from: 'literal', value: String(steps.length) } }],
    price: [], touches: ['table:public.parcel'], requires: [], orphanDecisions: {}, destructive: false, pointOfNoReturn: false, due: null, ...change,
  };
  return {
    id: randomUUID(), name: 'Small plan', target: 'bazaar_prod', desired: 'bazaar_dev', basis: { current: '0'.repeat(64), desired: '0'.repeat(64) }, keepSchema: 'countersign_small', deltaIds: [], decisions: [],
    tolerance: { rowsPercent: 10 }, windowHours: 24, phases: [phase],
  };
}

/** Stores the plan as the author's. */
export async function storePlan(world: World, plan: Plan): Promise<void> {
  await world.db.transaction().execute((trx) => insertPlan(trx, plan, world.people.author.id, 'Made for a test.'));
}

export interface Signed {
  digest: string;
  evidenceId: string;
}

/** Measures with the reader, signs as the approver. */
export async function signPhase(world: World, plan: Plan, phase: Phase, proofDemanded = false): Promise<Signed> {
  const evidence = await withReader(world.prod.config, (client) => measurePhase(client, phase, { operator: world.prod.config.operatorRole }));
  const digest = approvalDigest(plan, phase, evidence, null);
  return world.db.transaction().execute(async (trx) => {
    const evidenceId = await saveEvidence(trx, plan.id, phaseDocumentDigest(phase), evidence, world.people.author.id);
    await actBySession(trx, world.people.approver.id);
    await insertApproval(trx, { planId: plan.id, version: 1, phaseId: phase.id, digest, evidenceId, rehearsalId: null, proofDemanded, personId: world.people.approver.id, comment: '', hours: 1, startHours: null });
    return { digest, evidenceId };
  });
}

export async function requestForward(world: World, plan: Plan, phase: Phase, signed: Signed): Promise<string> {
  return asked(world, { ...terms(world, plan, phase), kind: 'forward', undoes: null, digest: signed.digest, evidenceId: signed.evidenceId, rehearsalId: null, proofDemanded: false, price: null });
}

export async function requestRollback(world: World, plan: Plan, phase: Phase, undoes: string): Promise<string> {
  const price = await withReader(world.prod.config, (client) => measurePrice(client, phase, phase.steps.map((step) => step.id)));
  return asked(world, { ...terms(world, plan, phase), kind: 'rollback', undoes, digest: digestOf(price), evidenceId: null, rehearsalId: null, proofDemanded: false, price });
}

function asked(world: World, run: NewRun): Promise<string> {
  return world.db.transaction().execute(async (trx) => {
    await actBySession(trx, world.people.operator.id);
    return requestRun(trx, run);
  });
}

function terms(world: World, plan: Plan, phase: Phase) {
  return { planId: plan.id, version: 1, phaseId: phase.id, target: plan.target, approvalsNeeded: 1, requestedBy: world.people.operator, reason: 'test' };
}

export async function requestSmallRollback(world: World, plan: Plan, undoes: string): Promise<string> {
  return requestRollback(world, plan, onlyPhase(plan), undoes);
}

/** Creates the tables, measures, signs and requests. */
export async function startSmallRun(world: World, steps: readonly Step[], change: Partial<Phase> = {}): Promise<{ plan: Plan; runId: string }> {
  await createParcels(world);
  const plan = smallPlan(steps, change);
  await storePlan(world, plan);
  const phase = onlyPhase(plan);
  const runId = await requestForward(world, plan, phase, await signPhase(world, plan, phase));
  return { plan, runId };
}

/** How often each step left its trace. */
export async function traces(world: World): Promise<Record<string, number>> {
  const client = await world.prod.client('superuser');
  const { rows } = await client.query<{ step: string; times: number }>('select step, count(*)::int as times from public.trace group by step order by step');
  return Object.fromEntries(rows.map((row) => [row.step, row.times]));
}

export async function endedRun(world: World, runId: string, patienceMs = 30_000): Promise<StoredRun> {
  return runWhen(world, runId, (run) => run.endedAt !== null, patienceMs);
}

export async function runWhen(world: World, runId: string, fits: (run: StoredRun) => boolean, patienceMs = 30_000): Promise<StoredRun> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const run = await loadRun(world.db, runId);
    if (run && fits(run)) return run;
    if (Date.now() > until) throw new Error(`run ${runId} is ${run?.state ?? 'not there'} (${JSON.stringify(await eventsAfter(world.db, runId, 0), null, 1)})`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

export async function viewOf(world: World, plan: Plan, runId: string): Promise<RunView> {
  const run = await loadRun(world.db, runId);
  const ids = onlyPhase(plan).steps.map((step) => step.id);
  const kind = run?.kind ?? 'forward';
  return (await eventsAfter(world.db, runId, 0)).reduce(reduce, newRun(kind, kind === 'forward' ? ids : ids.toReversed()));
}

function onlyPhase(plan: Plan): Phase {
  const phase = plan.phases[0];
  if (!phase) throw new Error('a small plan has one phase');
  return phase;
}
