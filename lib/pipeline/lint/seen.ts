import type { Quantity } from '../evidence.ts';
import type { LockMode } from '../hazards.ts';
import type { Phase, Step, TableName } from '../plan.ts';
import { spoken } from '../planner/names.ts';
import { objectId } from '../snapshot.ts';
import { bodyOf } from '../sql-facts/body.ts';
import type { Existing } from '../sql-facts/existing.ts';
import type { StatementFacts } from '../sql-facts/facts.ts';
import { factsOf } from '../sql-facts/facts-of.ts';
import { type Node, nodesAt } from '../sql-facts/tree.ts';
import type { LintFinding, LintRule, LintScene, SceneStatement } from './finding.ts';
import { type FormId, saferForm } from './forms.ts';
import { existingWith, madeAlone } from './made-here.ts';
import { isByPeople, namesOf, type NamedTable } from './names.ts';

/** A statement that a person wrote, with what can be said of it. */
export interface Seen {
  scene: LintScene;
  phase: Phase;
  step: Step;
  statement: SceneStatement;
  /** The statement of the plan that it stands in: itself, or the DO block whose body was read. */
  within: SceneStatement;
  facts: StatementFacts;
  /** The reading of the target, with what the plan makes that runs beside statements; null: not read. */
  existing: Existing | null;
}

const ORDER = new WeakMap<SceneStatement, number>();
const BY_TRANSACTION = new WeakMap<LintScene, ReadonlyMap<number, readonly Seen[]>>();

/** Its place among all statements of the plan. */
export function orderOf({ statement }: Seen): number {
  return ORDER.get(statement) ?? -1;
}

/** The statements that commit together with it, itself among them, in their order. */
export function together(seen: Seen): readonly Seen[] {
  const known = BY_TRANSACTION.get(seen.scene) ?? Map.groupBy(seenIn(seen.scene), (one) => one.statement.transaction);
  BY_TRANSACTION.set(seen.scene, known);
  return known.get(seen.statement.transaction) ?? [];
}

/** What a rule says of a statement. */
export interface Said {
  sentence: string;
  severity: LintFinding['severity'];
  /** What it is about, so that an answer stays with it: a table, a column, an index. */
  object: string;
  lock?: LockMode;
  table?: TableName;
  rows?: Quantity;
  safer?: FormId;
}

const SEEN = new WeakMap<LintScene, readonly Seen[]>();

/** The statements that people wrote, in the order of the plan, each with its facts; made once for a scene. */
export function seenIn(scene: LintScene): readonly Seen[] {
  const known = SEEN.get(scene) ?? look(scene);
  SEEN.set(scene, known);
  return known;
}

const BY_STATEMENT = new WeakMap<LintScene, ReadonlyMap<SceneStatement, readonly Seen[]>>();

/** What people wrote in one statement: itself, and what stands in the body of a block. */
export function seenOf(scene: LintScene, statement: SceneStatement): readonly Seen[] {
  const known = BY_STATEMENT.get(scene) ?? Map.groupBy(seenIn(scene), (one) => one.within);
  BY_STATEMENT.set(scene, known);
  return known.get(statement) ?? [];
}

function look(scene: LintScene): Seen[] {
  const existing = existingWith(scene);
  const made = existing ? null : madeAlone(scene);
  const steps = new Map(scene.plan.phases.flatMap((phase) => phase.steps.map((step) => [`${phase.id} ${step.id}`, { phase, step, written: isByPeople(scene.plan, phase.id, step) }] as const)));
  let order = 0;
  return scene.statements.flatMap((statement) => {
    const place = steps.get(`${statement.phaseId} ${statement.stepId}`);
    if (!place?.written) return [];
    return withBody(statement).map((one) => {
      ORDER.set(one, (order += 1));
      const facts = factsOf(one.kind, one.node, one.sql, { major: scene.facts.major, searchPath: place.step.searchPath ?? ['public'], existing, made });
      return { scene, phase: place.phase, step: place.step, statement: one, within: statement, facts: one === statement && isRead(statement) ? { ...facts, locks: [], tables: [], loses: [], through: [], hazards: [] } : facts, existing };
    });
  });
}

/** A DO block, and behind it the statements of its body: what they do is said of each of them, and not of the block again. */
function withBody(statement: SceneStatement): SceneStatement[] {
  const body = statement.kind === 'DoStmt' ? bodyOf(statement.node, statement.sql) : null;
  return [statement, ...(body?.statements ?? []).map(({ sql, kind, node }) => ({ ...statement, sql, kind, node }))];
}

function isRead(statement: SceneStatement): boolean {
  return statement.kind === 'DoStmt' && bodyOf(statement.node, statement.sql) !== null;
}

/** A rule that looks at one statement at a time. */
export function statementRule(code: string, about: string, say: (seen: Seen) => Said | readonly Said[] | null): LintRule {
  return { code, about, look: (scene) => seenIn(scene).flatMap((seen) => saidAll(say(seen)).map((said) => findingOf(code, seen, said))) };
}

function saidAll(said: Said | readonly Said[] | null): readonly Said[] {
  return said === null ? [] : 'sentence' in said ? [said] : said;
}

function findingOf(code: string, { phase, step, statement, within }: Seen, { object, safer, ...said }: Said): LintFinding {
  return {
    ...said, code, id: findingId(code, step.id, object), move: said.severity === 'blocking' ? 'yours' : 'clears',
    phaseId: phase.id, stepId: step.id, statement: statement.index, at: step.source ? { line: step.source.from, column: 1 } : null,
    // A form writes a statement of the plan anew, and not a line of a block.
    ...(safer && statement === within ? { safer: saferForm(safer) } : {}),
  };
}

/** The same while step and object are the same. */
export function findingId(code: string, stepId: string | null, object: string): string {
  return [code, stepId, object].filter((part) => part !== null && part !== '').join(' ');
}

/** The table as the plan knows it right before the statement; null: nobody knows of it. */
export function tableBefore({ scene, within }: Seen, table: TableName): NamedTable | null {
  const names = namesOf(scene);
  return names.table(names.before(within), table);
}

/**
 * Whether people may be using the table: one that is there, or, where the target was not read, one that the plan has not made; not one that the plan has made and that never had
 * the name of one that was there.
 */
export function isLive(seen: Seen, table: TableName): boolean {
  const known = tableBefore(seen, table);
  const names = namesOf(seen.scene);
  if (!known) return !names.known;
  if (known.before !== null || known.madeBy === null) return true;
  return names.known && seen.existing?.objects.has(objectId('table', table.schema, table.name)) === true;
}

const MADE = new WeakMap<LintScene, ReadonlyMap<SceneStatement, string>>();

/** What the table of this statement is called when the plan has run: a table that is built aside gets its name at the end. */
export function nameAtEnd(seen: Seen, table: TableName): TableName {
  const names = namesOf(seen.scene);
  const made = MADE.get(seen.scene) ?? new Map(names.happenings.flatMap((one) => (one.what === 'made' ? [[one.statement, one.table.id] as const] : [])));
  MADE.set(seen.scene, made);
  const id = made.get(seen.statement) ?? tableBefore(seen, table)?.id;
  return (id === undefined ? null : names.byId(names.end, id)?.table) ?? table;
}

/** Known to hold no row. */
export function isEmpty(seen: Seen, table: TableName): boolean {
  return tableBefore(seen, table)?.fresh === true;
}

/** Fewer rows than this are read or written in milliseconds. */
const SMALL_ROWS = 10_000;
const SMALL_BYTES = 1_000_000;

/** How many rows the table has: measured, else estimated by the server, else unknown; never 0 for not knowing. */
export function rowsOf(seen: Seen, table: TableName): Quantity {
  const before = tableBefore(seen, table)?.before ?? table;
  const measured = seen.scene.facts.evidence[seen.phase.id]?.measurements.find((one) => one.kind === 'rows' && one.table.schema === before.schema && one.table.name === before.name);
  if (measured?.kind === 'rows' && measured.rows.provenance === 'exact') return measured.rows;
  const estimate = seen.scene.facts.current?.estimates[objectId('table', before.schema, before.name)];
  if (estimate === undefined) return { provenance: 'unknown', why: 'the target was not read' };
  return estimate.rows === null ? { provenance: 'unknown', why: 'the table was never analysed' } : { provenance: 'estimate', value: estimate.rows, basis: 'planner statistics' };
}

/** So few rows that reading or writing all of them holds nobody up; not knowing is not small. */
export function isSmall(seen: Seen, table: TableName): boolean {
  const rows = rowsOf(seen, table);
  if (rows.provenance !== 'unknown') return rows.value < SMALL_ROWS;
  const before = tableBefore(seen, table)?.before ?? table;
  const bytes = seen.scene.facts.current?.estimates[objectId('table', before.schema, before.name)]?.bytes;
  return bytes !== undefined && bytes < SMALL_BYTES;
}

const NUMBER = new Intl.NumberFormat('en-US');

/** `all of its rows (about 1,200,000)`. */
export function rowsWords(rows: Quantity): string {
  if (rows.provenance === 'unknown') return 'all of its rows (how many is not known)';
  return `${rows.provenance === 'estimate' ? 'about ' : ''}${NUMBER.format(rows.value)} ${rows.value === 1 ? 'row' : 'rows'}`;
}

/** A table that is in use: its name and rows in words, and how much it matters when people wait for all of them. */
export interface Use {
  name: string;
  words: string;
  said: Pick<Said, 'severity' | 'table' | 'rows'>;
}

const USES = new WeakMap<Seen, Map<string, Use | null>>();

/** For rules about what takes long under a lock; null for a table that the plan has made, or that is known to be empty. Many rules ask the same. */
export function used(seen: Seen, table: TableName): Use | null {
  const uses = USES.get(seen) ?? new Map<string, Use | null>();
  USES.set(seen, uses);
  const key = `${table.schema}\0${table.name}`;
  const known = uses.get(key);
  if (known !== undefined) return known;
  const use = isLive(seen, table) && !isEmpty(seen, table) ? useOf(seen, table) : null;
  uses.set(key, use);
  return use;
}

function useOf(seen: Seen, table: TableName): Use {
  const rows = rowsOf(seen, table);
  return { name: spoken(table), words: rowsWords(rows), said: { severity: isSmall(seen, table) ? 'to_know' : 'blocking', table, rows } };
}

/** The actions of an ALTER TABLE; none for other statements. */
export function actionsOf({ statement }: Seen): Node[] {
  return statement.kind === 'AlterTableStmt' && statement.node.objtype === 'OBJECT_TABLE' ? nodesAt(statement.node, 'cmds', 'AlterTableCmd') : [];
}

/** A form rewrites a statement of one action; several are taken apart by a person. */
export function single(seen: Seen, form: FormId): { safer?: FormId } {
  return actionsOf(seen).length === 1 ? { safer: form } : {};
}
