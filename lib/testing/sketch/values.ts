import { literal } from '#lib/pipeline/ddl.ts';
import { keysIn, partOf } from './piece.ts';
import type { Column, Sketch } from './sketch.ts';

/** Types with defaults that they take and conditions over them. */
const PLAIN: Readonly<Record<string, { values: readonly string[]; asks: readonly string[] }>> = {
  integer: { values: ['0', '-1', '(1 + 2)', `length('abc')`], asks: ['? > 0', '? IN (1, 2, 3)', '? BETWEEN 1 AND 9', '(? % 2) = 0'] },
  bigint: { values: ['0', `'-9223372036854775808'::bigint`, '(EXTRACT(epoch FROM now()))::bigint'], asks: ['? <> 0', '? < 1000000 OR ? IS NULL'] },
  smallint: { values: ['7'], asks: ['? >= 0'] },
  text: { values: [`''`, `'it''s'`, `'back\\slash'`, `upper('x')`, 'CURRENT_USER', `'line' || chr(10)`], asks: [`? <> ''`, `? IN ('a', 'b')`, `? ~ '^[a-z]+$'`, `length(?) < 50`, `? LIKE 'a%' OR ? IS NULL`, `lower(?) = ?`] },
  'character varying(40)': { values: [`'v'`], asks: [`? IN ('a', 'b', 'c')`, `? <> 'none'`, `char_length(?) > 2`] },
  'character varying': { values: [`'w'`], asks: [`? = ANY (ARRAY['a'::varchar, 'b'::varchar])`] },
  'character(3)': { values: [`'abc'`], asks: [`? <> 'zzz'`] },
  'numeric(12,2)': { values: ['0.00', '-1.5'], asks: ['? >= 0', '? < 100.5'] },
  numeric: { values: ['1e3'], asks: ['? > 0.1'] },
  'double precision': { values: ['0.5'], asks: ['? < 1.5'] },
  boolean: { values: ['true', 'false'], asks: ['?', 'NOT ?', '? IS NOT TRUE'] },
  date: { values: ['CURRENT_DATE', `'2020-02-29'`], asks: [`? > '2000-01-01'`] },
  'timestamp with time zone': { values: ['now()', `(now() + '1 day'::interval)`], asks: [`? > '2000-01-01 00:00:00+00'`] },
  'timestamp(3) without time zone': { values: ['LOCALTIMESTAMP'], asks: [`? IS NOT NULL`] },
  interval: { values: [`'1 day'`], asks: [`? > '1 hour'::interval`] },
  uuid: { values: ['gen_random_uuid()'], asks: [`? <> '00000000-0000-0000-0000-000000000000'`] },
  jsonb: { values: [`'{}'`, `jsonb_build_object('a', 1)`], asks: [`jsonb_typeof(?) = 'object'`, `? @> '{"a": 1}'`] },
  'text[]': { values: [`'{}'`, `ARRAY['a','b']`], asks: ['cardinality(?) < 5', `'a' = ANY (?)`] },
  'integer[]': { values: ['ARRAY[1,2]'], asks: ['? && ARRAY[1]'] },
  inet: { values: [`'10.0.0.1'`], asks: [`? << '10.0.0.0/8'`] },
  bytea: { values: [`'\\x00'`], asks: ['octet_length(?) < 100'] },
  int4range: { values: [`'[1,2)'`], asks: ['NOT isempty(?)'] },
  tsvector: { values: [], asks: ['? IS NOT NULL'] },
  'bit varying(9)': { values: [`B'101'`], asks: ['? IS NOT NULL'] },
  '"char"': { values: [`'x'`], asks: [`? = 'x'`] },
};

export const ROLES: readonly string[] = ['mutation_reader', 'mutation_writer', '"Mutation Owner"'];

export function typeBy(s: Sketch): string {
  const own = s.chance.often(0.3) ? s.one('enum', 'domain', 'composite', 'range') : null;
  if (own) return `«${own.key}»${s.chance.often(0.15) ? '[]' : ''}`;
  return s.chance.often(0.5) ? s.pick('integer', 'bigint', 'text', 'character varying(40)', 'timestamp with time zone') : s.pick(...Object.keys(PLAIN));
}

/** What stands behind a type of ours: a domain's base. */
function baseOf(s: Sketch, type: string): string {
  const piece = type.endsWith('»') ? s.get(keysIn(type)[0] ?? '') : undefined;
  return piece?.kind === 'domain' ? baseOf(s, partOf(piece, 'base')) : type;
}

export function labelsOf(s: Sketch, type: string): string[] {
  const piece = /^«[^»]+»$/.test(type) ? s.get(keysIn(type)[0] ?? '') : undefined;
  return piece?.kind === 'enum' ? (JSON.parse(partOf(piece, 'labels')) as string[]) : [];
}

/** A default of the type; null when none is known. */
export function valueBy(s: Sketch, type: string): string | null {
  const labels = labelsOf(s, baseOf(s, type));
  if (labels.length > 0) return `${literal(s.pick(...labels))}::${type}`;
  const call = s.chance.often(0.2) ? s.chance.one(s.of('function').filter((each) => partOf(each, 'args') === '' && partOf(each, 'returns') === type)) : null;
  if (call) return `«${call.key}»()`;
  if (/^(integer|bigint)$/.test(type) && s.chance.often(0.15)) {
    const sequence = s.one('sequence');
    if (sequence) return `nextval(«${sequence.key}'»::regclass)`;
  }
  return s.chance.one(PLAIN[baseOf(s, type)]?.values ?? []);
}

/** A condition over a column. */
export function askBy(s: Sketch, { ref, type }: Column): string {
  const base = baseOf(s, type);
  const labels = labelsOf(s, base);
  const call = s.chance.often(0.25) ? s.chance.one(s.of('function').filter((each) => partOf(each, 'args') === type && partOf(each, 'returns') === 'boolean' && partOf(each, 'volatility').includes('IMMUTABLE'))) : null;
  if (call) return `«${call.key}»(${ref})`;
  if (labels.length > 0) return s.pick(`${ref} <> ${literal(labels[0] ?? '')}::${base}`, `${ref} = ANY (ARRAY[${labels.slice(0, 2).map((label) => `${literal(label)}::${base}`).join(', ')}])`, `${ref} > ${literal(labels.at(-1) ?? '')}::${base} OR ${ref} IS NULL`);
  const asks = PLAIN[base]?.asks ?? [];
  return (s.chance.often(0.85) ? s.chance.one(asks) : null)?.replaceAll('?', ref) ?? s.pick(`${ref} IS NOT NULL`, `(${ref})::text <> 'forbidden'`);
}

/** An expression over a column that gives the same every time, and its type. */
export function pureBy(s: Sketch, { ref, type }: Column): { sql: string; type: string } {
  const call = s.chance.often(0.3) ? s.chance.one(s.of('function').filter((each) => partOf(each, 'args') === type && partOf(each, 'volatility').includes('IMMUTABLE'))) : null;
  if (call) return { sql: `«${call.key}»(${ref})`, type: partOf(call, 'returns') };
  const base = baseOf(s, type);
  if (/^(integer|bigint|numeric|numeric\(12,2\)|double precision)$/.test(base)) return { sql: s.pick(`(${ref} + 1)`, `abs(${ref})`, `COALESCE(${ref}, 0)`), type: base };
  if (/^(text|character varying)/.test(base)) return { sql: s.pick(`lower(${ref})`, `(${ref} || '!')`, `COALESCE(${ref}, '')`), type: 'text' };
  return { sql: `(${ref} IS NULL)`, type: 'boolean' };
}
