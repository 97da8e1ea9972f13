// Types only: components may import them.

/** One event, and whether the viewer hears of it by mail. */
export interface MailChoiceDto {
  event: string;
  name: string;
  mail: boolean;
}
export interface WebhookDto {
  id: string;
  name: string;
  /** Of its address, which is not shown: it may itself be a secret. */
  host: string;
  form: 'json' | 'slack' | 'teams';
  events: readonly string[];
  by: string;
  disabledAt: string | null;
}
export interface DeliveryDto {
  id: string;
  event: string;
  to: string;
  byMail: boolean;
  plan: string | null;
  state: 'waiting' | 'delivered' | 'failed';
  at: string;
  attempts: readonly { at: string; status: number | null; ms: number; answer: string }[];
}
export interface NotificationsDto {
  address: string;
  choices: readonly MailChoiceDto[];
  /** Null: not for the viewer. */
  webhooks: readonly WebhookDto[] | null;
  deliveries: readonly DeliveryDto[];
  /** Why no webhook can be made here; null when one can. */
  noWebhooks: string | null;
}
