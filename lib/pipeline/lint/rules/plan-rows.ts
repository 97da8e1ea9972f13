import type { CastResult, OrphanSet } from '../../evidence.ts';
import { tableKey } from '../../expectation.ts';
import { spoken } from '../../planner/names.ts';
import type { SchemaObject } from '../../snapshot.ts';
import type { TableName } from '../../plan.ts';
import { everyKind, foundAt, listAt, type Node, nodeAt, nodesAt, textAt, words, wrapped } from '../../sql-facts/tree.ts';
import { counted, quantityText } from '../../words.ts';
import type { LintFinding, LintRule, LintScene, SceneStatement } from '../finding.ts';
import { namesOf, type NamedTable, tableAt } from '../names.ts';
import type { SaidConstraint } from '../said-columns.ts';
import { bodyOf } from '../../sql-facts/body.ts';
import { typeText } from '../../sql-facts/type-text.ts';
import { stepNames } from '../step-names.ts';
import { changedTables } from '../safer/form.ts';
import { about, isWritten, type Said, written } from './plan-finding.ts';

/** The tables that hold the rows of a table at a moment: itself, or for one that the plan fills, those that it is filled from. */
export function rowsOf(scene: LintScene, at: number, table: NamedTable): { id: string; name: TableName; now: NamedTable | null }[] {
  const names = namesOf(scene);
  const ids = table.before ? [table.id] : table.filledFrom;
  return ids.flatMap((id) => {
    const now = names.byId(at, id);
    return now?.before ? [{ id, name: now.before, now }] : [];
  });
}

function measuredOrphans(scene: LintScene, child: TableName, said: SaidConstraint): OrphanSet[] | null {
  const checks = Object.values(scene.facts.evidence).flatMap((evidence) => evidence.measurements.flatMap((one) => (one.kind === 'orphans' ? [one] : [])));
  const fits = checks.flatMap((one) => one.sets.filter((set) => tableKey(set.child) === tableKey(child) && set.columns.join(',') === said.columns.join(',')));
  if (fits.length > 0) return fits;
  // Asked, and no set came of it.
  const asked = scene.plan.phases.some((phase) => scene.facts.evidence[phase.id] && phase.checks.some((check) => check.kind === 'orphans' && check.foreignKeys.some((key) => tableKey(key.child) === tableKey(child) && key.columns.join(',') === said.columns.join(','))));
  return asked ? [] : null;
}

const orphans: LintRule = {
  code: 'FOREIGN_KEY_OVER_ORPHANS',
  about: 'A foreign key over rows whose parent is missing fails, or keeps what was copied from going on.',
  look: (scene) => namesOf(scene).happenings.flatMap((one) => {
    if (one.what !== 'constrained' || one.said.type !== 'foreign key' || one.table.fresh || !isWritten(scene, one.statement)) return [];
    const [source] = rowsOf(scene, one.at, one.table);
    if (!source) return [];
    const name = one.said.name ?? one.said.columns.join(', ');
    const sets = measuredOrphans(scene, source.name, one.said);
    const shadow = one.table.before === null;
    const offer: Pick<Said, 'safer'> = shadow || (one.table.before !== null && retyped(scene, source.id, one.said.columns)) ? { safer: 'engine_conversion' } : hasKey(scene, source.id, one.said) ? { safer: 'engine_foreign_key' } : {};
    if (sets === null) return [about(scene, 'FOREIGN_KEY_OVER_ORPHANS', one.statement, { object: name, severity: 'to_know', table: source.name, rows: { provenance: 'unknown', why: 'not counted yet' }, ...offer, sentence: `How many rows of ${spoken(source.name)} have no parent for ${name} is not known; with one of them it fails${one.said.unchecked ? ' when it is validated' : ''}.` })];
    const first = sets.find((set) => set.rows.provenance !== 'exact' || set.rows.value > 0);
    return first ? [about(scene, 'FOREIGN_KEY_OVER_ORPHANS', one.statement, { object: name, severity: 'blocking', table: source.name, rows: first.rows, ...offer, sentence: `${first.rows.provenance === 'exact' ? counted(first.rows.value, 'row', 'rows') : `${quantityText(first.rows)} rows`} of ${spoken(source.name)} ${first.rows.provenance === 'exact' && first.rows.value === 1 ? 'has' : 'have'} no parent for ${name}: it fails, and ${laterSteps(scene, one.at, one.table) || 'nothing else'} with it.` })] : [];
  }),
};

function hasKey(scene: LintScene, id: string, said: SaidConstraint): boolean {
  return scene.facts.current !== null && scene.facts.desired?.objects.some((object) => object.kind === 'constraint' && object.parent === id && object.name === said.name && object.attributes.type === 'foreign key') === true;
}

/** Whether the columns of the key have other types in the desired database: then the key waits for the conversion. */
function retyped(scene: LintScene, id: string, columns: readonly string[]): boolean {
  const typesIn = (objects: readonly SchemaObject[] = []) => columns.map((name) => objects.find((object) => object.kind === 'column' && object.parent === id && object.name === name)?.attributes.type).join();
  return scene.facts.current !== null && scene.facts.desired !== null && typesIn(scene.facts.current.objects) !== typesIn(scene.facts.desired.objects);
}

const NEEDING = new WeakMap<LintScene, ReadonlyMap<string, readonly SceneStatement[]>>();

/** The statements that change or read each table, by its id, in their order; made once for a scene. */
function needing(scene: LintScene): ReadonlyMap<string, readonly SceneStatement[]> {
  const known = NEEDING.get(scene);
  if (known) return known;
  const made = new Map<string, SceneStatement[]>();
  for (const statement of scene.statements) {
    for (const id of new Set([...changedTables(scene, statement).map((table) => table.id), ...readIds(scene, statement)])) {
      const list = made.get(id);
      if (list) list.push(statement);
      else made.set(id, [statement]);
    }
  }
  NEEDING.set(scene, made);
  return made;
}

/** What comes after and rests on the table: what stands or falls with it. */
function laterSteps(scene: LintScene, at: number, table: NamedTable): string {
  const names = namesOf(scene);
  const mine = needing(scene).get(table.id) ?? [];
  return stepNames(scene.plan, mine.filter((one) => names.before(one) > at), mine.find((one) => names.before(one) === at)?.phaseId ?? null);
}

function readIds(scene: LintScene, statement: SceneStatement): string[] {
  const names = namesOf(scene);
  const at = names.before(statement);
  return everyKind(statement.node, 'RangeVar').flatMap((range) => { const name = textAt(range, 'relname'); return name === null ? [] : (names.table(at, names.resolve(at, { schema: textAt(range, 'schemaname'), name }, names.searchPathOf(statement)))?.id ?? []); });
}

const casts: LintRule = {
  code: 'CAST_MAY_FAIL',
  about: 'A text that does not read as the new type stops the statement, and everything that rests on it.',
  look: (scene) => written(scene, 'InsertStmt', 'AlterTableStmt', 'CreateTableAsStmt').flatMap((statement) => {
    const names = namesOf(scene);
    const at = names.before(statement);
    const [changed] = changedTables(scene, statement);
    const read = statement.kind === 'AlterTableStmt' ? (changed ? [changed] : []) : everyKind(statement.node, 'RangeVar').flatMap((range) => names.table(at, names.resolve(at, { schema: textAt(range, 'schemaname'), name: textAt(range, 'relname') ?? '' }, names.searchPathOf(statement))) ?? []);
    return castsOf(statement).flatMap(({ column, to }): LintFinding[] => {
      const source = read.find((table) => table.before !== null && table.columns?.some((one) => one.name === column && isText(one.type)));
      if (!source?.before || isText(to)) return [];
      return castFinding(scene, statement, source, source.before, column, to, changed ?? source);
    });
  }),
};

export function isText(type: string): boolean {
  return /^(text|character varying|character|citext)/.test(type);
}

/** `column::type` in the statement, and `TYPE … USING`. */
export function castsOf(statement: SceneStatement): { column: string; to: string }[] {
  const said = everyKind(statement.node, 'TypeCast').flatMap((cast) => {
    const column = wrapped(cast.arg, 'ColumnRef');
    const type = foundAt(cast, 'typeName');
    const name = column ? words(listAt(column, 'fields')).at(-1) : undefined;
    return name !== undefined && type ? [{ column: name, to: typeText(type) }] : [];
  });
  const altered = nodesAt(statement.node, 'cmds', 'AlterTableCmd').flatMap((cmd) => {
    const type = foundAt(wrapped(cmd.def, 'ColumnDef') ?? {}, 'typeName');
    return textAt(cmd, 'subtype') === 'AT_AlterColumnType' && type ? [{ column: textAt(cmd, 'name') ?? '', to: typeText(type) }] : [];
  });
  const all = [...said, ...altered];
  return all.filter((one, index) => all.findIndex((other) => other.column === one.column && other.to === one.to) === index);
}

function castFinding(scene: LintScene, statement: SceneStatement, source: NamedTable, live: TableName, column: string, to: string, onto: NamedTable): LintFinding[] {
  const measured = Object.values(scene.facts.evidence).flatMap((evidence) => evidence.measurements.flatMap((one): CastResult[] => (one.kind === 'casts' && tableKey(one.table) === tableKey(live) ? one.columns.filter((result) => result.column === column && result.to === to) : [])));
  const [result] = measured;
  const at = namesOf(scene).before(statement);
  const object = `${tableKey(live)}.${column}`;
  if (!result) return [about(scene, 'CAST_MAY_FAIL', statement, { object, severity: 'to_know', table: live, rows: { provenance: 'unknown', why: 'not tried yet' }, sentence: `Whether every ${spoken(live)}.${column} reads as ${to} is not known; one that does not stops the step${after(laterSteps(scene, at, onto))}.`, safer: 'engine_conversion' })];
  const fails = result.failures.provenance !== 'exact' || result.failures.value > 0;
  const collides = result.collisions.provenance !== 'exact' || result.collisions.value > 0;
  if (!fails && !collides) return [];
  const what = fails ? `${quantityText(result.failures)} of ${spoken(live)}.${column} do not read as ${to}` : `${quantityText(result.collisions)} different texts of ${spoken(live)}.${column} become one ${to}`;
  return [about(scene, 'CAST_MAY_FAIL', statement, { object, severity: 'blocking', table: source.table, rows: fails ? result.failures : result.collisions, sentence: `${what}: the step fails${after(laterSteps(scene, at, onto))}.` })];
}

function after(steps: string): string {
  return steps === '' ? '' : `, and with it ${steps}`;
}

const noWhere: LintRule = {
  code: 'NO_WHERE',
  about: 'UPDATE or DELETE without WHERE means every row.',
  look: (scene) => [...written(scene, 'UpdateStmt', 'DeleteStmt'), ...written(scene, 'DoStmt')].flatMap((statement) => everyRow(scene, statement)),
};

function everyRow(scene: LintScene, statement: SceneStatement): LintFinding[] {
  // Of a loop over batches the rules about paging speak.
  const inside = statement.kind === 'DoStmt' ? (bodyOf(statement.node, statement.sql)?.statements ?? []).filter(({ kind, inLoop }) => !inLoop && (kind === 'UpdateStmt' || kind === 'DeleteStmt')) : [statement];
  return inside.flatMap(({ kind, node }) => {
    if (foundAt(node, 'whereClause')) return [];
    const range = nodeAt(node, 'relation');
    const known = tableAt(scene, statement, range);
    const table = known ? known.table : unreadTable(scene, statement, range);
    if (!table || known?.fresh === true) return [];
    const update = kind === 'UpdateStmt';
    const rows = known ? scene.facts.current?.estimates[known.id]?.rows : undefined;
    return [about(scene, 'NO_WHERE', statement, { object: tableKey(table), severity: 'blocking', table, ...(typeof rows === 'number' ? { rows: { provenance: 'estimate' as const, value: rows, basis: 'statistics of the server' } } : {}), ...(update && statement.kind !== 'DoStmt' ? { safer: 'batched_update' } : {}), sentence: `${update ? 'UPDATE' : 'DELETE'} without WHERE ${update ? 'changes' : 'takes'} every row of ${spoken(table)} in one transaction${update ? ', and keeps all of them locked until it commits' : ''}.` })];
  });
}

/** Where nothing was read, a table that the plan has not made is one with rows. */
function unreadTable(scene: LintScene, statement: SceneStatement, range: Node): TableName | null {
  const names = namesOf(scene);
  const name = textAt(range, 'relname');
  return names.known || name === null ? null : names.resolve(names.before(statement), { schema: textAt(range, 'schemaname'), name }, names.searchPathOf(statement));
}

const notIn: LintRule = {
  code: 'NOT_IN_NULLS',
  about: 'NOT IN (SELECT …) finds no row at all as soon as the query answers one NULL.',
  look: (scene) => scene.statements.filter((statement) => isWritten(scene, statement)).flatMap((statement) => {
    const links = everyKind(statement.node, 'BoolExpr').filter((one) => one.boolop === 'NOT_EXPR').flatMap((one) => nodesAt(one, 'args', 'SubLink')).filter((link) => link.subLinkType === 'ANY_SUBLINK' && link.operName === undefined);
    return links.flatMap((link) => nullableAnswer(scene, statement, wrapped(link.subselect, 'SelectStmt') ?? {})).map((column) => about(scene, 'NOT_IN_NULLS', statement, { object: column, severity: 'to_know', sentence: `As soon as one ${column} is NULL, NOT IN finds no row at all and nothing happens without an error: write NOT EXISTS.` }));
  }),
};

/** The column that a query answers, when it may be NULL as far as anybody knows. */
function nullableAnswer(scene: LintScene, statement: SceneStatement, select: Node): string[] {
  const [target] = nodesAt(select, 'targetList', 'ResTarget');
  const column = words(listAt(wrapped(target?.val, 'ColumnRef') ?? {}, 'fields')).at(-1);
  if (column === undefined) return [];
  const names = namesOf(scene);
  const at = names.before(statement);
  const [range] = nodesAt(select, 'fromClause', 'RangeVar');
  const table = range ? names.table(at, names.resolve(at, { schema: textAt(range, 'schemaname'), name: textAt(range, 'relname') ?? '' }, names.searchPathOf(statement))) : null;
  const known = table?.columns?.find((one) => one.name === column);
  // A condition that leaves NULLs out is somebody's care.
  const cared = everyKind(nodeAt(select, 'whereClause'), 'NullTest').some((test) => test.nulltesttype === 'IS_NOT_NULL');
  return known?.nullable === false || cared ? [] : [table ? `${spoken(table.table)}.${column}` : column];
}

const byPosition: LintRule = {
  code: 'COPY_BY_POSITION',
  about: 'INSERT … SELECT without a list of columns puts values where they stand, not where they are called so.',
  look: (scene) => written(scene, 'InsertStmt').flatMap((statement) => {
    if (listAt(statement.node, 'cols').length > 0) return [];
    const [onto] = changedTables(scene, statement);
    const select = wrapped(statement.node.selectStmt, 'SelectStmt');
    const given = select ? answered(scene, statement, select) : null;
    if (!onto?.columns || !given) return [];
    const wanted = onto.columns.map((column) => column.name);
    const at = given.findIndex((name, index) => name !== null && name !== wanted[index]);
    const sentence = given.length !== wanted.length
      ? `${counted(given.length, 'value', 'values')} for the ${wanted.length} columns of ${spoken(onto.table)}: ${given.length > wanted.length ? 'the statement fails' : `${wanted.slice(given.length, given.length + 4).join(', ')} ${wanted.length - given.length === 1 ? 'gets its' : 'get their'} default`}. Write the columns.`
      : at >= 0 ? `Without a list of columns, ${given[at] ?? ''} is put into ${wanted[at] ?? ''} of ${spoken(onto.table)}: the two tables have their columns in another order. Write the columns.` : null;
    return sentence === null ? [] : [about(scene, 'COPY_BY_POSITION', statement, { object: tableKey(onto.table), severity: 'blocking', table: onto.table, sentence })];
  }),
};

/** Names of what a query answers, in order; null in the list where a value has no name of a column. Null: nobody knows how many. */
function answered(scene: LintScene, statement: SceneStatement, select: Node): (string | null)[] | null {
  const targets = nodesAt(select, 'targetList', 'ResTarget');
  if (targets.length === 0) return null;
  const names = namesOf(scene);
  const at = names.before(statement);
  const from = nodesAt(select, 'fromClause', 'RangeVar');
  const list: (string | null)[] = [];
  for (const target of targets) {
    const value = nodeAt(target, 'val');
    const column = wrapped(value, 'ColumnRef') ?? wrapped(wrapped(value, 'TypeCast')?.arg, 'ColumnRef');
    if (column && nodesAt(column, 'fields', 'A_Star').length > 0) {
      const [range] = from;
      const table = from.length === 1 && listAt(select, 'fromClause').length === 1 && range ? names.table(at, names.resolve(at, { schema: textAt(range, 'schemaname'), name: textAt(range, 'relname') ?? '' }, names.searchPathOf(statement))) : null;
      if (!table?.columns) return null;
      list.push(...table.columns.map((one) => one.name));
    } else list.push(textAt(target, 'name') ?? (column ? (words(listAt(column, 'fields')).at(-1) ?? null) : null));
  }
  return list;
}

export const ROW_RULES: readonly LintRule[] = [orphans, casts, noWhere, notIn, byPosition];
