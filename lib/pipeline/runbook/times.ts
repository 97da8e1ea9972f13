// When a text wants something done: hours after what is before it, a day of its own calendar, or a time that only a person can tell.

const UNITS: readonly [RegExp, number][] = [
  [/^(?:min)/i, 1 / 60], [/^(?:h|hours?|hrs?|stunden?|saat|heures?|horas?)$/i, 1], [/^(?:d|days?|tage?n?|gün|jours?|d[ií]as?)$/i, 24], [/^(?:w|weeks?|wochen?|hafta|semaines?|semanas?)$/i, 168], [/^fortnights?$/i, 336], [/^(?:months?|monate?n?|ay|mois|mes(?:es)?)$/i, 720],
];
const WORDS: readonly [RegExp, number][] = [
  [/^one and a half$/, 1.5], [/^half an?$/, 0.5], [/^(?:an?|one|ein(?:e[mnr]?)?|une?|una?|bir)$/, 1], [/^(?:two|a couple(?: of)?|zwei|iki|deux|dos)$/, 2], [/^(?:three|drei|üç|trois|tres)$/, 3], [/^(?:four|vier|dört|quatre|cuatro)$/, 4],
  [/^five$/, 5], [/^six$/, 6], [/^seven$/, 7], [/^eight$/, 8], [/^nine$/, 9], [/^ten$/, 10], [/^eleven$/, 11], [/^twelve$/, 12], [/^fourteen$/, 14], [/^twenty[ -]four$/, 24], [/^thirty$/, 30], [/^forty[ -]eight$/, 48], [/^seventy[ -]two$/, 72],
];
const COUNT = String.raw`(?:\d+(?:\.\d+)?\s*(?:-|–|to)\s*)?(\d+(?:\.\d+)?|one and a half|half an?|an?|one|two|a couple(?: of)?|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|twenty[ -]four|thirty|forty[ -]eight|seventy[ -]two)`;
const UNIT = String.raw`(minutes?|min|hours?|hrs?|h|days?|weeks?|fortnights?|months?)`;
const OTHER_COUNT = String.raw`(\d+|ein(?:e[mnr]?)?|zwei|drei|vier|iki|üç|dört|bir|une?|deux|trois|quatre|una?|dos|tres|cuatro)`;
const OTHER_UNIT = String.raw`(stunden?|tage?n?|wochen?|monate?n?|saat|gün|hafta|ay|heures?|jours?|semaines?|mois|horas?|d[ií]as?|semanas?|mes(?:es)?)`;
const HOURS: readonly RegExp[] = [
  new RegExp(String.raw`\b(?:after|for|within|in|wait|waiting|at least|keep|past|before|sooner than|earlier than)\s+(?:at least |about |another |the first )?${COUNT}[ -]?${UNIT}\b`, 'i'),
  new RegExp(String.raw`(?<![\w.])${COUNT}[ -]?${UNIT} (?:later|after|have passed|of (?:stability|monitoring))\b`, 'i'),
  new RegExp(String.raw`\b(?:nach|après|después de)\s+${OTHER_COUNT}\s+${OTHER_UNIT}(?!\p{L})`, 'iu'),
  new RegExp(String.raw`(?<!\p{L})${OTHER_COUNT}\s+${OTHER_UNIT}\s+(?:später|sonra|plus tard|más tarde)`, 'iu'),
  /\bT ?\+ ?(\d+) ?(h|hours?|d|days?|w|weeks?)\b/,
  /^\W*(D) ?\+ ?(\d+)\b/,
];

/** Hours that a text says something is to wait or to be kept, of a span its end; null when it gives none. Part of an hour is a whole one, and a few minutes are none. */
export function hoursIn(text: string): number | null {
  for (const pattern of HOURS) {
    const [, first = '', second = ''] = pattern.exec(text) ?? [];
    if (first === '') continue;
    const hours = first === 'D' ? Number(second) * 24 : countOf(first) * unitOf(second);
    if (hours >= 0.5) return Math.ceil(hours);
  }
  if (/\b(?:a fortnight later)\b/i.test(text)) return 336;
  if (/^\W*(?:the |on the )?(?:next|following) day\b|^\W*tomorrow\b/i.test(text)) return 24;
  return /^\W*(?:the )?(?:next|following) week\b/i.test(text) ? 168 : null;
}

function countOf(word: string): number {
  return WORDS.find(([pattern]) => pattern.test(word.toLowerCase()))?.[1] ?? Number(word);
}

function unitOf(word: string): number {
  return UNITS.find(([pattern]) => pattern.test(word))?.[1] ?? 1;
}

/** The number of `Day 8: …`. */
export function dayOf(text: string): number | null {
  const found = /^\W*day\s+(\d+)\b/i.exec(text);
  return found ? Number(found[1]) : null;
}

/** `After 48 hours, drop …`: hours that have to pass first; not those for which something is watched or kept. */
export function waitsIn(text: string): number | null {
  return /\b(?:after|wait|once|later)\b/i.test(text) && !/\b(?:keep|retain|monitor|watch)\b/i.test(text) ? hoursIn(text) : null;
}

const DAY = String.raw`(?:mon|tues|wednes|thurs|fri|satur|sun)day`;
const TIMES: readonly RegExp[] = [
  new RegExp(String.raw`\b(?:next|coming|following|this|on|by|until|before|after) (?:the )?(?:next )?(?:${DAY}|sprint|release|quarter|year|month|deploy(?:ment)?|maintenance window|freeze|code freeze|weekend)\b`, 'i'),
  /\bend of (?:the |this |next )?(?:day|week|month|quarter|year|sprint)\b/i,
  /\b(?:on|not before|after|from|until) \d{4}-\d{2}-\d{2}\b/i,
  /^\W*(?:once|when|as soon as)\b[^?]*\b(?:is|are|has|have|was|were|moved|gone|done|stable|migrated)\b/i,
  /\b(?:some time|sometime|much|a while|a bit|much) later\b|^\W*later\b/i,
];

/** Whether a title says that something waits for a time that no number of hours tells. */
export function namesTime(title: string): boolean {
  return hoursIn(title) === null && dayOf(title) === null && TIMES.some((pattern) => pattern.test(title));
}
