import type { Quantity } from './evidence.ts';

/** `1 row`, `12,345 rows`. */
export function counted(count: number, one: string, many: string): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** Digits in groups of three, the same on every machine. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

/** A quantity inside a sentence: `134`, `about 134`, `unknown`. */
export function quantityText(quantity: Quantity): string {
  switch (quantity.provenance) {
    case 'exact': return grouped(quantity.value);
    case 'estimate': return `about ${grouped(quantity.value)}`;
    case 'unknown': return 'unknown';
  }
}

/** `: a, b, c and 37 more`: the first parts in full, the rest as a number, so that a sentence stays a sentence. Nothing when there is no part to show. */
export function firstOf(parts: readonly string[], total: number, limit = 3): string {
  const shown = parts.slice(0, limit);
  if (shown.length === 0) return '';
  const rest = total - shown.length;
  return rest > 0 ? `: ${shown.join(', ')} and ${grouped(rest)} more` : `: ${listed(shown)}`;
}

/** Seconds as people say them: `38 s`, `5 m 12 s`, `3 h 4 m`. */
export function ageText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} m ${whole % 60} s`;
  return `${grouped(Math.floor(whole / 3_600))} h ${Math.floor((whole % 3_600) / 60)} m`;
}

/** Bytes in powers of 1024, as Postgres counts them: `8.2 MB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 ? Math.round(value) : value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power] ?? 'B'}`;
}

/** The first sentences of a list, with a count of what is left out. */
export function firstSentences(sentences: readonly string[], most = 3): string {
  const left = sentences.length - most;
  return [...sentences.slice(0, most), ...(left > 0 ? [`And ${left} more.`] : [])].join(' ');
}
