import { objectId, type Snapshot } from '../snapshot.ts';
import { bodyOf } from '../sql-facts/body.ts';
import { existingOf } from '../sql-facts/existing.ts';
import { functionsCalled, volatileRoutines } from '../sql-facts/routines.ts';
import { everyKind, nodesAt, textAt } from '../sql-facts/tree.ts';
import type { LintScene, SceneStatement } from './finding.ts';
import { namesOf, type NamedTable, tableAt } from './names.ts';
import { type Reach, reachOf } from './reach.ts';
import { spoken } from '../planner/names.ts';
import { changedTables } from './safer/form.ts';
import { seenOf } from './seen.ts';

/** When what a plan does first touches the rows of a table: moments of the walk. */
interface Disturbances {
  /** Rows come, change, or the table does, by its id. */
  changed: ReadonlyMap<string, number>;
  /** Rows go, by the table's id. */
  removed: ReadonlyMap<string, number>;
  /** From here on anything may have happened: what runs is not in the text. */
  hidden: number;
}

const KNOWN = new WeakMap<LintScene, Disturbances>();
/** Leave rows as they are. */
const STILL: ReadonlySet<string> = new Set(['SelectStmt', 'IndexStmt', 'CommentStmt', 'GrantStmt', 'VacuumStmt', 'LockStmt', 'CreateStatsStmt', 'CreatePolicyStmt', 'ExplainStmt', 'VariableShowStmt', 'VariableSetStmt', 'TransactionStmt']);
const REMOVING: ReadonlySet<string> = new Set(['DeleteStmt', 'TruncateStmt', 'DropStmt']);

/**
 * Why the rows that a statement means are others when it runs than when the plan is measured: the end of a sentence; null: they are the same. That rows of its own tables went before does
 * not matter, because those are counted with the statement that takes them.
 */
export function disturbedBefore(scene: LintScene, statement: SceneStatement, own: NamedTable, reach: Reach): string | null {
  const names = namesOf(scene);
  const at = names.before(statement);
  const { changed, removed, hidden } = disturbancesOf(scene);
  if (hidden < at) return 'a step before it runs what its text does not say';
  const reached = reach.tables.map((table) => objectId('table', table.schema, table.name));
  const late = (from: ReadonlyMap<string, number>, id: string) => (from.get(id) ?? Infinity) < at;
  const inTheWay = [own.id, ...reached].find((id) => late(changed, id));
  if (inTheWay !== undefined) return `a step before it changes ${wordOf(scene, at, inTheWay)}`;
  const said = new Set(everyKind(statement.node.withClause, 'CommonTableExpr').map((one) => textAt(one, 'ctename')));
  for (const range of [statement.node.whereClause, statement.node.usingClause, statement.node.fromClause, statement.node.selectStmt, statement.node.withClause].flatMap((part) => everyKind(part, 'RangeVar'))) {
    const table = tableAt(scene, statement, range);
    if (!table && range.schemaname === undefined && said.has(textAt(range, 'relname'))) continue;
    if (!table) return `it reads ${textAt(range, 'relname') ?? 'a table'}, which is not there`;
    const touched = table.what === 'table' ? late(changed, table.id) || late(removed, table.id) : [...changed.values(), ...removed.values()].some((moment) => moment < at);
    if (touched || table.madeBy !== null) return `it reads ${spoken(table.table)}, which a step before it changes`;
  }
  const added = names.happenings.find((one) => one.what === 'constrained' && one.said.type === 'foreign key' && one.at < at && one.parent !== null && [own.id, ...reached].includes(one.parent.id));
  return added ? 'a step before it adds a foreign key that refers to its table' : null;
}

function wordOf(scene: LintScene, at: number, id: string): string {
  const table = namesOf(scene).byId(at, id);
  return table ? spoken(table.table) : 'its table';
}

function disturbancesOf(scene: LintScene): Disturbances {
  const known = KNOWN.get(scene);
  if (known) return known;
  const changed = new Map<string, number>();
  const removed = new Map<string, number>();
  let hidden = Infinity;
  const names = namesOf(scene);
  for (const statement of scene.statements) {
    const at = names.before(statement);
    if (hidesWork(scene, statement)) hidden = Math.min(hidden, at);
    const first = (map: Map<string, number>, id: string) => void (map.has(id) ? 0 : map.set(id, at));
    for (const [id, goes] of movedBy(scene, statement)) first(goes ? removed : changed, id);
  }
  const made = { changed, removed, hidden };
  KNOWN.set(scene, made);
  return made;
}

/** Tables that a statement touches, and whether rows only go from them. */
function movedBy(scene: LintScene, statement: SceneStatement): [string, boolean][] {
  const names = namesOf(scene);
  const at = names.before(statement);
  const writing = seenOf(scene, statement).filter((one) => one.facts.loses.length > 0 || (!STILL.has(one.statement.kind) && one.statement !== statement) || everyKind(one.statement.node, 'CommonTableExpr').length > 0);
  const simple = writing.length === 0 || (REMOVING.has(statement.kind) && writing.every((one) => one.statement === statement) && everyKind(statement.node.withClause, 'CommonTableExpr').length === 0);
  const inside = simple ? [] : writing.flatMap(({ facts }) => [...facts.tables, ...facts.loses]).flatMap((table) => names.table(at, table)?.id ?? []);
  const own: NamedTable[] = STILL.has(statement.kind) ? [] : changedTables(scene, statement);
  return [...inside.map((id): [string, boolean] => [id, false]), ...own.map((table): [string, boolean] => [table.id, REMOVING.has(statement.kind)]), ...alongOf(scene, statement, own)];
}

/** What foreign keys carry on. */
function alongOf(scene: LintScene, statement: SceneStatement, own: readonly NamedTable[]): [string, boolean][] {
  const { current } = scene.facts;
  if (!current || (statement.kind !== 'DeleteStmt' && statement.kind !== 'UpdateStmt')) return [];
  const act = statement.kind === 'DeleteStmt' ? 'goes' as const : 'changes' as const;
  const columns = nodesAt(statement.node, 'targetList', 'ResTarget').flatMap((target) => textAt(target, 'name') ?? []);
  const { reach } = reachOf(own.flatMap(({ before }) => (before ? [{ table: before, act, columns }] : [])), existingOf(current));
  return reach.states.map(({ table, act: what }): [string, boolean] => [objectId('table', reach.tables[table]?.schema ?? '', reach.tables[table]?.name ?? ''), what === 'goes']);
}

/** A block with EXECUTE, a procedure, or a function of people that may change something. */
function hidesWork(scene: LintScene, { kind, node, sql }: SceneStatement): boolean {
  if (kind === 'CallStmt' || kind === 'ExecuteStmt') return true;
  if (kind === 'DoStmt') return bodyOf(node, sql)?.unknown !== false;
  return kind === 'SelectStmt' && scene.facts.current !== null && functionsCalled(node).some((name) => volatileRoutines(existingOf(scene.facts.current as Snapshot)).has(name));
}
