import { objectId, type SchemaObject, type Snapshot } from '../snapshot.ts';
import { type Existing, existingOf } from '../sql-facts/existing.ts';
import { listAt, type Node, nodeAt, nodesAt, textAt, words, wrapped } from '../sql-facts/tree.ts';
import type { LintScene, SceneStatement } from './finding.ts';
import { isByPeople } from './names.ts';

/** The reading of the target, and what people make in the plan that does something when another statement runs: functions, procedures, views, rules and triggers. Null: not read. */
export function existingWith(scene: LintScene): Existing | null {
  const { current } = scene.facts;
  if (!current) return null;
  const made = madeIn(scene);
  return existingOf(made.length === 0 ? current : withObjects(current, made));
}

/** What people make in the plan, of a target that was not read; null: nothing of that kind. */
export function madeAlone(scene: LintScene): Existing | null {
  const made = madeIn(scene);
  return made.length === 0 ? null : { ...existingOf({ target: NOBODY, takenAt: '', objects: made, estimates: {}, notCompared: [] }), unread: true };
}

const NOBODY: Snapshot['target'] = { systemIdentifier: '', timeline: 0, databaseOid: 0, database: '', serverVersion: 0 };

function madeIn({ plan, statements }: LintScene): SchemaObject[] {
  const people = new Set(plan.phases.flatMap((phase) => phase.steps.filter((step) => isByPeople(plan, phase.id, step)).map((step) => `${phase.id} ${step.id}`)));
  return statements.flatMap((one) => (people.has(`${one.phaseId} ${one.stepId}`) ? (objectOf(one) ?? []) : []));
}

/** What was there under a name stays beside what comes: until the plan is at that statement, it is what runs. */
function withObjects(current: Snapshot, made: readonly SchemaObject[]): Snapshot {
  const known = new Set(current.objects.map(({ id }) => id));
  return { ...current, objects: [...current.objects, ...made.map((object, at) => (known.has(object.id) ? { ...object, id: `${object.id} ${at}` } : object))] };
}

function objectOf({ kind, node, sql }: SceneStatement): SchemaObject | null {
  switch (kind) {
    case 'CreateFunctionStmt': {
      // The server refuses one that writes and promises not to.
      if (nodesAt(node, 'options', 'DefElem').some((one) => one.defname === 'volatility' && textAt(wrapped(one.arg, 'String') ?? {}, 'sval') !== 'volatile')) return null;
      const parts = words(listAt(node, 'funcname'));
      return made(node.is_procedure === true ? 'procedure' : 'function', parts.at(-2) ?? 'public', parts.at(-1), null, sql);
    }
    case 'ViewStmt': {
      const view = nodeAt(node, 'view');
      const at = sql.search(/\bAS\s+(?:SELECT|WITH|VALUES|TABLE|\()/i);
      return at < 0 ? null : made('view', textAt(view, 'schemaname') ?? 'public', textAt(view, 'relname'), null, sql.slice(at + 2));
    }
    case 'RuleStmt': return made('rule', ...onTable(node), textAt(node, 'rulename'), sql);
    case 'CreateTrigStmt': return made('trigger', ...onTable(node), textAt(node, 'trigname'), sql);
    default: return null;
  }
}

function onTable(node: Node): [string, string | undefined] {
  const table = nodeAt(node, 'relation');
  return [textAt(table, 'schemaname') ?? 'public', textAt(table, 'relname') ?? undefined];
}

function made(kind: SchemaObject['kind'], schema: string, name: string | null | undefined, part: string | null, definition: string): SchemaObject | null {
  if (typeof name !== 'string') return null;
  const id = objectId(kind, schema, name, ...(part === null ? [] : [part]));
  return { id, kind, schema, name: part ?? name, parent: part === null ? null : objectId('table', schema, name), position: null, attributes: { definition } };
}
