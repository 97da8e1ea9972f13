import { ident, literal, qualified } from './ddl.ts';
import { sha256 } from './digest.ts';
import type { TableName } from './plan.ts';

/** From this version on the server itself says whether a text is good input for a type. */
const INPUT_IS_VALID = 160_000;

/** How a value is examined before it is cast, as two SQL conditions over a value that is not null. */
export interface CastGuard {
  /** True: the cast succeeds. */
  fits: string;
  /** True: only trying can tell. `false` where the guard is exact. What neither fits nor is unsure fails. */
  unsure: string;
}

export interface ParsedType {
  base: string;
  modifiers: readonly number[];
}

const ALIASES: Readonly<Record<string, string>> = { varchar: 'character varying', char: 'character', int: 'integer', int4: 'integer', int8: 'bigint', int2: 'smallint', bool: 'boolean', decimal: 'numeric', float8: 'double precision', float4: 'real', timestamptz: 'timestamp with time zone', timestamp: 'timestamp without time zone' };
const TEXTS = new Set(['text', 'character varying', 'character', 'name']);
const INTEGER_RANGES: Readonly<Record<string, readonly [string, string]>> = {
  smallint: ['-32768', '32767'],
  integer: ['-2147483648', '2147483647'],
  bigint: ['-9223372036854775808', '9223372036854775807'],
};
const WIDTH: Readonly<Record<string, number>> = { smallint: 1, integer: 2, bigint: 3 };
/** What Postgres's own isspace() skips around numbers and booleans. */
const SPACE = '[ \t\n\v\f\r]*';
const UUID = '[0-9a-f]{4}(-?[0-9a-f]{4}){7}';
const CANONICAL_UUID = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';
const ISO_DATE = '(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])';
const ISO_TIME = '([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)?)?';

/**
 * A type as SQL, from the text that format_type() gave. Throws on anything that is not of that form: the text comes out of a catalog
 * and goes into a statement.
 */
export function typeSql(type: string): string {
  if (!/^(?:[a-z_][\w$]*|"(?:[^"]|"")+"|[0-9]+|[ .,()[\]-])+$/i.test(type) || type.includes('--')) throw new Error(`typeSql: ${JSON.stringify(type)} is not a type`);
  return type;
}

/** Can no value of `from` fail or change under `to`? Then nothing needs to be asked. */
export function castIsHarmless(from: string, to: string): boolean {
  const a = parseType(from);
  const b = parseType(to);
  if (from === to || b.base === 'text') return true;
  if (a.base === 'character varying' && b.base === 'character varying') return b.modifiers.length === 0 || (a.modifiers[0] ?? Infinity) <= (b.modifiers[0] ?? 0);
  const widths = [WIDTH[a.base], WIDTH[b.base]];
  if (widths[0] !== undefined && widths[1] !== undefined) return widths[0] <= widths[1];
  return WIDTH[a.base] !== undefined && b.base === 'numeric' && b.modifiers.length === 0;
}

/**
 * Conditions under which `expr::to` succeeds; `expr` is SQL of type `from`, not null. For text the server's own input check is used
 * from 16 on (execution paper, section 1); before that regular expressions and ranges that say what the input functions say.
 * A varchar that is too long counts as a failure, although an explicit cast would cut it off in silence.
 */
export function castGuardSql(expr: string, from: string, to: string, serverVersion: number): CastGuard {
  const a = parseType(from);
  const b = parseType(to);
  if (castIsHarmless(from, to)) return exactly('true');
  if (b.base === 'character varying' || b.base === 'character') return exactly(lengthGuard(expr, b));
  if (isText(from)) return serverVersion >= INPUT_IS_VALID ? exactly(`pg_catalog.pg_input_is_valid((${expr})::text, ${literal(typeSql(to))})`) : textGuard(bytewise(expr), b);
  return numberGuard(expr, a, b) ?? { fits: 'false', unsure: 'true' };
}

/** Would casting every value of a column, and seeing it succeed, prove that all of them fit? Not where a cast cuts off in silence. */
export function castProves(from: string, to: string): boolean {
  return !castIsHarmless(from, to) && !parseType(to).base.startsWith('character');
}

/**
 * Null instead of an error where the guard is exact and the cast would fail. An inexact guard leaves the cast bare: it may raise.
 * `proven`: every value is known to cast, so nothing is asked.
 */
export function guardedCast(expr: string, from: string, to: string, serverVersion: number, proven = false): string {
  if (from === to) return expr;
  const guard = proven ? exactly('true') : castGuardSql(expr, from, to, serverVersion);
  const cast = `(${expr})::${typeSql(to)}`;
  return guard.fits === 'true' || guard.unsure !== 'false' ? cast : `CASE WHEN ${expr} IS NOT NULL AND ${guard.fits} THEN ${cast} END`;
}

/**
 * Condition, over a value that casts, that its spelling or value is another afterwards: for texts compared byte by byte, for other
 * types by going there and back.
 */
export function respelledSql(expr: string, from: string, to: string): string {
  const cast = `(${expr})::${typeSql(to)}`;
  if (isText(from)) return `${bytewise(cast)} <> ${bytewise(expr)}`;
  return parseType(from).base === 'json' ? `(${cast})::text <> (${expr})::text` : `(${cast})::${typeSql(from)} IS DISTINCT FROM ${expr}`;
}

/** Is it one of the types whose values are texts? */
export function isText(type: string): boolean {
  return TEXTS.has(parseType(type).base);
}

/** As text, compared byte by byte: a column may have a collation for which patterns are refused or different texts are equal. */
function bytewise(expr: string): string {
  return `((${expr})::text COLLATE "C")`;
}

/** A type without its aliases, and what stands in its brackets. */
export function parseType(type: string): ParsedType {
  const modifiers = /\(([0-9, -]+)\)/.exec(type)?.[1]?.split(',').map(Number) ?? [];
  const bare = type.replace(/\([0-9, -]+\)/, '').replace(/ +/g, ' ').trim();
  return { base: ALIASES[bare] ?? bare, modifiers };
}

function exactly(fits: string): CastGuard {
  return { fits, unsure: 'false' };
}

/** Blanks beyond the length are cut off without an error, as ALTER TYPE and INSERT do. */
function lengthGuard(expr: string, to: ParsedType): string {
  const length = to.modifiers[0] ?? (to.base === 'character' ? 1 : null);
  if (length === null) return 'true';
  return `(char_length((${expr})::text) <= ${length} OR btrim(substr((${expr})::text, ${length + 1}), ' ') = '')`;
}

/** Before 16. `text` is SQL of type text. */
function textGuard(text: string, to: ParsedType): CastGuard {
  const range = INTEGER_RANGES[to.base];
  if (range) return exactly(`CASE WHEN ${text} ~ ${literal(`^${SPACE}[-+]?0*[0-9]{1,40}${SPACE}$`)} THEN btrim(${text}, E' \\t\\n\\v\\f\\r')::numeric BETWEEN ${range[0]} AND ${range[1]} ELSE false END`);
  switch (to.base) {
    // The usual spelling first: its pattern is more than twice as fast.
    case 'uuid': return exactly(`(${text} ~ '${CANONICAL_UUID}' OR ${text} ~* '^([{]${UUID}[}]|${UUID})$')`);
    case 'boolean': return exactly(`${text} ~* ${literal(`^${SPACE}(t|tr|tru|true|f|fa|fal|fals|false|y|ye|yes|n|no|on|of|off|1|0)${SPACE}$`)}`);
    case 'numeric': return decimalGuard(text, to);
    case 'real':
    case 'double precision': return decimalGuard(text, { base: 'numeric', modifiers: [] }, 30);
    case 'date':
    case 'timestamp without time zone':
    case 'timestamp with time zone': return dateGuard(text);
    default: return { fits: 'false', unsure: 'true' };
  }
}

/** Plain decimals are decided exactly; exponents, NaN and infinity only by trying. */
function decimalGuard(text: string, to: ParsedType, digits = 100): CastGuard {
  const plain = `${text} ~ ${literal(`^${SPACE}[-+]?([0-9]{1,${digits}}([.][0-9]{0,${digits}})?|[.][0-9]{1,${digits}})${SPACE}$`)}`;
  const inside = precisionGuard(`btrim(${text}, E' \\t\\n\\v\\f\\r')::numeric`, to);
  return { fits: inside === null ? `(${plain})` : `CASE WHEN ${plain} THEN ${inside} ELSE false END`, unsure: `NOT (${plain}) AND ${text} ~* '[0-9]|nan|inf'` };
}

/** Null: the type has no precision that a value could exceed. */
function precisionGuard(number: string, to: ParsedType): string | null {
  const [precision, scale = 0] = to.modifiers;
  return precision === undefined ? null : `(${number} = 'NaN' OR abs(round(${number}, ${scale})) < 1e${precision - scale}::numeric)`;
}

/** ISO dates with a day that exists; any other spelling only by trying. */
function dateGuard(text: string): CastGuard {
  const month = `make_date(left(${text}, 4)::integer, substr(${text}, 6, 2)::integer, 1)`;
  const fits = `CASE WHEN ${text} ~ '^${ISO_DATE}${ISO_TIME}$' THEN substr(${text}, 9, 2)::integer <= extract(day FROM ${month} + interval '1 month' - interval '1 day') ELSE false END`;
  return { fits, unsure: `NOT (${text} ~ '^${ISO_DATE}${ISO_TIME}$') AND btrim(${text}) <> ''` };
}

function numberGuard(expr: string, from: ParsedType, to: ParsedType): CastGuard | null {
  const isNumber = WIDTH[from.base] !== undefined || ['numeric', 'real', 'double precision'].includes(from.base);
  if (!isNumber) return null;
  const range = INTEGER_RANGES[to.base];
  if (range) return exactly(`round((${expr})::numeric) BETWEEN ${range[0]} AND ${range[1]}`);
  if (to.base !== 'numeric') return null;
  return exactly(precisionGuard(`(${expr})::numeric`, to) ?? 'true');
}

/** The text that names a row: the plain text of a key of one column, a JSON array of texts otherwise. `alias` is the row's table in the query. */
export function keyTextSql(alias: string, key: readonly string[]): string {
  const parts = key.map((column) => `${alias}.${ident(column)}::text`);
  return parts.length === 1 ? (parts[0] ?? 'NULL::text') : `jsonb_build_array(${parts.join(', ')})::text`;
}

/** sha256 hex over the keys, sorted by bytes (COLLATE "C" over UTF-8) and joined by line feeds; of no keys, the hash of the empty text. */
export function keysDigest(keys: readonly string[]): string {
  return sha256(keys.toSorted(byBytes).join('\n'));
}

/** The order of COLLATE "C" over UTF-8. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}

/**
 * SQL that computes, as one text, what keysDigest() computes over the keys of all rows of a table:
 * `encode(sha256(convert_to(string_agg(key, E'\n' ORDER BY key COLLATE "C"), 'UTF8')), 'hex')`. The executor asserts it against the
 * signed digest inside the step's transaction. Reads the whole table; holds all keys in memory on the server.
 */
export function keysDigestSql(table: TableName, key: readonly string[]): string {
  return `SELECT encode(sha256(convert_to(coalesce(string_agg(k.key, E'\\n' ORDER BY k.key COLLATE "C"), ''), 'UTF8')), 'hex') FROM (SELECT ${keyTextSql('c', key)} AS key FROM ${qualified(table)} c) k`;
}
