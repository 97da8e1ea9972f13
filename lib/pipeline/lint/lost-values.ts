import { tableKey } from '../expectation.ts';
import type { TableName } from '../plan.ts';
import { losesValues } from '../sql-facts/alter-column.ts';
import { columnObject } from '../sql-facts/existing.ts';
import { overwritten } from '../sql-facts/overwrites.ts';
import { nodeAt, nodesAt, textAt, wrapped } from '../sql-facts/tree.ts';
import type { LintScene, SceneStatement } from './finding.ts';
import { namesOf, type NamedTable } from './names.ts';
import { rangeName } from './said-names.ts';
import { actionsOf, isLive, type Seen, tableBefore } from './seen.ts';

/** Values that were there before the plan and that a statement throws away. */
export interface LostValues {
  table: TableName;
  /** Null: the target was not read. */
  named: NamedTable | null;
  /** Null: which columns is not in the statement, but in what it calls or goes through. */
  columns: readonly string[] | null;
}

const LOST = new WeakMap<Seen, readonly LostValues[]>();

/**
 * What one statement of a person's throws away of values that stood in the target before the plan: by a value of an UPDATE, a MERGE or an ON CONFLICT in which nothing of the old one is, by a change of
 * type that does not use it or keeps a part of it, in itself or by the view, the rule or the function through which it goes. Not of columns that the plan itself adds. Batches of the
 * engine, which note what stood there, are no statement of a person's.
 */
export function lostValues(seen: Seen): readonly LostValues[] {
  const known = LOST.get(seen) ?? [...assigned(seen), ...retyped(seen), ...moved(seen)];
  LOST.set(seen, known);
  return known;
}

function assigned(seen: Seen): LostValues[] {
  const { statement: { kind, node }, scene, within } = seen;
  // The body of a block is looked at statement by statement.
  if (kind === 'DoStmt') return [];
  const names = namesOf(scene);
  const at = names.before(within);
  return overwritten({ [kind]: node }).flatMap(({ relation, columns }) => {
    const said = rangeName(relation);
    const table = said ? names.resolve(at, said, names.searchPathOf(within)) : null;
    const named = table ? names.table(at, table) : null;
    if (named?.what === 'other' || !table) return seen.facts.through.flatMap((one) => (one.by === 'view' ? lostOf(seen, one.onto, null) : []));
    const there = columns.filter((column) => !isAdded(scene, within, table, column));
    return there.length > 0 ? lostOf(seen, table, there) : [];
  });
}

function retyped(seen: Seen): LostValues[] {
  const [table] = seen.facts.tables;
  if (!table) return [];
  const typeOf = (column: string) => (seen.existing ? columnObject(seen.existing, table, column)?.attributes.type : undefined);
  const columns = actionsOf(seen).flatMap((action) => {
    const column = textAt(action, 'name') ?? '';
    const before = typeOf(column);
    return action.subtype === 'AT_AlterColumnType' && losesValues(action, typeof before === 'string' ? before : null) ? [column] : [];
  });
  return columns.length > 0 ? lostOf(seen, table, columns) : [];
}

/** By what the statement calls or sets off in its own place; triggers beside it are named by a rule of their own. */
function moved(seen: Seen): LostValues[] {
  const writes = seen.facts.through.flatMap((one) => (one.by === 'rule' ? one.writes : one.by === 'function' || (one.by === 'trigger' && one.instead) ? one.body.writes : []));
  return writes.filter(({ overwrites }) => overwrites).flatMap(({ table }) => lostOf(seen, table, null));
}

function lostOf(seen: Seen, table: TableName, columns: readonly string[] | null): LostValues[] {
  const named = tableBefore(seen, table);
  if (named ? named.what !== 'table' || named.before === null || named.fresh : !isLive(seen, table)) return [];
  return [{ table, named, columns }];
}

/** A column that the plan adds, at its moment; `of`: the table by its id, or by its name where the target was not read. */
interface Added {
  at: number;
  of: string;
  column: string;
}

const ADDED = new WeakMap<LintScene, readonly Added[]>();

/** Whether the plan adds the column before. */
function isAdded(scene: LintScene, before: SceneStatement, table: TableName, column: string): boolean {
  const names = namesOf(scene);
  const moment = names.before(before);
  const known = ADDED.get(scene) ?? addedIn(scene);
  ADDED.set(scene, known);
  return known.some((one) => one.column === column && one.at < moment && one.of === (names.table(moment, table)?.id ?? tableKey(table)));
}

/** IF NOT EXISTS may have found it. */
function addedIn(scene: LintScene): Added[] {
  const names = namesOf(scene);
  return scene.statements.flatMap((one) => {
    if (one.kind !== 'AlterTableStmt') return [];
    const at = names.before(one);
    const said = rangeName(nodeAt(one.node, 'relation'));
    const table = said ? names.resolve(at, said, names.searchPathOf(one)) : null;
    const columns = nodesAt(one.node, 'cmds', 'AlterTableCmd').flatMap((cmd) => (cmd.subtype === 'AT_AddColumn' && cmd.missing_ok !== true ? (textAt(wrapped(cmd.def, 'ColumnDef') ?? {}, 'colname') ?? []) : []));
    return table ? columns.map((column) => ({ at, of: names.table(at, table)?.id ?? tableKey(table), column })) : [];
  });
}
