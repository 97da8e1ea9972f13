import { castIsHarmless, isText, parseType, respelledSql, typeSql, type ParsedType } from './casts.ts';

/** Digits that a whole number can have and a floating one cannot hold. */
const WHOLE = new Set(['smallint', 'integer', 'bigint']);
const FLOATING = new Set(['real', 'double precision']);
const MOMENTS = new Set(['date', 'timestamp without time zone', 'timestamp with time zone']);

/**
 * Condition, over a value that casts, that it is another value afterwards, and not only written differently: rounded, cut off, or without its time zone. `false` where the two
 * types can say the same.
 */
export function changedSql(expr: string, from: string, to: string): string {
  if (castIsHarmless(from, to)) return 'false';
  const cast = `(${expr})::${typeSql(to)}`;
  if (!isText(from)) return parseType(from).base === 'json' || from.endsWith('[]') ? 'false' : respelledSql(expr, from, to);
  const { base, modifiers } = parseType(to);
  if (FLOATING.has(base) || (base === 'numeric' && modifiers.length > 0)) return `(${expr})::numeric IS DISTINCT FROM (${cast})::numeric`;
  if (MOMENTS.has(base) && !(base === 'timestamp with time zone' && modifiers.length === 0)) return `(${expr})::timestamptz IS DISTINCT FROM (${cast})::timestamptz`;
  return 'false';
}

/** Types of which the second holds less than the first, so that values may be rounded or cut off without an error. Of texts nobody can say before they are measured. */
export function holdsLess(from: string, to: string): boolean {
  const [a, b] = [parseType(from), parseType(to)];
  if (MOMENTS.has(a.base)) return b.base !== a.base ? b.base === 'date' || b.base.startsWith('time ') : (b.modifiers[0] ?? 6) < (a.modifiers[0] ?? 6);
  if (WHOLE.has(a.base)) return FLOATING.has(b.base) && !(b.base === 'double precision' && a.base !== 'bigint') && a.base !== 'smallint';
  if (FLOATING.has(a.base)) return WHOLE.has(b.base) || b.base === 'numeric' || (a.base === 'double precision' && b.base === 'real');
  return a.base === 'numeric' && ((WHOLE.has(b.base) && scaleOf(a) > 0) || FLOATING.has(b.base) || (b.base === 'numeric' && scaleOf(b) < scaleOf(a)));
}

/** Whether a cast from the one type to the other rounds or cuts values without an error. */
export function keepsAPart(from: string, to: string): boolean {
  return holdsLess(from, to) || dropsParts(from, to);
}

/** What a cast from the one type to the other does to values without an error, said behind `a goes from b to c, `; null where it keeps them or fails. */
export function silentChange(from: string, to: string): string | null {
  if (keepsAPart(from, to)) return 'which holds less: values are rounded or cut off without an error';
  const [a, b] = [parseType(from).base, parseType(to).base];
  const zoned = 'timestamp with time zone';
  return a !== b && MOMENTS.has(a) && MOMENTS.has(b) && (a === zoned || b === zoned) ? 'and which moment a value is follows from the time zone of the session, which is UTC in a run: USING … AT TIME ZONE says another' : null;
}

/** Days of an interval, the zone of a time, bits of an address behind its mask, which key of a document stood first or twice, shapes of which a part is kept. */
const DROPS: Readonly<Record<string, string>> = { interval: 'time without time zone', 'time with time zone': 'time without time zone', inet: 'cidr', json: 'jsonb', lseg: 'point', box: 'point, lseg, circle', circle: 'point, box, polygon', polygon: 'point, box, circle', path: 'point' };

function dropsParts(from: string, to: string): boolean {
  const [a, b] = [parseType(from), parseType(to)];
  if (a.base === b.base) return /^(?:time|interval)/.test(a.base) && (b.modifiers[0] ?? 6) < (a.modifiers[0] ?? 6);
  return (DROPS[a.base]?.split(', ') ?? []).includes(b.base);
}

/** Digits behind the point; numeric without modifiers has as many as one likes. */
function scaleOf({ modifiers }: ParsedType): number {
  return modifiers.length === 0 ? Infinity : (modifiers[1] ?? 0);
}
