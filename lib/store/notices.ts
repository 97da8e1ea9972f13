import { EVENT_WORDS, NOTICE_EVENTS, type NoticeEvent, type NoticeFacts } from '#lib/pipeline/notice.ts';
import { sql } from 'kysely';
import type { ControlDb, ControlTrx, Reader } from './db.ts';
import { findVersion, listVersions } from './plans.ts';

export interface StoredNotice extends Omit<NoticeFacts, 'url'> {
  /** Who did it, or whose signature it was. */
  personId: string | null;
}

/** As much of a notice as decides who hears of it: its words need the whole plan, and are made for each delivery. */
export interface NoticeToSpread {
  id: string;
  event: NoticeEvent;
  planId: string | null;
  personId: string | null;
  forPersonId: string | null;
}

/** Versions that follow each other faster are one notice; it is told in any case when it has grown for so many times this long. */
const LONGEST_ROW = 5;

/**
 * The oldest notices of which no deliveries were made, locked: two workers never take the same. A notice about saved versions waits until none
 * was added for `quietSeconds`.
 */
export async function noticesToSpread(trx: ControlTrx, most: number, quietSeconds: number): Promise<NoticeToSpread[]> {
  const rows = await trx.selectFrom('notice').select(['id', 'event', 'plan_id', 'person_id', 'for_person']).where('spread_at', 'is', null)
    .where((each) => each.or([each('last_at', 'is', null), each('last_at', '<=', secondsAgo(quietSeconds)), each('at', '<=', secondsAgo(quietSeconds * LONGEST_ROW))]))
    .orderBy('at').limit(most).forUpdate().skipLocked().execute();
  return rows.map((row) => ({ id: row.id, event: row.event, planId: row.plan_id, personId: row.person_id, forPersonId: row.for_person }));
}

export async function markSpread(trx: ControlTrx, id: string): Promise<void> {
  await trx.updateTable('notice').set({ spread_at: new Date() }).where('id', '=', id).execute();
}

function secondsAgo(seconds: number) {
  return sql<Date>`clock_timestamp() - make_interval(secs => ${seconds})`;
}

/** A notice with the names of what it speaks of, as they are now. */
export async function findNotice(db: Reader, id: string): Promise<StoredNotice | null> {
  const row = await db
    .selectFrom('notice').leftJoin('plan', 'plan.id', 'notice.plan_id').leftJoin('person', 'person.id', 'notice.person_id').leftJoin('run', 'run.id', 'notice.run_id').leftJoin('person as addressed', 'addressed.id', 'notice.for_person')
    .select(['notice.id', 'event', 'at', 'notice.plan_id', 'plan.name as plan', 'plan.target_database', 'plan.current_version', 'notice.phase_id', 'notice.run_id', 'run.kind', 'run.version as run_version', 'occasion', 'database_name', 'notice.person_id', 'person.name as person', 'addressed.name as to', 'comment_id', 'version_from', 'version_to', 'notice.reason'])
    .where('notice.id', '=', id).executeTakeFirst();
  if (!row) return null;
  const phase = row.plan_id !== null && row.phase_id !== null ? await phaseOf(db, row.plan_id, row.run_version ?? row.current_version ?? 1, row.phase_id) : null;
  const saved = row.plan_id !== null && row.version_from !== null && row.version_to !== null ? await savedInARow(db, row.plan_id, { from: row.version_from, to: row.version_to }) : null;
  return {
    id: row.id, event: row.event, at: row.at.toISOString(), personId: row.person_id, person: saved?.by ?? row.person, reason: saved?.reason ?? row.reason, phase,
    to: row.to, comment: row.comment_id, versions: saved && saved.versions,
    plan: row.plan_id !== null && row.plan !== null ? { id: row.plan_id, name: row.plan, target: row.target_database ?? '' } : null,
    // The state at the moment of the notice stands behind its occasion; the run itself may have gone on.
    run: row.run_id !== null && row.kind !== null ? { id: row.run_id, kind: row.kind, state: row.occasion?.split(' ').at(-1) ?? '' } : null,
    database: row.database_name ?? row.target_database,
  };
}

/** Who saved versions one after another, and their reasons as far as one reads them. */
async function savedInARow(db: Reader, planId: string, versions: { from: number; to: number }): Promise<{ by: string; reason: string; versions: { from: number; to: number } }> {
  const most = 5;
  const rows = (await listVersions(db, planId)).filter(({ version }) => version >= versions.from && version <= versions.to);
  const names = [...new Set(rows.map(({ by }) => by))];
  const reasons = rows.map(({ reason }) => reason).filter((reason) => reason !== '');
  return { versions, by: names.join(' and '), reason: [...reasons.slice(0, most), ...(reasons.length > most ? [`And ${reasons.length - most} more.`] : [])].join(' ') };
}

async function phaseOf(db: Reader, planId: string, version: number, phaseId: string): Promise<NoticeFacts['phase']> {
  const phases = (await findVersion(db, planId, version))?.phases ?? [];
  const index = phases.findIndex((phase) => phase.id === phaseId);
  return { id: phaseId, number: index === -1 ? null : index + 1, title: phases[index]?.title ?? phaseId };
}

/** Tells that a phase is due; once for each moment at which it became so. */
export async function tellDue(db: ControlDb, planId: string, phaseId: string, since: string): Promise<void> {
  await db.insertInto('notice').values({ event: 'phase_due', plan_id: planId, phase_id: phaseId, occasion: `due ${planId} ${phaseId} ${since}` }).onConflict((conflict) => conflict.column('occasion').doNothing()).execute();
}

/** Tells that something is due after a plan; once for each moment at which it became so. Whoever took it over hears of it too. */
export async function tellFollowUpDue(db: ControlDb, planId: string, one: { key: string; title: string; dueAt: string; owner: { id: string } | null }): Promise<void> {
  await db
    .insertInto('notice').values({ event: 'follow_up_due', plan_id: planId, person_id: one.owner?.id ?? null, reason: one.title, occasion: `follow-up ${planId} ${one.key} ${one.dueAt}` })
    .onConflict((conflict) => conflict.column('occasion').doNothing()).execute();
}

/** Tells what follows from a plan and the hour, once for each `occasion`. */
export async function tellOfPlan(db: ControlDb, notice: { event: 'start_wanted' | 'start_near' | 'window_closing'; planId: string; phaseId: string; personId?: string; occasion: string; reason: string }): Promise<void> {
  await db
    .insertInto('notice').values({ event: notice.event, plan_id: notice.planId, phase_id: notice.phaseId, person_id: notice.personId ?? null, reason: notice.reason, occasion: notice.occasion })
    .onConflict((conflict) => conflict.column('occasion').doNothing()).execute();
}

/** When people were told that a rollback window of the plan is about to close. */
export async function windowsTold(db: Reader, planId: string): Promise<Date[]> {
  return (await db.selectFrom('notice').select('at').where('plan_id', '=', planId).where('event', '=', 'window_closing').execute()).map((row) => row.at);
}

/** Tells that what was scheduled did not start: there is no run whose trigger would tell it. */
export async function tellNotStarted(trx: ControlTrx, start: { id: string; planId: string; phaseId: string; target: string; by: { id: string } }, sentence: string): Promise<void> {
  await trx.insertInto('notice').values({ event: 'run_failed', plan_id: start.planId, phase_id: start.phaseId, database_name: start.target, person_id: start.by.id, reason: `It was scheduled and did not start: ${sentence}`, occasion: `start ${start.id} refused` }).execute();
}

/** What a person hears of by mail, event by event: what they said, else what the event's own rule says of their roles and plans. */
export async function mailChoices(db: Reader, personId: string): Promise<Map<NoticeEvent, boolean>> {
  const rows = await db.selectFrom('notification_choice').select(['event', 'mail']).where('person_id', '=', personId).execute();
  return new Map(rows.flatMap(({ event, mail }) => NOTICE_EVENTS.filter((one) => one === event).map((one) => [one, mail] as const)));
}

export async function chooseMail(trx: ControlTrx, personId: string, event: NoticeEvent, mail: boolean): Promise<void> {
  await trx.insertInto('notification_choice').values({ person_id: personId, event, mail }).onConflict((conflict) => conflict.columns(['person_id', 'event']).doUpdateSet({ mail })).execute();
}

/** What a person of these roles hears of by mail, event by event: what they said, else what the event's own rule says of people like them. */
export async function mailOf(db: Reader, person: { id: string; roles: readonly string[] }): Promise<{ event: NoticeEvent; mail: boolean }[]> {
  const chosen = await mailChoices(db, person.id);
  const { roles } = person;
  return NOTICE_EVENTS.map((event) => {
    const { concerns } = EVENT_WORDS[event];
    const concerned = concerns === 'whom it names' || concerns === 'everybody' || (concerns === 'approvers' && roles.includes('approver')) || (concerns.includes('authors') && roles.includes('author')) || (concerns.includes('operators') && roles.includes('operator'));
    return { event, mail: chosen.get(event) ?? concerned };
  });
}

/** Of what one has done oneself one need not hear; of a run's end and a void signature one does. */
const OWN_DOING: readonly NoticeEvent[] = ['approval_wanted', 'approval_given', 'changes_requested'];

/** Who hears of a notice by mail: people with access, who asked for it, or whom it concerns and who said nothing else. */
export async function mailReaders(db: Reader, notice: NoticeToSpread): Promise<string[]> {
  const people = await db.selectFrom('person').select('id').where('disabled_at', 'is', null).execute();
  const named = notice.forPersonId;
  const roles = await db.selectFrom('person_role').select(['person_id', 'role']).execute();
  const chosen = new Map((await db.selectFrom('notification_choice').select(['person_id', 'mail']).where('event', '=', notice.event).execute()).map((row) => [row.person_id, row.mail]));
  const authors = notice.planId !== null ? (await db.selectFrom('plan_version').select('edited_by').where('plan_id', '=', notice.planId).distinct().execute()).map((row) => row.edited_by) : null;
  const has = (id: string, role: string) => roles.some((row) => row.person_id === id && row.role === role);
  const isAuthor = (id: string) => (authors ? authors.includes(id) : has(id, 'author'));
  if (named !== null) return people.map(({ id }) => id).filter((id) => id === named && (chosen.get(id) ?? true));
  const { concerns } = EVENT_WORDS[notice.event];
  const concerned = (id: string) => concerns === 'everybody' || (concerns === 'approvers' && has(id, 'approver') && !isAuthor(id)) || (concerns.includes('authors') && isAuthor(id)) || (concerns.includes('operators') && has(id, 'operator')) || (notice.event === 'follow_up_due' && id === notice.personId);
  return people.map(({ id }) => id).filter((id) => !(OWN_DOING.includes(notice.event) && id === notice.personId) && (chosen.get(id) ?? concerned(id)));
}
