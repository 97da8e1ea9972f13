import { ident, qualified } from '../ddl.ts';
import type { TableName } from '../plan.ts';
import type { Reach } from './reach.ts';

/** The rows that one statement means: what stands behind FROM, as the statement says it, and the name by which it calls the table that it changes. */
export interface MeantRows {
  /** `WITH … ` before it; empty where there is none. */
  head: string;
  from: string;
  alias: string;
}

/** The rows of one statement, the state of a reach in which they begin, and the columns of which it throws values away. */
export interface MatchedSeed {
  rows: MeantRows;
  state: number;
  loses: readonly string[];
}

/**
 * One query over all rows that statements mean, and those that foreign keys take along or change with them, to a fixpoint. A row is known by its place (table and ctid), so that it is
 * counted once by however many ways it is reached. Answers `at` (the place in `reach.tables`), `goes`, `changes` and, of these, `loses`: rows in which something stood that is thrown away; a table without such rows is missing in the answer.
 */
export function matchedSql(seeds: readonly MatchedSeed[], reach: Reach): string {
  const begin = seeds.map(({ rows, state, loses }) => `SELECT ${state}, meant.part, meant.place, meant.lost FROM (\n${rows.head}SELECT ${ident(rows.alias)}.tableoid AS part, ${ident(rows.alias)}.ctid AS place, ${lostSql(rows, loses)} AS lost FROM ${rows.from}\n) meant`);
  const links = reach.links.map(({ from, to, key }) => `SELECT ${from} AS cause, p.tableoid AS cause_part, p.ctid AS cause_place, ${to} AS state, c.tableoid AS part, c.ctid AS place FROM ${rowsOf(key.parent)} p JOIN ${rowsOf(key.child)} c ON ${key.columns.map((column, i) => `c.${ident(column)} = p.${ident(key.parentColumns[i] ?? '')}`).join(' AND ')}`);
  const step = links.length === 0 ? '' : `\nUNION\nSELECT link.state, link.part, link.place, false FROM reached JOIN (\n${links.join('\nUNION ALL\n')}\n) link ON link.cause = reached.state AND link.cause_part = reached.part AND link.cause_place = reached.place`;
  const states = reach.states.map((state, at) => `(${at}, ${state.table}, ${state.act === 'goes'})`).join(', ');
  return `WITH RECURSIVE reached(state, part, place, lost) AS (\nSELECT * FROM (\n${begin.join('\nUNION ALL\n')}\n) begun${step}\n)
SELECT one.at, count(*) FILTER (WHERE one.goes)::text AS goes, count(*) FILTER (WHERE NOT one.goes)::text AS changes, count(*) FILTER (WHERE NOT one.goes AND one.lost)::text AS loses
FROM (SELECT states.at, bool_or(states.goes) AS goes, bool_or(reached.lost) AS lost FROM reached JOIN (VALUES ${states}) states(state, at, goes) ON states.state = reached.state GROUP BY states.at, reached.part, reached.place) one
GROUP BY one.at`;
}

/** A row of which every such column is NULL has nothing to lose. */
function lostSql({ alias }: MeantRows, loses: readonly string[]): string {
  return loses.length === 0 ? 'false' : `num_nonnulls(${loses.map((column) => `${ident(alias)}.${ident(column)}`).join(', ')}) > 0`;
}

/** A key of a table says nothing of those that inherit from it; its partitions it rules like itself. */
function rowsOf({ table, partitioned }: { table: TableName; partitioned: boolean }): string {
  return `${partitioned ? '' : 'ONLY '}${qualified(table)}`;
}
