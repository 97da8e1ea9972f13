import { spoken } from '../../planner/names.ts';
import type { TableName } from '../../plan.ts';
import { textAt } from '../../sql-facts/tree.ts';
import type { LintRule } from '../finding.ts';
import { isLive, type Said, type Seen, statementRule, together } from '../seen.ts';

export const RENAMES: readonly LintRule[] = [
  statementRule('TABLE_RENAMED', 'Code that runs knows a table by its old name and fails from the rename on, unless the same transaction puts something else under that name.', tableRenamed),
  statementRule('COLUMN_RENAMED', 'Code that runs knows a column by its old name and fails from the rename on.', columnRenamed),
  statementRule('SCHEMA_RENAMED', 'Code that runs, and every search path, knows a schema by its old name and finds nothing in it from the rename on.', schemaRenamed),
];

function tableRenamed(seen: Seen): Said | null {
  const { kind, node } = seen.statement;
  const table = seen.facts.tables[0];
  const to = kind === 'RenameStmt' && node.renameType === 'OBJECT_TABLE' ? textAt(node, 'newname') : kind === 'AlterObjectSchemaStmt' && node.objectType === 'OBJECT_TABLE' ? `${textAt(node, 'newschema') ?? ''}.${table?.name ?? ''}` : null;
  if (to === null || !table || !isLive(seen, table) || isTakenAgain(seen, table)) return null;
  return { severity: 'blocking', object: table.name, lock: 'ACCESS EXCLUSIVE', table, sentence: `Whoever asks for ${spoken(table)} fails once it is ${to}: let the code know both names first, or leave a view under the old one in the same transaction.` };
}

/** Another table or a view gets the name before anybody can look. */
function isTakenAgain(seen: Seen, { schema, name }: TableName): boolean {
  return together(seen).some((later) => {
    if (later.statement.index <= seen.statement.index) return false;
    const { kind, node } = later.statement;
    const [first] = later.facts.tables;
    if (kind === 'RenameStmt') return node.renameType === 'OBJECT_TABLE' && textAt(node, 'newname') === name && first?.schema === schema;
    if (kind === 'AlterObjectSchemaStmt') return textAt(node, 'newschema') === schema && first?.name === name;
    return (kind === 'ViewStmt' || kind === 'CreateStmt' || kind === 'CreateTableAsStmt') && first?.name === name && first.schema === schema;
  });
}

function columnRenamed(seen: Seen): Said | null {
  const { kind, node } = seen.statement;
  const table = seen.facts.tables[0];
  if (kind !== 'RenameStmt' || node.renameType !== 'OBJECT_COLUMN' || !table || !isLive(seen, table)) return null;
  const [from, to] = [textAt(node, 'subname') ?? '', textAt(node, 'newname') ?? ''];
  return { severity: 'blocking', object: `${table.name}.${from}`, lock: 'ACCESS EXCLUSIVE', table, sentence: `Whoever asks for ${spoken(table)}.${from} fails once it is ${to}: add the new column beside it, write both, and let the old one go when nobody asks for it.` };
}

function schemaRenamed({ statement: { kind, node } }: Seen): Said | null {
  if (kind !== 'RenameStmt' || node.renameType !== 'OBJECT_SCHEMA') return null;
  return { severity: 'blocking', object: textAt(node, 'subname') ?? '', sentence: `Everything in ${textAt(node, 'subname') ?? ''} is found under ${textAt(node, 'newname') ?? ''} only: every query and every search path that names the schema fails.` };
}
