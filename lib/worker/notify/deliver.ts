import { noticeMessage, type NoticeMessage, webhookBody } from '#lib/pipeline/notice.ts';
import { findNotice, type StoredNotice } from '#lib/store/notices.ts';
import { findPerson } from '#lib/store/people.ts';
import { DELIVER_QUEUE, DELIVER_TRIES } from '#lib/store/queue.ts';
import { findDelivery, findWebhook, insertAttempt, setDeliveryState, type StoredDelivery } from '#lib/store/webhooks.ts';
import { unsealed, webhookSecret, webhookSignature } from '#lib/webhook-key.ts';
import type { QueueWork } from '../wake.ts';
import { mail } from './mail.ts';
import { type Posted, post } from './post.ts';
import type { NotifyTerms } from './spread.ts';

/** One webhook that is slow to answer must not keep the others waiting. */
const AT_ONCE = 4;

/** What a worker does with the queue of deliveries. */
export function deliveryWork(terms: NotifyTerms): QueueWork {
  return { name: DELIVER_QUEUE, batchSize: 1, atOnce: AT_ONCE, work: (data) => deliver(terms, deliveryIdOf(data)) };
}

/** Tries a delivery once and writes down how it went. Throws when it is to be tried again, so that the queue brings it back later. */
export async function deliver(terms: NotifyTerms, deliveryId: string): Promise<void> {
  const delivery = await findDelivery(terms.db, deliveryId);
  // Asked for a second time meanwhile, or done by another worker.
  if (!delivery || delivery.state !== 'waiting') return;
  const notice = await findNotice(terms.db, delivery.noticeId);
  if (!notice) throw new Error(`delivery ${deliveryId} is of no notice`);
  const tried = await attempt(terms, delivery, noticeMessage({ ...notice, url: addressOf(terms, notice) }));
  // Tries after somebody asked for it again are counted anew.
  const last = tried.final || delivery.attempts % DELIVER_TRIES === DELIVER_TRIES - 1;
  await terms.db.transaction().execute(async (trx) => {
    await insertAttempt(trx, deliveryId, tried);
    if (tried.ok || last) await setDeliveryState(trx, deliveryId, tried.ok ? 'delivered' : 'failed');
  });
  if (!tried.ok && !last) throw new Error(`delivery ${deliveryId} was not taken: ${tried.status ?? 'no answer'}`);
}

async function attempt(terms: NotifyTerms, delivery: StoredDelivery, message: NoticeMessage): Promise<Posted> {
  if (delivery.personId === null) return attemptWebhook(terms, delivery, message);
  const person = await findPerson(terms.db, delivery.personId);
  if (!person || person.disabledAt) return refused('The person has no access any more.');
  return mail(terms.notify, person.email, message, delivery.id);
}

async function attemptWebhook({ db, notify }: NotifyTerms, delivery: StoredDelivery, message: NoticeMessage): Promise<Posted> {
  const webhook = delivery.webhookId === null ? null : await findWebhook(db, delivery.webhookId);
  if (!webhook) return refused('There is no such webhook.');
  if (webhook.disabledAt) return refused('The webhook is switched off.');
  if (notify.webhookKey === null) return refused('The worker has no COUNTERSIGN_WEBHOOK_KEY.');
  const url = unsealed(notify.webhookKey, webhook.id, webhook.urlSealed);
  if (url === null) return refused('The address cannot be opened: COUNTERSIGN_WEBHOOK_KEY of the worker is another one than the address was sealed with.');
  const body = webhookBody(webhook.form, message);
  const signature = webhookSignature(webhookSecret(notify.webhookKey, webhook.id), Math.floor(Date.now() / 1_000), body);
  return post({ url, body, privateTargets: notify.privateTargets, headers: { 'X-Countersign-Event': message.event, 'X-Countersign-Delivery': delivery.id, 'X-Countersign-Signature': signature } });
}

/** Not even tried: only a person can mend it. */
function refused(answer: string): Posted {
  return { ok: false, final: true, status: null, ms: 0, answer };
}

function addressOf({ notify }: NotifyTerms, notice: StoredNotice): string | null {
  if (notify.address === null) return null;
  const path = notice.run ? `/runs/${notice.run.id}` : notice.plan ? `/plans/${notice.plan.id}${notice.phase && notice.phase.number !== null ? `?phase=${encodeURIComponent(notice.phase.id)}` : ''}${notice.comment === null ? '' : `#said-${notice.comment}`}` : '/';
  return new URL(path, notify.address).href;
}

function deliveryIdOf(data: unknown): string {
  if (typeof data === 'object' && data !== null && 'deliveryId' in data && typeof data.deliveryId === 'string') return data.deliveryId;
  throw new Error('a job of the queue of deliveries names none');
}
