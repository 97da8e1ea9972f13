import type { PrintedAt } from './printed.ts';

/** A line of a text, and where it stands in it. */
export interface Line {
  text: string;
  from: number;
  to: number;
}

/** How long psql says that it took. */
export const TIME = /^\s*\p{L}+ ?: [\d.,]+ ms/u;
/** `-[ RECORD 2 ]--+-----`, in whatever language psql speaks. */
const RECORD = /^\s*-\[ \p{L}+ (\d+) \][-+]*\s*$/u;
const FIELD = /^\s*(?<name>\S(?:.*?\S)??)\s*\|(?: ?(?<value>.*))$/;

/**
 * What psql prints after `\x` or with `\gx`: a row below the other, a field a line. Nothing says how many there are: they are taken for all where they are numbered
 * from 1 on and have the same fields. Null where no such row begins in this line.
 * @param said the text of a line, without the dashes in front of it where these are commented out; null behind the end.
 */
export function recordsAt(lines: readonly Line[], start: number, said: (i: number) => string | null): PrintedAt | null {
  if (!RECORD.test(said(start) ?? '')) return null;
  const records: { no: number; fields: [string, string | null][] }[] = [];
  let [end, torn] = [start, false];
  for (let i = start; i < lines.length; i += 1) {
    const line = said(i);
    const no = RECORD.exec(line ?? '')?.[1];
    const field = FIELD.exec(line ?? '')?.groups;
    if (line === null || line.trim() === '' || (no === undefined && !field && !isCut(line) && !goesOn(line))) break;
    if (no !== undefined) records.push({ no: Number(no), fields: [] });
    else if (field && !goesOn(line)) records.at(-1)?.fields.push([field['name'] ?? '', valueOf(field['value'] ?? '')]);
    torn ||= isCut(line) || goesOn(line);
    end = i;
  }
  // An empty line stands between the last row and the time that they took.
  if ((said(end + 1) ?? '').trim() === '' && TIME.test(said(end + 2) ?? '')) end += 2;
  const columns = records[0]?.fields.map(([name]) => name) ?? [];
  const alike = records.every(({ no, fields }, i) => no === i + 1 && fields.length > 0 && fields.map(([name]) => name).join('\0') === columns.join('\0'));
  return columns.length === 0 ? null : { columns, rows: records.map(({ fields }) => fields.map(([, value]) => value)), count: null, torn: torn || !alike, from: lines[start]?.from ?? 0, to: lines[end]?.to ?? 0 };
}

function valueOf(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

/** A value of several lines, which psql marks with a plus, and its next line, without a name. */
function goesOn(line: string): boolean {
  return /^\s*\|/.test(line) || /\|.*\S\s*\+\s*$/.test(line);
}

/** Where somebody left rows out. */
function isCut(line: string): boolean {
  return /^\s*(?:\.\.\.|…|\[(?:\.\.\.|…)\])\s*$/.test(line);
}
