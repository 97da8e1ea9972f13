import { sql } from 'kysely';
import { planDigest, type Plan } from '#lib/pipeline/plan.ts';
import type { ControlTrx, Reader } from './db.ts';

export interface StoredPlan {
  plan: Plan;
  /** The name of the plan now; the document keeps the one it was saved with. */
  name: string;
  version: number;
  digest: string;
  target: string;
  desired: string;
  createdBy: string;
  createdAt: Date;
  /** Who saved the current version, and when. */
  editedBy: string;
  editedAt: Date;
}

/** The plan in its current version, or null. */
export async function findPlan(db: Reader, id: string): Promise<StoredPlan | null> {
  const row = await planQuery(db).where('plan.id', '=', id).executeTakeFirst();
  return row ? toStored(row) : null;
}

/** The same, and nobody else changes the plan, its approvals or its runs until this transaction ends. */
export async function lockPlan(trx: ControlTrx, id: string): Promise<StoredPlan | null> {
  const locked = await trx.selectFrom('plan').select('id').where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
  return locked ? findPlan(trx, id) : null;
}

/** All plans that are not archived, newest change first. */
export async function listPlans(db: Reader): Promise<StoredPlan[]> {
  const rows = await planQuery(db).where('plan.archived_at', 'is', null).orderBy('plan_version.created_at', 'desc').orderBy('plan.id').execute();
  return rows.map(toStored);
}

/** Ids of plans that are not archived, newest change first, a stretch at a time. */
export async function planIds(db: Reader, filter: { target?: string | undefined; name?: string | undefined }, limit: number, offset: number): Promise<string[]> {
  let query = db
    .selectFrom('plan').innerJoin('plan_version', (join) => join.onRef('plan_version.plan_id', '=', 'plan.id').onRef('plan_version.version', '=', 'plan.current_version'))
    .select('plan.id').where('plan.archived_at', 'is', null).orderBy('plan_version.created_at', 'desc').orderBy('plan.id').limit(limit).offset(offset);
  if (filter.target !== undefined) query = query.where('plan.target_database', '=', filter.target);
  if (filter.name !== undefined) query = query.where('plan.name', '=', filter.name);
  return (await query.execute()).map((row) => row.id);
}

/** One version of the document as it was saved, or null. */
export async function findVersion(db: Reader, planId: string, version: number): Promise<Plan | null> {
  const row = await db.selectFrom('plan_version').select('document').where('plan_id', '=', planId).where('version', '=', version).executeTakeFirst();
  return row?.document ?? null;
}

export interface VersionRow {
  version: number;
  byId: string;
  by: string;
  at: Date;
  reason: string;
}

/** Versions, oldest first. */
export async function listVersions(db: Reader, planId: string): Promise<VersionRow[]> {
  const rows = await db
    .selectFrom('plan_version').innerJoin('person', 'person.id', 'plan_version.edited_by')
    .select(['version', 'edited_by', 'person.name', 'plan_version.created_at', 'reason'])
    .where('plan_id', '=', planId).orderBy('version').execute();
  return rows.map((row) => ({ version: row.version, byId: row.edited_by, by: row.name, at: row.created_at, reason: row.reason }));
}

/** Stores a new plan as version 1. `reason`: where it comes from, in a sentence. */
export async function insertPlan(trx: ControlTrx, plan: Plan, author: string, reason: string): Promise<void> {
  await trx.insertInto('plan').values({ id: plan.id, name: plan.name, target_database: plan.target, desired_database: plan.desired, created_by: author }).execute();
  await insertVersion(trx, plan, 1, author, reason);
}

/** Saves the next version and puts it in force. The caller holds the plan's lock (lockPlan) and has compared versions. Returns its number. */
export async function saveVersion(trx: ControlTrx, plan: Plan, after: number, editor: string, reason: string): Promise<number> {
  await insertVersion(trx, plan, after + 1, editor, reason);
  await trx.updateTable('plan').set({ current_version: after + 1, name: plan.name }).where('id', '=', plan.id).execute();
  return after + 1;
}

export interface PlanNames {
  name: string;
  /** By id, of the current version. */
  phases: ReadonlyMap<string, { number: number; title: string }>;
}

/** What plans and their phases are called now, by id of the plan. The documents stay where they are: of each only the titles come. */
export async function planNames(db: Reader, ids: readonly string[]): Promise<Map<string, PlanNames>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('plan')
    .innerJoin('plan_version', (join) => join.onRef('plan_version.plan_id', '=', 'plan.id').onRef('plan_version.version', '=', 'plan.current_version'))
    .select(['plan.id', 'plan.name', sql<(readonly [id: string, title: string])[]>`(select coalesce(jsonb_agg(jsonb_build_array(phase ->> 'id', phase ->> 'title') order by number), '[]') from jsonb_array_elements(plan_version.document -> 'phases') with ordinality as each (phase, number))`.as('phases')])
    .where('plan.id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, { name: row.name, phases: new Map(row.phases.map(([id, title], index) => [id, { number: index + 1, title }])) }]));
}

/** The name is not part of what is approved: no new version. */
export async function rename(trx: ControlTrx, planId: string, name: string): Promise<void> {
  await trx.updateTable('plan').set({ name }).where('id', '=', planId).execute();
}

async function insertVersion(trx: ControlTrx, plan: Plan, version: number, editor: string, reason: string): Promise<void> {
  await trx.insertInto('plan_version').values({ plan_id: plan.id, version, document: JSON.stringify(plan), digest: planDigest(plan), edited_by: editor, reason }).execute();
}

function planQuery(db: Reader) {
  return db
    .selectFrom('plan')
    .innerJoin('plan_version', (join) => join.onRef('plan_version.plan_id', '=', 'plan.id').onRef('plan_version.version', '=', 'plan.current_version'))
    .select(['plan.name', 'plan.target_database', 'plan.desired_database', 'plan.created_by', 'plan.created_at', 'plan_version.version', 'plan_version.document', 'plan_version.digest', 'plan_version.edited_by', 'plan_version.created_at as edited_at']);
}

type PlanRow = Awaited<ReturnType<ReturnType<typeof planQuery>['executeTakeFirstOrThrow']>>;

function toStored(row: PlanRow): StoredPlan {
  return { plan: row.document, name: row.name, version: row.version, digest: row.digest, target: row.target_database, desired: row.desired_database, createdBy: row.created_by, createdAt: row.created_at, editedBy: row.edited_by, editedAt: row.edited_at };
}
