import { sql } from 'kysely';
import type { ControlTrx, Reader } from './db.ts';

/** One comment; what begins a thread carries what it is about. */
export interface StoredComment {
  id: string;
  version: number;
  phaseId: string | null;
  stepId: string | null;
  replyTo: string | null;
  changeRequestId: string | null;
  personId: string;
  person: string;
  body: string;
  at: Date;
}

/** How a thread stands: settled by whom, and which version took away what it is about. */
export interface StoredThreadState {
  settled: { by: string; at: Date } | null;
  lost: { version: number; title: string } | null;
}

export interface NewComment extends Omit<StoredComment, 'id' | 'person' | 'at'> {
  planId: string;
  /** Ids of the people it means. */
  mentions: readonly string[];
}

/** Everything that was said about a plan, oldest first. */
export async function listComments(db: Reader, planId: string): Promise<StoredComment[]> {
  const rows = await db
    .selectFrom('comment').innerJoin('person', 'person.id', 'comment.person_id')
    .select(['comment.id', 'version', 'phase_id', 'step_id', 'reply_to', 'change_request_id', 'person_id', 'person.name', 'body', 'comment.created_at'])
    .where('plan_id', '=', planId).orderBy('comment.created_at').orderBy('comment.id').execute();
  return rows.map((row) => ({ id: row.id, version: row.version, phaseId: row.phase_id, stepId: row.step_id, replyTo: row.reply_to, changeRequestId: row.change_request_id, personId: row.person_id, person: row.name, body: row.body, at: row.created_at }));
}

/** By id of the thread: those of a plan that were ever settled, or whose step or phase has gone. */
export async function threadStates(db: Reader, planId: string): Promise<Map<string, StoredThreadState>> {
  const rows = await db
    .selectFrom('comment as c').leftJoin('thread_lost as lost', 'lost.thread_id', 'c.id')
    .leftJoinLateral((each) => each.selectFrom('thread_state as s').innerJoin('person as p', 'p.id', 's.person_id').whereRef('s.thread_id', '=', 'c.id').orderBy('s.seq', 'desc').limit(1).select(['s.settled', 'p.name', 's.at']).as('last'), (join) => join.onTrue())
    .select(['c.id', 'lost.version', 'lost.title', 'last.settled', 'last.name', 'last.at'])
    .where('c.plan_id', '=', planId).where('c.reply_to', 'is', null).where('c.change_request_id', 'is', null).execute();
  return new Map(rows.map((row) => [row.id, { settled: row.settled && row.name !== null && row.at ? { by: row.name, at: row.at } : null, lost: row.version !== null && row.title !== null ? { version: row.version, title: row.title } : null }]));
}

export interface FoundThread {
  planId: string;
  personId: string;
  settled: boolean;
}

/** A thread by the comment that begins it; null: there is none. */
export async function findThread(db: Reader, id: string): Promise<FoundThread | null> {
  const row = await db.selectFrom('comment').select(['plan_id', 'person_id']).where('id', '=', id).where('reply_to', 'is', null).where('change_request_id', 'is', null).executeTakeFirst();
  if (!row) return null;
  const last = await db.selectFrom('thread_state').select('settled').where('thread_id', '=', id).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return { planId: row.plan_id, personId: row.person_id, settled: last?.settled ?? false };
}

export async function insertComment(trx: ControlTrx, comment: NewComment): Promise<string> {
  const row = await trx
    .insertInto('comment')
    .values({ plan_id: comment.planId, version: comment.version, phase_id: comment.phaseId, step_id: comment.stepId, reply_to: comment.replyTo, change_request_id: comment.changeRequestId, person_id: comment.personId, body: comment.body })
    .returning('id').executeTakeFirstOrThrow();
  if (comment.mentions.length > 0) await trx.insertInto('comment_mention').values(comment.mentions.map((personId) => ({ comment_id: row.id, person_id: personId }))).execute();
  return row.id;
}

/** The next state of a thread. The caller holds the plan's lock. */
export async function setThreadState(trx: ControlTrx, threadId: string, settled: boolean, personId: string): Promise<void> {
  await trx
    .insertInto('thread_state')
    .values((each) => ({ thread_id: threadId, seq: each.selectFrom('thread_state').where('thread_id', '=', threadId).select(sql<number>`coalesce(max(seq), 0) + 1`.as('seq')), settled, person_id: personId }))
    .execute();
}

/** An open thread in which somebody means a person, who has said nothing in it since. */
export interface Mention {
  planId: string;
  commentId: string;
  phaseId: string | null;
  by: string;
  body: string;
  at: Date;
}

/** The newest such comment of each thread, newest first; requests for changes and what answers them are threads too. */
export async function openMentions(db: Reader, personId: string): Promise<Mention[]> {
  const { rows } = await sql<Mention>`
    select distinct on (coalesce(c.reply_to, c.change_request_id, c.id)) c.plan_id as "planId", c.id as "commentId", coalesce(t.phase_id, r.phase_id, c.phase_id) as "phaseId", p.name as by, c.body, c.created_at as at
    from comment_mention m join comment c on c.id = m.comment_id join person p on p.id = c.person_id join plan on plan.id = c.plan_id and plan.archived_at is null
    left join comment t on t.id = c.reply_to left join change_request r on r.id = c.change_request_id
    where m.person_id = ${personId}::uuid and c.person_id <> m.person_id and r.resolved_at is null
      and not coalesce((select s.settled from thread_state s where s.thread_id = coalesce(c.reply_to, c.id) order by s.seq desc limit 1), false)
      and not exists (select 1 from comment own where own.person_id = m.person_id and own.created_at > c.created_at and (own.reply_to = coalesce(c.reply_to, c.id) or own.change_request_id = c.change_request_id))
    order by coalesce(c.reply_to, c.change_request_id, c.id), c.created_at desc`.execute(db);
  return rows.toSorted((a, b) => b.at.getTime() - a.at.getTime());
}
