import type { NoticeEvent, WebhookForm } from '#lib/pipeline/notice.ts';
import type { ControlTrx, Reader } from './db.ts';

export interface StoredWebhook {
  id: string;
  name: string;
  urlSealed: string;
  host: string;
  form: WebhookForm;
  events: readonly string[];
  by: string;
  createdAt: Date;
  disabledAt: Date | null;
}

/** Oldest first. */
export async function listWebhooks(db: Reader): Promise<StoredWebhook[]> {
  return (await webhookQuery(db).orderBy('webhook.created_at').orderBy('webhook.id').execute()).map(toStored);
}

export async function findWebhook(db: Reader, id: string): Promise<StoredWebhook | null> {
  const row = await webhookQuery(db).where('webhook.id', '=', id).executeTakeFirst();
  return row ? toStored(row) : null;
}

export async function insertWebhook(trx: ControlTrx, webhook: { id: string; name: string; urlSealed: string; host: string; form: WebhookForm; events: readonly NoticeEvent[]; by: string }): Promise<void> {
  await trx.insertInto('webhook').values({ id: webhook.id, name: webhook.name, url_sealed: webhook.urlSealed, host: webhook.host, form: webhook.form, events: [...webhook.events], created_by: webhook.by }).execute();
}

export async function setWebhookDisabled(trx: ControlTrx, id: string, disabled: boolean): Promise<void> {
  await trx.updateTable('webhook').set({ disabled_at: disabled ? new Date() : null }).where('id', '=', id).execute();
}

export interface StoredDelivery {
  id: string;
  noticeId: string;
  webhookId: string | null;
  personId: string | null;
  state: 'waiting' | 'delivered' | 'failed';
  attempts: number;
}

export async function findDelivery(db: Reader, id: string): Promise<StoredDelivery | null> {
  const row = await db
    .selectFrom('delivery').select((eb) => ['id', 'notice_id', 'webhook_id', 'person_id', 'state', eb.selectFrom('delivery_attempt').whereRef('delivery_id', '=', 'delivery.id').select((one) => one.fn.countAll<string>().as('count')).as('attempts')])
    .where('id', '=', id).executeTakeFirst();
  return row ? { id: row.id, noticeId: row.notice_id, webhookId: row.webhook_id, personId: row.person_id, state: row.state, attempts: Number(row.attempts) } : null;
}

/** Null when there is one already. */
export async function insertDelivery(trx: ControlTrx, delivery: { noticeId: string; webhookId?: string; personId?: string }): Promise<string | null> {
  const row = await trx
    .insertInto('delivery').values({ notice_id: delivery.noticeId, webhook_id: delivery.webhookId ?? null, person_id: delivery.personId ?? null })
    .onConflict((conflict) => conflict.doNothing()).returning('id').executeTakeFirst();
  return row?.id ?? null;
}

export async function setDeliveryState(trx: ControlTrx, id: string, state: StoredDelivery['state']): Promise<void> {
  await trx.updateTable('delivery').set({ state }).where('id', '=', id).execute();
}

export interface Attempt {
  /** Of HTTP or SMTP; null: nobody answered. */
  status: number | null;
  ms: number;
  /** The beginning of the answer, or why there was none. */
  answer: string;
}

export async function insertAttempt(trx: ControlTrx, deliveryId: string, attempt: Attempt): Promise<void> {
  const last = await trx.selectFrom('delivery_attempt').select((eb) => eb.fn.max('seq').as('seq')).where('delivery_id', '=', deliveryId).executeTakeFirst();
  await trx.insertInto('delivery_attempt').values({ delivery_id: deliveryId, seq: (last?.seq ?? 0) + 1, status: attempt.status, ms: attempt.ms, answer: [...attempt.answer.replaceAll('\0', '').toWellFormed()].slice(0, 200).join('') }).execute();
}

export interface DeliveryLine {
  id: string;
  event: NoticeEvent;
  /** The webhook's name, or the person's. */
  to: string;
  byMail: boolean;
  plan: string | null;
  state: StoredDelivery['state'];
  createdAt: Date;
  attempts: readonly (Attempt & { at: Date })[];
}

/** The newest deliveries with their attempts, newest first. */
export async function listDeliveries(db: Reader, limit: number): Promise<DeliveryLine[]> {
  const rows = await db
    .selectFrom('delivery').innerJoin('notice', 'notice.id', 'delivery.notice_id').leftJoin('webhook', 'webhook.id', 'delivery.webhook_id').leftJoin('person', 'person.id', 'delivery.person_id').leftJoin('plan', 'plan.id', 'notice.plan_id')
    .select(['delivery.id', 'event', 'webhook.name as webhook', 'person.name as person', 'plan.name as plan', 'notice.database_name', 'state', 'delivery.created_at'])
    .orderBy('delivery.created_at', 'desc').orderBy('delivery.id').limit(limit).execute();
  const attempts = rows.length === 0 ? [] : await db.selectFrom('delivery_attempt').selectAll().where('delivery_id', 'in', rows.map((row) => row.id)).orderBy('seq').execute();
  return rows.map((row) => ({
    id: row.id, event: row.event, to: row.webhook ?? row.person ?? '', byMail: row.webhook === null, plan: row.plan ?? row.database_name, state: row.state, createdAt: row.created_at,
    attempts: attempts.filter((one) => one.delivery_id === row.id).map(({ at, status, ms, answer }) => ({ at, status, ms, answer })),
  }));
}

function webhookQuery(db: Reader) {
  return db.selectFrom('webhook').innerJoin('person', 'person.id', 'webhook.created_by').select(['webhook.id', 'webhook.name', 'url_sealed', 'host', 'form', 'events', 'person.name as by', 'webhook.created_at', 'webhook.disabled_at']);
}

type WebhookRow = Awaited<ReturnType<ReturnType<typeof webhookQuery>['executeTakeFirstOrThrow']>>;

function toStored(row: WebhookRow): StoredWebhook {
  return { id: row.id, name: row.name, urlSealed: row.url_sealed, host: row.host, form: row.form, events: row.events, by: row.by, createdAt: row.created_at, disabledAt: row.disabled_at };
}
