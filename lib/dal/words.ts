import 'server-only';

/** `2026-11-21 09:41 UTC`: sentences are kept in the log and read in other time zones. */
export function moment(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The first sentences of a list, with a count of what is left out. */
export function firstSentences(sentences: readonly string[], most = 3): string {
  const left = sentences.length - most;
  return [...sentences.slice(0, most), ...(left > 0 ? [`And ${left} more.`] : [])].join(' ');
}
