import { parsePlPgSQLSync, parseSync } from 'libpg-query';
import { findNodes, listAt, type Node, nodesAt, textAt, unwrap, words, wrapped } from './tree.ts';

/** What can be read off the body of a DO block without running it. */
export interface Body {
  /** Its statements in the order of the text, with their trees. */
  statements: readonly { sql: string; kind: string; node: Node; inLoop: boolean }[];
  /** EXECUTE, PERFORM of a function that is not known to do nothing but wait, CALL: what these do the text does not say. */
  unknown: boolean;
  loops: boolean;
  /** COMMIT in it: each round is a transaction of its own. */
  commits: boolean;
}

const KNOWN = new WeakMap<Node, Body | null>();

/** The body of `DO $$ … $$`; null when it is in another language than plpgsql or cannot be parsed. The parser module is loaded by whoever parsed the statement. */
export function bodyOf(node: Node, sql: string): Body | null {
  const known = KNOWN.get(node);
  if (known !== undefined) return known;
  const body = read(node, sql);
  KNOWN.set(node, body);
  return body;
}

function read(node: Node, sql: string): Body | null {
  const language = nodesAt(node, 'args', 'DefElem').find((each) => textAt(each, 'defname') === 'language');
  const named = textAt(wrapped(language?.arg, 'String') ?? {}, 'sval');
  if (named !== null && named !== 'plpgsql') return null;
  try {
    return bodyFrom(parsePlPgSQLSync(sql));
  } catch {
    return null;
  }
}

const LOOPS = ['PLpgSQL_stmt_loop', 'PLpgSQL_stmt_while', 'PLpgSQL_stmt_fori', 'PLpgSQL_stmt_fors', 'PLpgSQL_stmt_forc', 'PLpgSQL_stmt_foreach_a', 'PLpgSQL_stmt_dynfors'];

function bodyFrom(tree: unknown): Body {
  const loops = findNodes(tree, LOOPS).map(({ node }) => node);
  const inLoops = new Set(loops.flatMap((loop) => findNodes(loop, ['PLpgSQL_stmt_execsql']).map((each) => each.node)));
  const statements = findNodes(tree, ['PLpgSQL_stmt_execsql']).flatMap(({ node }) => parsed(queryOf(node)).map((one) => ({ ...one, inLoop: inLoops.has(node) })));
  return {
    statements,
    unknown: findNodes(tree, ['PLpgSQL_stmt_dynexecute', 'PLpgSQL_stmt_call', 'PLpgSQL_stmt_dynfors']).length > 0 || findNodes(tree, ['PLpgSQL_stmt_perform']).some(({ node }) => !onlyWaits(node)),
    loops: loops.length > 0,
    commits: findNodes(tree, ['PLpgSQL_stmt_commit']).length > 0,
  };
}

/** Functions of the server itself that wait, or tell, and touch no row. Of most others the text does not say what they do: some even run a text. */
const WAITS = new Set(['pg_sleep', 'pg_sleep_for', 'pg_sleep_until', 'pg_stat_clear_snapshot', 'pg_notify', 'pg_advisory_lock', 'pg_advisory_xact_lock', 'pg_advisory_unlock']);

/** `PERFORM pg_catalog.pg_sleep(1)`: only under the server's own schema is it sure to be the server's own function. */
function onlyWaits(perform: Node): boolean {
  const [expression] = findNodes(perform.expr, ['PLpgSQL_expr']);
  const statements = parsed(textAt(expression?.node ?? {}, 'query') ?? '');
  const calls = findNodes(statements.map(({ node }) => node), ['FuncCall']).map(({ node }) => words(listAt(node, 'funcname')));
  return statements.length > 0 && findNodes(statements.map(({ node }) => node), ['RangeVar', 'SubLink']).length === 0 && calls.every(([schema, name, ...more]) => schema === 'pg_catalog' && more.length === 0 && WAITS.has(name ?? ''));
}

function queryOf(statement: Node): string {
  const [expression] = findNodes(statement.sqlstmt, ['PLpgSQL_expr']);
  return textAt(expression?.node ?? {}, 'query') ?? '';
}

/** Variables of the block read like columns, so that most statements parse as they stand. */
function parsed(sql: string): { sql: string; kind: string; node: Node }[] {
  try {
    return (parseSync(sql).stmts ?? []).flatMap(({ stmt }) => {
      const found = unwrap(stmt);
      return found ? [{ sql, ...found }] : [];
    });
  } catch {
    return [];
  }
}
