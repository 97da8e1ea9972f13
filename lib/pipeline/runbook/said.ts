// What a text says must come out of a query. What gives no single value is told apart from what says nothing: nobody may guess the first.

import { isAct } from './acts.ts';

/** So many rows, this value, or words that leave several values open. */
export type Said = { rows: number } | { value: string } | { open: string };

/** Thousands are parted by a comma, point, quote, underscore or blank. */
const NUMBER = String.raw`(\d{1,3}(?:[,.'_ \u00a0\u202f]\d{3})+(?!\d)|\d[\d,]*)`;
const VALUE = String.raw`(?:is |are |be |to be |value |count |of |: ?|= ?|exactly )*(?:'([^']*)'|"([^"]*)"|\`([^\`]*)\`|(-?\d{1,3}(?:['_ \u00a0\u202f]\d{3})+(?!\d)|-?\d[\d,]*(?:\.\d+)?|true|false|t\b|f\b|null\b|zero\b|none\b|nothing\b))`;
/** Rows of which a remark says that it looks at them, not that they come out. */
const LOOKED_AT = String.raw`(?<!\b(?:first|last|top|next|every|each|per|of|than|sample|any) )`;
const PATTERNS: readonly [RegExp, (found: RegExpExecArray) => Said | null][] = [
  [new RegExp(String.raw`\(${NUMBER} rows?\)`, 'i'), rowsOf],
  [/\b(?:should|must|may|can|does|do)(?: not|n['’]t) (?:return|give|show|find|have|contain|be) (?:any(?:thing)?|rows?|results?)\b/i, () => ({ rows: 0 })],
  [new RegExp(String.raw`\b(?:expect(?:s|ed|ing)?|should|must|returns?|result)\b[^\n.;]{0,40}?\b${NUMBER} rows?\b`, 'i'), rowsOf],
  [new RegExp(String.raw`\b${NUMBER} (?:zeilen?|satır|lignes?|filas?)`, 'i'), rowsOf],
  [new RegExp(String.raw`\b(?:erwartet|soll(?:te)?|muss|beklenen|attendu|esperado)(?: wird| werden| sein)? ?${VALUE}`, 'i'), valueOf],
  [/\b(?:no|zero) rows\b|\b(?:should|must|to) be empty\b|\bexpect(?:ed)?:? (?:nothing|none|empty)\b|\bverify (?:that )?(?:they(?:'|’)re|they are|it(?:'|’)s|it is) empty\b/i, () => ({ rows: 0 })],
  [new RegExp(String.raw`\b(?:expect(?:s|ed|ing)?|should|must|returns?|result)\b(?: result| value| count| answer| output| number| total)?(?: return| be| give| show| equal| say| print)? ?${VALUE}`, 'i'), valueOf],
  [new RegExp(String.raw`\b${NUMBER}(?: rows?)? (?:is |are )?expected\b`, 'i'), rowsOf],
  [new RegExp(String.raw`(?:→|=>|->|(?:^|\b(?:count|rows|total|result|answer|value|it|n)) ?==?) ?${VALUE}`, 'i'), valueOf],
  [new RegExp(String.raw`${LOOKED_AT}\b${NUMBER} rows?\b`, 'i'), rowsOf],
  [new RegExp(String.raw`^ ?${NUMBER}\.?$`), ([, value]) => ({ value: String(numberOf(value)) })],
];

const EXPECTS = /\b(?:expect(?:s|ed|ing)?|should|must|returns?|results?|erwartet|soll(?:te)?|muss|beklenen|attendu|esperado)\b/i;
const NO_ROWS = PATTERNS[1]?.[0] ?? /$^/;
/** More than one value would do. */
const SEVERAL = new RegExp([
  String.raw`\b(?:at least|at most|no (?:more|less|fewer) than|about|around|approx(?:\.|imately)?|roughly|circa|ca\.|(?:more|less|fewer|greater|smaller|higher|lower) than|up to|over|under|between|mindestens|höchstens|etwa|ungefähr|en az|en fazla|yaklaşık|au moins|au plus|environ|al menos|como máximo)\s+(?:the\s+|zero\b|one\b|\d|-)`,
  String.raw`[~≈≥≤]\s*\d|(?<![-=<>])[<>]=?\s*-?\d|(?:<>|!=|≠)\s*\S|\d\+`,
  String.raw`(?<![\d-])\d[\d,]*\s*(?:[-–]|or|to)\s*(?:\d[\d,]*(?![\d-])|more\b|less\b|fewer\b)`,
  String.raw`\b(?:should|must|do|does|is|are)(?: not|n['’]t)\b|\bnon-?zero\b`,
  String.raw`\b(?:same|equal to|as many|as much|match(?:es)?)\b`,
].join('|'), 'i');

function rowsOf([, rows]: RegExpExecArray): Said {
  return { rows: numberOf(rows) };
}

function valueOf(found: RegExpExecArray): Said | null {
  const value = found.slice(1).find((each) => each !== undefined);
  if (value === undefined) return null;
  if (/^(?:zero|none|nothing)$/i.test(value)) return { rows: 0 };
  return { value: /^-?\d[\d,'_ \u00a0\u202f]*$/.test(value) ? value.replaceAll(/[^\d-]/g, '') : value };
}

function numberOf(text = ''): number {
  return Number(text.replaceAll(/\D/g, ''));
}

function saidIn(text: string): Said | null {
  const begins = EXPECTS.exec(text)?.index;
  if (begins !== undefined && !NO_ROWS.test(text) && SEVERAL.test(text.slice(begins))) return { open: text };
  for (const [pattern, read] of PATTERNS) {
    const found = pattern.exec(text);
    const said = found ? read(found) : null;
    if (said) return said;
  }
  return null;
}

/** Whether a comment right below a query is about its answer, and not about what follows. */
export function saysExpectation(text: string): boolean {
  const said = saidIn(text);
  return said !== null && (!('open' in said) || /\d/.test(text)) && (!isAct(text) || /^(?:verify|check|returns?|expect)/i.test(text));
}

/**
 * What a text says of a query's answer; null when it says nothing. A remark beside it that holds a number and gives no single value leaves it open, whatever
 * is said further off.
 * @param beside remarks beside or right below the query.
 * @param further what else is said, the nearest first.
 */
export function saidOf(beside: readonly string[], further: readonly string[]): Said | null {
  for (const text of beside) {
    const said = SEVERAL.test(text) && !NO_ROWS.test(text) && /\d|\b(?:zero|empty|same|as before)\b/i.test(text) ? { open: text } : saidIn(text);
    if (said) return said;
    if (/\d/.test(text)) return { open: text };
  }
  const all = further.flatMap((text) => saidIn(text) ?? []);
  return all.find((one) => !('open' in one)) ?? all[0] ?? null;
}
