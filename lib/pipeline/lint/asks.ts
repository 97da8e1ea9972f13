import { ident, qualified } from '../ddl.ts';
import type { CastSpec, Check, ForeignKeySpec, Rule } from '../evidence.ts';
import { tableKey } from '../expectation.ts';
import { notNullRule, type RuledRows, uniqueRule } from '../new-rule.ts';
import type { Phase, Plan, TableName } from '../plan.ts';
import { objectId } from '../snapshot.ts';
import type { Detour } from '../sql-facts/detours.ts';
import { nodesAt, textAt } from '../sql-facts/tree.ts';
import { previewsOf } from '../step-kinds/all.ts';
import type { LintFacts, LintScene, SceneStatement } from './finding.ts';
import { atStart, type Ground, groundOf, losesFrom, tablesOf } from './asks-ground.ts';
import { waysOf } from './fired.ts';
import { matchedOf, withoutWhole } from './matched.ts';
import { namesOf, type NamedTable } from './names.ts';
import type { Happening } from './names-walk.ts';
import { castsOf, isText, rowsOf } from './rules/plan-rows.ts';
import { changedTables } from './safer/form.ts';
import { sceneOf } from './scene.ts';
import { seenOf } from './seen.ts';

/**
 * The plan with what preflight measures and what a signature covers filled in for the phases that people wrote: rows of the tables they change, rows without a parent for the keys they
 * add, texts that do not read as the type they are cast to, values that a new rule would refuse, names that must be free; and every table that a statement names. All by the names that
 * tables have when the phase begins. Phases in `fixed` are left as they are.
 */
export async function withAsks(plan: Plan, facts: LintFacts, fixed: ReadonlySet<string> = new Set()): Promise<Plan> {
  if (!plan.phases.some((phase) => phase.kind === 'written' && !fixed.has(phase.id))) return plan;
  const scene = await sceneOf(plan, facts);
  return { ...plan, phases: plan.phases.map((phase) => (phase.kind === 'written' && !fixed.has(phase.id) ? { ...phase, ...asksOf(scene, phase) } : phase)) };
}

function asksOf(scene: LintScene, phase: Phase): Pick<Phase, 'checks' | 'touches' | 'destructive' | 'pointOfNoReturn'> {
  const previews = previewsOf(phase.steps);
  const ground = groundOf(scene, phase);
  if (!ground) return { checks: previews, touches: [], destructive: false, pointOfNoReturn: false };
  const losing = ground.statements.filter((statement) => losesFrom(ground, statement).length > 0);
  const final = phase.steps.some((step) => losing.some((one) => one.stepId === step.id) && step.undo.length === 0 && !step.undoWork);
  const checks = [...rowChecks(ground, losing), ...orphanChecks(ground), ...castChecks(ground), ...violationChecks(ground), ...freeNames(ground), ...previews];
  return { checks: distinct(checks), touches: touched(ground, checks), destructive: losing.length > 0, pointOfNoReturn: final };
}

function touched(ground: Ground, checks: readonly Check[]): string[] {
  const there = ground.statements.flatMap((statement) => tablesOf(ground, statement)).flatMap((table) => atStart(ground, table.id) ?? []).map(({ table }) => table);
  const made = ground.happenings.flatMap((one) => (one.what === 'made' && one.table.table.schema !== 'pg_temp' ? [one.table.table] : []));
  const reached = checks.flatMap((check) => (check.kind === 'matched' ? check.tables.flatMap((one) => one?.table ?? []) : []));
  const through = ground.statements.flatMap((statement) => seenOf(ground.scene, statement)).flatMap(waysOf);
  return [...new Set([...[...there, ...made, ...reached, ...movedTables(ground, through)].map((table) => objectId('table', table.schema, table.name)), ...routinesOf(through)])];
}

/** Where triggers beside a statement fire, and what they and functions read and write, as far as it is a table that is there. */
function movedTables(ground: Ground, through: readonly Detour[]): TableName[] {
  const tables = through.flatMap((one) => (one.by === 'trigger' || one.by === 'function' ? [...(one.by === 'trigger' ? [one.of] : []), ...one.body.writes.map(({ table }) => table), ...one.body.reads] : []));
  return tables.filter((table) => namesOf(ground.scene).table(ground.start, table)?.what === 'table');
}

/** The functions that run: their text is part of what is signed. */
function routinesOf(through: readonly Detour[]): string[] {
  return through.flatMap((one) => (one.by === 'trigger' || one.by === 'function' ? [one.routine.id] : [])).filter((id) => id !== '');
}

/**
 * Of a phase that takes rows away only those that leave are counted: their sum is what an approver types. Where a statement says which rows, these are counted; where it cannot be said
 * before which those will be, all rows of its tables.
 */
function rowChecks(ground: Ground, losing: readonly SceneStatement[]): Check[] {
  const { check, counted, uncounted } = matchedOf(ground);
  const whole = losing.length > 0
    ? losing.filter((statement) => !counted.has(statement)).flatMap((statement) => losesFrom(ground, statement).map((table) => ({ table, why: uncounted.get(statement) })))
    : ground.statements.filter((one) => one.kind !== 'SelectStmt').flatMap((statement) => [...changedTables(ground.scene, statement), ...filledFrom(ground, statement), ...behindViews(ground, statement)].map((table) => ({ table, why: uncounted.get(statement) })));
  const rows = whole.filter(({ table }) => table.what === 'table').flatMap(({ table, why }) => {
    const named = atStart(ground, table.id);
    return named ? [{ id: `rows:${tableKey(named.table)}`, kind: 'rows' as const, table: named.table, ...(why === undefined ? {} : { instead: why }) }] : [];
  });
  return [...rows, ...(check ? [losing.length > 0 ? withoutWhole(check, rows.map(({ table }) => tableKey(table))) : check] : [])];
}

function behindViews(ground: Ground, statement: SceneStatement): NamedTable[] {
  return seenOf(ground.scene, statement).flatMap(({ facts }) => facts.through).flatMap((one) => (one.by === 'view' ? (namesOf(ground.scene).table(ground.start, one.onto) ?? []) : []));
}

function filledFrom(ground: Ground, statement: SceneStatement): NamedTable[] {
  return ground.happenings.flatMap((one) => (one.what === 'filled' && one.statement === statement ? one.from.flatMap((id) => atStart(ground, id) ?? []) : []));
}

function distinct(checks: readonly Check[]): Check[] {
  return checks.filter((check, index) => checks.findIndex((other) => other.id === check.id) === index);
}

function keyOfTable(ground: Ground, table: NamedTable): readonly string[] {
  return namesOf(ground.scene).constraintsOf(ground.start, table.id).find((one) => one.type === 'primary key')?.columns ?? [];
}

/** Keys onto or from tables that the phase itself makes empty have nothing to measure. */
function orphanChecks(ground: Ground): Check[] {
  const found = ground.happenings.flatMap((one): { spec: ForeignKeySpec; key: readonly string[] }[] => {
    if (one.what !== 'constrained' || one.said.type !== 'foreign key' || one.table.fresh || one.said.name === null) return [];
    const parent = one.parent ? atStart(ground, one.parent.id) : null;
    const [source] = rowsOf(ground.scene, one.at, one.table);
    const child = atStart(ground, one.table.id) ?? (source ? atStart(ground, source.id) : null);
    if (!parent || !child || !one.said.columns.every((column) => child.columns?.some((its) => its.name === column))) return [];
    const types = one.said.columns.map((column) => one.table.columns?.find((its) => its.name === column)?.type ?? 'text');
    const parentColumns = one.said.referencedColumns.length > 0 ? one.said.referencedColumns : keyOfTable(ground, parent);
    const nullable = one.said.columns.every((column) => one.table.columns?.find((its) => its.name === column)?.nullable === true);
    return [{ spec: { id: one.said.name, child: child.table, columns: one.said.columns, parent: parent.table, parentColumns, types, onDelete: onDelete(one.said.node), nullable }, key: keyOfTable(ground, child) }];
  });
  if (found.length === 0) return [];
  return [{ id: 'orphans', kind: 'orphans', foreignKeys: found.map(({ spec }) => spec), keys: Object.fromEntries(found.map(({ spec, key }) => [tableKey(spec.child), key])) }];
}

const ON_DELETE: Readonly<Record<string, string>> = { c: 'CASCADE', n: 'SET NULL', d: 'SET DEFAULT', r: 'RESTRICT' };

function onDelete(node: Readonly<Record<string, unknown>>): string {
  return ON_DELETE[textAt(node, 'fk_del_action') ?? ''] ?? 'NO ACTION';
}

function castChecks(ground: Ground): Check[] {
  const byTable = new Map<string, { table: NamedTable; casts: CastSpec[] }>();
  for (const statement of ground.statements.filter((one) => ['InsertStmt', 'AlterTableStmt', 'CreateTableAsStmt'].includes(one.kind))) {
    const read = tablesOf(ground, statement);
    for (const { column, to } of castsOf(statement)) {
      const table = read.flatMap((one) => atStart(ground, one.id) ?? []).find((one) => one.columns?.some((its) => its.name === column && isText(its.type)));
      const from = table?.columns?.find((its) => its.name === column)?.type;
      if (!table || from === undefined || isText(to)) continue;
      const entry = byTable.get(table.id) ?? { table, casts: [] };
      if (!entry.casts.some((one) => one.column === column && one.to === to)) entry.casts.push({ column, from, to });
      byTable.set(table.id, entry);
    }
  }
  return [...byTable.values()].map(({ table, casts }): Check => ({ id: `casts:${tableKey(table.table)}`, kind: 'casts', table: table.table, key: keyOfTable(ground, table), casts }));
}

/**
 * NOT NULL and unique keys that rows may break. Asked of the rows as they stand when the phase begins, and so not of a table whose rows a statement
 * of the phase mends first.
 */
function violationChecks(ground: Ground): Check[] {
  const rules = new Map<string, { table: TableName; rules: Rule[] }>();
  const add = (table: NamedTable, statement: SceneStatement, rule: (rows: RuledRows) => Rule) => {
    if (isMended(ground, table, statement)) return;
    const made = rule({ from: qualified(table.table), key: keyOfTable(ground, table) });
    const entry = rules.get(tableKey(table.table)) ?? { table: table.table, rules: [] };
    if (!entry.rules.some((one) => one.name === made.name)) entry.rules.push(made);
    rules.set(tableKey(table.table), entry);
  };
  for (const statement of ground.statements.filter((one) => one.kind === 'AlterTableStmt')) {
    const [table] = changedTables(ground.scene, statement).flatMap((one) => atStart(ground, one.id) ?? []);
    for (const cmd of table ? nodesAt(statement.node, 'cmds', 'AlterTableCmd') : []) {
      const column = textAt(cmd, 'name') ?? '';
      if (table && cmd.subtype === 'AT_SetNotNull' && isNullable(table, column)) add(table, statement, (rows) => notNullRule(rows, column));
    }
  }
  for (const one of ground.happenings) {
    const asked = uniqueKeyOf(one);
    const table = asked ? atStart(ground, asked.id) : null;
    if (!asked || !table || !asked.columns.every((column) => table.columns?.some((its) => its.name === column))) continue;
    if (one.what === 'constrained' && one.said.type === 'primary key') for (const column of asked.columns) if (isNullable(table, column)) add(table, one.statement, (rows) => notNullRule(rows, column));
    add(table, one.statement, (rows) => uniqueRule(rows, asked.name, { by: asked.columns.map((column) => ({ sql: ident(column), name: column })), where: null, nullsTogether: false }));
  }
  return [...rules.entries()].map(([key, entry]): Check => ({ id: `violations:${key}`, kind: 'violations', ...entry }));
}

/** A unique or primary key that a statement makes, or a unique index over plain columns. */
function uniqueKeyOf(one: Happening): { id: string; columns: readonly string[]; name: string } | null {
  if (one.what === 'constrained' && (one.said.type === 'unique' || one.said.type === 'primary key') && one.said.usingIndex === null) return { id: one.table.id, columns: one.said.columns, name: one.said.name ?? one.said.columns.join('_') };
  return one.what === 'indexed' && one.index.unique && one.index.columns !== null && one.index.constraint === null && !one.ifNotExists ? { id: one.index.of, columns: one.index.columns, name: one.index.name.name } : null;
}

function isNullable(table: NamedTable, column: string): boolean {
  return table.columns?.some((one) => one.name === column && one.nullable) === true;
}

const MENDING: ReadonlySet<string> = new Set(['UpdateStmt', 'DeleteStmt', 'MergeStmt', 'TruncateStmt']);

function isMended(ground: Ground, table: NamedTable, statement: SceneStatement): boolean {
  return ground.statements.slice(0, ground.statements.indexOf(statement)).some((one) => MENDING.has(one.kind) && changedTables(ground.scene, one).some((changed) => changed.id === table.id));
}

function freeNames(ground: Ground): Check[] {
  const names = namesOf(ground.scene);
  const made = ground.happenings.flatMap((one): TableName[] => {
    if (one.what === 'made' && !one.ifNotExists && one.table.table.schema !== 'pg_temp') return [one.table.table];
    if (one.what === 'renamed') return [one.to];
    return one.what === 'indexed' && !one.ifNotExists && one.index.name.schema !== 'pg_temp' ? [one.index.name] : [];
  });
  // What the phase itself lets go of first need not be free when it begins; what it only moves away is its own.
  const asked = made.filter((name) => !names.table(ground.start, name) && !names.index(ground.start, name));
  const free = asked.filter((name, index) => asked.findIndex((other) => tableKey(other) === tableKey(name)) === index);
  return free.length === 0 ? [] : [{ id: 'free_names', kind: 'free_names', names: free }];
}
