import { ident, literal, qualified } from './ddl.ts';
import { bracketAt, listParts } from './exclusion.ts';
import type { TableName } from './plan.ts';

type Strategy = 'RANGE' | 'LIST' | 'HASH';

/** By what a table places its rows. */
export interface PartitionKey {
  strategy: Strategy;
  /** Expressions over a row. */
  by: readonly string[];
}

/** A column, an expression in brackets or a call, perhaps with a collation, and no operator class: that would compare in another way. */
const ELEMENT = /^(?:"(?:[^"]|"")*"|[a-z_][\w$]*|\(.*\)|[a-z_"][\w$."]*\(.*\))(?: COLLATE [\w$."-]+)?$/s;

/** The parts of `RANGE (…)`, `LIST (…)` or `HASH (…)` as the server writes it; null where it compares in a way that a condition cannot say. */
export function partitionKeyOf(text: string): PartitionKey | null {
  const strategy = /^(RANGE|LIST|HASH) \(/.exec(text)?.[1] as Strategy | undefined;
  const inside = bracketAt(text, text.indexOf('('));
  if (strategy === undefined || inside === null) return null;
  const by = listParts(inside);
  return by.every((part) => ELEMENT.test(part)) ? { strategy, by } : null;
}

/**
 * A condition over a row that is true where it belongs between these bounds, and false, never null, where it does not.
 * `siblings`: the bounds of the parent's other partitions, of which the DEFAULT one takes what is left. Null: what the bounds say is not known here.
 */
export function withinBounds(parent: TableName, key: PartitionKey, bound: string, siblings: readonly string[]): string | null {
  if (bound !== 'DEFAULT') return within(parent, key, bound);
  const theirs = siblings.filter((each) => each !== 'DEFAULT').map((each) => within(parent, key, each));
  return theirs.includes(null) ? null : `NOT (${theirs.join(' OR ') || 'false'})`;
}

function within(parent: TableName, { strategy, by }: PartitionKey, bound: string): string | null {
  if (strategy === 'HASH') {
    const found = /^FOR VALUES WITH \(modulus (?<modulus>\d+), remainder (?<remainder>\d+)\)$/i.exec(bound)?.groups;
    return found ? `pg_catalog.satisfies_hash_partition(pg_catalog.to_regclass(${literal(qualified(parent))})::oid, ${found['modulus']}, ${found['remainder']}, ${by.join(', ')})` : null;
  }
  const from = bracketAt(bound, bound.indexOf('('));
  if (from === null) return null;
  if (strategy === 'LIST') return bound.startsWith('FOR VALUES IN (') ? listed(by[0] ?? '', listParts(from)) : null;
  const rest = bound.slice(bound.indexOf(from) + from.length + 1);
  const to = rest.startsWith(' TO (') ? bracketAt(rest, 4) : null;
  if (!bound.startsWith('FOR VALUES FROM (') || to === null) return null;
  return `(${[...by.map((part) => `${part} IS NOT NULL`), atLeast(by, listParts(from)), below(by, listParts(to))].join(' AND ')})`;
}

function listed(part: string, values: readonly string[]): string {
  const some = values.filter((value) => value !== 'NULL');
  return `(${[...(some.length < values.length ? [`${part} IS NULL`] : []), ...(some.length > 0 ? [`(${part} IS NOT NULL AND ${part} IN (${some.join(', ')}))`] : [])].join(' OR ')})`;
}

/** Behind the lower bound or on it: the first expression that is not the bound's own value decides. */
function atLeast([part, ...parts]: readonly string[], [value, ...values]: readonly string[]): string {
  if (part === undefined || value === undefined || value === 'MINVALUE') return 'true';
  if (value === 'MAXVALUE') return 'false';
  return parts.length === 0 ? `${part} >= ${value}` : `(${part} > ${value} OR (${part} = ${value} AND ${atLeast(parts, values)}))`;
}

/** Before the upper bound, which is no part of it. */
function below([part, ...parts]: readonly string[], [value, ...values]: readonly string[]): string {
  if (part === undefined || value === undefined || value === 'MINVALUE') return 'false';
  if (value === 'MAXVALUE') return 'true';
  return parts.length === 0 ? `${part} < ${value}` : `(${part} < ${value} OR (${part} = ${value} AND ${below(parts, values)}))`;
}

/** Whether a row may belong between both bounds of one table's partitions: told of equal bounds, lists, and ranges of one number or day. */
export function boundsMeet(one: string, other: string): boolean {
  if (one === other) return true;
  const [theirs, others] = [one, other].map((bound) => listOf(bound));
  if (theirs && others) return theirs.some((value) => others.includes(value));
  const [range, beside] = [one, other].map((bound) => RANGE.exec(bound)?.slice(1).map(placeOf));
  const [from, to, least, end] = [...(range ?? []), ...(beside ?? [])];
  return from != null && to != null && least != null && end != null && from < end && least < to;
}

const RANGE = /^FOR VALUES FROM \(([^,()]+)\) TO \(([^,()]+)\)$/;

function listOf(bound: string): string[] | null {
  const values = bound.startsWith('FOR VALUES IN (') ? bracketAt(bound, bound.indexOf('(')) : null;
  return values === null ? null : listParts(values);
}

/** A number or a day on one line; null: what is said is neither. */
function placeOf(value: string): number | null {
  if (value === 'MINVALUE' || value === 'MAXVALUE') return value === 'MINVALUE' ? -Infinity : Infinity;
  const said = value.replace(/^'(.*)'$/, '$1');
  if (/^-?\d+(\.\d+)?$/.test(said)) return Number(said);
  return /^\d{4}-\d\d-\d\d$/.test(said) ? Date.parse(said) : null;
}

/** Whether an expression of a key may speak of this column: by its name, which is enough to be careful. */
export function speaksOf({ by }: PartitionKey, column: string): boolean {
  return by.some((part) => part.split(/[^\w$"\u0080-\uffff]+/).includes(ident(column)) || (ident(column).startsWith('"') && part.includes(ident(column))));
}
