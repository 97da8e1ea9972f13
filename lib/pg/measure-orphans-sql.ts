import { guardedCast, isText, keyTextSql, typeSql } from '#lib/pipeline/casts.ts';
import { ident, qualified } from '#lib/pipeline/ddl.ts';
import type { ForeignKeySpec } from '#lib/pipeline/evidence.ts';
import { MAX_KEYS } from '#lib/pipeline/unknowns.ts';
import type { TableShape } from './measure-session.ts';

/** A foreign key with the types that its columns have today. */
export interface KeyToMeasure {
  spec: ForeignKeySpec;
  child: TableShape;
  parent: TableShape;
  childKey: readonly string[];
  /** By place in the key: is it proven that every value casts, in the child and in the parent? */
  proven: readonly { child: boolean; parent: boolean }[];
  /** Foreign keys whose parent is this one's child: rows removed here may leave rows there without a parent. */
  next: readonly KeyToMeasure[];
}

/** What a query for orphans answers, one row per orphan. */
export interface OrphanRow {
  /** Names the row version within this transaction's snapshot, whether the table has a key or not. */
  rowid: string;
  key: string | null;
  reference: (string | null)[];
  /** For each of `next`: the values of its parent columns, spelled as its types spell them. */
  referenced: (string | null)[][];
}

/**
 * A value as the foreign key will compare it: under the desired type, so that `AB…` and `ab…` are one uuid. A value that does not cast
 * is null, which is neither a parent nor an orphan: it is a cast failure, and found as such. Texts are compared byte by byte, whatever
 * collations the two columns have.
 */
function comparable(value: string, from: string, to: string, serverVersion: number, proven: boolean): string {
  const cast = guardedCast(value, from, to, serverVersion, proven);
  return isText(to) ? `((${cast})::text COLLATE "C")` : cast;
}

function childValue(key: KeyToMeasure, i: number, serverVersion: number): string {
  const column = key.spec.columns[i] ?? '';
  const from = key.child.types.get(column) ?? '';
  return comparable(`c.${ident(column)}`, from, key.spec.types[i] ?? from, serverVersion, key.proven[i]?.child ?? false);
}

function parentValue(key: KeyToMeasure, i: number, alias: string, serverVersion: number): string {
  const column = key.spec.parentColumns[i] ?? '';
  const from = key.parent.types.get(column) ?? '';
  return comparable(`${alias}.${ident(column)}`, from, key.spec.types[i] ?? from, serverVersion, key.proven[i]?.parent ?? false);
}

/** MATCH SIMPLE: a row with a null in the key refers to nothing. */
function refers(key: KeyToMeasure, serverVersion: number): string {
  return key.spec.columns.map((_, i) => `${childValue(key, i, serverVersion)} IS NOT NULL`).join(' AND ');
}

/** A parent `p` and a child `c` belong together. */
export function matchSql(key: KeyToMeasure, serverVersion: number): string {
  return key.spec.columns.map((_, i) => `${parentValue(key, i, 'p', serverVersion)} = ${childValue(key, i, serverVersion)}`).join(' AND ');
}

/** Rows whose parent is missing today. */
export function missingParent(key: KeyToMeasure, serverVersion: number): string {
  return `${refers(key, serverVersion)} AND NOT EXISTS (SELECT FROM ${qualified(key.spec.parent)} p WHERE ${matchSql(key, serverVersion)})`;
}

/** Rows whose parent is among the given ones: $1, $2 … one array of texts per column of the key. */
export function amongParents(key: KeyToMeasure, serverVersion: number): string {
  const arrays = key.spec.columns.map((_, i) => `$${i + 1}::text[]`).join(', ');
  const columns = key.spec.columns.map((_, i) => `v${i}`);
  const match = columns.map((column, i) => {
    const type = key.spec.types[i] ?? key.child.types.get(key.spec.columns[i] ?? '') ?? '';
    const value = isText(type) ? `(v.${column} COLLATE "C")` : `v.${column}::${typeSql(type)}`;
    return `${value} = ${childValue(key, i, serverVersion)}`;
  });
  return `EXISTS (SELECT FROM unnest(${arrays}) AS v(${columns.join(', ')}) WHERE ${match.join(' AND ')})`;
}

/** The orphans themselves, one more than may be kept, so that "too many" is seen without reading them all. */
export function orphanRows(key: KeyToMeasure, condition: string, serverVersion: number): string {
  const reference = key.spec.columns.map((column) => `c.${ident(column)}::text`).join(', ');
  const referenced = key.next.map((next, n) => `ARRAY[${next.spec.parentColumns.map((_, i) => `(${parentValue(next, i, 'c', serverVersion)})::text`).join(', ')}]::text[] AS referenced${n}`);
  const rowKey = key.childKey.length === 0 ? 'NULL::text' : keyTextSql('c', key.childKey);
  return `SELECT ${ROWID} AS rowid, ${rowKey} AS key, ARRAY[${reference}]::text[] AS reference${referenced.map((one) => `, ${one}`).join('')} FROM ${qualified(key.spec.child)} c WHERE ${condition} LIMIT ${MAX_KEYS + 1}`;
}

/** How many there are, when they are too many to be kept. */
export function orphanCount(key: KeyToMeasure, condition: string): string {
  return `SELECT count(*)::text AS rows FROM ${qualified(key.spec.child)} c WHERE ${condition}`;
}

const ROWID = `c.tableoid::text || ' ' || c.ctid::text`;
const SHOWN_CHARACTERS = 200;

/** Whole rows, every value as text, for a person to look at. $1 = rowids. */
export function shownRows(child: TableShape): string {
  const values = [...child.types.keys()].map((column) => `left(c.${ident(column)}::text, ${SHOWN_CHARACTERS})`).join(', ');
  return `SELECT ${ROWID} AS rowid, ARRAY[${values}]::text[] AS values FROM ${qualified(child.table)} c WHERE c.ctid = ANY (SELECT split_part(one, ' ', 2)::tid FROM unnest($1::text[]) one) AND ${ROWID} = ANY ($1::text[])`;
}
