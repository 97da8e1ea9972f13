// Text of numbers, times and durations. One language and one form, so that server and browser write the same.

const WHOLE = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });

/** 1204 → `1,204`. */
export function exactNumber(value: number): string {
  return WHOLE.format(value);
}

/** 1204 → `≈ 1.2 k`; always marked as an estimate. */
export function estimateNumber(value: number): string {
  const size = Math.abs(value);
  if (size < 1_000) return `≈ ${WHOLE.format(value)}`;
  if (size < 1_000_000) return `≈ ${SHORT.format(value / 1_000)} k`;
  if (size < 1_000_000_000) return `≈ ${SHORT.format(value / 1_000_000)} M`;
  return `≈ ${SHORT.format(value / 1_000_000_000)} G`;
}

/** Bytes → `8.2 MB` in powers of 1024, as Postgres counts them. */
export function byteSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? WHOLE.format(value) : SHORT.format(value)} ${units[unit]}`;
}

/** Milliseconds → `480 ms`, `1.4 s`, `1 m 12 s`, `31 h 4 m`, `2 d 3 h`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${SHORT.format(Math.floor(ms / 100) / 10)} s`;
  return seconds(Math.floor(ms / 1_000));
}

function seconds(total: number): string {
  if (total < 60) return `${total} s`;
  if (total < 3_600) return pair(Math.floor(total / 60), 'm', total % 60, 's');
  if (total < 48 * 3_600) return pair(Math.floor(total / 3_600), 'h', Math.floor((total % 3_600) / 60), 'm');
  return pair(Math.floor(total / 86_400), 'd', Math.floor((total % 86_400) / 3_600), 'h');
}

function pair(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

/** Distance of a moment from now: `just now`, `12 m ago`, `in 31 h`. Only the largest unit. */
export function relativeTime(atMs: number, nowMs: number): string {
  const distance = Math.round((atMs - nowMs) / 1_000);
  const size = Math.abs(distance);
  if (size < 5) return 'just now';
  const text = size < 60 ? `${size} s` : size < 3_600 ? `${Math.floor(size / 60)} m` : size < 48 * 3_600 ? `${Math.floor(size / 3_600)} h` : `${Math.floor(size / 86_400)} d`;
  return distance < 0 ? `${text} ago` : `in ${text}`;
}

/** What is left until a moment, in the largest unit and rounded to it: a window of 48 hours that has just opened has 48, not 47. */
export function timeLeft(ms: number): string {
  if (ms < 60_000) return `${Math.ceil(ms / 1_000)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} m`;
  return ms <= 48 * 3_600_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`;
}

/** `2025-08-01 09:41:07 UTC`: the same on every machine. */
export function utcTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** The reader's own clock, with its zone. Only in the browser. */
export function localTime(at: Date): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' }).format(at);
}

/** `1 row`, `2 rows`, with the number written exactly. */
export function count(value: number, one: string, many: string = `${one}s`): string {
  return `${exactNumber(value)} ${value === 1 ? one : many}`;
}

/** `“a” and “b”`, `“a”, “b”, “c” and 197 more`: titles inside a sentence, which stays one. */
export function fewTitles(titles: readonly string[], most = 3): string {
  const shown = (titles.length > most + 1 ? titles.slice(0, most) : titles).map((title) => `“${title}”`);
  const rest = titles.length - shown.length;
  const last = rest > 0 ? `${exactNumber(rest)} more` : (shown.pop() ?? '');
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
