import { Banner, EmptyState } from '#components/ui/notes.tsx';
import { Mono, PageHead, Section } from '#components/ui/page.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import type { DeliveryDto, NotificationsDto, WebhookDto } from '#lib/dal/dto/notifications.ts';
import { DisableWebhook, MailChoices, NewWebhook, Redeliver } from './notification-forms.tsx';

const FORMS: Readonly<Record<WebhookDto['form'], string>> = { json: 'JSON', slack: 'Slack', teams: 'Teams' };

/** What the viewer hears of, and for admins where notices go and how they got there. */
export function Notifications({ address, choices, webhooks, deliveries, noWebhooks }: NotificationsDto) {
  const events = choices.map(({ event, name }) => ({ event, name }));
  return (
    <>
      <PageHead
        title="Notifications"
        sentence={<p>What you hear of by mail{webhooks ? ', and what programs and rooms are told' : ''}.</p>}
        action={webhooks && noWebhooks === null ? <NewWebhook events={events} /> : null}
      />
      <Section title="Your mail">
        <p className="mb-3 text-ink-muted">
          To <span className="break-all">{address}</span>, once an administrator has set <Mono>COUNTERSIGN_SMTP_URL</Mono> for the worker. Until you save a choice, what concerns your roles and your plans is ticked.
        </p>
        <MailChoices choices={choices} />
      </Section>
      {webhooks ? (
        <>
          <Section title="Webhooks">
            {noWebhooks === null ? null : <Banner tone="grey">{noWebhooks}</Banner>}
            {webhooks.length > 0 ? <Webhooks webhooks={webhooks} allEvents={events.length} /> : null}
            {webhooks.length === 0 && noWebhooks === null ? <EmptyState title="No webhook yet.">Each event can be posted as JSON, signed, or as a message for Slack or Teams.</EmptyState> : null}
          </Section>
          <Section title="Deliveries" aside={deliveries.length > 0 ? 'the newest 50' : null}>
            {deliveries.length > 0 ? <Deliveries deliveries={deliveries} /> : <p className="text-ink-muted">Nothing was sent yet.</p>}
          </Section>
        </>
      ) : null}
    </>
  );
}

function Webhooks({ webhooks, allEvents }: { webhooks: readonly WebhookDto[]; allEvents: number }) {
  return (
    <ul className="border-t border-line" aria-label="Webhooks">
      {webhooks.map((webhook) => (
        <li key={webhook.id} className="grid gap-x-6 gap-y-1 border-b border-line py-2 md:grid-cols-[16rem_1fr_auto] md:items-center">
          <div className="min-w-0">
            <p className={webhook.disabledAt ? 'font-medium break-words text-ink-muted' : 'font-medium break-words'}>{webhook.name}</p>
            <p className="text-sm break-all text-ink-muted">
              {FORMS[webhook.form]} to {webhook.host}
            </p>
            {webhook.disabledAt ? (
              <StateMark tone="red" plain>
                switched off
              </StateMark>
            ) : null}
          </div>
          <p className="text-sm text-ink-muted">{webhook.events.length === allEvents ? 'every event' : webhook.events.join(' · ')}</p>
          <DisableWebhook webhookId={webhook.id} name={webhook.name} disabled={webhook.disabledAt !== null} />
        </li>
      ))}
    </ul>
  );
}

const TONES = { waiting: 'orange', delivered: 'green', failed: 'red' } as const;

function Deliveries({ deliveries }: { deliveries: readonly DeliveryDto[] }) {
  return (
    <ul className="border-t border-line" aria-label="Deliveries">
      {deliveries.map((delivery) => (
        <li key={delivery.id} className="grid gap-x-6 gap-y-1 border-b border-line py-2 md:grid-cols-[16rem_1fr_auto] md:items-start">
          <div className="min-w-0">
            <StateMark tone={TONES[delivery.state]} plain>
              {delivery.state}
            </StateMark>
            <p className="text-sm break-words text-ink-muted">
              {delivery.byMail ? 'mail to' : 'to'} {delivery.to} · <Time at={delivery.at} />
            </p>
          </div>
          <div className="min-w-0">
            <p className="break-words">
              {delivery.event}
              {delivery.plan === null ? null : <span className="text-ink-muted">, {delivery.plan}</span>}
            </p>
            {delivery.attempts.length > 0 ? (
              <ol className="mt-0.5 text-sm text-ink-muted" aria-label="Tries">
                {delivery.attempts.map((attempt) => (
                  <li key={attempt.at} className="break-words">
                    {attempt.status ?? 'no answer'} after {attempt.ms} ms{attempt.answer === '' ? '' : ': '}
                    {attempt.answer === '' ? null : <Mono>{attempt.answer}</Mono>}
                  </li>
                ))}
              </ol>
            ) : null}
          </div>
          {delivery.attempts.length === 0 ? null : <Redeliver deliveryId={delivery.id} what={`${delivery.event}, to ${delivery.to}`} />}
        </li>
      ))}
    </ul>
  );
}
