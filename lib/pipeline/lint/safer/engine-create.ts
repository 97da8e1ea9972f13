import type { Phase, Step } from '../../plan.ts';
import type { PlanResult } from '../../planner/make-plan.ts';
import { families, text } from '../../planner/input.ts';
import { objectId, parseObjectId, type Snapshot } from '../../snapshot.ts';
import type { LintScene } from '../finding.ts';
import { namesOf } from '../names.ts';
import { differencesOf, intoEngine } from './engine.ts';
import { changedTables, refusedForm, stepOf, UNREAD } from './form.ts';
import type { SaferInput } from './safer.ts';

/** Statements that say what a table is; rows that are put into it stay people's own matter. */
const DEFINES: ReadonlySet<string> = new Set(['CreateStmt', 'IndexStmt', 'AlterTableStmt', 'CommentStmt', 'RenameStmt']);

/**
 * New tables as the desired database has them, in place of what a text says they are, with the tables that their foreign keys need. A step that nobody can run (a placeholder, the command of
 * another tool) gives way to the tables that it names; where it names none, to all that the target lacks and the plan does not make.
 */
export function engineCreate({ plan, scene, finding, facts }: SaferInput): PlanResult {
  const { current, desired } = facts;
  if (!current || !desired) return refusedForm(UNREAD);
  const here = stepOf(plan, finding);
  if (!here) return refusedForm('The step that this finding is about is no longer there.');
  const asked = finding.table ? [objectId('table', finding.table.schema, finding.table.name)] : namedTables(here.step.work?.kind === 'open' ? here.step.work.text : '', current, desired, scene).map(({ id }) => id);
  const wanted = withParents(asked, current, desired);
  const deltas = differencesOf(current, desired);
  const chosen = deltas.filter((delta) => delta.change === 'add' && delta.kind === 'table' && wanted.has(delta.objectId));
  const types = deltas.filter((delta) => delta.change === 'add' && (delta.kind === 'enum' || delta.kind === 'schema') && needed(delta.objectId, wanted, desired));
  if (chosen.length === 0) return refusedForm(asked.length === 0 ? `${plan.target} lacks no table that ${plan.desired} has; remove the step.` : `${plan.desired} has no such table that ${plan.target} lacks.`);
  const made = new Set(chosen.map((delta) => delta.objectId));
  const generated = new Set((plan.generated ?? []).flatMap((part) => part.phaseIds));
  return intoEngine(plan, {
    current, desired, anchor: { phaseId: finding.phaseId, stepId: here.step.id },
    deltaIds: [...types, ...chosen].map((delta) => delta.id),
    goes: (phase, step) => (generated.has(phase.id) ? { statements: new Set(), whole: false } : goes(scene, phase, step, made, here.step.id)),
    asksGone: () => false,
  });
}

/** Tables of the desired database that a text names and the target lacks; all that it lacks and the plan does not make, where the text names none. */
export function namedTables(words: string, current: Snapshot, desired: Snapshot, scene: LintScene): { id: string; isNamed: boolean }[] {
  const there = new Set(current.objects.map((object) => object.id));
  const lacking = desired.objects.filter((object) => object.kind === 'table' && !there.has(object.id));
  const named = lacking.filter((object) => schemasSaid(words, object.name).some((schema) => schema === null || schema === object.schema));
  if (named.length > 0) return named.map(({ id }) => ({ id, isNamed: true }));
  const names = namesOf(scene);
  // A schema that the target lacks is a matter of its own.
  const schemas = new Set(current.objects.filter((object) => object.kind === 'table').map((object) => object.schema));
  return lacking.filter((object) => schemas.has(object.schema) && !names.happenings.some((one) => one.what === 'made' && one.table.table.schema === object.schema && one.table.table.name === object.name)).map(({ id }) => ({ id, isNamed: false }));
}

/**
 * The schemas under which a text that nobody can parse names a table, null where it says none; empty when it does not name it. A name behind a dot is a table's in that
 * schema, and a name before one is no table's.
 */
export function schemasSaid(words: string, name: string): (string | null)[] {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const found = words.matchAll(new RegExp(String.raw`(?:("[^"]+"|[A-Za-z_][\w$]*)\s*\.\s*)?(?<![\w$])"?${escaped}"?(?![\w$]|\s*\.)`, 'g'));
  return [...new Set([...found].map(([, schema]) => schema?.replaceAll('"', '') ?? null))];
}

/** Parents of new tables that the target lacks too. */
function withParents(ids: readonly string[], current: Snapshot, desired: Snapshot): Set<string> {
  const there = new Set(current.objects.map((object) => object.id));
  const byTable = families(desired.objects);
  const found = new Set<string>();
  const queue = [...ids];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (found.has(id) || there.has(id)) continue;
    found.add(id);
    queue.push(...(byTable.get(id) ?? []).flatMap((object) => (object.kind === 'constraint' ? (text(object, 'references') ?? []) : [])));
  }
  return found;
}

function needed(id: string, tables: ReadonlySet<string>, desired: Snapshot): boolean {
  const parts = desired.objects.filter((object) => tables.has(object.id) || (object.parent !== null && tables.has(object.parent)));
  return parts.some((object) => (desired.dependencies?.[object.id] ?? []).includes(id) || id === objectId('schema', object.schema));
}

function goes(scene: LintScene, phase: Phase, step: Step, made: ReadonlySet<string>, asked: string): { statements: ReadonlySet<number>; whole: boolean } {
  const mine = scene.statements.filter((one) => one.phaseId === phase.id && one.stepId === step.id);
  const names = namesOf(scene);
  const isOne = (schema: string, name: string) => made.has(objectId('table', schema, name));
  const statements = mine.filter((one) => {
    if (!DEFINES.has(one.kind)) return false;
    const create = names.happenings.find((it) => it.what === 'made' && it.statement === one);
    if (create?.what === 'made') return isOne(create.table.table.schema, create.table.table.name);
    const tables = changedTables(scene, one);
    return tables.length > 0 && tables.every(({ table }) => isOne(table.schema, table.name));
  });
  const open = step.work?.kind === 'open' && (step.id === asked || [...made].some((id) => step.work?.kind === 'open' && namesTable(step.work.text, id)));
  const index = step.work?.kind === 'outside' && step.work.act.act === 'create_index' && isOne(step.work.act.index.table.schema, step.work.act.index.table.name);
  return { statements: new Set(statements.map((one) => one.index)), whole: open || index };
}

function namesTable(words: string, id: string): boolean {
  const [schema = '', name = ''] = parseObjectId(id).path;
  return schemasSaid(words, name).some((said) => said === null || said === schema);
}
