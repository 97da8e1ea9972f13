import { parseSync } from 'libpg-query';
import { ident, qualified } from '../../ddl.ts';
import { cleanupPhase } from '../../planner/cleanup.ts';
import type { Draft } from '../../planner/draft.ts';
import { execute } from '../../planner/input.ts';
import type { PlanResult } from '../../planner/make-plan.ts';
import { keptTable, shadowSchemaOf, spoken } from '../../planner/names.ts';
import { same, walkOver } from '../../planner/orphan-rows.ts';
import type { Phase, Plan, TableName } from '../../plan.ts';
import { foundAt, listAt, type Node, nodeAt, nodesAt, textAt, wrapped } from '../../sql-facts/tree.ts';
import type { BatchesWork } from '../../step-kinds/batches.ts';
import type { SceneStatement } from '../finding.ts';
import { namesOf } from '../names.ts';
import { rangeName } from '../said-names.ts';
import { updateClauses } from './clauses.ts';
import { keyOf, placed, replaceStatement, tableOf } from './drafts.ts';
import { GONE, refusedForm, UNREAD } from './form.ts';
import type { SaferInput } from './safer.ts';

interface Update {
  node: Node;
  /** Texts behind SET and WHERE. */
  set: string;
  where: string | null;
  columns: readonly string[];
}

interface Target {
  table: TableName;
  /** How the texts call it. */
  alias: string;
  key: readonly string[];
  types: readonly string[];
  note: TableName;
}

/**
 * An UPDATE of many rows, or a loop of them in a DO block, as the batches of the engine: the rows that are meant are noted once with what stood in them, in the order of their key, and changed a
 * batch at a time, a transaction each; what has to be taken back is taken from the note. Refuses tables without a primary key in the reading and updates that join other tables.
 */
export function batchedUpdate({ plan, scene, finding, facts }: SaferInput): PlanResult {
  const here = placed(plan, scene, finding);
  if (!here) return refusedForm(GONE);
  if (!facts.current) return refusedForm(UNREAD);
  const update = here.statement.kind === 'DoStmt' ? updateOfLoop(here.statement) : plainUpdate(here.statement.node, here.statement.sql);
  if (typeof update === 'string') return refusedForm(update);
  const names = namesOf(scene);
  const said = rangeName(nodeAt(update.node, 'relation'));
  const at = names.before(here.statement);
  const table = said ? names.resolve(at, said, names.searchPathOf(here.statement)) : (tableOf(scene, here.statement)?.name ?? null);
  const known = table ? names.table(at, table) : null;
  const walked = known ? keyOf(names, at, known) : null;
  if (!table || !known) return refusedForm(`${table?.name ?? 'The table'} is not in ${plan.target}.`);
  if (!walked) return refusedForm(`${table.name} has no primary key that is known, by which its rows could be walked.`);
  const { key, types } = walked;
  if (update.columns.some((column) => key.includes(column))) return refusedForm('The update changes the key by which the rows would be walked.');
  const alias = textAt(nodeAt(nodeAt(update.node, 'relation'), 'alias'), 'aliasname') ?? table.name;
  const target: Target = { table, alias, key, types, note: freeNote(plan, table) };
  const result = replaceStatement(plan, here, [noteDraft(plan, target, update), batchesDraft(target, update)]);
  return result.ok ? { ok: true, plan: withCleanup(result.plan, here.phase, target.note) } : result;
}

function freeNote(plan: Plan, table: TableName): TableName {
  const text = JSON.stringify(plan.phases);
  for (let number = 1; ; number += 1) {
    const note = keptTable(plan.keepSchema, table, number === 1 ? '_updated' : `_updated_${number}`);
    if (!text.includes(`${note.name}"`) && !new RegExp(`\\b${note.name}\\b`).test(text)) return note;
  }
}

function plainUpdate(node: Node, sql: string): Update | string {
  if (!listAt(node, 'targetList').length) return 'The statement updates nothing any more.';
  if (listAt(node, 'fromClause').length > 0 || foundAt(node, 'withClause')) return 'The update joins other tables; write the rows that it means into a table first.';
  const { set, where } = updateClauses(sql);
  if (set === undefined) return 'The SET of this update could not be read.';
  return { node, set, where: where ?? null, columns: nodesAt(node, 'targetList', 'ResTarget').map((one) => textAt(one, 'name') ?? '') };
}

/** The UPDATE inside a loop. `WHERE key IN (SELECT key FROM same table WHERE … LIMIT …)` means the rows of the inner condition. */
function updateOfLoop(statement: SceneStatement): Update | string {
  const found = updateInBody(bodyOf(statement.node));
  if (!found) return 'The block holds no UPDATE that could be read.';
  const plain = plainUpdate(found.node, found.sql);
  if (typeof plain === 'string') return plain;
  const link = wrapped(found.node.whereClause, 'SubLink');
  const select = link ? wrapped(link.subselect, 'SelectStmt') : null;
  const from = select ? nodesAt(select, 'fromClause', 'RangeVar')[0] : undefined;
  if (!select || !from || rangeName(from)?.name !== rangeName(nodeAt(found.node, 'relation'))?.name) return plain;
  const inner = /\(([\s\S]*)\)\s*$/.exec(plain.where ?? '')?.[1] ?? '';
  const condition = updateClauses(inner).where?.replace(/\b(ORDER\s+BY|LIMIT|OFFSET|FOR\s+UPDATE|FETCH)\b[\s\S]*$/i, '').trim();
  return { ...plain, where: condition === undefined || condition === '' ? null : condition };
}

/** The text of a DO block. */
export function bodyOf(node: Node): string {
  const body = nodesAt(node, 'args', 'DefElem').find((one) => one.defname === 'as');
  return textAt(wrapped(body?.arg, 'String') ?? {}, 'sval') ?? '';
}

/** The first UPDATE in the text of a block that parses alone: variables of the block parse as names of columns. */
export function updateInBody(body: string): { node: Node; sql: string } | null {
  for (const match of body.matchAll(/\bUPDATE\s[^;]*/gi)) {
    try {
      const tree: unknown = parseSync(match[0]).stmts?.[0]?.stmt;
      const node = wrapped(tree, 'UpdateStmt');
      if (node) return { node, sql: match[0] };
    } catch {
      // `FOR UPDATE` and the like are no statements.
    }
  }
  return null;
}

function noteDraft(plan: Plan, target: Target, update: Update): Draft {
  const own = ident(target.alias);
  const columns = [...target.key.map((column) => `${own}.${ident(column)}`), ...update.columns.map((column) => `${own}.${ident(column)}`), ...update.columns.map((column, i) => `${own}.${ident(column)} AS ${after(i)}`), 'false AS countersign_done'];
  const where = update.where === null ? '' : `\n  WHERE (${update.where})`;
  return {
    title: `Note the rows of ${spoken(target.table)} that change`,
    statements: [
      execute('make sure of the keep schema', `CREATE SCHEMA IF NOT EXISTS ${ident(plan.keepSchema)}`),
      execute(`note the rows of ${target.table.name}`, `CREATE TABLE ${qualified(target.note)} AS\n  SELECT ${columns.join(', ')}\n  FROM ${qualified(target.table)} AS ${own}${where}`),
      execute(`key of the note of ${target.table.name}`, `ALTER TABLE ${qualified(target.note)} ADD PRIMARY KEY (${target.key.map(ident).join(', ')})`),
    ],
    undo: [],
    undoWork: restore(target, update),
    locks: [{ mode: 'ACCESS SHARE', table: target.table }],
    undoLocks: [{ mode: 'ROW EXCLUSIVE', table: target.table }],
    rewrite: false,
    hazards: [],
    editable: false,
  };
}

function after(i: number): string {
  return `countersign_now_${i + 1}`;
}

function batchesDraft(target: Target, update: Update): Draft {
  const own = ident(target.alias);
  const key = target.key.map((column) => `${own}.${ident(column)}`).join(', ');
  const still = update.where === null ? '' : ` AND (${update.where})`;
  const returned = [...target.key, ...update.columns].map((column) => `${own}.${ident(column)}`).join(', ');
  const now = update.columns.map((column, i) => `${after(i)} = d.${ident(column)}`).join(', ');
  const change = [
    `d AS (UPDATE ${qualified(target.table)} AS ${own} SET ${update.set} WHERE (${key}) IN (SELECT ${target.key.map((column) => `w.${ident(column)}`).join(', ')} FROM w)${still} RETURNING ${returned}),`,
    `changed AS (UPDATE ${qualified(target.note)} q SET countersign_done = true, ${now} FROM d WHERE ${same(target.key, 'q', 'd')} RETURNING 1)`,
  ].join('\n');
  return {
    title: `Update ${spoken(target.table)}, in batches`,
    statements: [],
    work: { kind: 'batches', walks: [walkOver(target, target.note, `update ${spoken(target.table)}`, change)], after: [] },
    undo: [],
    locks: [{ mode: 'ROW EXCLUSIVE', table: target.table }],
    rewrite: false,
    hazards: [],
    editable: false,
  };
}

/** Rows that the application has changed since keep what it wrote. */
function restore(target: Target, update: Update): BatchesWork {
  const set = update.columns.map((column) => `${ident(column)} = w.${ident(column)}`).join(', ');
  const unchanged = update.columns.map((column, i) => `t.${ident(column)} IS NOT DISTINCT FROM w.${after(i)}`).join(' AND ');
  const change = `changed AS (UPDATE ${qualified(target.table)} t SET ${set} FROM w WHERE ${same(target.key, 't', 'w')} AND w.countersign_done AND ${unchanged} RETURNING 1)`;
  return {
    kind: 'batches',
    walks: [walkOver(target, target.note, `give rows of ${spoken(target.table)} back what stood in them`, change)],
    after: [execute(`drop the note ${target.note.name}`, `DROP TABLE ${qualified(target.note)} RESTRICT`)],
  };
}

const NOTES = 'cleanup-notes';

/** The notes of batches go when the window is over, in a phase of their own before any other clean-up. */
function withCleanup(plan: Plan, phase: Phase, note: TableName): Plan {
  const before = plan.phases.find((one) => one.id === NOTES);
  const kept = [...notesOf(before), note];
  const requires = [...new Set([...(before?.requires ?? []), phase.id])];
  const bench = { keepSchema: plan.keepSchema, shadowSchema: shadowSchemaOf(plan.keepSchema), input: { windowHours: plan.windowHours } };
  const made = cleanupPhase(bench, kept, plan.phases.filter((one) => requires.includes(one.id)), []);
  const cleanup: Phase = { ...made, id: NOTES, steps: made.steps.map((step) => ({ ...step, id: step.id.replace('cleanup', NOTES) })), title: `Drop the ${kept.length === 1 ? 'note' : 'notes'} of updated rows`, summary: 'When the rollback window is over, drops what was noted of the rows before they were updated.' };
  const others = plan.phases.filter((one) => one.id !== NOTES);
  const place = others.findIndex((one) => one.id === 'cleanup');
  return { ...plan, phases: others.toSpliced(place < 0 ? others.length : place, 0, cleanup) };
}

function notesOf(phase: Phase | undefined): TableName[] {
  return phase?.checks.flatMap((check) => (check.kind === 'rows' ? [check.table] : [])) ?? [];
}

