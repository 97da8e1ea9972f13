// What people and programs are told of, in words. Pure: who is told, and how it gets there, is the worker's.

export const NOTICE_EVENTS = ['approval_wanted', 'approval_given', 'approval_voided', 'changes_requested', 'your_turn', 'mentioned', 'answered', 'run_started', 'run_applied', 'run_deviated', 'run_failed', 'rollback', 'phase_due', 'drift', 'follow_up_due', 'break_glass', 'break_glass_answered', 'start_wanted', 'start_near', 'person_wanted', 'window_closing'] as const;
export type NoticeEvent = (typeof NOTICE_EVENTS)[number];

/** To whom an event goes by mail as long as they said nothing else: whose turn it is then, whom it names, or whom it surprises. */
export type Concerned = 'whom it names' | 'approvers' | 'authors' | 'operators' | 'authors and operators' | 'everybody' | 'nobody';

export const EVENT_WORDS: Readonly<Record<NoticeEvent, { name: string; concerns: Concerned }>> = {
  approval_wanted: { name: 'A plan waits for approval', concerns: 'approvers' },
  approval_given: { name: 'A phase was approved', concerns: 'authors' },
  approval_voided: { name: 'An approval became void', concerns: 'authors' },
  changes_requested: { name: 'Changes were requested', concerns: 'authors' },
  your_turn: { name: 'It is my turn again: my request was settled, or my approval is void', concerns: 'whom it names' },
  mentioned: { name: 'Somebody means me in a comment', concerns: 'whom it names' },
  answered: { name: 'Somebody answers in a thread that I wrote in', concerns: 'whom it names' },
  start_wanted: { name: 'A signed phase can be started', concerns: 'operators' },
  start_near: { name: 'A scheduled start is near', concerns: 'operators' },
  person_wanted: { name: 'A run waits for a person', concerns: 'operators' },
  window_closing: { name: 'A rollback window is about to close', concerns: 'operators' },
  run_started: { name: 'A run started', concerns: 'nobody' },
  run_applied: { name: 'A phase was applied', concerns: 'nobody' },
  run_deviated: { name: 'A run deviated from what was expected', concerns: 'authors and operators' },
  run_failed: { name: 'A run failed, was refused or cancelled', concerns: 'authors and operators' },
  rollback: { name: 'A rollback started or ended', concerns: 'authors and operators' },
  phase_due: { name: 'A phase is due', concerns: 'operators' },
  break_glass: { name: 'A phase was started without its signatures', concerns: 'everybody' },
  break_glass_answered: { name: 'A start without signatures was answered for', concerns: 'everybody' },
  follow_up_due: { name: 'A follow-up is due', concerns: 'authors and operators' },
  drift: { name: 'A database changed outside every plan', concerns: 'authors and operators' },
};

/** What is known of a notice when it is told. */
export interface NoticeFacts {
  id: string;
  event: NoticeEvent;
  at: string;
  plan: { id: string; name: string; target: string } | null;
  /** `number` is null when the plan has no such phase any more. */
  phase: { id: string; number: number | null; title: string } | null;
  run: { id: string; kind: 'forward' | 'rollback'; state: string } | null;
  database: string | null;
  person: string | null;
  /** Whom alone it is for; null: whom the event concerns. */
  to: string | null;
  /** The versions that were saved in a row, of which this is the one notice; null: it is about none. */
  versions: { from: number; to: number } | null;
  /** The comment that it is about. */
  comment: string | null;
  reason: string;
  /** The page for people; null where the worker does not know the address of Countersign. */
  url: string | null;
}

/** A notice in words: a line for a subject, and a sentence. */
export interface NoticeMessage extends NoticeFacts {
  title: string;
  sentence: string;
}

/** In: the facts. Out: the same with its words, in English, without markup. */
export function noticeMessage(facts: NoticeFacts): NoticeMessage {
  const where = facts.plan ? `${facts.plan.name} (${facts.plan.target})` : (facts.database ?? '');
  return { ...facts, title: `${EVENT_WORDS[facts.event].name}: ${where}`, sentence: sentenceOf(facts) };
}

function sentenceOf(facts: NoticeFacts): string {
  const plan = facts.plan ? `“${facts.plan.name}”` : 'a plan';
  const phase = facts.phase ? `phase ${facts.phase.number ?? ''}${facts.phase.number === null ? '' : ', '}“${facts.phase.title}”, of ${plan}` : plan;
  const who = facts.person ?? 'Somebody';
  const why = facts.reason === '' ? '' : ` ${facts.reason}`;
  switch (facts.event) {
    case 'approval_wanted': return `${who} saved ${facts.versions && facts.versions.to > 1 ? `${versionsText(facts.versions)} of ` : ''}${plan}, which changes ${facts.plan?.target ?? 'a database'}. It waits for approval.${why}`;
    case 'your_turn': return `It is the turn of ${facts.to ?? 'somebody'} again, in ${phase}.${why}`;
    case 'mentioned': return `${who} means ${facts.to ?? 'somebody'} in a comment on ${phase}:${why}`;
    case 'answered': return `${who} answers ${facts.to ?? 'somebody'} in a thread on ${phase}:${why}`;
    case 'approval_given': return `${who} approved ${phase}.${why}`;
    case 'approval_voided': return `The approval of ${who} for ${phase} is void.${why}`;
    case 'changes_requested': return `${who} asks for changes of ${phase}:${why}`;
    case 'start_wanted': return `Signed, and nothing stands in the way of starting it: ${phase}, on ${facts.plan?.target ?? 'its target'}.${why}`;
    case 'start_near': return `${phase[0]?.toUpperCase() ?? ''}${phase.slice(1)}, starts by itself on ${facts.plan?.target ?? 'its target'}; ${who} scheduled it.${why}`;
    case 'person_wanted': return `The run of ${phase}, on ${facts.database ?? 'its target'}, stands still until a person has answered:${why}`;
    case 'window_closing': return `The rollback window is about to close: ${phase}, on ${facts.plan?.target ?? 'its target'}.${why}`;
    case 'run_started': return `${who} started ${phase}, on ${facts.database ?? 'its target'}.`;
    case 'run_applied': return `Applied: ${phase}, on ${facts.database ?? 'its target'}.${why}`;
    case 'run_deviated': return `Applied, but what came out differs from what was expected: ${phase}.${why}`;
    case 'run_failed': return `Not applied (${facts.run?.state ?? 'failed'}): ${phase}, on ${facts.database ?? 'its target'}.${why}`;
    case 'rollback': return facts.run?.state === 'running' ? `${who} is rolling back ${phase}, on ${facts.database ?? 'its target'}.` : `Rollback ${facts.run?.state ?? 'ended'}: ${phase}.${why}`;
    case 'phase_due': return `Due: ${phase}.`;
    case 'break_glass': return `${who} broke the glass and started ${phase}, on ${facts.database ?? 'its target'}, without its signatures:${why} A second person must look at it and answer for it.`;
    case 'break_glass_answered': return `${who} answered for the start of ${phase} without its signatures:${why}`;
    case 'follow_up_due': return `Due after ${plan}:${why}${facts.person ? ` ${facts.person} took it over.` : ''}`;
    case 'drift': return `${facts.database ?? 'A database'} changed outside every plan.${why}`;
  }
}

function versionsText({ from, to }: { from: number; to: number }): string {
  return from === to ? `version ${to}` : `versions ${from} to ${to}`;
}

export const WEBHOOK_FORMS = ['json', 'slack', 'teams'] as const;
export type WebhookForm = (typeof WEBHOOK_FORMS)[number];

/** The body of a webhook, as JSON text. `slack` is for Slack's incoming webhooks, `teams` an Adaptive Card for Teams' workflows. */
export function webhookBody(form: WebhookForm, message: NoticeMessage): string {
  switch (form) {
    case 'json': return JSON.stringify(message);
    case 'slack': return JSON.stringify(slackBody(message));
    case 'teams': return JSON.stringify(teamsBody(message));
  }
}

function slackBody({ title, sentence, url }: NoticeMessage): unknown {
  const link = url === null ? '' : `\n<${url}|Open in Countersign>`;
  return { text: slackText(`${title}. ${sentence}`), blocks: [{ type: 'section', text: { type: 'mrkdwn', text: `*${slackText(title)}*\n${slackText(sentence)}${link}`.slice(0, 3_000) } }] };
}

/** Slack reads these three as markup, and nothing else of a text that people wrote may become a link or a call for attention. */
function slackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function cardText(text: string, more: object): object {
  return { type: 'TextBlock', text: plainMarkdown(text), wrap: true, ...more };
}

function teamsBody({ title, sentence, url }: NoticeMessage): unknown {
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json', type: 'AdaptiveCard', version: '1.4', body: [cardText(title, { weight: 'Bolder' }), cardText(sentence, {})],
    ...(url === null ? {} : { actions: [{ type: 'Action.OpenUrl', title: 'Open in Countersign', url }] }),
  };
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }] };
}

/** Adaptive Cards read a part of Markdown: what people wrote stays text. */
function plainMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_[\]()#]/g, (sign) => `\\${sign}`);
}
