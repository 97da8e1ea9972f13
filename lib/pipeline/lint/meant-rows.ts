import { parseSync } from 'libpg-query';
import { ident } from '../ddl.ts';
import type { Existing } from '../sql-facts/existing.ts';
import { isSteady, volatileFunctions } from '../sql-facts/volatile.ts';
import { functionsCalled, volatileRoutines } from '../sql-facts/routines.ts';
import { everyKind, findNodes, foundAt, listAt, type Node, nodeAt, placeless, textAt, wrapped } from '../sql-facts/tree.ts';
import type { SceneStatement } from './finding.ts';
import type { MeantRows } from './matched-sql.ts';
import { rowClauses } from './safer/clauses.ts';

/** Answer the same for the same rows, and stand in conditions: aggregates, and what makes rows of one value. */
const OVER_ROWS = new Set('count sum avg min max array_agg string_agg bool_and bool_or every json_agg jsonb_agg row_number rank dense_rank first_value last_value lag lead unnest generate_series regexp_replace regexp_match regexp_matches regexp_split_to_array position strpos starts_with jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_typeof json_typeof jsonb_each jsonb_each_text jsonb_object_keys jsonb_exists any_value overlay lpad rpad ascii chr cardinality array_position array_remove array_append array_cat age isfinite'.split(' '));

/**
 * The rows that a DELETE or an UPDATE means, as a query can ask for them; or why a query before cannot: the end of a sentence. What is cut out of the text is held against the tree of
 * the statement, so that a text that was misread is never asked.
 */
export function meantRows({ node, kind, sql }: SceneStatement, existing: Existing): MeantRows | string {
  if (findNodes(node.withClause, ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']).length > 0) return 'a WITH clause of its own changes rows';
  if (everyKind(node, 'CurrentOfExpr').length > 0 || everyKind(node, 'ParamRef').length > 0) return 'it means the row of a cursor or a parameter';
  if (everyKind(node, 'LockingClause').length > 0) return 'it locks the rows that it looks at';
  const asked = { whereClause: node.whereClause, fromClause: node.fromClause, usingClause: node.usingClause, withClause: node.withClause };
  const volatile = volatileRoutines(existing);
  const moody = findNodes(asked, ['FuncCall']).length === 0 ? undefined : [...new Set([...volatileFunctions(asked).filter((name) => !OVER_ROWS.has(name) && !isStable(existing, name)), ...functionsCalled(asked).filter((name) => volatile.has(name))])][0];
  if (moody !== undefined) return `its condition calls ${moody}(), which may answer another time otherwise`;
  const rows = cutOut(node, kind, sql);
  return rows && saysTheSame(rows, node, kind) ? rows : 'its condition could not be cut out of its text';
}

/** A function of people that is promised to answer the same. */
function isStable(existing: Existing, name: string): boolean {
  return !isSteady(name) && volatileRoutines(existing).stable.has(name);
}

function cutOut(node: Node, kind: string, sql: string): MeantRows | null {
  const clauses = rowClauses(sql);
  const range = nodeAt(node, 'relation');
  const name = textAt(range, 'relname');
  if (name === null) return null;
  const schema = textAt(range, 'schemaname');
  const alias = textAt(nodeAt(range, 'alias'), 'aliasname') ?? name;
  const own = `${range.inh === true ? '' : 'ONLY '}${schema === null ? '' : `${ident(schema)}.`}${ident(name)}${alias === name ? '' : ` AS ${ident(alias)}`}`;
  const others = kind === 'DeleteStmt' ? clauses.using : clauses.from;
  const where = clauses.where;
  if ((where === undefined) !== (foundAt(node, 'whereClause') === null) || (others === undefined) !== (listAt(node, kind === 'DeleteStmt' ? 'usingClause' : 'fromClause').length === 0)) return null;
  return { head: foundAt(node, 'withClause') ? `${clauses.head}\n` : '', alias, from: `${own}${others === undefined ? '' : `,\n${others}`}${where === undefined ? '' : `\nWHERE (${where}\n)`}` };
}

/** The query that is asked, read again, has the very condition and the very tables of the statement. */
function saysTheSame({ head, from }: MeantRows, node: Node, kind: string): boolean {
  try {
    const trees = parseSync(`${head}SELECT 1 FROM ${from}\n`).stmts ?? [];
    const select = wrapped(trees[0]?.stmt, 'SelectStmt');
    const others = listAt(node, kind === 'DeleteStmt' ? 'usingClause' : 'fromClause');
    return trees.length === 1 && select !== null
      && same(select.whereClause, node.whereClause) && same(listAt(select, 'fromClause').slice(1), others) && same(select.withClause, node.withClause)
      && ['groupClause', 'sortClause', 'limitCount', 'lockingClause', 'op'].every((part) => part === 'op' ? select.op === 'SETOP_NONE' : select[part] === undefined);
  } catch {
    return false;
  }
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(placeless(a) ?? null) === JSON.stringify(placeless(b) ?? null);
}
