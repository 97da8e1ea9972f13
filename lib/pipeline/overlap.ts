import { ident, qualified } from './ddl.ts';
import { tableKey } from './expectation.ts';
import type { OverlapDecision, TableName } from './plan.ts';

/** Two tables of which one goes: rows are one row when they have one key, and the same when the columns of the one that goes agree. */
export interface Overlap {
  duplicate: TableName;
  kept: TableName;
  key: readonly string[];
  columns: readonly string[];
}

/** The row `d` of the duplicate and `k` of the kept table have one key. */
export function sameKeySql(key: readonly string[], a = 'k', b = 'd'): string {
  return key.map((column) => `${a}.${ident(column)} = ${b}.${ident(column)}`).join(' AND ');
}

/** A row as one text, by which two are compared: a null is not an empty text. */
export function rowText(columns: readonly string[], alias: string): string {
  return `ROW(${columns.map((column) => `${alias}.${ident(column)}`).join(', ')})::text`;
}

/** `d` and `k` say different things. */
export function differSql(columns: readonly string[]): string {
  return `${rowText(columns, 'd')} IS DISTINCT FROM ${rowText(columns, 'k')}`;
}

/** Every row of one key that says different things, as `d` and `k`. */
export function conflictsFrom({ duplicate, kept, key, columns }: Overlap): string {
  return `FROM ${qualified(duplicate)} d JOIN ${qualified(kept)} k ON ${sameKeySql(key)} WHERE ${differSql(columns)}`;
}

/**
 * sha256 over key and both contents of every conflict, the same in preflight and under the locks of the step, so that what is overwritten is what was
 * signed. The session must spell values as measuring does (pinned settings of every session).
 */
export function conflictsDigestSql(overlap: Overlap): string {
  const key = `jsonb_build_array(${overlap.key.map((column) => `d.${ident(column)}::text`).join(', ')})::text`;
  const contents = ['d', 'k'].map((alias) => `encode(sha256(convert_to(${rowText(overlap.columns, alias)}, 'UTF8')), 'hex')`);
  const line = [key, ...contents].join(` || ' ' || `);
  return `SELECT encode(sha256(convert_to(coalesce(string_agg(x.line, E'\\n' ORDER BY x.line COLLATE "C"), ''), 'UTF8')), 'hex') FROM (SELECT ${line} AS line ${conflictsFrom(overlap)}) x`;
}

/** A person said that the table goes with its rows. */
export function isArchived({ overlapDecisions }: { overlapDecisions?: Readonly<Record<string, OverlapDecision>> | undefined }, table: TableName): boolean {
  return overlapDecisions?.[tableKey(table)]?.verdict === 'archive';
}
