import { ident } from '../ddl.ts';
import { isNode, listAt, type Node, words, wrapped } from './tree.ts';

/** The parser's names of the server's own types, as format_type() writes them. */
const WRITTEN: Readonly<Record<string, string>> = {
  int2: 'smallint', int4: 'integer', int8: 'bigint', float4: 'real', float8: 'double precision', bool: 'boolean', varchar: 'character varying', bpchar: 'character', varbit: 'bit varying',
  timestamp: 'timestamp without time zone', timestamptz: 'timestamp with time zone', time: 'time without time zone', timetz: 'time with time zone',
};
const SERIALS: Readonly<Record<string, string>> = { serial: 'integer', serial4: 'integer', bigserial: 'bigint', serial8: 'bigint', smallserial: 'smallint', serial2: 'smallint' };

/** Whether a column of this type gets a sequence and a default of its own. */
export function isSerial(typeName: Node): boolean {
  const names = words(listAt(typeName, 'names'));
  return names.length === 1 && (names[0] ?? '') in SERIALS;
}

/** `character varying(255)`, `integer[]`, `public.mood`: the type in the words of the server, types of the user as they are named. */
export function typeText(typeName: Node): string {
  const names = words(listAt(typeName, 'names'));
  const last = names.at(-1) ?? '';
  const own = names.length === 1 || names[0] === 'pg_catalog';
  // Behind pg_catalog stand the words of the grammar, `numeric`, which quoting would turn into other names.
  const base = own ? ((names.length === 1 ? SERIALS[last] : undefined) ?? WRITTEN[last] ?? (names.length === 2 ? last : quoted([last]))) : quoted(names);
  const modifiers = listAt(typeName, 'typmods').map(modifier);
  return `${withModifiers(base, modifiers)}${'[]'.repeat(listAt(typeName, 'arrayBounds').length > 0 ? 1 : 0)}`;
}

function withModifiers(base: string, modifiers: readonly string[]): string {
  // CHAR without a length means one of 1, and the parser says so; interval's fields are a bit mask that nobody reads.
  if (modifiers.length === 0 || base === 'interval') return base;
  const list = `(${modifiers.join(',')})`;
  const zone = / with(?:out)? time zone$/.exec(base);
  return zone ? `${base.slice(0, zone.index)}${list}${zone[0]}` : `${base}${list}`;
}

function modifier(value: unknown): string {
  const constant = wrapped(value, 'A_Const');
  const number = constant?.ival;
  // The parser leaves a zero out.
  return isNode(number) ? String(number.ival ?? 0) : '?';
}

function quoted(names: readonly string[]): string {
  return names.map((name) => (name === '' ? '?' : ident(name))).join('.');
}

interface Sized {
  base: string;
  sizes: readonly number[];
}

/** May values of one type stand as they are in a column of the other, so that ALTER TYPE writes no row (manual, ALTER TABLE, notes)? Both as format_type() writes them. */
export function keepsRows(from: string, to: string): boolean {
  if (from === to) return true;
  const [a, b] = [sized(from), sized(to)];
  if (b.base === 'text') return a.base === 'character varying';
  if (a.base === 'text') return b.base === 'character varying' && b.sizes.length === 0;
  if (a.base === 'cidr' && b.base === 'inet') return true;
  if (a.base !== b.base || a.base === 'character' || a.base === 'bit') return false;
  if (b.sizes.length === 0) return true;
  if (a.sizes.length === 0) return false;
  if (a.base === 'numeric') return (b.sizes[0] ?? 0) >= (a.sizes[0] ?? 0) && (a.sizes[1] ?? 0) === (b.sizes[1] ?? 0);
  return (b.sizes[0] ?? 0) >= (a.sizes[0] ?? 0);
}

function sized(type: string): Sized {
  return { base: type.replace(/\([\d,]+\)/, ''), sizes: /\(([\d,]+)\)/.exec(type)?.[1]?.split(',').map(Number) ?? [] };
}
