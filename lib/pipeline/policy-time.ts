import { dayName, type Freeze, type MaintenanceWindow, type PolicyDocument, type Weekday } from './policy-document.ts';
import type { Refusal } from './refusal.ts';

/** May a phase start on a database at an instant? `zone`: of the window that opens next. */
export type Opening =
  /** `until`: when the last window that is open now closes, or a freeze begins; null: nothing closes it. */
  | { state: 'open'; until: Date | null }
  /** `opensAt`: the next instant at which it is open; null: not within a year. */
  | { state: 'closed'; opensAt: Date | null; zone: string }
  | { state: 'frozen'; why: string; until: Date; opensAt: Date | null; zone: string | null };

type Times = Pick<PolicyDocument, 'windows' | 'freezes'>;

const DAY_MS = 86_400_000;
/** A freeze lasts at most a year; who looks further ahead is told that nothing opens. */
const AHEAD_MS = 400 * DAY_MS;
/** Freezes and windows that follow each other; more turns than there can be entries would be an error of ours. */
const TURNS_MOST = 1_000;

/** How it stands with windows and freezes at an instant. A freeze closes an open window. */
export function windowAt(times: Times, database: string, instant: Date): Opening {
  const windows = times.windows.filter((window) => window.database === database);
  const freezes = times.freezes.filter((freeze) => freeze.databases === null || freeze.databases.includes(database));
  const now = instant.getTime();
  const frozen = frozenAt(freezes, now);
  const openUntil = windowOpenUntil(windows, now);
  if (frozen || openUntil === null) {
    const next = nextOpen(windows, freezes, now);
    const zone = next?.zone ?? windows[0]?.zone ?? null;
    const opensAt = next === null ? null : new Date(next.at);
    return frozen ? { state: 'frozen', why: frozen.why, until: new Date(frozen.until), opensAt, zone } : { state: 'closed', opensAt, zone: zone ?? 'UTC' };
  }
  const freezeFrom = Math.min(...freezes.map((freeze) => Date.parse(freeze.from)).filter((from) => from > now));
  const until = Math.min(openUntil, freezeFrom);
  return { state: 'open', until: until === Infinity ? null : new Date(until) };
}

/** Why a phase may not start, in a sentence for a person; null when it may. Nothing of it asks anything of anybody: it passes. */
export function closedRefusal(times: Times, database: string, instant: Date): Refusal | null {
  const opening = windowAt(times, database, instant);
  switch (opening.state) {
    case 'open': return null;
    case 'closed': return { code: 'outside_maintenance', sentence: `Outside the maintenance window of ${database}: ${opens(opening.opensAt, opening.zone)}.` };
    case 'frozen': {
      const then = opening.opensAt && opening.opensAt > opening.until ? `; after it, ${opens(opening.opensAt, opening.zone ?? 'UTC')}` : '';
      return { code: 'frozen', sentence: `${database} is frozen until ${utcMinute(opening.until)}: ${opening.why.replace(/[.\s]+$/, '')}${then}.` };
    }
  }
}

function opens(at: Date | null, zone: string): string {
  return at === null ? 'no window opens within a year' : `opens ${localMinute(at, zone)} (${utcMinute(at)})`;
}

/** `Mon 2026-11-23 22:00 Europe/Berlin`. */
export function localMinute(at: Date, zone: string): string {
  const { year, month, day, hour, minute } = wallClock(at.getTime(), zone);
  return `${dayName(weekdayOf({ year, month, day }))} ${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)} ${zone}`;
}

function utcMinute(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The freeze that holds longest without a gap from here, under the reason of the one that is in force now. */
function frozenAt(freezes: readonly Freeze[], now: number): { why: string; until: number } | null {
  const first = freezes.find((freeze) => Date.parse(freeze.from) <= now && now < Date.parse(freeze.to));
  if (!first) return null;
  let until = Date.parse(first.to);
  for (let grown = true; grown; ) {
    const longer = freezes.map((freeze) => (Date.parse(freeze.from) <= until ? Date.parse(freeze.to) : 0)).filter((to) => to > until);
    grown = longer.length > 0;
    until = Math.max(until, ...longer);
  }
  return { why: first.why, until };
}

/** Until when a window is open without a gap; Infinity without any window; null when none is open now. */
function windowOpenUntil(windows: readonly MaintenanceWindow[], now: number): number | null {
  if (windows.length === 0) return Infinity;
  let until: number | null = null;
  const spans = windows.flatMap((window) => spansAround(window, now)).toSorted((a, b) => a.from - b.from);
  for (const { from, to } of spans) if (from <= (until ?? now) && to > (until ?? now)) until = to;
  return until;
}

function nextOpen(windows: readonly MaintenanceWindow[], freezes: readonly Freeze[], from: number): { at: number; zone: string | null } | null {
  let at = from;
  let zone: string | null = null;
  for (let turn = 0; turn < TURNS_MOST && at < from + AHEAD_MS; turn += 1) {
    const frozen = frozenAt(freezes, at);
    if (frozen) {
      at = frozen.until;
      continue;
    }
    if (windowOpenUntil(windows, at) !== null) return { at, zone };
    const now = at;
    const spans = windows.flatMap((window) => spansAround(window, now).map((span) => ({ ...span, zone: window.zone }))).filter((span) => span.from > now).toSorted((a, b) => a.from - b.from);
    const next = spans[0];
    if (!next) return null;
    ({ from: at, zone } = next);
  }
  return null;
}

/** When the window is open from two days before to nine days after: whichever day it opens on, the next time is among them. */
function spansAround({ days, from, to, zone }: MaintenanceWindow, now: number): { from: number; to: number }[] {
  const today = wallClock(now, zone);
  return Array.from({ length: 12 }, (_, index) => dateAfter(today, index - 2)).flatMap((date) => {
    if (!days.includes(weekdayOf(date))) return [];
    const span = { from: instantOf(date, from, zone), to: instantOf(to > from ? date : dateAfter(date, 1), to, zone) };
    // A window that lies whole in the hour that clocks leave out does not open that day.
    return span.to > span.from ? [span] : [];
  });
}

interface CalendarDate {
  year: number;
  month: number;
  day: number;
}

function dateAfter({ year, month, day }: CalendarDate, days: number): CalendarDate {
  const at = new Date(Date.UTC(year, month - 1, day + days));
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() };
}

function weekdayOf({ year, month, day }: CalendarDate): Weekday {
  return (((new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7) + 1) as Weekday;
}

/**
 * The instant at which the clocks of the zone show this time. A time that they show twice (clocks go back) is the first of the two; one
 * that they leave out (clocks go forward) is as long after midnight as it would have been, which is the next hour.
 */
function instantOf({ year, month, day }: CalendarDate, clock: string, zone: string): number {
  const shown = Date.UTC(year, month - 1, day, Number(clock.slice(0, 2)), Number(clock.slice(3, 5)));
  // Zones are at most 14 hours from UTC and change by one offset within two days: one of these two offsets it is.
  const before = offsetAt(shown - DAY_MS, zone);
  const after = offsetAt(shown + DAY_MS, zone);
  const fits = [shown - before, shown - after].filter((at) => at + offsetAt(at, zone) === shown);
  return fits.length > 0 ? Math.min(...fits) : shown - before;
}

function offsetAt(at: number, zone: string): number {
  const { year, month, day, hour, minute, second } = wallClock(at, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1_000) * 1_000;
}

interface WallClock extends CalendarDate {
  hour: number;
  minute: number;
  second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clocks of the zone show at an instant. */
function wallClock(at: number, zone: string): WallClock {
  const known = formats.get(zone);
  const format = known ?? new Intl.DateTimeFormat('en-GB', { timeZone: zone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
  if (!known) formats.set(zone, format);
  const parts = format.formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)?.value);
  return { year: part('year'), month: part('month'), day: part('day'), hour: part('hour'), minute: part('minute'), second: part('second') };
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
