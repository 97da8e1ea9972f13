import type { Check, MatchedTable } from '../evidence.ts';
import { tableKey } from '../expectation.ts';
import { type Existing, existingOf } from '../sql-facts/existing.ts';
import type { Detour } from '../sql-facts/detours.ts';
import { findNodes, nodeAt, nodesAt, textAt } from '../sql-facts/tree.ts';
import { atStart, type Ground } from './asks-ground.ts';
import { disturbedBefore } from './disturbed.ts';
import type { SceneStatement } from './finding.ts';
import { lostValues } from './lost-values.ts';
import { matchedSql, type MeantRows } from './matched-sql.ts';
import { meantRows } from './meant-rows.ts';
import { metRows } from './met-rows.ts';
import { namesOf, type NamedTable, tableAt } from './names.ts';
import { spoken } from '../planner/names.ts';
import { seenOf } from './seen.ts';
import { type Reach, reachOf } from './reach.ts';

type MatchedCheck = Extract<Check, { kind: 'matched' }>;

/** The question; the statements whose rows it counts; and of the others that mean only some rows why theirs cannot be counted (the end of a sentence). */
export interface Matched {
  check: MatchedCheck | null;
  counted: ReadonlySet<SceneStatement>;
  uncounted: ReadonlyMap<SceneStatement, string>;
}

/** So many statements of a phase are asked about in one query. */
const MOST = 50;

const WHOLE: ReadonlySet<string> = new Set(['TruncateStmt', 'DropStmt', 'DropOwnedStmt', 'AlterTableStmt', 'AlterTypeStmt', 'CompositeTypeStmt']);
const WHY_NOT: Readonly<Record<string, string>> = { DoStmt: 'a statement stands in a block', MergeStmt: 'MERGE decides for each row' };

/**
 * What the DELETEs, UPDATEs and upserts of a phase mean, as one question for preflight: how many rows of which tables go or change, foreign keys that cascade followed to a fixpoint. Only what can be
 * asked before the phase runs: names and rows as they stand when it begins, and expressions that answer the same each time. At most 50 statements of a phase.
 */
export function matchedOf(ground: Ground): Matched {
  const existing = ground.scene.facts.current ? existingOf(ground.scene.facts.current) : null;
  const uncounted = new Map<SceneStatement, string>();
  const seeds: Seed[] = [];
  for (const statement of ground.statements) {
    const seed = WHOLE.has(statement.kind) ? null : seedOf(ground, statement, existing);
    if (typeof seed === 'string') uncounted.set(statement, seed);
    else if (seed && (seeds.length >= MOST || (seeds[0] && seeds[0].searchPath.join('\0') !== seed.searchPath.join('\0')))) uncounted.set(statement, seeds.length >= MOST ? `more than ${MOST} statements of the phase say which rows` : 'names are looked for along another search path than in the statements before');
    else if (seed) seeds.push(seed);
  }
  const counted = new Set(seeds.map(({ statement }) => statement));
  const [first] = seeds;
  if (!first || !existing) return { check: null, counted, uncounted };
  const { reach, begins } = reachOf(seeds, existing);
  const sql = matchedSql(seeds.map(({ rows, loses }, i) => ({ rows, loses, state: begins[i] ?? 0 })), reach);
  return { check: { id: 'matched', kind: 'matched', tables: tablesOf(reach, begins, seeds), sql, searchPath: first.searchPath }, counted, uncounted };
}

/** Without the rows that go from tables that are counted whole: nothing is counted twice. */
export function withoutWhole(check: MatchedCheck, whole: readonly string[]): MatchedCheck {
  const tables = check.tables.map((one) => (one && whole.includes(tableKey(one.table)) ? (one.changes ? { table: one.table, goes: false, changes: true, by: one.by } : null) : one));
  return { ...check, tables };
}

interface Seed {
  statement: SceneStatement;
  rows: MeantRows;
  table: NamedTable['table'];
  act: 'goes' | 'changes';
  columns: readonly string[];
  /** Columns of which it throws values away. */
  loses: readonly string[];
  searchPath: readonly string[];
}

/** Null: it neither deletes nor updates rows that are there. A text: why its rows cannot be counted. */
function seedOf(ground: Ground, statement: SceneStatement, existing: Existing | null): Seed | string | null {
  const through = seenOf(ground.scene, statement).flatMap(({ facts }) => facts.through);
  if (statement.kind !== 'DeleteStmt' && statement.kind !== 'UpdateStmt' && !isUpsert(statement)) return whyNot(statement, through);
  const detour = through.map(detourWords).find((one) => one !== null);
  if (detour !== undefined) return detour;
  const named = tableAt(ground.scene, statement, statement.node.relation as Readonly<Record<string, unknown>>);
  const table = named?.what === 'table' ? atStart(ground, named.id) : null;
  if (!named || !table || named.fresh) return null;
  if (!existing) return 'the database was not read';
  const act = statement.kind === 'DeleteStmt' ? 'goes' as const : 'changes' as const;
  const changing = statement.kind === 'InsertStmt' ? nodeAt(statement.node, 'onConflictClause') : statement.node;
  const columns = nodesAt(changing, 'targetList', 'ResTarget').flatMap((target) => textAt(target, 'name') ?? []);
  const rows = statement.kind === 'InsertStmt' ? metRows(statement, table.table, existing) : meantRows(statement, existing);
  if (typeof rows === 'string') return rows;
  const { reach } = reachOf([{ table: table.table, act, columns }], existing);
  const why = disturbedBefore(ground.scene, statement, named, reach);
  const loses = seenOf(ground.scene, statement).flatMap(lostValues).flatMap((lost) => (lost.named?.id === named.id ? (lost.columns ?? []) : []));
  return why ?? { statement, rows, table: table.table, act, columns, loses, searchPath: namesOf(ground.scene).searchPathOf(statement) };
}

/** An INSERT that changes the row that stands in its way, and nothing by a WITH clause. */
function isUpsert({ kind, node }: SceneStatement): boolean {
  return kind === 'InsertStmt' && nodeAt(node, 'onConflictClause').action === 'ONCONFLICT_UPDATE' && changesInWith(node).length === 0;
}

function changesInWith(node: SceneStatement['node']): unknown[] {
  return findNodes(node.withClause, ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);
}

function detourWords(one: Detour): string | null {
  if (one.by === 'view') return `it goes through the view ${spoken(one.view)}`;
  if (one.by === 'rule') return `the rule ${one.rule} says what happens`;
  return one.by === 'trigger' && one.instead ? `the trigger ${one.trigger} runs in its place` : null;
}

function whyNot({ kind, node }: SceneStatement, through: readonly Detour[]): string | null {
  const called = through.find((one) => one.by === 'function');
  if ((kind === 'SelectStmt' || kind === 'InsertStmt') && changesInWith(node).length > 0) return 'a statement stands in a WITH clause';
  return WHY_NOT[kind] ?? (called?.by === 'function' ? `${called.routine.name}() says which` : null);
}

function tablesOf({ tables, states, links }: Reach, begins: readonly number[], seeds: readonly Seed[]): MatchedTable[] {
  return tables.map((table, at): MatchedTable => {
    const own = states.flatMap((state, index) => (state.table === at ? [index] : []));
    const by = own.some((index) => begins.includes(index)) ? [] : [...new Set(links.filter(({ to }) => own.includes(to)).map(({ key }) => key.name))].sort();
    return { table, goes: own.some((index) => states[index]?.act === 'goes'), changes: own.some((index) => states[index]?.act === 'changes'), ...(seeds.some(({ loses }, i) => loses.length > 0 && states[begins[i] ?? 0]?.table === at) ? { loses: true } : {}), by };
  });
}
