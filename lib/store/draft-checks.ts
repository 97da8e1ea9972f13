import { sql } from 'kysely';
import { DRAFT_VERDICTS, type DraftChecked, type DraftState, NOTHING_CHECKED } from '#lib/pipeline/draft-check.ts';
import type { ControlDb, ControlTrx, Reader } from './db.ts';
import { type Claim, heldBy, nobodyHasIt, now, take, type WorkClaim } from './lease.ts';

export interface StoredDraftCheck {
  id: string;
  planId: string;
  version: number;
  target: string;
  desired: string;
  state: DraftState;
  attempt: number;
  /** Null: the worker began it by itself. */
  requestedBy: string | null;
  requestedAt: Date;
  endedAt: Date | null;
  sentence: string | null;
  content: DraftChecked;
}

/** Somebody who edits saves several times a minute: a version is checked by itself once it has stood for so long. */
export const SETTLED_SECONDS = 8;
/** What was made while no worker ran, or before this release, is checked when somebody asks. */
const FRESH_HOURS = 24;
/** A run that says nothing for so long waits for a person, and for nobody's work. */
const STILL_SECONDS = 30;

/** Records that a version is to be checked; null when one of the plan is under way. Triggers refuse it without role. */
export async function requestDraftCheck(trx: ControlTrx, asked: { planId: string; version: number; target: string; desired: string; requestedBy: string | null }): Promise<string | null> {
  const row = await trx
    .insertInto('draft_check')
    .values({ plan_id: asked.planId, version: asked.version, target_database: asked.target, desired: asked.desired, requested_by: asked.requestedBy })
    .onConflict((conflict) => conflict.column('plan_id').where('ended_at', 'is', null).doNothing())
    .returning('id').executeTakeFirst();
  return row?.id ?? null;
}

/** The newest check that says something or is under way: what a newer version cut short says nothing. Null: there is none. */
export async function latestDraftCheck(db: Reader, planId: string): Promise<StoredDraftCheck | null> {
  const row = await checks(db).where('plan_id', '=', planId).where('state', '!=', 'superseded').orderBy('requested_at', 'desc').limit(1).executeTakeFirst();
  return row ? toStored(row) : null;
}

/** The newest that came to a verdict, of whichever version. */
export async function latestDraftVerdict(db: Reader, planId: string): Promise<StoredDraftCheck | null> {
  const row = await checks(db).where('plan_id', '=', planId).where('state', 'in', [...DRAFT_VERDICTS]).orderBy('requested_at', 'desc').limit(1).executeTakeFirst();
  return row ? toStored(row) : null;
}

export async function loadDraftCheck(db: Reader, id: string): Promise<StoredDraftCheck | null> {
  const row = await checks(db).where('draft_check.id', '=', id).executeTakeFirst();
  return row ? toStored(row) : null;
}

/** The side that a plan is compared with: what an author chose, else what its document names; null: none. */
export async function comparedWith(db: Reader, planId: string): Promise<string | null> {
  const row = await db.selectFrom('plan').select(['target_database', 'desired_database', 'compared_with']).where('id', '=', planId).executeTakeFirst();
  return row ? (row.compared_with ?? (row.desired_database === row.target_database ? null : row.desired_database)) : null;
}

/** Keeps with which side an author wants the plan compared. */
export async function compareWith(trx: ControlTrx, planId: string, side: string): Promise<void> {
  await trx.updateTable('plan').set({ compared_with: side }).where('id', '=', planId).execute();
}

/**
 * Takes the check that is to be carried on; one that was asked for before one that begins by itself; null when there is none, when another is
 * under way, or when a run has work to do: runs come first.
 */
export async function claimDraftCheck(db: ControlDb, workerId: string, settledSeconds = SETTLED_SECONDS): Promise<WorkClaim | null> {
  if (await isRunAtWork(db)) return null;
  await beginDue(db, settledSeconds);
  return db.transaction().execute(async (trx) => {
    const other = await trx.selectFrom('draft_check').select('id').where('ended_at', 'is', null).where(sql<boolean>`not ${nobodyHasIt}`).limit(1).executeTakeFirst();
    if (other) return null;
    const free = await trx.selectFrom('draft_check').select(['id', 'attempt', 'lost', 'worker_id']).where('ended_at', 'is', null).orderBy(sql`requested_by is null`).orderBy('requested_at').limit(1).forUpdate().skipLocked().executeTakeFirst();
    return free ? take(trx, 'draft_check', free, workerId) : null;
  });
}

/** A run that waits for a worker or moves. One that stands still for a person does not count. */
export async function isRunAtWork(db: Reader): Promise<boolean> {
  const row = await db
    .selectFrom('run').select('run.id').where('ended_at', 'is', null)
    .where((eb) => eb.or([
      eb('state', '!=', 'running'),
      eb.exists(eb.selectFrom('run_event').select('run_event.seq').whereRef('run_event.run_id', '=', 'run.id').where('run_event.at', '>', sql<Date>`clock_timestamp() - make_interval(secs => ${STILL_SECONDS})`)),
    ]))
    .limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Begins the check of the newest version that has none: of a plan that has a side to compare with, and of which nothing was run. Never two of one version and side. */
async function beginDue(db: ControlDb, settledSeconds: number): Promise<void> {
  await sql`
    insert into draft_check (plan_id, version, target_database, desired)
    select p.id, v.version, p.target_database, coalesce(p.compared_with, p.desired_database)
    from plan p join plan_version v on v.plan_id = p.id and v.version = p.current_version
    where p.archived_at is null and v.created_at between now() - make_interval(hours => ${FRESH_HOURS}) and now() - make_interval(secs => ${settledSeconds})
      and coalesce(p.compared_with, p.desired_database) <> p.target_database
      and not exists (select from draft_check d where d.plan_id = p.id and (d.ended_at is null or (d.version = v.version and d.desired = coalesce(p.compared_with, p.desired_database))))
      and not exists (select from run r where r.plan_id = p.id and r.state <> 'refused')
    order by v.created_at desc limit 1
    on conflict (plan_id) where ended_at is null do nothing`.execute(db);
}

/** Renews the lease and, where given, writes how far it is. `lost`: it is another worker's, or over. `older`: the plan has a newer version. `yield`: a run has work to do. */
export async function noteDraftCheck(db: ControlDb, claim: Claim, content?: DraftChecked): Promise<'held' | 'lost' | 'older' | 'yield'> {
  const row = await db.updateTable('draft_check').where(heldBy(claim)).set({ heartbeat_at: now, ...(content ? { content: JSON.stringify(content) } : {}) }).returning(['plan_id', 'version']).executeTakeFirst();
  if (!row) return 'lost';
  const plan = await db.selectFrom('plan').select('current_version').where('id', '=', row.plan_id).executeTakeFirst();
  if (plan && plan.current_version > row.version) return 'older';
  return (await isRunAtWork(db)) ? 'yield' : 'held';
}

/** Ends it. False, and nothing is written, when it is not held any more. */
export async function endDraftCheck(trx: ControlTrx, claim: Claim, state: Exclude<DraftState, 'queued' | 'running'>, sentence: string, content: DraftChecked): Promise<boolean> {
  const row = await trx.updateTable('draft_check').where(heldBy(claim)).set({ state, sentence, content: JSON.stringify(content), ended_at: now }).returning('id').executeTakeFirst();
  return row !== undefined;
}

/** Servers on which a declared database was ever read: nothing is replayed there. */
export async function serversUnderReview(db: Reader, databases: readonly string[]): Promise<string[]> {
  const rows = await sql<{ id: string | null }>`
    select s.content -> 'target' ->> 'systemIdentifier' as id
    from unnest(${[...databases]}::text[]) d (name)
    cross join lateral (select content from snapshot where database_name = d.name order by taken_at desc limit 1) s`.execute(db);
  return [...new Set(rows.rows.flatMap(({ id }) => id ?? []))];
}

function checks(db: Reader) {
  return db
    .selectFrom('draft_check').leftJoin('person', 'person.id', 'draft_check.requested_by')
    .select(['draft_check.id', 'plan_id', 'version', 'target_database', 'desired', 'state', 'attempt', 'person.name as requested_by', 'requested_at', 'ended_at', 'sentence', 'content']);
}

function toStored(row: Awaited<ReturnType<ReturnType<typeof checks>['executeTakeFirstOrThrow']>>): StoredDraftCheck {
  return {
    id: row.id, planId: row.plan_id, version: row.version, target: row.target_database, desired: row.desired, state: row.state, attempt: row.attempt, requestedBy: row.requested_by, requestedAt: row.requested_at,
    endedAt: row.ended_at, sentence: row.sentence, content: row.content ?? NOTHING_CHECKED,
  };
}
