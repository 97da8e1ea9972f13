import 'server-only';

/** `2026-11-21 09:41 UTC`: sentences are kept in the log and read in other time zones. */
export function moment(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
