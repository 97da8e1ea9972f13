import type { Assertion, Expectation } from '../plan.ts';
import { listAt, type Node } from '../sql-facts/tree.ts';
import { object } from './nodes.ts';
import { printedRows, type Printed } from './printed.ts';
import type { Said } from './said.ts';
import { key, type Shape } from './shape.ts';
import { rowsAsText } from '../rows-as-text.ts';

export interface AssertedQuery {
  assertion: Assertion;
  /** What it answers changes with the hour: kept, and never compared. */
  passing: boolean;
  /** What must come out is what psql printed. */
  printed?: true;
}

/** Figures of the moment: sessions, locks, sizes, statistics. */
const PASSING = /\bpg_(?:stat|locks|size_pretty|database_size|total_relation_size|relation_size|table_size|indexes_size)/i;

/**
 * A query as an assertion over one value. One figure is compared as it is; of several rows or columns the number of rows, where the text gives one, and
 * otherwise the rows as text, one per line in order of that text, so that whatever a person says can be compared.
 * @param said what the text says of its answer.
 * @param printed what psql printed below it; it counts before words.
 */
export function assertedQuery(sql: string, node: Node, label: string, said: Said | null, printed?: Printed): AssertedQuery {
  const single = isOneValue(node);
  const answer = printed === undefined || PASSING.test(sql) ? null : asPrinted(sql, node, label, printed);
  if (answer) return { assertion: answer, passing: false, printed: true };
  const zeroes = !single && said !== null && 'rows' in said && said.rows === 0 ? zeroCounts(node) : null;
  if (zeroes !== null) return { assertion: { label, sql: rowsAsText(sql), expect: literalOf(zeroes) }, passing: false };
  if (single) return { assertion: { label, sql: oneValue(sql), expect: expectOf(counted(said, node), sql) }, passing: said === null && PASSING.test(sql) };
  if (said !== null && 'rows' in said) return { assertion: numberOfRows(sql, label, said.rows), passing: false };
  const expect = expectOf(said, sql);
  // What is only read is read as it stands: with its columns, and without gathering a whole table into one text.
  return { assertion: { label, sql: expect.from === 'any' ? sql : rowsAsText(sql), expect }, passing: said === null && PASSING.test(sql) };
}

/** What was printed is what must come out again; null where it cannot be what this query answered. */
function asPrinted(sql: string, node: Node, label: string, printed: Printed): Assertion | null {
  const targets = listAt(node, 'targetList');
  const several = JSON.stringify(targets).includes('"A_Star"') || node.op !== 'SETOP_NONE';
  if (!several && printed.columns.length > 0 && printed.columns.length !== targets.length) return null;
  const value = printed.rows[0]?.[0];
  // psql prints t, and as text the value is true: among the fields of a row it is t.
  if (isOneValue(node)) return printed.rows.length === 1 && value && !printed.torn ? (/^[tf]$/.test(value) ? { label, sql: rowsAsText(sql), expect: literalOf(`(${value})`) } : { label, sql: oneValue(sql), expect: literalOf(value) }) : null;
  const rows = printedRows(printed);
  if (rows !== null) return { label, sql: rowsAsText(sql), expect: literalOf(rows) };
  return printed.count === null ? null : numberOfRows(sql, label, printed.count);
}

function oneValue(sql: string): string {
  return `SELECT q.v::text FROM (\n${sql}\n) q(v)`;
}

function numberOfRows(sql: string, label: string, rows: number): Assertion {
  return { label: `number of rows: ${label}`, sql: `SELECT count(*)::text FROM (\n${sql}\n) q`, expect: literalOf(String(rows)) };
}

function expectOf(said: Said | null, sql: string): Expectation {
  if (said === null) return PASSING.test(sql) ? { from: 'any' } : { from: 'unsaid' };
  if ('open' in said) return { from: 'unsaid' };
  return literalOf('rows' in said ? String(said.rows) : said.value);
}

/** No count has a fraction: the point parts thousands. */
function counted(said: Said | null, node: Node): Said | null {
  return said !== null && 'value' in said && /^\d{1,3}(?:\.\d{3})+$/.test(said.value) && isCount(node) ? { value: said.value.replaceAll('.', '') } : said;
}

function isCount(node: Node): boolean {
  return functionName(object(object(object(object(listAt(node, 'targetList')[0]).ResTarget).val).FuncCall)) === 'count';
}

function literalOf(value: string): Expectation {
  return { from: 'literal', value };
}

const AGGREGATES: ReadonlySet<string> = new Set(['count', 'sum', 'min', 'max', 'avg', 'bool_and', 'bool_or', 'every', 'string_agg', 'array_agg', 'jsonb_agg', 'json_agg']);

/** One column of one row, whatever the tables hold: an aggregate without GROUP BY, or an expression without FROM. */
function isOneValue(node: Node): boolean {
  const targets = listAt(node, 'targetList');
  if (targets.length !== 1 || node.op !== 'SETOP_NONE' || listAt(node, 'groupClause').length > 0 || listAt(node, 'valuesLists').length > 0 || node.limitOffset !== undefined || node.havingClause !== undefined) return false;
  const value = object(object(object(targets[0]).ResTarget).val);
  if (listAt(node, 'fromClause').length === 0) return node.whereClause === undefined && !JSON.stringify(value).includes('"ColumnRef"') && !/generate_series|unnest|regexp_matches|_each|_elements|string_to_table|regexp_split_to_table/.test(JSON.stringify(value));
  return isAggregate(value);
}

function isAggregate(value: Node): boolean {
  if (value.TypeCast !== undefined) return isAggregate(object(object(value.TypeCast).arg));
  if (value.CoalesceExpr !== undefined) return listAt(object(value.CoalesceExpr), 'args').some((each) => isAggregate(object(each)));
  if (value.A_Expr !== undefined) return [object(value.A_Expr).lexpr, object(value.A_Expr).rexpr].some((each) => isAggregate(object(each)));
  const call = object(value.FuncCall);
  return call.over === undefined && AGGREGATES.has(functionName(call));
}

function functionName(call: Node): string {
  return String(object(object(listAt(call, 'funcname').at(-1)).String).sval ?? '');
}

/** `SELECT 'a', count(*) FROM a UNION ALL SELECT 'b', count(*) FROM b`, of which a text says that all are empty: what then comes out. */
function zeroCounts(node: Node): string | null {
  const arms = armsOf(node);
  const rows = (arms ?? []).map((arm) => listAt(arm, 'targetList').map((target) => zeroCell(object(object(object(target).ResTarget).val))));
  if (arms === null || rows.length === 0 || rows.some((row) => row.length === 0 || row.some((cell) => cell === null) || !row.includes('0'))) return null;
  return rows.map((row) => `(${row.join(',')})`).sort().join('\n');
}

function armsOf(node: Node): Node[] | null {
  if (node.op === 'SETOP_UNION' && node.all === true) {
    const left = armsOf(object(node.larg));
    const right = armsOf(object(node.rarg));
    return left && right ? [...left, ...right] : null;
  }
  return node.op === 'SETOP_NONE' && listAt(node, 'groupClause').length === 0 && node.whereClause === undefined ? [node] : null;
}

/** The cell as a row prints it; null for what is not known. */
function zeroCell(value: Node): string | null {
  if (functionName(object(value.FuncCall)) === 'count') return '0';
  const text = object(object(value.A_Const).sval).sval;
  return typeof text === 'string' && /^[\w.-]+$/.test(text) ? text : null;
}

const HARMLESS = /^(?:count|now|version|current_\w+|to_reg\w+|exists|pg_size_pretty|pg_\w*size\w*|pg_get_\w+|pg_is_in_recovery|coalesce|lower|upper|length|concat|format|round|has_\w+_privilege|quote_\w+|obj_description|array_\w+|string_\w+|jsonb?_\w+|extract|date_\w+|to_char|gen_random_uuid|sum|min|max|avg|bool_and|bool_or|txid_current\w*|pg_postmaster_start_time|inet_server_addr)$/;

/** Whether a query only looks: it locks nothing, makes no table, and calls no function by itself that might do something. */
export function isLook(kind: string, node: Node): boolean {
  if (kind !== 'SelectStmt' || node.intoClause !== undefined || listAt(node, 'lockingClause').length > 0) return false;
  const text = JSON.stringify(node);
  if (/"(?:InsertStmt|UpdateStmt|DeleteStmt|MergeStmt)"|"(?:setval|nextval|pg_terminate_backend|pg_cancel_backend|pg_reload_conf|set_config)"/.test(text)) return false;
  if (listAt(node, 'fromClause').length > 0 || node.op !== 'SETOP_NONE') return true;
  return [...text.matchAll(/"funcname":\[(.*?)\]/g)].every(([, names]) => HARMLESS.test(/"sval":"([^"]*)"\}\}$/.exec(names ?? '')?.[1] ?? ''));
}

/** For a person: `rows of orders`, `answer of the query on orders and items`. */
export function queryLabel(node: Node, shape: Shape): string {
  const tables = shape.names().map((table) => (table.schema === 'public' ? table.name : key(table)));
  const counts = isOneValue(node) && isCount(node);
  if (tables.length === 0) return 'the answer';
  const short = tables.length > 3 ? `${tables.slice(0, 3).join(', ')} and ${tables.length - 3} more` : tables.join(', ');
  return counts && tables.length === 1 && node.whereClause === undefined ? `rows of ${short}` : `answer on ${short}`;
}
