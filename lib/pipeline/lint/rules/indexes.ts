import type { LintRule } from '../finding.ts';
import { listAt, nodeAt, nodesAt, textAt, wrapped } from '../../sql-facts/tree.ts';
import { actionsOf, isEmpty, isLive, type Said, type Seen, statementRule, used } from '../seen.ts';

export const INDEXES: readonly LintRule[] = [
  statementRule('INDEX_HOLDS_UP_WRITES', 'CREATE INDEX without CONCURRENTLY keeps writers out (SHARE) while every row is read.', indexBuilt),
  statementRule('INDEX_DROP_HOLDS_UP', 'DROP INDEX without CONCURRENTLY waits for, and then keeps out, everybody who uses the table (ACCESS EXCLUSIVE).', indexDropped),
  statementRule('REINDEX_HOLDS_UP_WRITES', 'REINDEX without CONCURRENTLY keeps writers out (SHARE), and readers who would use the index, while it is built anew.', reindexed),
  statementRule('INDEX_WITHOUT_NAME', 'An index without a name is named by the server: no way back can be written for it, and two runs make two of them.', unnamed),
  statementRule('INDEX_OF_MANY_COLUMNS', 'A plain index of more than three columns is large, slows every write and rarely serves a query better than a shorter one.', manyColumns),
  statementRule('UNIQUE_BUILDS_INDEX', 'ADD UNIQUE or PRIMARY KEY builds its index while nobody can read or write (ACCESS EXCLUSIVE).', uniqueAdded),
  statementRule('EXCLUSION_BUILDS_INDEX', 'ADD … EXCLUDE builds its index while nobody can read or write (ACCESS EXCLUSIVE); there is no form that does not.', exclusionAdded),
];

function indexBuilt(seen: Seen): Said | null {
  const { statement, facts } = seen;
  const table = facts.tables[0];
  if (statement.kind !== 'IndexStmt' || statement.node.concurrent === true || !table) return null;
  const use = used(seen, table);
  const index = textAt(statement.node, 'idxname') ?? 'the index';
  return use && { ...use.said, object: index, lock: 'SHARE', safer: 'concurrently', sentence: `Writes to ${use.name} wait (SHARE) while ${use.words} are read for ${index}.` };
}

function indexDropped(seen: Seen): Said | null {
  const { statement, facts } = seen;
  if (statement.kind !== 'DropStmt' || statement.node.removeType !== 'OBJECT_INDEX' || statement.node.concurrent === true) return null;
  const [table] = facts.tables;
  // The drop itself takes a moment; what hurts is the queue behind it while it waits for older transactions, which lock_timeout ends.
  if (table && !isLive(seen, table)) return null;
  const names = listAt(statement.node, 'objects').flatMap((each) => listAt(wrapped(each, 'List') ?? {}, 'items').slice(-1).flatMap((word) => textAt(wrapped(word, 'String') ?? {}, 'sval') ?? [])).join(', ');
  return { severity: 'to_know', object: names, lock: 'ACCESS EXCLUSIVE', ...(table ? { table } : {}), safer: 'concurrently', sentence: `Everybody who uses ${table ? table.name : `the table of ${names}`} waits (ACCESS EXCLUSIVE) from when ${names} is to be dropped until older transactions have ended.` };
}

function reindexed(seen: Seen): Said | null {
  const { statement, facts } = seen;
  if (statement.kind !== 'ReindexStmt' || facts.outside?.word === 'REINDEX CONCURRENTLY') return null;
  const name = textAt(nodeAt(statement.node, 'relation'), 'relname') ?? 'everything named';
  const table = facts.tables[0];
  const use = table ? used(seen, table) : null;
  if (table && !use) return null;
  return { severity: 'blocking', ...use?.said, object: name, lock: 'SHARE', ...(statement.node.kind === 'REINDEX_OBJECT_INDEX' ? { safer: 'concurrently' } : {}), sentence: `Writes to ${use?.name ?? `the table of ${name}`} wait (SHARE) while ${use?.words ?? 'all of its rows'} are read, and so do queries that use the index.` };
}

function unnamed(seen: Seen): Said | null {
  const { kind, node } = seen.statement;
  if (kind !== 'IndexStmt' || textAt(node, 'idxname') !== null) return null;
  return { severity: 'to_know', object: seen.facts.tables[0]?.name ?? '', sentence: `The server names this index on ${seen.facts.tables[0]?.name ?? 'the table'} itself: say its name, so that a way back can name it too.` };
}

function manyColumns(seen: Seen): Said | null {
  const { kind, node } = seen.statement;
  const columns = listAt(node, 'indexParams').length;
  if (kind !== 'IndexStmt' || node.unique === true || columns <= 3) return null;
  return { severity: 'to_know', object: textAt(node, 'idxname') ?? '', sentence: `${textAt(node, 'idxname') ?? 'The index'} has ${columns} columns: every write pays for all of them, and queries rarely use more than the first three.` };
}

/** The keys that an ALTER TABLE adds without an index that is there already. */
function keysAdded(seen: Seen, types: readonly string[]): { name: string; type: string }[] {
  return actionsOf(seen).flatMap((action) => {
    if (action.subtype === 'AT_AddColumn') return nodesAt(wrapped(action.def, 'ColumnDef') ?? {}, 'constraints', 'Constraint').filter((one) => types.includes(String(one.contype))).map((one) => ({ name: textAt(one, 'conname') ?? `the key of ${textAt(wrapped(action.def, 'ColumnDef') ?? {}, 'colname')}`, type: String(one.contype) }));
    const constraint = action.subtype === 'AT_AddConstraint' ? wrapped(action.def, 'Constraint') : null;
    if (!constraint || !types.includes(String(constraint.contype)) || textAt(constraint, 'indexname') !== null) return [];
    return [{ name: textAt(constraint, 'conname') ?? (constraint.contype === 'CONSTR_PRIMARY' ? 'the primary key' : 'the constraint'), type: String(constraint.contype) }];
  });
}

function uniqueAdded(seen: Seen): Said[] {
  const table = seen.facts.tables[0];
  const use = table ? used(seen, table) : null;
  if (!use) return [];
  const alone = actionsOf(seen).length === 1 && actionsOf(seen)[0]?.subtype === 'AT_AddConstraint';
  return keysAdded(seen, ['CONSTR_UNIQUE', 'CONSTR_PRIMARY']).map(({ name }) => ({ ...use.said, object: name, lock: 'ACCESS EXCLUSIVE', ...(alone ? { safer: 'unique_by_index' as const } : {}), sentence: `Reads and writes of ${use.name} wait (ACCESS EXCLUSIVE) while the index of ${name} is built over ${use.words}.` }));
}

function exclusionAdded(seen: Seen): Said[] {
  const table = seen.facts.tables[0];
  const use = table && !isEmpty(seen, table) ? used(seen, table) : null;
  return use ? keysAdded(seen, ['CONSTR_EXCLUSION']).map(({ name }) => ({ ...use.said, object: name, lock: 'ACCESS EXCLUSIVE', sentence: `Reads and writes of ${use.name} wait (ACCESS EXCLUSIVE) while the index of ${name} is built over ${use.words}.` })) : [];
}
