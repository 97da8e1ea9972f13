import { parseSync } from 'libpg-query';
import { ident } from '../ddl.ts';
import type { TableName } from '../plan.ts';
import { columnObject, constraintObject, type Existing, tableObject } from '../sql-facts/existing.ts';
import { functionsCalled, volatileRoutines } from '../sql-facts/routines.ts';
import { everyKind, findNodes, foundAt, listAt, type Node, nodeAt, nodesAt, placeless, textAt, wrapped } from '../sql-facts/tree.ts';
import { volatileFunctions } from '../sql-facts/volatile.ts';
import type { SceneStatement } from './finding.ts';
import type { MeantRows } from './matched-sql.ts';
import { insertClauses } from './safer/clauses.ts';

/** What an upsert wants to write, beside the rows that are there. */
const NEW = 'countersign_new';
/** Give new values and do nothing else; in a column by which nothing conflicts they may answer as they like. */
const HARMLESS = new Set(['random', 'gen_random_uuid', 'uuid_generate_v4', 'uuid_generate_v1', 'clock_timestamp']);

/**
 * The rows that are there of which an INSERT … ON CONFLICT DO UPDATE wants to write another one of the same key, as a query can ask for them before; or why none can: the end of a sentence. A condition
 * behind DO UPDATE is not asked, so that these are the rows that may change. What is cut out of the text is held against the tree of the statement.
 */
export function metRows({ node, sql }: SceneStatement, table: TableName, existing: Existing): MeantRows | string {
  const key = keyOf(node, table, existing);
  if (typeof key === 'string') return key;
  const columns = nodesAt(node, 'cols', 'ResTarget').flatMap((target) => textAt(target, 'name') ?? []);
  const missing = key.find((column) => !columns.includes(column));
  if (missing !== undefined) return `it says no value for ${missing}, by which rows conflict`;
  const types = key.map((column) => columnObject(existing, table, column)?.attributes.type);
  if (!types.every((type) => typeof type === 'string')) return `the columns by which rows conflict were not read`;
  const why = obstacle(node, columns, key, existing) ?? rewritten(table, existing);
  if (why !== null) return why;
  const { head, source } = insertClauses(sql);
  const range = nodeAt(node, 'relation');
  const name = textAt(range, 'relname') ?? '';
  const schema = textAt(range, 'schemaname');
  const alias = textAt(nodeAt(range, 'alias'), 'aliasname') ?? name;
  // A row of an heir has keys of its own; those of partitions are the table's.
  const only = tableObject(existing, table)?.attributes.partitioned === true ? '' : 'ONLY ';
  const equal = key.map((column, i) => `${ident(alias)}.${ident(column)} = ${NEW}.${ident(column)}::${String(types[i])}`).join(' AND ');
  const own = `${only}${schema === null ? '' : `${ident(schema)}.`}${ident(name)}${alias === name ? '' : ` AS ${ident(alias)}`}`;
  const rows: MeantRows = { head: foundAt(node, 'withClause') ? `${head}\n` : '', alias, from: `${own}\nWHERE EXISTS (SELECT FROM (\n${source ?? ''}\n) AS ${NEW} (${columns.map(ident).join(', ')}) WHERE ${equal})` };
  return source !== null && readsTheSame(rows, node) ? rows : 'what it writes could not be cut out of its text';
}

/** The columns by which rows conflict. */
function keyOf(node: Node, table: TableName, existing: Existing): readonly string[] | string {
  const infer = nodeAt(nodeAt(node, 'onConflictClause'), 'infer');
  const constraint = textAt(infer, 'conname');
  if (constraint !== null) {
    const columns = constraintObject(existing, table, constraint)?.attributes.columns;
    return Array.isArray(columns) && columns.length > 0 ? columns.map(String) : `the constraint ${constraint}, by which rows conflict, was not read`;
  }
  const elements = nodesAt(infer, 'indexElems', 'IndexElem');
  const names = elements.flatMap((element) => textAt(element, 'name') ?? []);
  return names.length === elements.length && names.length > 0 && !foundAt(infer, 'whereClause') ? names : 'rows conflict by an expression or under a condition';
}

function obstacle(node: Node, columns: readonly string[], key: readonly string[], existing: Existing): string | null {
  const select = wrapped(node.selectStmt, 'SelectStmt');
  if (!select) return 'it writes its default values';
  if (findNodes(node.withClause, ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']).length > 0) return 'a WITH clause of its own changes rows';
  if (everyKind(node, 'ParamRef').length > 0) return 'it writes a parameter';
  if (everyKind(select, 'SetToDefault').length > 0) return 'DEFAULT stands among its values';
  if (everyKind(select, 'LockingClause').length > 0) return 'it locks the rows that it looks at';
  const moody = moodyIn(node, select, columns, key, existing)[0];
  return moody === undefined ? null : `what it writes comes from ${moody}(), which may answer another time otherwise`;
}

/** Functions that may answer otherwise when it runs, as far as it matters which rows conflict, or that do more than answer. */
function moodyIn(node: Node, select: Node, columns: readonly string[], key: readonly string[], existing: Existing): string[] {
  const volatile = volatileRoutines(existing);
  const isMoody = (name: string) => (!volatile.stable.has(name) || volatile.has(name));
  const named = (part: unknown) => [...volatileFunctions(part), ...functionsCalled(part).filter((name) => volatile.has(name))].filter(isMoody);
  const targets = listAt(select, 'targetList');
  const beside = targets.filter((_, i) => targets.length === columns.length && !key.includes(columns[i] ?? ''));
  const own = { with: node.withClause, select: { ...select, targetList: targets.filter((target) => !beside.includes(target)) } };
  return [...named(own), ...named(beside).filter((name) => !HARMLESS.has(name))];
}

/** What the server makes of the new rows before it looks for conflicts, or compares otherwise than `=`. */
function rewritten(table: TableName, existing: Existing): string | null {
  const own = tableObject(existing, table);
  const parts = own ? (existing.children.get(own.id) ?? []) : [];
  const trigger = parts.find((part) => part.kind === 'trigger' && /\bBEFORE\b.*\bINSERT\b/is.test(String(part.attributes.definition)));
  if (trigger) return `the trigger ${trigger.name} may write another key`;
  const nulls = parts.find((part) => /\bNULLS NOT DISTINCT\b/i.test(String(part.attributes.definition)));
  return nulls ? `${nulls.name} takes NULLs as equal` : null;
}

/** The query that is asked, read again, writes what the statement writes. */
function readsTheSame({ head, from }: MeantRows, node: Node): boolean {
  try {
    const trees = parseSync(`${head}SELECT 1 FROM ${from}\n`).stmts ?? [];
    const asked = wrapped(trees[0]?.stmt, 'SelectStmt');
    const range = asked ? nodesAt(wrapped(nodeAt(asked, 'whereClause').SubLink ? nodeAt(nodeAt(asked, 'whereClause'), 'SubLink').subselect : null, 'SelectStmt') ?? {}, 'fromClause', 'RangeSubselect') : [];
    return trees.length === 1 && asked !== null && range.length === 1 && same(range[0]?.subquery, node.selectStmt) && same(asked.withClause, node.withClause);
  } catch {
    return false;
  }
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(placeless(a) ?? null) === JSON.stringify(placeless(b) ?? null);
}
