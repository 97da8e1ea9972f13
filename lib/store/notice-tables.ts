import type { Generated } from 'kysely';
import type { NoticeEvent, WebhookForm } from '#lib/pipeline/notice.ts';
import type { MomentByDefault, MomentOrNull } from './tables.ts';

// Notices and where they go, as kysely sees them; part of ControlTables.

export interface NoticeTable {
  id: Generated<string>;
  at: MomentByDefault;
  event: NoticeEvent;
  plan_id: string | null;
  phase_id: string | null;
  run_id: string | null;
  database_name: string | null;
  person_id: string | null;
  reason: Generated<string>;
  occasion: string | null;
  spread_at: MomentOrNull;
  /** Only this person is told; null: whom the event concerns. */
  for_person: string | null;
  comment_id: string | null;
  version_from: number | null;
  version_to: number | null;
  /** When the last of the versions was saved. */
  last_at: MomentOrNull;
}
export interface WebhookTable {
  id: string;
  name: string;
  url_sealed: string;
  host: string;
  form: WebhookForm;
  events: string[];
  created_by: string;
  created_at: MomentByDefault;
  disabled_at: MomentOrNull;
}
export interface DeliveryTable {
  id: Generated<string>;
  notice_id: string;
  webhook_id: string | null;
  person_id: string | null;
  state: Generated<'waiting' | 'delivered' | 'failed'>;
  created_at: MomentByDefault;
}
export interface DeliveryAttemptTable {
  delivery_id: string;
  seq: number;
  at: MomentByDefault;
  status: number | null;
  ms: number;
  answer: string;
}
export interface NotificationChoiceTable {
  person_id: string;
  event: string;
  mail: boolean;
}
