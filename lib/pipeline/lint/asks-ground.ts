import type { Phase } from '../plan.ts';
import { everyKind } from '../sql-facts/tree.ts';
import type { LintScene, SceneStatement } from './finding.ts';
import { lostValues } from './lost-values.ts';
import { namesOf, type NamedTable } from './names.ts';
import type { Happening } from './names-walk.ts';
import { rangeName } from './said-names.ts';
import { changedTables } from './safer/form.ts';
import { seenOf } from './seen.ts';

/** What questions about a phase are asked over. */
export interface Ground {
  scene: LintScene;
  statements: readonly SceneStatement[];
  happenings: readonly Happening[];
  /** The moment at which the phase begins. */
  start: number;
}

/** Null: the phase has no statement. */
export function groundOf(scene: LintScene, phase: Phase): Ground | null {
  const names = namesOf(scene);
  const statements = scene.statements.filter((one) => one.phaseId === phase.id);
  const [first] = statements;
  return first ? { scene, statements, happenings: names.happenings.filter((one) => one.statement.phaseId === phase.id), start: names.before(first) } : null;
}

/** The table as it stands when the phase begins; null: not there then. */
export function atStart(ground: Ground, id: string): NamedTable | null {
  return namesOf(ground.scene).byId(ground.start, id);
}

/** Tables that a statement changes or reads, as they stand right before it. */
export function tablesOf(ground: Ground, statement: SceneStatement): NamedTable[] {
  const names = namesOf(ground.scene);
  const at = names.before(statement);
  const read = [...everyKind(statement.node, 'RangeVar'), ...everyKind(statement.node, 'Constraint').flatMap((one) => (one.pktable === undefined ? [] : [one.pktable as typeof one]))].flatMap((range) => {
    const said = rangeName(range);
    const table = said ? names.table(at, names.resolve(at, said, names.searchPathOf(statement))) : null;
    return table ? [table] : [];
  });
  return [...changedTables(ground.scene, statement), ...read, ...seenTables(ground, statement)].filter((table) => table.what === 'table' && table.table.schema !== 'pg_temp');
}

/** What lies in the body of a block, in a WITH clause, or is taken along by CASCADE. The partners of a table that is dropped are only locked. */
function seenTables({ scene }: Ground, statement: SceneStatement): NamedTable[] {
  const names = namesOf(scene);
  const at = names.before(statement);
  return seenOf(scene, statement).flatMap(({ facts, statement: { kind, node } }) => (kind === 'DropStmt' && node.behavior !== 'DROP_CASCADE' ? facts.loses : [...facts.tables, ...facts.loses])).flatMap((table) => names.table(at, table) ?? []);
}

/** Tables that were there, and from which rows leave for good, or values of rows, as far as the statement goes. */
export function losesFrom(ground: Ground, statement: SceneStatement): NamedTable[] {
  const names = namesOf(ground.scene);
  const at = names.before(statement);
  const losing = seenOf(ground.scene, statement).flatMap(({ facts }) => facts.loses).flatMap((table) => names.table(at, table) ?? []);
  const values = seenOf(ground.scene, statement).flatMap(lostValues).flatMap(({ named }) => named ?? []);
  return [...losing, ...values].flatMap((table) => (table.what === 'table' && !table.fresh ? (atStart(ground, table.id) ?? []) : []));
}
