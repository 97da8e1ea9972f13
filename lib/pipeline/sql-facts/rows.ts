import { qualified } from '../ddl.ts';
import { LOCK_MODES } from '../hazards.ts';
import type { TableName } from '../plan.ts';
import { objectId, parseObjectId, type SchemaObject } from '../snapshot.ts';
import { CREATES, relationsIn } from './create.ts';
import { claim, claims, type Effect, hazard, holdUp, type Reader } from './effect.ts';
import { callsOf, movedBy } from './detours.ts';
import type { Existing } from './existing.ts';
import type { RowEvent, Written } from './routine-body.ts';
import { functionsCalled } from './routines.ts';
import { distinct, findNodes, listAt, type Node, nodeAt, nodesAt, relationAt, relationOf, strongest, textAt } from './tree.ts';

/** Statements about rows. */
export const ON_ROWS: Readonly<Record<string, (node: Node, reader: Reader) => Effect>> = {
  SelectStmt: select,
  InsertStmt: (node, reader) => write('InsertStmt', node, reader),
  UpdateStmt: (node, reader) => write('UpdateStmt', node, reader),
  DeleteStmt: (node, reader) => write('DeleteStmt', node, reader),
  MergeStmt: (node, reader) => write('MergeStmt', node, reader),
  TruncateStmt: truncate,
  CopyStmt: (node, reader) => holding(copy(node, reader), node, reader),
  PrepareStmt: (node, reader) => holding({}, node, reader),
  CreateTableAsStmt: (node, reader) => holding(CREATES.CreateTableAsStmt?.(node, reader) ?? {}, node, reader),
  LockStmt: lock,
  ExplainStmt: explain,
  CallStmt: (node, reader) => writes({ CallStmt: node }, reader),
  VariableShowStmt: () => ({ reads: true }),
};

const WRITES = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'];
/** Functions of the server that change something although they stand in a SELECT. Of those that people wrote nothing is known. */
const CHANGES = new Set(['setval', 'nextval', 'lo_import', 'lo_unlink', 'lo_create', 'pg_notify', 'dblink_exec', 'pg_logical_emit_message', 'pg_create_logical_replication_slot', 'pg_drop_replication_slot', 'pg_terminate_backend', 'pg_cancel_backend', 'create_hypertable', 'create_parent', 'set_config']);

function select(node: Node, reader: Reader): Effect {
  const into = relationAt(nodeAt(node, 'intoClause'), 'rel', reader.resolve);
  const written = writes({ SelectStmt: node }, reader);
  const sources = relationsIn(node, reader).filter((table) => table.schema !== into?.schema || table.name !== into.name);
  const locking = listAt(node, 'lockingClause').length > 0;
  const calls = functionsCalled(node).some((name) => CHANGES.has(name));
  return {
    locks: strongest([...written.locks, ...claims(locking ? 'ROW SHARE' : 'ACCESS SHARE', sources)]),
    tables: distinct([...written.tables, ...(into ? [into] : []), ...sources]),
    hazards: written.hazards,
    loses: written.loses,
    through: written.through,
    reads: node.intoClause === undefined && written.tables.length === 0 && !calls && !locking,
    inverse: into ? `DROP TABLE ${qualified(into)}` : null,
  };
}

function write(kind: string, node: Node, reader: Reader): Effect {
  const written = writes({ [kind]: node }, reader);
  const sources = relationsIn(node, reader).filter((table) => !written.tables.some((other) => other.schema === table.schema && other.name === table.name));
  return { locks: strongest([...written.locks, ...claims('ACCESS SHARE', sources)]), tables: distinct([...written.tables, ...sources]), hazards: written.hazards, loses: written.loses, through: written.through };
}

/** What a statement writes: in itself, in its WITH clauses, by the functions that it calls, and where views and rules lead it. */
function writes(tree: unknown, reader: Reader): Required<Pick<Effect, 'locks' | 'tables' | 'hazards' | 'loses' | 'through'>> {
  const found = findNodes(tree, WRITES).flatMap(({ kind, node }) => {
    const table = relationAt(node, 'relation', reader.resolve);
    return table ? [{ kind, node, table }] : [];
  });
  const { existing } = reader;
  const said = found.flatMap(({ kind, node, table }) => eventsOf(kind, node).map((event): Written => ({ table, event })));
  const around = existing ?? reader.made ?? null;
  const moved = around ? [...said.map((one) => movedBy(around, one)), callsOf(around, tree)] : [{ writes: said, detours: [] }];
  const written = moved.flatMap((one) => one.writes);
  const tables = distinct([...found.map(({ table }) => table), ...written.map(({ table }) => table)]);
  const losing = distinct(written.filter(({ event }) => TAKING.has(event)).map(({ table }) => table));
  const unsaid = losing.filter((table) => !found.some((one) => one.table.schema === table.schema && one.table.name === table.name));
  return {
    locks: claims('ROW EXCLUSIVE', tables),
    tables,
    hazards: [...found.flatMap(({ kind, node, table }) => rowHazards(kind, node, table)), ...unsaid.map((table) => hazard('REMOVES_ROWS', `Rows leave ${table.name}.`))],
    loses: withReferring(losing, existing, (key) => key.attributes.onDelete === 'CASCADE'),
    through: moved.flatMap((one) => one.detours),
  };
}

const TAKING: ReadonlySet<RowEvent> = new Set(['DELETE', 'TRUNCATE']);

/** MERGE may do all that its clauses say. */
function eventsOf(kind: string, node: Node): RowEvent[] {
  if (kind === 'InsertStmt') return ['INSERT'];
  if (kind === 'UpdateStmt') return ['UPDATE'];
  return kind === 'DeleteStmt' ? ['DELETE'] : [...(deletes(kind, node) ? ['DELETE' as const] : []), 'UPDATE', 'INSERT'];
}

function deletes(kind: string, node: Node): boolean {
  return kind === 'DeleteStmt' || (kind === 'MergeStmt' && nodesAt(node, 'mergeWhenClauses', 'MergeWhenClause').some((clause) => clause.commandType === 'CMD_DELETE'));
}

/** The tables, those that refer to them by such a foreign key, those that refer to these, and so on. */
function withReferring(tables: readonly TableName[], existing: Existing | null, by: (key: SchemaObject) => boolean): TableName[] {
  const found = new Map<string, TableName>();
  const rest = [...tables];
  for (let table = rest.pop(); table; table = rest.pop()) {
    const id = objectId('table', table.schema, table.name);
    if (found.has(id)) continue;
    found.set(id, table);
    rest.push(...(existing?.inbound.get(id) ?? []).filter(by).flatMap(({ parent }) => (parent === null ? [] : [named(parent)])));
  }
  return [...found.values()];
}

function named(id: string): TableName {
  const [schema = '', name = ''] = parseObjectId(id).path;
  return { schema, name };
}

function rowHazards(kind: string, node: Node, table: TableName): ReturnType<typeof hazard>[] {
  if (deletes(kind, node)) return [hazard('REMOVES_ROWS', `Rows leave ${table.name}.`)];
  if (kind === 'UpdateStmt' || kind === 'MergeStmt') return [hazard('NOT_REVERSIBLE', `The values that stood in ${table.name} before are kept nowhere.`)];
  return [];
}

function truncate(node: Node, reader: Reader): Effect {
  const tables = nodesAt(node, 'relations', 'RangeVar').flatMap((range) => relationOf(range, reader.resolve) ?? []);
  const cascades = node.behavior === 'DROP_CASCADE';
  const all = cascades ? withReferring(tables, reader.existing, () => true) : tables;
  return { locks: claims('ACCESS EXCLUSIVE', all), tables: distinct([...tables, ...all]), loses: all, hazards: tables.map((table) => hazard('LOSES_DATA', `All rows of ${table.name} are gone${cascades ? ', and those of every table that refers to it' : ''}.`)) };
}

function copy(node: Node, reader: Reader): Effect {
  const table = relationAt(node, 'relation', reader.resolve);
  const loads = node.is_from === true;
  const sources = loads ? [] : relationsIn(node.query, reader);
  return { locks: [...claim(loads ? 'ROW EXCLUSIVE' : 'ACCESS SHARE', table), ...claims('ACCESS SHARE', sources)], tables: [...(table ? [table] : []), ...sources], reads: !loads };
}

/** A statement that holds another: what that writes it writes. */
function holding(own: Effect, node: Node, reader: Reader): Effect {
  const inner = writes(node.query, reader);
  if (inner.tables.length + inner.through.length === 0) return own;
  return { ...own, locks: strongest([...(own.locks ?? []), ...inner.locks]), tables: distinct([...(own.tables ?? []), ...inner.tables]), hazards: [...(own.hazards ?? []), ...inner.hazards], loses: inner.loses, through: inner.through, reads: false };
}

function lock(node: Node, reader: Reader): Effect {
  const tables = nodesAt(node, 'relations', 'RangeVar').flatMap((range) => relationOf(range, reader.resolve) ?? []);
  const mode = (typeof node.mode === 'number' ? LOCK_MODES[node.mode - 1] : undefined) ?? 'ACCESS EXCLUSIVE';
  return { locks: claims(mode, tables), tables, hazards: tables.flatMap((table) => holdUp(mode, table, 'moment')) };
}

/** Only with ANALYZE is the statement run. */
function explain(node: Node, reader: Reader): Effect {
  const runs = nodesAt(node, 'options', 'DefElem').some((option) => textAt(option, 'defname') === 'analyze');
  const [inner] = Object.entries(nodeAt(node, 'query'));
  const effect = inner ? ON_ROWS[inner[0]]?.(inner[1] as Node, reader) : undefined;
  return runs ? { ...effect, inverse: null } : { locks: claims('ACCESS SHARE', effect?.tables ?? []), tables: effect?.tables ?? [], reads: true };
}
