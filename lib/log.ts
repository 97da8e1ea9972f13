import { randomBytes } from 'node:crypto';

/**
 * Writes one JSON line about something that nobody expected to stderr, and returns the id under which a person may ask for it.
 * `doing` says what was being done ("loading plan 3f…"). Passwords in connection URLs are blacked out.
 */
export function logSurprise(error: unknown, doing: string): string {
  const errorId = randomBytes(5).toString('hex');
  const line = JSON.stringify({ level: 'error', at: new Date().toISOString(), errorId, doing, error: described(error) });
  process.stderr.write(`${redacted(line)}\n`);
  return errorId;
}

/** The same line for things that are worth knowing but wrong for nobody. */
export function logNote(note: string, detail: Record<string, unknown> = {}): void {
  process.stderr.write(`${redacted(JSON.stringify({ level: 'info', at: new Date().toISOString(), note, ...detail }))}\n`);
}

/** The text with every password of a postgres or smtp URL replaced by ***. */
export function redacted(text: string): string {
  return text.replaceAll(/((?:postgres(?:ql)?|smtps?):\/\/[^:@/\s"]*):[^@\s"]*@/gi, '$1:***@');
}

function described(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const cause = error.cause === undefined || depth > 4 ? undefined : described(error.cause, depth + 1);
  const errors = error instanceof AggregateError && depth <= 4 ? error.errors.map((one) => described(one, depth + 1)) : undefined;
  return { name, message, code, stack, cause, errors };
}
