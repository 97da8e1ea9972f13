import { ident } from './ddl.ts';
import type { Rule } from './evidence.ts';
import type { ExclusionParts } from './exclusion.ts';

/** The rows that a new rule will be held to. */
export interface RuledRows {
  /** What stands behind FROM: a table, or a query with a name. */
  from: string;
  /** Columns that name a row to a person; empty: nothing does. */
  key: readonly string[];
}

/** What may stand in one row only. */
export interface UniqueParts {
  /** Expressions over the rows, each with the name that people see. */
  by: readonly { sql: string; name: string }[];
  /** Only rows where; null: all. */
  where: string | null;
  /** Nulls are one value. */
  nullsTogether: boolean;
}

/** How many rows, or values that stand in more than one, are shown. */
export const SHOWN_ROWS = 20;
const SHOWN_CHARACTERS = 200;
const KEYS_OF_ONE_VALUE = 5;

/** Rows for which a new column that the server computes comes out as nothing. */
export function computedNotNullRule(rows: RuledRows, column: string, expression: string): Rule {
  const broken = `(${expression}) IS NULL`;
  return { name: `${column} NOT NULL`, what: 'not null', sql: `SELECT count(*) FROM ${rows.from} WHERE ${broken}`, ...(rows.key.length === 0 ? {} : shown(rows, rows.key, broken)) };
}

/** Rows that have nothing in the column. */
export function notNullRule(rows: RuledRows, column: string): Rule {
  const broken = `${ident(column)} IS NULL`;
  return { name: `${column} NOT NULL`, what: 'not null', sql: `SELECT count(*) FROM ${rows.from} WHERE ${broken}`, ...shown(rows, [...rows.key, column], broken) };
}

/** Rows for which the condition is false; a null passes. */
export function checkRule(rows: RuledRows, name: string, condition: string, columns: readonly string[]): Rule {
  const broken = `NOT ${condition}`;
  return { name, what: 'check', sql: `SELECT count(*) FROM ${rows.from} WHERE ${broken}`, ...shown(rows, [...rows.key, ...columns], broken) };
}

/** Rows that do not belong between the bounds that the table gets as a partition; the condition is never null. */
export function boundsRule(rows: RuledRows, name: string, condition: string, columns: readonly string[]): Rule {
  return { ...checkRule(rows, name, condition, columns), what: 'bounds of a partition' };
}

/** Rows that would have to go so that each value stands once; shown are the values, how often they stand, and the first keys of their rows. */
export function uniqueRule(rows: RuledRows, name: string, { by, where, nullsTogether }: UniqueParts): Rule {
  const conditions = [...(nullsTogether ? [] : by.map(({ sql }) => `${sql} IS NOT NULL`)), ...(where === null ? [] : [`(${where})`])];
  const groups = `FROM ${rows.from}${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`} GROUP BY ${by.map(({ sql }) => sql).join(', ')} HAVING count(*) > 1`;
  const keys = rows.key.filter((column) => !by.some((part) => part.name === column));
  const values = [...by.map((part) => `left((${part.sql})::text, ${SHOWN_CHARACTERS}) AS ${ident(part.name)}`), 'count(*)::text AS times', ...keys.map((column) => `left(array_to_string((array_agg(${ident(column)}::text ORDER BY ${ident(column)}::text))[1:${KEYS_OF_ONE_VALUE}], ', '), ${SHOWN_CHARACTERS}) AS ${ident(column)}`)];
  return {
    name, what: 'unique',
    sql: `SELECT coalesce(sum(n - 1), 0)::bigint FROM (SELECT count(*) AS n ${groups}) d`,
    firstSql: `SELECT ${values.join(', ')} ${groups} ORDER BY count(*) DESC, 1 LIMIT ${SHOWN_ROWS}`,
  };
}

/** Rows of which another one stands in the way. Without an equality among the operators each is compared with each: of a large table that is not known in time. */
export function exclusionRule(rows: RuledRows, name: string, { by, where }: ExclusionParts, columns: readonly string[]): Rule {
  const seen = `SELECT row_number() OVER () AS "countersign row", r.*${by.map(({ sql }, at) => `, ${sql} AS "countersign ${at}"`).join('')} FROM ${rows.from.replace(/ r$/, '')} r${where === null ? '' : ` WHERE ${where}`}`;
  const meets = by.map(({ operator }, at) => `a."countersign ${at}" ${operator} b."countersign ${at}"`).join(' AND ');
  const broken = `FROM seen a WHERE EXISTS (SELECT FROM seen b WHERE ${meets} AND a."countersign row" <> b."countersign row")`;
  const names = [...new Set([...rows.key, ...columns])];
  const order = rows.key.length === 0 ? '' : ` ORDER BY ${rows.key.map((column) => `a.${ident(column)}`).join(', ')}`;
  return {
    name, what: 'exclusion', sql: `WITH seen AS MATERIALIZED (${seen}) SELECT count(*) ${broken}`,
    ...(names.length === 0 ? {} : { firstSql: `WITH seen AS MATERIALIZED (${seen}) SELECT ${names.map((column) => `left(a.${ident(column)}::text, ${SHOWN_CHARACTERS}) AS ${ident(column)}`).join(', ')} ${broken}${order} LIMIT ${SHOWN_ROWS}` }),
  };
}

function shown(rows: RuledRows, columns: readonly string[], broken: string): Pick<Rule, 'firstSql'> {
  const names = [...new Set(columns)];
  const order = rows.key.length === 0 ? '' : ` ORDER BY ${rows.key.map(ident).join(', ')}`;
  return { firstSql: `SELECT ${names.map((column) => `left(${ident(column)}::text, ${SHOWN_CHARACTERS}) AS ${ident(column)}`).join(', ')} FROM ${rows.from} WHERE ${broken}${order} LIMIT ${SHOWN_ROWS}` };
}
