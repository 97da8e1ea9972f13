import { droppedThings, MADE, made, nameIn } from './made.ts';
import { qualified } from '../ddl.ts';
import type { TableName } from '../plan.ts';
import { listAt, type Node } from '../sql-facts/tree.ts';
import { key, object } from './nodes.ts';

export { key };

// What a statement makes, moves and takes away, by name: enough to follow tables through a text, and to find out which statement takes which one back.

export interface Shape {
  /** Tables that stand afterwards and did not before. */
  creates: readonly TableName[];
  drops: readonly TableName[];
  renames: readonly { from: TableName; to: TableName }[];
  /** Tables whose rows or definition it changes. */
  changes: readonly TableName[];
  /** Every relation that it names; asked for only where somebody wants to read it. */
  names(): readonly TableName[];
  /** Rows of these leave, or values of a column. */
  loses: readonly TableName[];
  /** What it is, as a word that takesBack() of another statement can be compared with: `drop index public.i`. */
  acts: readonly string[];
  /** The acts that would take it back; empty where nothing of that kind does. */
  takenBackBy: readonly string[];
  /** The statement that takes back what it makes under a name that was free before; null for all else (sql-facts knows the rest). */
  back: string | null;
  /** For a person: `create table orders`. */
  label: string;
}

const KNOWN = new WeakMap<Node, { path: string; shape: Shape }>();

/** The shape of a statement; of one tree it is made once, however often it is asked for. */
export function shapeOf(kind: string, node: Node, sql: string, searchPath: readonly string[]): Shape {
  const path = searchPath.join('\0');
  const known = KNOWN.get(node);
  if (known?.path === path) return known.shape;
  const empty: Shape = { creates: [], drops: [], renames: [], changes: [], names: () => relationsIn(node, searchPath), loses: [], acts: [], takenBackBy: [], back: null, label: '' };
  const shape = { ...empty, ...READERS[kind]?.(node, searchPath, sql) };
  if (shape.label === '') shape.label = firstWords(sql);
  KNOWN.set(node, { path, shape });
  return shape;
}

export type Reader = (node: Node, path: readonly string[], sql: string) => Partial<Shape>;

const READERS: Readonly<Record<string, Reader>> = {
  ...MADE,
  CreateStmt: (node, path) => created(rangeAt(node, 'relation', path), 'create table', node.if_not_exists === true),
  CreateTableAsStmt: (node, path) => (node.objtype === 'OBJECT_TABLE' ? created(rangeAt(object(node.into), 'rel', path), 'create table', false) : made('materialized view', nameIn(object(object(node.into).rel), path))),
  IndexStmt: indexed,
  RenameStmt: renamed,
  AlterObjectSchemaStmt: (node, path) => {
    const from = node.objectType === 'OBJECT_TABLE' ? rangeAt(node, 'relation', path) : null;
    return from ? moved(from, { schema: String(node.newschema), name: from.name }) : {};
  },
  AlterTableStmt: altered,
  DropStmt: dropped,
  DoStmt: () => ({ label: 'run a block of code' }),
  InsertStmt: (node, path) => changed(rangeAt(node, 'relation', path), 'write rows into'),
  UpdateStmt: (node, path) => changed(rangeAt(node, 'relation', path), 'update'),
  DeleteStmt: (node, path) => losing([rangeAt(node, 'relation', path)], 'delete rows of'),
  MergeStmt: (node, path) => changed(rangeAt(node, 'relation', path), 'merge rows into'),
  CopyStmt: (node, path) => (node.is_from === true ? changed(rangeAt(node, 'relation', path), 'copy rows into') : {}),
  TruncateStmt: (node, path) => losing(listAt(node, 'relations').map((each) => range(object(each).RangeVar, path)), 'empty'),
};

function created(table: TableName | null, label: string, ifMissing: boolean): Partial<Shape> {
  if (!table) return {};
  return { creates: [table], acts: [`create table ${key(table)}`], takenBackBy: [`drop table ${key(table)}`], back: `DROP TABLE ${qualified(table)}`, label: `${label} ${table.name}${ifMissing ? ' if it is missing' : ''}` };
}

function indexed(node: Node, path: readonly string[]): Partial<Shape> {
  const table = rangeAt(node, 'relation', path);
  const name = typeof node.idxname === 'string' ? node.idxname : null;
  if (!table || name === null) return { changes: table ? [table] : [], label: `create an index on ${table?.name ?? 'a table'}` };
  const index = { schema: table.schema, name };
  return { changes: [table], acts: [`create index ${key(index)}`], takenBackBy: [`drop index ${key(index)}`], back: node.concurrent === true ? null : `DROP INDEX ${qualified(index)}`, label: `create index ${name}` };
}

function renamed(node: Node, path: readonly string[]): Partial<Shape> {
  const from = rangeAt(node, 'relation', path);
  const to = typeof node.newname === 'string' ? node.newname : null;
  if (!from || to === null) return {};
  if (node.renameType === 'OBJECT_TABLE') return moved(from, { schema: from.schema, name: to });
  const what = node.renameType === 'OBJECT_COLUMN' ? 'column' : node.renameType === 'OBJECT_TABCONSTRAINT' ? 'constraint' : node.renameType === 'OBJECT_INDEX' ? 'index' : null;
  if (what === null) return { label: `rename ${from.name}` };
  if (what === 'index') {
    const act = (a: string, b: string) => `rename index ${from.schema}.${a} ${b}`;
    return { acts: [act(from.name, to)], takenBackBy: [act(to, from.name)], label: `rename index ${from.name} to ${to}` };
  }
  const old = String(node.subname);
  const act = (a: string, b: string) => `rename ${what} ${key(from)} ${a} ${b}`;
  return {
    changes: [from], acts: [act(old, to)], takenBackBy: [act(to, old)],
    label: `rename ${what} ${old} of ${from.name} to ${to}`,
  };
}

function moved(from: TableName, to: TableName): Partial<Shape> {
  const label = from.schema === to.schema ? `rename ${from.name} to ${to.name}` : `move ${from.name} to schema ${to.schema}`;
  return { renames: [{ from, to }], changes: [from], acts: [`rename table ${key(from)} ${key(to)}`], takenBackBy: [`rename table ${key(to)} ${key(from)}`], label };
}

function altered(node: Node, path: readonly string[]): Partial<Shape> {
  const table = rangeAt(node, 'relation', path);
  if (!table || node.objtype !== 'OBJECT_TABLE') return table ? { label: `alter ${table.name}` } : {};
  const cmds = listAt(node, 'cmds').map((each) => object(object(each).AlterTableCmd));
  const parts = cmds.map((cmd) => alterPart(cmd, table));
  return {
    changes: [table],
    loses: cmds.some((cmd) => cmd.subtype === 'AT_DropColumn') ? [table] : [],
    acts: parts.flatMap(({ act }) => act ?? []),
    takenBackBy: parts.every(({ takenBackBy }) => takenBackBy !== null) ? parts.map(({ takenBackBy }) => takenBackBy ?? '') : [],
    label: parts.length === 1 ? (parts[0]?.label ?? `alter ${table.name}`) : `alter ${table.name}`,
  };
}

interface AlterPart {
  act: string | null;
  takenBackBy: string | null;
  label: string;
}

function part(act: string, takenBackBy: string | null, label: string): AlterPart {
  return { act, takenBackBy, label };
}

function alterPart(cmd: Node, table: TableName): AlterPart {
  const constraint = object(object(cmd.def).Constraint);
  const column = object(object(cmd.def).ColumnDef);
  const name = typeof cmd.name === 'string' ? cmd.name : '';
  switch (cmd.subtype) {
    case 'AT_AddConstraint': {
      const added = typeof constraint.conname === 'string' ? constraint.conname : '';
      if (added === '') return part(`add constraint ${key(table)}`, null, `add a constraint to ${table.name}`);
      return part(`add constraint ${key(table)} ${added}`, `drop constraint ${key(table)} ${added}`, `add ${added}`);
    }
    case 'AT_AddColumn': {
      const added = String(column.colname);
      return part(`add column ${key(table)} ${added}`, `drop column ${key(table)} ${added}`, `add column ${added} to ${table.name}`);
    }
    case 'AT_DropConstraint': return part(`drop constraint ${key(table)} ${name}`, null, `drop constraint ${name} of ${table.name}`);
    case 'AT_DropColumn': return part(`drop column ${key(table)} ${name}`, null, `drop column ${name} of ${table.name}`);
    case 'AT_SetNotNull': return part(`set not null ${key(table)} ${name}`, `drop not null ${key(table)} ${name}`, `set ${name} of ${table.name} not null`);
    case 'AT_DropNotNull': return part(`drop not null ${key(table)} ${name}`, `set not null ${key(table)} ${name}`, `let ${name} of ${table.name} be null`);
    case 'AT_AlterColumnType': return part(`change type ${key(table)} ${name}`, null, `change the type of ${name} of ${table.name}`);
    default: return { act: null, takenBackBy: null, label: `alter ${table.name}` };
  }
}

function dropped(node: Node, path: readonly string[]): Partial<Shape> {
  const found = droppedThings(node, path);
  if (found === null) return {};
  const { what, things } = found;
  const tables = what === 'table' ? things : [];
  return { drops: tables, loses: tables, changes: tables, acts: things.map((thing) => `drop ${what} ${key(thing)}`), label: `drop ${what} ${things.map(({ name }) => name).join(', ')}` };
}

function changed(table: TableName | null, word: string): Partial<Shape> {
  return table ? { changes: [table], label: `${word} ${table.name}` } : {};
}

function losing(found: readonly (TableName | null)[], word: string): Partial<Shape> {
  const tables = found.flatMap((table) => table ?? []);
  return { changes: tables, loses: tables, label: `${word} ${tables.map(({ name }) => name).join(', ')}` };
}

/** Relations that a statement names, whatever for, but its own WITH names and temporary tables. */
function relationsIn(node: Node, path: readonly string[]): TableName[] {
  const found = new Map<string, TableName>();
  const own = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) visit(each);
    else if (typeof value === 'object' && value !== null) {
      const here = value as Node;
      if (typeof here.ctename === 'string') own.add(here.ctename);
      const table = range(here, path);
      if (table) found.set(key(table), table);
      for (const each of Object.values(here)) if (typeof each === 'object') visit(each);
    }
  };
  visit(node);
  return [...found.values()].filter(({ name }) => !own.has(name));
}

function rangeAt(node: Node, field: string, path: readonly string[]): TableName | null {
  return range(node[field], path);
}

function range(value: unknown, path: readonly string[]): TableName | null {
  const node = object(value);
  if (typeof node.relname !== 'string' || node.relpersistence === 't') return null;
  return { schema: typeof node.schemaname === 'string' && node.schemaname !== '' ? node.schemaname : (path[0] ?? 'public'), name: node.relname };
}

/** The first words of a statement, for one that has no better name. */
function firstWords(sql: string): string {
  const line = sql.replaceAll(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
