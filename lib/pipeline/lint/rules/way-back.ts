import { spoken } from '../../planner/names.ts';
import type { Step, TableName } from '../../plan.ts';
import { nameOf } from '../../sql-facts/create.ts';
import { bodyOf } from '../../sql-facts/body.ts';
import { listAt } from '../../sql-facts/tree.ts';
import { isBackedUp } from '../backups.ts';
import type { LintRule, LintScene } from '../finding.ts';
import { actionsOf, isEmpty, isLive, type Said, type Seen, seenIn, statementRule, tableBefore } from '../seen.ts';

export const WAY_BACK: readonly LintRule[] = [
  statementRule('NO_WAY_BACK', 'A step that cannot be taken back: a rollback leaves its effect in place. It blocks where rows go of which the plan keeps no copy.', noWayBack),
];

/** They change nothing that anybody would want to take back. */
const NOTHING_TO_TAKE_BACK = new Set(['VacuumStmt', 'CommentStmt', 'LockStmt', 'VariableSetStmt', 'TransactionStmt', 'RefreshMatViewStmt', 'ReindexStmt', 'ClusterStmt', 'NotifyStmt', 'CheckPointStmt', 'ExplainStmt', 'ConstraintsSetStmt', 'DiscardStmt']);

function noWayBack(seen: Seen): Said | null {
  const { step } = seen;
  const loss = lossOf(seen);
  if (loss) return loss;
  if (!changes(seen) || hasWayBack(step) || firstOf(seen.scene).get(`${seen.phase.id} ${step.id}`) !== seen) return null;
  return { severity: 'to_know', object: '', sentence: `“${step.title}” has no way back: a rollback leaves what it did in place.` };
}

function hasWayBack(step: Step): boolean {
  return step.undo.length > 0 || step.undoWork !== undefined || step.work !== undefined;
}

function changes(seen: Seen): boolean {
  const { kind } = seen.statement;
  if (seen.facts.reads || NOTHING_TO_TAKE_BACK.has(kind) || (kind === 'DropStmt' && seen.statement.node.removeType === 'OBJECT_TABLE')) return false;
  // The statements of its body are asked themselves; a block that also does what cannot be read is asked as a whole.
  if (kind === 'DoStmt' && bodyOf(seen.statement.node, seen.statement.sql)?.unknown === false) return false;
  const actions = actionsOf(seen);
  if (actions.length > 0 && actions.every((action) => action.subtype === 'AT_ValidateConstraint')) return false;
  const [table] = seen.facts.tables;
  // What the plan has made goes when the step that made it is taken back.
  return !table || isLive(seen, table) || tableBefore(seen, table) === null;
}

const FIRST = new WeakMap<LintScene, ReadonlyMap<string, Seen>>();

/** The first statement of each step that changes something: one finding for a step. */
function firstOf(scene: LintScene): ReadonlyMap<string, Seen> {
  const known = FIRST.get(scene);
  if (known) return known;
  const first = new Map<string, Seen>();
  for (const seen of seenIn(scene)) {
    const key = `${seen.phase.id} ${seen.step.id}`;
    if (!first.has(key) && changes(seen)) first.set(key, seen);
  }
  FIRST.set(scene, first);
  return first;
}

/** Rows or values of tables that were there, gone; their definition may come back by an undo, they do not. */
function lossOf(seen: Seen): Said | null {
  const named = seen.statement.kind === 'DropStmt' && seen.statement.node.removeType === 'OBJECT_TABLE' ? listAt(seen.statement.node, 'objects').map(nameOf) : [];
  // Of a table that is known to be there DROPS_TABLE_FOR_GOOD says it, with what stands in its place: one answer is enough.
  const losing = seen.facts.loses.filter((table) => isLive(seen, table) && !isEmpty(seen, table) && !(tableBefore(seen, table)?.before && named.some((parts) => isNamed(parts, table))));
  const lost = losing.filter((table) => !isBackedUp(seen, table));
  const [first] = losing;
  if (!first) return null;
  const names = (lost.length > 0 ? lost : losing).map(spoken).join(', ');
  if (lost.length > 0) return { severity: 'blocking', object: names, table: first, sentence: `Rows or values of ${names} go for good, and no step before keeps a copy of them.` };
  return hasWayBack(seen.step) ? null : { severity: 'to_know', object: names, table: first, sentence: `Rows or values of ${names} go; a copy is kept before, but no step puts it back.` };
}

function isNamed(parts: readonly string[], { schema, name }: TableName): boolean {
  return parts.at(-1) === name && (parts.length < 2 || parts.at(-2) === schema);
}
