import type { TableName } from '../plan.ts';
import { everyKind, foundAt, listAt, type Node, nodeAt, textAt, wrapped } from '../sql-facts/tree.ts';
import type { SceneStatement } from './finding.ts';
import { keyOf } from './names-history.ts';
import type { NamedTable } from './names.ts';
import { constrain, indexed } from './names-parts.ts';
import type { Walk } from './names-walk.ts';
import { type SaidColumn, saidColumn, saidConstraint, saidTable, sequenceName } from './said-columns.ts';
import { dropName, rangeName } from './said-names.ts';

/** Names after one statement. What it names and is not there is noted, and changes nothing. */
export function follow(walk: Walk, at: number, statement: SceneStatement): void {
  noteMissed(walk, at, statement);
  filledInside(walk, at, statement);
  switch (statement.kind) {
    case 'CreateStmt': return made(walk, at, statement, nodeAt(statement.node, 'relation'), statement.node.if_not_exists === true);
    case 'CreateTableAsStmt': return madeAs(walk, at, statement);
    case 'ViewStmt': return madeOther(walk, at, statement, newName(walk, nodeAt(statement.node, 'view')));
    case 'CreateSeqStmt': return madeOther(walk, at, statement, newName(walk, nodeAt(statement.node, 'sequence')));
    case 'IndexStmt': return indexed(walk, at, statement);
    case 'AlterTableStmt': return altered(walk, at, statement);
    case 'RenameStmt': return renamed(walk, at, statement);
    case 'AlterObjectSchemaStmt': return movedTo(walk, at, statement);
    case 'DropStmt': return dropped(walk, at, statement);
    case 'InsertStmt': return filled(walk, at, statement, nodeAt(statement.node, 'relation'), statement.node);
    case 'CopyStmt': return statement.node.is_from === true ? filled(walk, at, statement, nodeAt(statement.node, 'relation'), {}) : undefined;
    default: return undefined;
  }
}

function found(walk: Walk, at: number, range: Node | null): NamedTable | null {
  const said = rangeName(range);
  return said ? walk.history.tables.at(at, keyOf(walk.resolve(at, said, walk.searchPath))) : null;
}

function newName(walk: Walk, range: Node | null): TableName {
  const said = rangeName(range);
  return { schema: said?.schema ?? walk.searchPath[0] ?? 'public', name: said?.name ?? '' };
}

function made(walk: Walk, at: number, statement: SceneStatement, range: Node | null, ifNotExists: boolean): void {
  const table = newName(walk, range);
  const over = walk.history.tables.at(at, keyOf(table));
  const said = saidTable(statement.node, table.name);
  // Without a reading, IF NOT EXISTS may have found a table with rows in it.
  const fresh = walk.known || !ifNotExists;
  const now: NamedTable = { id: `${keyOf(table)} made at ${at}`, table, before: null, madeBy: statement, fresh, filledFrom: [], what: 'table', columns: said.columns };
  walk.happenings.push({ what: 'made', statement, at, table: now, ifNotExists, over });
  if (over) return;
  walk.history.put(at, now);
  for (const constraint of said.constraints) constrain(walk, at, statement, now, constraint);
  for (const column of said.columns ?? []) withSequence(walk, at, statement, table, column);
}

/** Serial and identity columns bring a sequence, which later statements may name. */
function withSequence(walk: Walk, at: number, statement: SceneStatement, table: TableName, column: SaidColumn): void {
  if (column.sequence) madeOther(walk, at, statement, { schema: table.schema, name: sequenceName(table.name, column.name) });
}

function madeAs(walk: Walk, at: number, statement: SceneStatement): void {
  const into = nodeAt(statement.node, 'into');
  const table = newName(walk, nodeAt(into, 'rel'));
  const over = walk.history.tables.at(at, keyOf(table));
  const from = over ? [] : sources(walk, at, statement.node, null);
  const now: NamedTable = { id: `${keyOf(table)} made at ${at}`, table, before: null, madeBy: statement, fresh: into.skipData === true, filledFrom: from, what: statement.node.objtype === 'OBJECT_TABLE' ? 'table' : 'other', columns: null };
  walk.happenings.push({ what: 'made', statement, at, table: now, ifNotExists: statement.node.if_not_exists === true, over });
  if (over) return;
  walk.history.put(at, now);
  if (!now.fresh && from.length > 0) walk.happenings.push({ what: 'filled', statement, at, id: now.id, from });
}

/** A view, a sequence: their names stand among those of tables. */
function madeOther(walk: Walk, at: number, statement: SceneStatement, table: TableName): void {
  if (walk.history.tables.at(at, keyOf(table))) return;
  walk.history.put(at, { id: `${keyOf(table)} made at ${at}`, table, before: null, madeBy: statement, fresh: false, filledFrom: [], what: 'other', columns: null });
}

/** Tables that a statement reads. */
function sources(walk: Walk, at: number, node: Node, not: string | null): string[] {
  const ids = everyKind(node, 'RangeVar').flatMap((range) => found(walk, at, range)?.id ?? []);
  return [...new Set(ids)].filter((id) => id !== not);
}

function filled(walk: Walk, at: number, statement: SceneStatement, range: Node | null, node: Node): void {
  const table = found(walk, at, range);
  if (!table) return;
  const select = wrapped(node.selectStmt, 'SelectStmt');
  const from = select ? listAt(select, 'fromClause').flatMap((one) => sources(walk, at, one, table.id)) : [];
  walk.history.put(at, { ...table, fresh: false, filledFrom: [...new Set([...table.filledFrom, ...from])] });
  if (from.length > 0) walk.happenings.push({ what: 'filled', statement, at, id: table.id, from });
}

/** WITH … (INSERT …) puts rows in too. */
function filledInside(walk: Walk, at: number, statement: SceneStatement): void {
  if (statement.kind === 'InsertStmt' || !/\binsert\b/i.test(statement.sql)) return;
  for (const insert of everyKind(statement.node, 'InsertStmt')) filled(walk, at, statement, nodeAt(insert, 'relation'), insert);
}

function altered(walk: Walk, at: number, statement: SceneStatement): void {
  const table = found(walk, at, nodeAt(statement.node, 'relation'));
  if (!table || table.what !== 'table') return;
  for (const one of listAt(statement.node, 'cmds')) {
    const cmd = wrapped(one, 'AlterTableCmd');
    if (cmd) alteredBy(walk, at, statement, table.id, cmd);
  }
}

function alteredBy(walk: Walk, at: number, statement: SceneStatement, id: string, cmd: Node): void {
  const { history } = walk;
  const table = history.ids.at(at + 1, id);
  if (!table) return;
  const def = nodeAt(cmd, 'def');
  const name = textAt(cmd, 'name') ?? '';
  switch (textAt(cmd, 'subtype')) {
    case 'AT_AddConstraint': {
      const said = saidConstraint(wrapped(def, 'Constraint') ?? {}, table.table.name, null);
      if (said) constrain(walk, at, statement, table, said);
      return;
    }
    case 'AT_AddColumn': {
      const column = wrapped(def, 'ColumnDef');
      if (!column) return;
      const said = saidColumn(column);
      if (table.columns && !table.columns.some((one) => one.name === said.name)) history.put(at, { ...table, columns: [...table.columns, said] });
      withSequence(walk, at, statement, table.table, said);
      for (const inline of listAt(column, 'constraints')) {
        const constraint = saidConstraint(wrapped(inline, 'Constraint') ?? {}, table.table.name, said.name);
        if (constraint) constrain(walk, at, statement, table, constraint);
      }
      return;
    }
    case 'AT_DropConstraint': {
      const list = history.constraintsOf(at + 1, id);
      if (!list.some((one) => one.name === name) && cmd.missing_ok !== true && (walk.known || table.before === null)) walk.happenings.push({ what: 'missed', statement, at, kind: 'constraint', name: { schema: table.table.schema, name }, of: table });
      history.setConstraints(at, id, list.filter((one) => one.name !== name));
      const behind = history.indexesOf(at + 1, id).find((index) => index.constraint === name);
      if (behind) history.dropIndex(at, behind);
      return;
    }
    default: return changedColumn(walk, at, statement, table, cmd);
  }
}

const OF_A_COLUMN: ReadonlySet<string> = new Set(['AT_DropColumn', 'AT_AlterColumnType', 'AT_SetNotNull', 'AT_DropNotNull', 'AT_ColumnDefault']);

function changedColumn(walk: Walk, at: number, statement: SceneStatement, table: NamedTable, cmd: Node): void {
  const subtype = textAt(cmd, 'subtype') ?? '';
  const name = textAt(cmd, 'name') ?? '';
  if (!OF_A_COLUMN.has(subtype) || !table.columns) return;
  if (!table.columns.some((column) => column.name === name)) {
    if (cmd.missing_ok !== true) walk.happenings.push({ what: 'missed', statement, at, kind: 'column', name: { schema: table.table.schema, name }, of: table });
    return;
  }
  const type = wrapped(cmd.def, 'ColumnDef');
  const columns = subtype === 'AT_DropColumn'
    ? table.columns.filter((column) => column.name !== name)
    : table.columns.map((column) => {
        if (column.name !== name) return column;
        if (subtype === 'AT_AlterColumnType' && type) return { ...column, type: saidColumn(type).type };
        if (subtype === 'AT_ColumnDefault') return { ...column, default: foundAt(cmd, 'def') };
        return { ...column, nullable: subtype === 'AT_DropNotNull' ? true : subtype === 'AT_SetNotNull' ? false : column.nullable };
      });
  walk.history.put(at, { ...table, columns });
}

function renamed(walk: Walk, at: number, statement: SceneStatement): void {
  const { node } = statement;
  const said = rangeName(nodeAt(node, 'relation'));
  const to = textAt(node, 'newname');
  if (!said || to === null) return;
  const name = walk.resolve(at, said, walk.searchPath);
  const table = walk.history.tables.at(at, keyOf(name));
  const type = textAt(node, 'renameType');
  const index = walk.history.indexes.at(at, keyOf(name));
  if (type === 'OBJECT_TABCONSTRAINT' && table) return renamedConstraint(walk, at, table, textAt(node, 'subname') ?? '', to);
  if (type === 'OBJECT_COLUMN' && table?.columns) {
    const from = textAt(node, 'subname');
    walk.history.put(at, { ...table, columns: table.columns.map((column) => (column.name === from ? { ...column, name: to } : column)) });
    return undefined;
  }
  if (index && !table) {
    walk.history.dropIndex(at, index);
    walk.history.putIndex(at, { ...index, name: { ...index.name, name: to } });
  } else if (table && type !== 'OBJECT_TABCONSTRAINT' && type !== 'OBJECT_COLUMN') move(walk, at, statement, table, { schema: table.table.schema, name: to });
  return undefined;
}

function renamedConstraint(walk: Walk, at: number, table: NamedTable, from: string, to: string): void {
  const { history } = walk;
  history.setConstraints(at, table.id, history.constraintsOf(at, table.id).map((one) => (one.name === from ? { ...one, name: to } : one)));
  const behind = history.indexesOf(at, table.id).find((index) => index.constraint === from);
  if (!behind) return;
  history.dropIndex(at, behind);
  history.putIndex(at, { ...behind, name: { ...behind.name, name: to }, constraint: to });
}

function movedTo(walk: Walk, at: number, statement: SceneStatement): void {
  const table = found(walk, at, nodeAt(statement.node, 'relation'));
  const schema = textAt(statement.node, 'newschema');
  if (!table || schema === null) return;
  move(walk, at, statement, table, { schema, name: table.table.name });
  for (const index of walk.history.indexesOf(at, table.id)) {
    walk.history.dropIndex(at, index);
    walk.history.putIndex(at, { ...index, name: { schema, name: index.name.name } });
  }
}

function move(walk: Walk, at: number, statement: SceneStatement, table: NamedTable, to: TableName): void {
  const over = walk.history.tables.at(at, keyOf(to));
  walk.happenings.push({ what: 'renamed', statement, at, id: table.id, from: table.table, to, over });
  if (over) return;
  walk.history.leave(at, table, { why: 'renamed', by: statement, to });
  // What the planner puts in a table's place was filled by a step of a kind of its own.
  walk.history.put(at, { ...table, table: to, fresh: table.fresh && walk.byPeople });
}

function dropped(walk: Walk, at: number, statement: SceneStatement): void {
  const { node } = statement;
  const type = textAt(node, 'removeType');
  const cascade = node.behavior === 'DROP_CASCADE';
  for (const one of listAt(node, 'objects')) {
    const said = dropName(one);
    if (!said) continue;
    const name = walk.resolve(at, said, walk.searchPath);
    if (type === 'OBJECT_INDEX') {
      const index = walk.history.indexes.at(at, keyOf(name));
      if (index) walk.history.dropIndex(at, index);
      else if (walk.known && node.missing_ok !== true) walk.happenings.push({ what: 'missed', statement, at, kind: 'index', name, of: null });
    } else if (type === 'OBJECT_TABLE' || type === 'OBJECT_VIEW' || type === 'OBJECT_MATVIEW' || type === 'OBJECT_SEQUENCE' || type === 'OBJECT_FOREIGN_TABLE') {
      const table = walk.history.tables.at(at, keyOf(name));
      if (!table) {
        if ((walk.known || walk.history.gone.at(at, keyOf(name))) && node.missing_ok !== true) walk.happenings.push({ what: 'missed', statement, at, kind: 'table', name, of: null });
        continue;
      }
      if (table.what === 'table') walk.happenings.push({ what: 'dropped', statement, at, table, cascade });
      for (const index of walk.history.indexesOf(at, table.id)) walk.history.dropIndex(at, index);
      walk.history.leave(at, table, { why: 'dropped', by: statement, to: null });
    }
  }
}

const SYSTEM: ReadonlySet<string> = new Set(['pg_catalog', 'information_schema', 'pg_toast']);
/** Statements whose names are new ones, or that are looked at where they are followed. */
const OWN_NAMES: ReadonlySet<string> = new Set(['CreateStmt', 'ViewStmt', 'CreateTableAsStmt', 'DropStmt', 'CreateSeqStmt', 'CompositeTypeStmt', 'CreateForeignTableStmt']);

function noteMissed(walk: Walk, at: number, statement: SceneStatement): void {
  const main = OWN_NAMES.has(statement.kind) || statement.node.missing_ok === true ? [] : [nodeAt(statement.node, 'relation')];
  const parents = everyKind(statement.node, 'Constraint').map((one) => nodeAt(one, 'pktable'));
  const common = new Set(everyKind(statement.node, 'CommonTableExpr').flatMap((one) => textAt(one, 'ctename') ?? []));
  const own = rangeName(nodeAt(statement.node, 'relation'));
  const noted = new Set<string>();
  for (const range of [...main, ...parents, ...everyKind(statement.node, 'RangeVar')]) {
    const said = rangeName(range);
    if (!said || (said.schema === null && (common.has(said.name) || said.name.startsWith('pg_'))) || (said.schema !== null && SYSTEM.has(said.schema))) continue;
    // A new table may refer to itself.
    if (statement.kind === 'CreateStmt' && own && said.name === own.name && said.schema === own.schema) continue;
    const name = walk.resolve(at, said, walk.searchPath);
    const key = keyOf(name);
    if (noted.has(key) || walk.history.tables.at(at, key) || walk.history.indexes.at(at, key)) continue;
    if (!walk.known && !walk.history.gone.at(at, key)) continue;
    noted.add(key);
    walk.happenings.push({ what: 'missed', statement, at, kind: 'table', name, of: null });
  }
}
