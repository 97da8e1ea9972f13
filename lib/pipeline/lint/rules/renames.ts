import { spoken } from '../../planner/names.ts';
import type { TableName } from '../../plan.ts';
import { nameOf } from '../../sql-facts/create.ts';
import { foundAt, listAt, type Node, nodeAt, textAt, words, wordsOf, wrapped } from '../../sql-facts/tree.ts';
import type { LintRule } from '../finding.ts';
import { isLive, type Said, type Seen, seenIn, statementRule, together } from '../seen.ts';

export const RENAMES: readonly LintRule[] = [
  statementRule('TABLE_RENAMED', 'Code that runs knows a table by its old name and fails from the rename on, unless the same transaction puts something else under that name.', tableRenamed),
  statementRule('COLUMN_RENAMED', 'Code that runs knows a column by its old name and fails from the rename on.', columnRenamed),
  statementRule('OBJECT_RENAMED', 'Code that runs knows a view, function, type, field, sequence or value of an enum by its old name and fails from the rename on, or from the move into another schema.', objectRenamed),
  statementRule('OBJECT_DROPPED', 'Code that still asks for a view, function, type or sequence that is gone fails.', objectDropped),
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

const NAMED: Readonly<Record<string, string>> = { OBJECT_VIEW: 'view', OBJECT_MATVIEW: 'materialized view', OBJECT_FOREIGN_TABLE: 'foreign table', OBJECT_SEQUENCE: 'sequence', OBJECT_FUNCTION: 'function', OBJECT_PROCEDURE: 'procedure', OBJECT_ROUTINE: 'routine', OBJECT_AGGREGATE: 'aggregate', OBJECT_TYPE: 'type', OBJECT_DOMAIN: 'domain', OBJECT_ATTRIBUTE: 'field', OBJECT_EXTENSION: 'extension' };
const CREATES: ReadonlySet<string> = new Set(['ViewStmt', 'CreateTableAsStmt', 'CreateFunctionStmt', 'CreateSeqStmt', 'CreateEnumStmt', 'CompositeTypeStmt', 'CreateRangeStmt', 'CreateDomainStmt', 'CreateForeignTableStmt', 'DefineStmt', 'CreateExtensionStmt']);

/** Whether a statement of the same transaction makes something of that name, before anybody can look; `before`: an earlier one of the plan did, so that nobody knows it. */
function isMade(seen: Seen, name: string, where: 'before' | 'with it'): boolean {
  const all = where === 'before' ? seenIn(seen.scene).slice(0, seenIn(seen.scene).indexOf(seen)) : together(seen).slice(together(seen).indexOf(seen) + 1);
  return all.some(({ statement: { kind, node } }) => CREATES.has(kind) && madeName(node) === name);
}

function madeName(node: Node): string | null {
  const range = foundAt(node, 'view') ?? foundAt(node, 'sequence') ?? foundAt(node, 'typevar') ?? foundAt(nodeAt(node, 'into'), 'rel') ?? foundAt(nodeAt(node, 'base'), 'relation');
  return (range ? textAt(range, 'relname') : words(['funcname', 'typeName', 'domainname', 'defnames'].map((field) => listAt(node, field)).find((list) => list.length > 0) ?? []).at(-1)) ?? textAt(node, 'extname');
}

function objectRenamed(seen: Seen): Said | null {
  const { kind, node } = seen.statement;
  if (kind === 'AlterEnumStmt' && textAt(node, 'oldVal') !== null) return { severity: 'blocking', object: textAt(node, 'oldVal') ?? '', sentence: `Whoever writes or asks for ‘${textAt(node, 'oldVal')}’ fails once it is ‘${textAt(node, 'newVal')}’.` };
  const what = NAMED[String(kind === 'RenameStmt' ? node.renameType : kind === 'AlterObjectSchemaStmt' ? node.objectType : '')];
  if (what === undefined) return null;
  const routine = wrapped(node.object, 'ObjectWithArgs');
  const own = textAt(nodeAt(node, 'relation'), 'relname') ?? (routine ? words(listAt(routine, 'objname')) : wordsOf(node.object)).at(-1) ?? '';
  const name = what === 'field' ? `${own}.${textAt(node, 'subname') ?? ''}` : own;
  const to = textAt(node, 'newname') ?? `${textAt(node, 'newschema') ?? ''}.${own}`;
  if (what === 'extension' || isMade(seen, own, 'before') || isMade(seen, own, 'with it')) return null;
  return { severity: 'blocking', object: name, sentence: `Whoever asks for the ${what} ${name} fails once it is ${to}: let the code know both first.` };
}

function objectDropped(seen: Seen): Said[] {
  const { kind, node } = seen.statement;
  const what = kind === 'DropStmt' ? NAMED[String(node.removeType)] : undefined;
  if (what === undefined) return [];
  const names = listAt(node, 'objects').map((object) => nameOf(object).at(-1) ?? '').filter((name) => !isMade(seen, name, 'before') && !isMade(seen, name, 'with it'));
  return names.map((name) => ({ severity: 'to_know', object: name, sentence: `Code that still asks for the ${what} ${name} fails from then on.` }));
}

function schemaRenamed({ statement: { kind, node } }: Seen): Said | null {
  if (kind !== 'RenameStmt' || node.renameType !== 'OBJECT_SCHEMA') return null;
  return { severity: 'blocking', object: textAt(node, 'subname') ?? '', sentence: `Everything in ${textAt(node, 'subname') ?? ''} is found under ${textAt(node, 'newname') ?? ''} only: every query and every search path that names the schema fails.` };
}
