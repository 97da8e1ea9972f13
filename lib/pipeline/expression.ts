// One expression, two texts: what the parser makes of an expression depends on how it was written, and the server shows the difference.
import { withElementCasts, withoutArrayCasts } from './array-casts.ts';
import { CLOSED, STRING } from './closed-text.ts';

const FIELD = new RegExp(String.raw`(?<=\bEXTRACT\()\w+(?= FROM )|${CLOSED}`, 'g');
const LOADED = new RegExp(String.raw`\( VALUES \(| ON TRUE\b|${CLOSED}`, 'g');
const BRACKETS = new RegExp(String.raw`${CLOSED}|[()]| (?:AND|OR) `, 'g');

/**
 * The canonical text of a deparsed expression or definition. `x IN ('a', 'b')` over a varchar column is stored with a cast of the whole
 * array, `(ARRAY['a'::character varying])::text[]`; the same condition loaded from that text, as every dump does, comes back with a cast
 * of each element. `x BETWEEN 1 AND 9 AND y` is stored as `((x >= 1) AND (x <= 9)) AND (y)`, and comes back without the inner brackets.
 * The parser itself turns the first into the second, so the second is the canonical form.
 */
export function canonicalExpression(text: string): string {
  // Most expressions hold no such thing, and a large schema has a hundred thousand of them.
  const named = text.includes('BEGIN ATOMIC') ? withoutNamesOfConstants(text) : text;
  const plain = named.includes('(ARRAY[') ? withElementCasts(named) : named;
  const loaded = plain.includes('( VALUES (') || plain.includes(' ON TRUE') ? asLoaded(plain) : plain;
  const dated = loaded.includes('EXTRACT(') ? withFieldsInLowerCase(loaded) : loaded;
  return dated.includes(')) AND ') || dated.includes(')) OR ') ? flattened(dated) : dated;
}

/** `EXTRACT('YEAR' FROM d)` is shown as it was written, without the quotes, and what is loaded from that in lower case. The server takes either for the same field. */
function withFieldsInLowerCase(text: string): string {
  return text.replaceAll(FIELD, (token) => (/^\w+$/.test(token) ? token.toLowerCase() : token));
}

/**
 * A query that is VALUES alone is shown as a list in FROM, and what is loaded from that as a query in FROM, with a space before it. Tables without a column in common
 * are joined naturally on nothing, which is shown as TRUE, and what is loaded from that as an expression.
 */
function asLoaded(text: string): string {
  return text.replaceAll(LOADED, (token) => (token === '( VALUES (' ? '(VALUES (' : token === ' ON TRUE' ? ' ON (true)' : token));
}

/** How a constant of the type is called by itself, where that is not the type's own name. */
const CALLED: Readonly<Record<string, string>> = { 'character varying': 'varchar', character: 'bpchar', bigint: 'int8', integer: 'int4', smallint: 'int2', 'double precision': 'float8', real: 'float4', boolean: 'bool', 'timestamp with time zone': 'timestamptz', 'timestamp without time zone': 'timestamp', 'time with time zone': 'timetz', 'time without time zone': 'time', 'bit varying': 'varbit' };
const CONSTANT = new RegExp(String.raw`((?:${STRING}|\bNULL)::((?:"(?:[^"]|"")*"|[\w.])[\w. "]*?)(?:\([\d,]+\))?(?:\[\])*) AS ("(?:[^"]|"")*"|\w+)(?=[,;)\s]|$)|${CLOSED}`, 'g');

/** Where a name is no column's: without it the attribute has none, or another. */
const NAMES_OF_XML = /\bxml(?:attributes|namespaces)\b/i;

/** `SELECT 'a'` of a function that returns text, or of a UNION, is shown as `'a'::text`, and what is loaded from that as `'a'::text AS text`: the name that it has by itself. */
export function withoutNamesOfConstants(text: string): string {
  if (NAMES_OF_XML.test(text)) return text;
  return text.replaceAll(CONSTANT, (token, constant: string | undefined, type: string | undefined, name: string | undefined) => {
    if (constant === undefined || type === undefined || name === undefined) return token;
    const own = CALLED[type] ?? /(?:"(?:[^"]|"")*"|[^."]+)$/.exec(type)?.[0] ?? type;
    return name.replaceAll('"', '') === own.replaceAll('"', '') ? constant : token;
  });
}

/**
 * A text of the server's in which an AND that comes first in another AND, or an OR in an OR, is cast to what it is already. Without the cast `((x >= 1) AND (x <= 9)) AND y` is read as one AND of
 * three, which is another condition to the server; the cast itself leaves nothing behind. Such ANDs and ORs come from BETWEEN, from rows that are compared and from IN over expressions.
 */
export function withBracketsKept(text: string): string {
  return leadingBrackets(text).toSorted((a, b) => b.to - a.to).reduce((result, { to }) => `${result.slice(0, to + 1)}::boolean${result.slice(to + 1)}`, text);
}

/** A text of the server's that it takes for the same condition when it reads it again. */
export function rereadable(text: string): string {
  return withBracketsKept(withoutArrayCasts(text));
}

interface Bracket {
  from: number;
  to: number;
  /** The last AND or OR between what stands in it. */
  operator: string | null;
}

/** Brackets with ANDs that begin another bracket and are followed by AND; the same with OR. The server prints them where it keeps one in the other, and reads them as one. */
function leadingBrackets(text: string): Bracket[] {
  const open: Bracket[] = [];
  const found: Bracket[] = [];
  for (const { 0: token, index } of text.matchAll(BRACKETS)) {
    if (token === '(') open.push({ from: index, to: -1, operator: null });
    else if (token === ')') {
      const here = open.pop();
      if (here?.operator && open.at(-1)?.from === here.from - 1 && text.startsWith(here.operator, index + 1)) found.push({ ...here, to: index });
    } else if (/^ (?:AND|OR) $/.test(token)) {
      const around = open.at(-1);
      if (around) around.operator = token;
    }
  }
  return found;
}

function flattened(text: string): string {
  const dropped = new Set(leadingBrackets(text).flatMap(({ from, to }) => [from, to]));
  return dropped.size === 0 ? text : text.split('').filter((_, at) => !dropped.has(at)).join('');
}

/** The same for what may be absent. */
export function canonicalOrNull(text: string | null): string | null {
  return text === null ? null : canonicalExpression(text);
}

/** `a, f(b, c)` in alphabetical order; commas inside brackets and strings part nothing. */
export function sortedList(list: string): string {
  const parts = list.match(/(?:'(?:[^']|'')*'|"(?:[^"]|"")*"|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|[^,'"()]+)+/g) ?? [];
  return parts.map((part) => part.trim()).toSorted().join(', ');
}
