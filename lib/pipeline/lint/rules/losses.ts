import { spoken } from '../../planner/names.ts';
import { objectId, parseObjectId } from '../../snapshot.ts';
import { foundAt, listAt, nodeAt, nodesAt, textAt } from '../../sql-facts/tree.ts';
import type { LintRule } from '../finding.ts';
import { nameOf } from '../../sql-facts/create.ts';
import { lostValues } from '../lost-values.ts';
import { actionsOf, isEmpty, isLive, rowsOf, rowsWords, type Said, type Seen, statementRule } from '../seen.ts';

/** What goes for good. Whether that blocks says NO_WAY_BACK, which knows of backups. */
export const LOSSES: readonly LintRule[] = [
  statementRule('COLUMN_DROPPED', 'A dropped column is gone with its values, and code that still names it fails.', columnsDropped),
  statementRule('VALUES_REPLACED', 'What a column holds is gone where nothing of it, or only a part, is in what takes its place: NULL, a constant, another column, USING that does not name it, a cast or a function that cuts. The phase counts as one that takes something away; batches of the engine keep what stood there.', valuesReplaced),
  statementRule('ROWS_TRUNCATED', 'TRUNCATE lets nobody read or write (ACCESS EXCLUSIVE), fires no row trigger, and older snapshots see an empty table.', truncated),
  statementRule('TRUNCATE_CASCADES', 'TRUNCATE … CASCADE empties every table that refers to the named one, and the tables that refer to those.', truncateCascades),
  statementRule('SCHEMA_DROPPED', 'DROP SCHEMA … CASCADE takes every table in it along, with all rows.', schemaDropped),
];

function columnsDropped(seen: Seen): Said[] {
  const { kind, node } = seen.statement;
  if (kind === 'AlterTableStmt' && node.objtype === 'OBJECT_TYPE') return fieldsDropped(node);
  const table = seen.facts.tables[0];
  if (!table || !isLive(seen, table)) return [];
  return actionsOf(seen).filter((action) => action.subtype === 'AT_DropColumn').map((action) => ({ severity: 'to_know', object: `${table.name}.${textAt(action, 'name') ?? ''}`, lock: 'ACCESS EXCLUSIVE', table, rows: rowsOf(seen, table), sentence: `The values of ${spoken(table)}.${textAt(action, 'name') ?? ''} are gone (${rowsWords(rowsOf(seen, table))}), and code that still names the column fails.` }));
}

function valuesReplaced(seen: Seen): Said[] {
  const update = seen.statement.kind === 'UpdateStmt' && seen.statement === seen.within && listAt(seen.statement.node, 'fromClause').length === 0 && !foundAt(seen.statement.node, 'withClause');
  return lostValues(seen).flatMap(({ table, columns }) => {
    const said = { severity: 'to_know' as const, table, rows: rowsOf(seen, table), ...(update ? { safer: 'batched_update' as const } : {}) };
    if (columns === null) return [{ ...said, object: table.name, sentence: `What it runs overwrites values of ${spoken(table)}, and what stood there is kept nowhere.` }];
    return columns.map((column) => ({ ...said, object: `${table.name}.${column}`, sentence: lossWords(seen, `${spoken(table)}.${column}`) }));
  });
}

function lossWords({ statement: { kind } }: Seen, column: string): string {
  if (kind === 'AlterTableStmt') return `What ${column} holds is gone for good where nothing of it, or only a part of it, is in what takes its place.`;
  return `What ${column} holds in these rows is gone for good: nothing of it, or only a part, is in what takes its place${kind === 'UpdateStmt' ? '. Batches of the engine keep it' : ''}.`;
}

function fieldsDropped(node: Seen['statement']['node']): Said[] {
  const type = textAt(nodeAt(node, 'relation'), 'relname') ?? '';
  return nodesAt(node, 'cmds', 'AlterTableCmd').filter((cmd) => cmd.subtype === 'AT_DropColumn').map((cmd) => ({ severity: 'to_know', object: `${type}.${textAt(cmd, 'name') ?? ''}`, sentence: `What the field ${type}.${textAt(cmd, 'name') ?? ''} holds is gone from every column of the type, and code that still names it fails.` }));
}

function truncated(seen: Seen): Said[] {
  if (seen.statement.kind !== 'TruncateStmt') return [];
  return seen.facts.tables.filter((table) => isLive(seen, table) && !isEmpty(seen, table)).map((table) => ({ severity: 'to_know', object: table.name, lock: 'ACCESS EXCLUSIVE', table, rows: rowsOf(seen, table), sentence: `${spoken(table)} is emptied (${rowsWords(rowsOf(seen, table))}), without a row trigger having seen them.` }));
}

function truncateCascades(seen: Seen): Said | null {
  const { kind, node } = seen.statement;
  if (kind !== 'TruncateStmt' || node.behavior !== 'DROP_CASCADE') return null;
  const along = seen.existing ? seen.facts.tables.flatMap((table) => (seen.existing?.inbound.get(objectId('table', table.schema, table.name)) ?? []).map(({ parent }) => parseObjectId(parent ?? '').path.join('.'))) : null;
  if (along?.length === 0) return null;
  const which = along === null ? 'every table that refers to them, which was not read' : [...new Set(along)].join(', ');
  return { severity: 'blocking', object: seen.facts.tables.map(({ name }) => name).join(','), lock: 'ACCESS EXCLUSIVE', sentence: `It also empties ${which}: name them, so that a person sees what goes.` };
}

function schemaDropped(seen: Seen): Said | null {
  const { kind, node } = seen.statement;
  if (kind !== 'DropStmt' || node.removeType !== 'OBJECT_SCHEMA' || node.behavior !== 'DROP_CASCADE') return null;
  const names = listAt(node, 'objects').map((each) => nameOf(each).join('.')).join(', ');
  const tables = seen.facts.tables.length;
  if (seen.existing && tables === 0) return null;
  return { severity: 'blocking', object: names, lock: 'ACCESS EXCLUSIVE', sentence: seen.existing ? `${tables} ${tables === 1 ? 'table goes' : 'tables go'} with ${names}: ${seen.facts.tables.slice(0, 5).map(spoken).join(', ')}${tables > 5 ? ' …' : ''}.` : `Everything in ${names} goes along; what that is, was not read.` };
}
