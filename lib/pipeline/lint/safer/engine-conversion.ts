import type { Delta } from '../../diff.ts';
import type { Assertion, Phase, Step } from '../../plan.ts';
import type { PlanResult } from '../../planner/make-plan.ts';
import { components } from '../../planner/foreign-keys.ts';
import { families, text } from '../../planner/input.ts';
import { objectId, type SchemaObject, type Snapshot } from '../../snapshot.ts';
import { everyKind, listAt, type Node, nodesAt, textAt, wrapped } from '../../sql-facts/tree.ts';
import type { LintScene, SceneStatement } from '../finding.ts';
import { namesOf } from '../names.ts';
import type { Happening } from '../names-walk.ts';
import { saidConstraint } from '../said-columns.ts';
import { type Swap, swapsOf } from '../swaps.ts';
import { rangeName } from '../said-names.ts';
import { differencesOf, intoEngine } from './engine.ts';
import { changedTables, refusedForm, statementOf, UNREAD } from './form.ts';
import type { SaferInput } from './safer.ts';

/**
 * A table that people build beside the live one and swap by name, or whose column types they change in place, becomes a conversion of the planner: with all tables that foreign keys
 * join to it, copies before, orphans decided, old tables kept, clean-up after the window.
 */
export function engineConversion({ plan, scene, finding, facts, context }: SaferInput): PlanResult {
  const { current, desired } = facts;
  if (!current || !desired) return refusedForm(UNREAD);
  const statement = statementOf(scene, finding);
  const id = finding.table ? objectId('table', finding.table.schema, finding.table.name) : (statement ? changedTables(scene, statement)[0]?.id : undefined);
  const deltas = differencesOf(current, desired);
  const component = id === undefined ? [] : joined(id, deltas, current, desired);
  const chosen = deltas.filter((delta) => delta.kind !== 'table' && component.includes(delta.group));
  if (id === undefined || chosen.length === 0) return refusedForm(`${finding.table?.name ?? 'The table'} is the same in ${plan.target} and ${plan.desired} already; nothing is left to convert.`);
  const scope = scopeOf(scene, new Set(component), desired);
  const anchor = firstGoing(plan.phases, scope) ?? (finding.stepId === null ? null : { phaseId: finding.phaseId, stepId: finding.stepId });
  if (!anchor) return refusedForm('No step of the plan converts this table.');
  const withPause = plan.writePauseSeconds === undefined && context.writePauseSeconds !== undefined ? { ...plan, writePauseSeconds: context.writePauseSeconds } : plan;
  return intoEngine(withPause, { current, desired, deltaIds: chosen.map((delta) => delta.id), anchor, goes: (phase, step) => scope.goes(phase, step), asksGone: scope.asksGone });
}

/** The table, and those whose types change too and that a foreign key joins to it, now or in the desired schema. */
function joined(id: string, deltas: readonly Delta[], current: Snapshot, desired: Snapshot): string[] {
  const retyped = new Set([id, ...deltas.filter((delta) => delta.kind === 'column' && delta.change === 'change' && delta.attributes.some(({ name }) => name === 'type')).map((delta) => delta.group)]);
  const edges = [...current.objects, ...desired.objects].flatMap((object) => {
    const to = object.kind === 'constraint' ? text(object, 'references') : null;
    return to !== null && object.parent !== null && retyped.has(to) && retyped.has(object.parent) ? [[object.parent, to] as const] : [];
  });
  return components([...retyped], edges).find((group) => group.includes(id)) ?? [id];
}

interface Scope {
  goes(phase: Phase, step: Step): { statements: ReadonlySet<number>; whole: boolean };
  asksGone(assertion: Assertion): boolean;
}

function firstGoing(phases: readonly Phase[], scope: Scope): { phaseId: string; stepId: string } | null {
  for (const phase of phases) {
    for (const step of phase.steps) {
      const { statements, whole } = scope.goes(phase, step);
      if (whole || statements.size > 0) return { phaseId: phase.id, stepId: step.id };
    }
  }
  return null;
}

/** What of a plan belongs to people's own conversion of these tables. */
function scopeOf(scene: LintScene, component: ReadonlySet<string>, desired: Snapshot): Scope {
  const swaps = swapsOf(scene).filter((swap) => component.has(swap.liveId));
  const shadows = new Map(swaps.map((swap) => [swap.shadow.id, swap]));
  const swapped = new Set(swaps.map((swap) => swap.liveId));
  // Names that only people's conversion would have made.
  const gone = new Set(swaps.flatMap((swap) => [swap.made.name, ...(swap.away.what === 'renamed' ? [swap.away.to.name] : [])]));
  const wanted = families(desired.objects);
  const byStep = Map.groupBy(scene.statements, (one) => `${one.phaseId} ${one.stepId}`);
  const generated = new Set((scene.plan.generated ?? []).flatMap((part) => part.phaseIds));
  return {
    goes: (phase, step) => {
      if (generated.has(phase.id)) return { statements: new Set(), whole: false };
      const mine = byStep.get(`${phase.id} ${step.id}`) ?? [];
      return { statements: new Set(mine.filter((one) => goes(scene, one, { component, shadows, gone, wanted, swapped })).map((one) => one.index)), whole: outsideGoes(step, gone) };
    },
    asksGone: ({ sql }) => mentions(sql, gone),
  };
}

interface Known {
  component: ReadonlySet<string>;
  shadows: ReadonlyMap<string, Swap>;
  gone: ReadonlySet<string>;
  wanted: ReadonlyMap<string, readonly SchemaObject[]>;
  swapped: ReadonlySet<string>;
}

function outsideGoes(step: Step, gone: ReadonlySet<string>): boolean {
  return step.work?.kind === 'outside' && step.work.act.act === 'create_index' && gone.has(step.work.act.index.table.name);
}

export function mentions(sql: string, names: ReadonlySet<string>): boolean {
  return [...names].some((name) => new RegExp(`(^|[^\\w])${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}($|[^\\w])`).test(sql));
}

function goes(scene: LintScene, statement: SceneStatement, known: Known): boolean {
  if (statement.kind === 'SelectStmt') return everyKind(statement.node, 'RangeVar').some((range) => known.gone.has(rangeName(range)?.name ?? ''));
  const targets = changedTables(scene, statement);
  const made = madeBy(scene, statement);
  // A table that is there already, written down once more: the conversion makes it what that is to be.
  if (made) return made.over ? known.component.has(made.over.id) : known.shadows.has(made.table.id);
  if (targets.length === 0) return false;
  return targets.every((table) => {
    const swap = known.shadows.get(table.id);
    // Behind the swap the new table is the live one: what people then do with its rows is theirs.
    if (swap && namesOf(scene).before(statement) <= swap.into.at) return true;
    const live = swap ? swap.liveId : table.id;
    return known.component.has(live) && shapes(statement, known.wanted.get(live) ?? [], known.swapped.has(live));
  });
}

function madeBy(scene: LintScene, statement: SceneStatement): Extract<Happening, { what: 'made' }> | null {
  const made = namesOf(scene).happenings.find((one) => one.what === 'made' && one.statement === statement);
  return made?.what === 'made' ? made : null;
}

/** Statements about the live table that its conversion does too: renames and drops of it, its types, and the keys and indexes that the desired table has. Rows stay people's own matter. */
function shapes(statement: SceneStatement, family: readonly SchemaObject[], swapped: boolean): boolean {
  switch (statement.kind) {
    case 'RenameStmt': return swapped && ['OBJECT_TABLE', 'OBJECT_INDEX', 'OBJECT_TABCONSTRAINT'].includes(textAt(statement.node, 'renameType') ?? '');
    // Without a swap, somebody means to take the table away or to lock it for a reason of his own.
    case 'AlterObjectSchemaStmt':
    case 'LockStmt':
    case 'DropStmt': return swapped;
    case 'IndexStmt': return family.some((object) => object.kind === 'index' && (object.name === textAt(statement.node, 'idxname') || sameColumns(object, listAt(statement.node, 'indexParams').map((one) => textAt(wrapped(one, 'IndexElem') ?? {}, 'name') ?? '?'))));
    case 'AlterTableStmt': return nodesAt(statement.node, 'cmds', 'AlterTableCmd').every((cmd) => isOfConversion(cmd, family));
    default: return false;
  }
}

function isOfConversion(cmd: Node, family: readonly SchemaObject[]): boolean {
  const subtype = textAt(cmd, 'subtype');
  if (subtype === 'AT_AlterColumnType') return true;
  if (subtype === 'AT_ColumnDefault' || subtype === 'AT_SetNotNull' || subtype === 'AT_DropNotNull') return family.some((object) => object.kind === 'column' && object.name === textAt(cmd, 'name'));
  if (subtype === 'AT_DropConstraint' || subtype === 'AT_ValidateConstraint') return true;
  if (subtype !== 'AT_AddConstraint') return false;
  const said = saidConstraint(wrapped(cmd.def, 'Constraint') ?? {}, '', null);
  return said !== null && family.some((object) => object.kind === 'constraint' && (object.name === said.name || (object.attributes.type === said.type && sameColumns(object, said.columns))));
}

function sameColumns(object: SchemaObject, columns: readonly string[]): boolean {
  const own = object.attributes.columns;
  return Array.isArray(own) && own.join(',') === columns.join(',');
}
