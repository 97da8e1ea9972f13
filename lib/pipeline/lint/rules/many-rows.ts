import { spoken } from '../../planner/names.ts';
import type { TableName } from '../../plan.ts';
import { objectId } from '../../snapshot.ts';
import { conjuncts, fixed } from '../../sql-facts/conditions.ts';
import { foundAt, listAt, type Node, nodeAt, nodesAt, textAt } from '../../sql-facts/tree.ts';
import type { LintRule } from '../finding.ts';
import { isEmpty, isLive, isSmall, rowsOf, rowsWords, type Said, type Seen, statementRule } from '../seen.ts';

export const MANY_ROWS: readonly LintRule[] = [
  statementRule('MANY_ROWS_AT_ONCE', 'UPDATE or DELETE of whatever rows keep a condition, on a large table: all of them stay locked until the last is written, and a stop loses all.', atOnce),
  statementRule('CATALOG_WRITTEN', 'INSERT, UPDATE and DELETE on a table of the server itself go past all its rules: an object is half there afterwards, or the database does not start.', catalogWritten),
  statementRule('ASSIGNED_TWICE', 'An UPDATE that sets one column twice is refused by the server.', assignedTwice),
];

/** Rows that are named by their key are few, and of loops and statements without WHERE other rules speak. */
function atOnce(seen: Seen): Said | null {
  const { kind, node } = seen.statement;
  const table = seen.facts.tables[0];
  const where = foundAt(node, 'whereClause');
  if ((kind !== 'UpdateStmt' && kind !== 'DeleteStmt') || seen.statement !== seen.within || !table || !where) return null;
  if (!isLive(seen, table) || isEmpty(seen, table) || isSmall(seen, table) || isByKey(seen, table)) return null;
  const update = kind === 'UpdateStmt';
  const batched = update && listAt(node, 'fromClause').length === 0 && !foundAt(node, 'withClause');
  const rows = rowsOf(seen, table);
  return { severity: 'to_know', object: table.name, lock: 'ROW EXCLUSIVE', table, rows, ...(batched ? { safer: 'batched_update' as const } : {}), sentence: `How many of ${rowsWords(rows)} of ${spoken(table)} this ${update ? 'changes' : 'takes'} is up to its condition: all of them stay locked until the last is ${update ? 'written' : 'gone'}, and a stop loses all.` };
}

/** Whether its condition names the rows by their key. */
export function isByKey(seen: Seen, table: TableName): boolean {
  const where = foundAt(seen.statement.node, 'whereClause');
  return where !== null && fixes(where, keyOf(seen, table));
}

/** What was not read is taken to be called `id`. */
function keyOf({ existing }: Seen, { schema, name }: TableName): readonly string[] {
  if (!existing) return ['id'];
  const key = (existing.children.get(objectId('table', schema, name)) ?? []).find(({ kind, attributes }) => kind === 'constraint' && attributes.type === 'primary key');
  return Array.isArray(key?.attributes.columns) ? key.attributes.columns.map(String) : [];
}

/** `key = constant`, or `key IN (constants)`, for every column of the key. */
function fixes(where: Node, key: readonly string[]): boolean {
  return key.length > 0 && key.every((column) => conjuncts(where).some((part) => fixed(part) === column));
}

function catalogWritten({ statement: { kind, node }, existing }: Seen): Said | null {
  if (!['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'TruncateStmt'].includes(kind)) return null;
  const [table] = kind === 'TruncateStmt' ? nodesAt(node, 'relations', 'RangeVar') : [nodeAt(node, 'relation')];
  const name = table ? (textAt(table, 'relname') ?? '') : '';
  const schema = table ? textAt(table, 'schemaname') : null;
  const own = schema === 'pg_catalog' || schema === 'information_schema' || (schema === null && name.startsWith('pg_') && existing?.objects.has(objectId('table', 'public', name)) !== true);
  return own ? { severity: 'blocking', object: name, sentence: `${name} is a table of the server itself: writing to it goes past all its rules, and what breaks is not known.` } : null;
}

function assignedTwice({ statement: { kind, node } }: Seen): Said[] {
  if (kind !== 'UpdateStmt') return [];
  const set = nodesAt(node, 'targetList', 'ResTarget').filter((target) => listAt(target, 'indirection').length === 0).map((target) => textAt(target, 'name') ?? '');
  const twice = [...new Set(set.filter((name, index) => set.indexOf(name) !== index))];
  return twice.map((name) => ({ severity: 'blocking', object: name, sentence: `${textAt(nodeAt(node, 'relation'), 'relname') ?? 'The table'}.${name} is set twice in one UPDATE, which Postgres refuses.` }));
}
