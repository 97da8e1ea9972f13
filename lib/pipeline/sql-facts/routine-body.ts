import { parsePlPgSQLSync, parseSync } from 'libpg-query';
import type { TableName } from '../plan.ts';
import type { SchemaObject } from '../snapshot.ts';
import { type Existing, relationStands } from './existing.ts';
import { overwritten } from './overwrites.ts';
import { functionsCalled, volatileRoutines } from './routines.ts';
import { findNodes, listAt, type Node, nodeAt, nodesAt, relationAt, type Resolve, textAt, words, wrapped } from './tree.ts';

export type RowEvent = 'INSERT' | 'UPDATE' | 'DELETE' | 'TRUNCATE';

export interface Written {
  table: TableName;
  event: RowEvent;
  /** Of an UPDATE or a MERGE: nothing is left of values that stood there. */
  overwrites?: true;
}

/** What can be read off the body of a function without running it. */
export interface RoutineBody {
  writes: readonly Written[];
  reads: readonly TableName[];
  /** It runs what its text does not say (EXECUTE, a procedure that is not there), is in a language that is not read here, or does not parse. */
  unknown: boolean;
}

const UNREAD: RoutineBody = { writes: [], reads: [], unknown: true };
const KNOWN = new WeakMap<Existing, Map<string, RoutineBody>>();
const EVENTS: Readonly<Record<string, RowEvent>> = { InsertStmt: 'INSERT', UpdateStmt: 'UPDATE', DeleteStmt: 'DELETE', MergeStmt: 'UPDATE' };

/** The tables that a function's text names, with those of the functions that it calls; bodies in SQL and plpgsql are parsed. `loadModule` of libpg-query must have been awaited. */
export function routineBody(existing: Existing, routine: SchemaObject): RoutineBody {
  const known = KNOWN.get(existing) ?? new Map<string, RoutineBody>();
  KNOWN.set(existing, known);
  const found = known.get(routine.id);
  if (found) return found;
  // Who calls itself adds nothing by that.
  known.set(routine.id, { writes: [], reads: [], unknown: false });
  const body = read(existing, routine);
  known.set(routine.id, body);
  return body;
}

/** The functions of people that a name means: all of that name, because which one is up to the arguments. */
export function routinesNamed(existing: Existing, name: string): readonly SchemaObject[] {
  return volatileRoutines(existing).named.get(name) ?? [];
}

function read(existing: Existing, routine: SchemaObject): RoutineBody {
  const definition = String(routine.attributes.definition);
  try {
    const create = wrapped(parseSync(definition).stmts?.[0]?.stmt, 'CreateFunctionStmt');
    const trees = create ? treesOf(create, definition) : null;
    return create && trees ? together(existing, trees.list, resolverOf(existing, routine, create), trees.unknown) : UNREAD;
  } catch {
    return UNREAD;
  }
}

function treesOf(create: Node, definition: string): { list: readonly unknown[]; unknown: boolean } | null {
  if (create.sql_body !== undefined) return { list: [create.sql_body], unknown: false };
  const option = (name: string) => nodesAt(create, 'options', 'DefElem').find((one) => one.defname === name)?.arg;
  const language = textAt(wrapped(option('language'), 'String') ?? {}, 'sval');
  if (language === 'sql') return { list: parseSync(words(listAt(wrapped(option('as'), 'List') ?? {}, 'items')).join('')).stmts ?? [], unknown: false };
  if (language !== 'plpgsql') return null;
  const tree: unknown = parsePlPgSQLSync(definition);
  const hidden = findNodes(tree, ['PLpgSQL_stmt_dynexecute', 'PLpgSQL_stmt_dynfors']).length > 0;
  const parsed = findNodes(tree, ['PLpgSQL_expr']).map(({ node }) => expressionTree(textAt(node, 'query') ?? ''));
  return { list: parsed.filter((one) => one !== null), unknown: hidden || parsed.includes(null) };
}

/** A statement, an expression, or an assignment. */
function expressionTree(query: string): unknown {
  for (const text of [query, `SELECT ${query}`, `SELECT ${query.slice(query.indexOf(':=') + 2)}`, `SELECT ${query.slice(query.indexOf('=') + 1)}`]) {
    try {
      return parseSync(text).stmts ?? [];
    } catch {
      // The next way of reading it.
    }
  }
  return null;
}

function together(existing: Existing, trees: readonly unknown[], resolve: Resolve, unknown: boolean): RoutineBody {
  const written = findNodes(trees, Object.keys(EVENTS)).flatMap(({ kind, node }): Written[] => {
    const table = relationAt(node, 'relation', resolve);
    return table ? [{ table, event: EVENTS[kind] ?? 'UPDATE' }] : [];
  });
  const values = overwritten(trees).flatMap(({ relation }): Written[] => {
    const table = relationAt({ relation }, 'relation', resolve);
    return table ? [{ table, event: 'UPDATE', overwrites: true }] : [];
  });
  const merged = findNodes(trees, ['MergeStmt']).flatMap(({ node }): Written[] => {
    const table = nodesAt(node, 'mergeWhenClauses', 'MergeWhenClause').some((clause) => clause.commandType === 'CMD_DELETE') ? relationAt(node, 'relation', resolve) : null;
    return table ? [{ table, event: 'DELETE' }] : [];
  });
  const emptied = findNodes(trees, ['TruncateStmt']).flatMap(({ node }) => nodesAt(node, 'relations', 'RangeVar').flatMap((range): Written[] => {
    const table = relationAt({ relation: range }, 'relation', resolve);
    return table ? [{ table, event: 'TRUNCATE' }] : [];
  }));
  const named = findNodes(trees, ['RangeVar']).flatMap(({ node }) => relationAt({ relation: node }, 'relation', resolve) ?? []).filter((table) => relationStands(existing, table));
  const called = functionsCalled(trees).filter((name) => volatileRoutines(existing).has(name)).flatMap((name) => routinesNamed(existing, name)).map((one) => routineBody(existing, one));
  return {
    writes: distinct([...written, ...merged, ...emptied, ...values, ...called.flatMap(({ writes }) => writes)].filter(({ table }) => relationStands(existing, table)), ({ table, event, overwrites }) => `${event} ${table.schema}.${table.name} ${overwrites === true}`),
    reads: distinct([...named, ...called.flatMap(({ reads }) => reads)], ({ schema, name }) => `${schema}.${name}`),
    unknown: unknown || called.some((one) => one.unknown) || functionsCalled(findNodes(trees, ['CallStmt'])).some((name) => routinesNamed(existing, name).length === 0),
  };
}

/** Its own search path where it has one; else its own schema and `public`, which is where most of what it means stands. */
function resolverOf(existing: Existing, routine: SchemaObject, create: Node): Resolve {
  const setting = nodesAt(create, 'options', 'DefElem').map((one) => wrapped(one.arg, 'VariableSetStmt')).find((one) => one?.name === 'search_path');
  const said = setting ? listAt(setting, 'args').flatMap((one) => textAt(nodeAt(wrapped(one, 'A_Const') ?? {}, 'sval'), 'sval') ?? []) : [];
  const path = [...new Set([...said, routine.schema, 'public'])];
  return (parts) => {
    const name = parts.at(-1);
    if (name === undefined) return null;
    if (parts.length > 1) return { schema: parts.at(-2) ?? 'public', name };
    return { schema: path.find((schema) => relationStands(existing, { schema, name })) ?? path[0] ?? 'public', name };
  };
}

function distinct<T>(all: readonly T[], key: (one: T) => string): T[] {
  return [...new Map(all.map((one) => [key(one), one])).values()];
}
