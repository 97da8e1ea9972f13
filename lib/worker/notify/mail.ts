import type { NotifyEnv } from '#lib/env.ts';
import type { NoticeMessage } from '#lib/pipeline/notice.ts';
import type { Posted } from './post.ts';

const ANSWER_MS = 15_000;

/**
 * Hands a message to the mail server once and says how it was taken. Plain text: nothing that people wrote becomes markup. What the server
 * refuses for good (5xx) is not tried again. Never throws.
 */
export async function mail(notify: Pick<NotifyEnv, 'smtpUrl' | 'mailFrom'>, to: string, message: NoticeMessage, deliveryId: string): Promise<Posted> {
  const began = performance.now();
  const ended = (ok: boolean, final: boolean, status: number | null, answer: string): Posted => ({ ok, final, status, ms: Math.round(performance.now() - began), answer });
  if (notify.smtpUrl === null) return ended(false, true, null, 'The worker has no COUNTERSIGN_SMTP_URL.');
  // A fifth of what a worker reads when it starts, and most workers send no mail.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({ url: notify.smtpUrl, connectionTimeout: ANSWER_MS, greetingTimeout: ANSWER_MS, socketTimeout: ANSWER_MS, disableFileAccess: true, disableUrlAccess: true });
  try {
    const taken = await transport.sendMail({
      from: notify.mailFrom, to: { name: '', address: to }, subject: oneLine(message.title), text: textOf(message), messageId: `<${deliveryId}@countersign>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Countersign-Event': message.event },
    });
    return ended(true, false, statusOf(taken.response), taken.response);
  } catch (error) {
    const { responseCode, response, code } = smtpTrouble(error);
    return ended(false, responseCode !== null && responseCode >= 500, responseCode, response ?? `No answer${code === null ? '' : ` (${code})`}.`);
  } finally {
    transport.close();
  }
}

function textOf({ sentence, url }: NoticeMessage): string {
  return `${sentence}\n${url === null ? '' : `\n${url}\n`}\n-- \nCountersign. Which events you hear of is on the page Notifications of your menu.\n`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 200);
}

function statusOf(response: string): number | null {
  const code = Number(response.slice(0, 3));
  return Number.isInteger(code) && code > 0 ? code : null;
}

function smtpTrouble(error: unknown): { responseCode: number | null; response: string | null; code: string | null } {
  const found = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  return {
    responseCode: typeof found['responseCode'] === 'number' ? found['responseCode'] : null,
    response: typeof found['response'] === 'string' ? found['response'] : null,
    code: typeof found['code'] === 'string' ? found['code'] : null,
  };
}
