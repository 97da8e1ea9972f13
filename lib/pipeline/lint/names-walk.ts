import type { Step, TableName } from '../plan.ts';
import { type SchemaObject, parseObjectId } from '../snapshot.ts';
import { bodyOf } from '../sql-facts/body.ts';
import type { LintScene, SceneStatement } from './finding.ts';
import { keyOf, NameHistory } from './names-history.ts';
import { isByPeople, type NamedTable, type Names, readColumns } from './names.ts';
import { indexOut } from './names-parts.ts';
import { follow } from './names-statements.ts';
import type { SaidConstraint } from './said-columns.ts';
import type { NamedConstraint, NamedIndex } from './names.ts';
import type { SaidName } from './said-names.ts';

/** What a statement did to names and rows, for rules that look at several statements together. */
export type Happening = { statement: SceneStatement; at: number } & (
  | { what: 'made'; table: NamedTable; ifNotExists: boolean; over: NamedTable | null }
  | { what: 'renamed'; id: string; from: TableName; to: TableName; over: NamedTable | null }
  | { what: 'dropped'; table: NamedTable; cascade: boolean }
  | { what: 'filled'; id: string; from: readonly string[] }
  | { what: 'constrained'; table: NamedTable; said: SaidConstraint; over: NamedConstraint | null; parent: NamedTable | null }
  | { what: 'indexed'; index: NamedIndex; over: boolean; ifNotExists: boolean }
  /** Something is named that is not there. */
  | { what: 'missed'; kind: 'table' | 'index' | 'constraint' | 'column'; name: TableName; of: NamedTable | null }
);

/** What the walk carries from statement to statement. */
export interface Walk {
  scene: LintScene;
  history: NameHistory;
  happenings: Happening[];
  known: boolean;
  searchPath: readonly string[];
  /** Whether a person wrote the step that is looked at. */
  byPeople: boolean;
  resolve(at: number, said: SaidName, searchPath: readonly string[]): TableName;
}

const OTHER: ReadonlySet<string> = new Set(['foreign_table', 'view', 'materialized_view', 'sequence', 'composite_type']);

/** Walks the plan once; see namesOf(). */
export function happen(scene: LintScene): Names {
  const history = new NameHistory();
  const walk: Walk = { scene, history, happenings: [], known: scene.facts.current !== null, searchPath: [], byPeople: true, resolve: (at, said, path) => resolved(history, at, said, path) };
  begin(history, scene.facts.current?.objects ?? []);
  const byStep = Map.groupBy(scene.statements, (statement) => `${statement.phaseId} ${statement.stepId}`);
  const moments = new Map<SceneStatement, number>();
  const paths = new Map<SceneStatement, readonly string[]>();
  let at = 0;
  for (const phase of scene.plan.phases) {
    for (const step of phase.steps) {
      for (const statement of byStep.get(`${phase.id} ${step.id}`) ?? []) {
        at += 1;
        moments.set(statement, at);
        walk.searchPath = pathOf(step);
        walk.byPeople = isByPeople(scene.plan, phase.id, step);
        paths.set(statement, walk.searchPath);
        follow(walk, at, statement);
        at = followBody(walk, at, statement);
      }
      if (step.work?.kind === 'outside') indexOut(walk, (at += 1), step.work.act);
    }
  }
  return {
    known: walk.known,
    before: (statement) => moments.get(statement) ?? 0,
    end: at + 1,
    resolve: walk.resolve,
    table: (moment, name) => history.tables.at(moment, keyOf(name)),
    byId: (moment, id) => history.ids.at(moment, id),
    gone: (moment, name) => history.gone.at(moment, keyOf(name)),
    index: (moment, name) => history.indexes.at(moment, keyOf(name)),
    indexesOf: (moment, id) => history.indexesOf(moment, id),
    constraintsOf: (moment, id) => history.constraintsOf(moment, id),
    happenings: walk.happenings,
    searchPathOf: (statement) => paths.get(statement) ?? ['public'],
  };
}

/**
 * The statements of a DO block, each at a moment of its own. They often stand under a condition, so that what they name and is not there, or is there already, says nothing; what may go says something.
 * @returns the last moment.
 */
function followBody(walk: Walk, at: number, block: SceneStatement): number {
  const body = block.kind === 'DoStmt' ? (bodyOf(block.node, block.sql)?.statements ?? []) : [];
  for (const { sql, kind, node } of body) {
    const before = walk.happenings.length;
    follow(walk, (at += 1), { ...block, sql, kind, node: kind === 'CreateStmt' ? { ...node, if_not_exists: true } : node });
    const said = walk.happenings.splice(before);
    walk.happenings.push(...said.flatMap((one) => (one.what === 'dropped' ? [{ ...one, statement: block }] : [])));
  }
  return at;
}

function pathOf(step: Step): readonly string[] {
  return step.searchPath ?? ['public'];
}

/** The first schema of the path that has the name; the first of all for a name that nobody has. */
function resolved(history: NameHistory, at: number, said: SaidName, path: readonly string[]): TableName {
  if (said.schema !== null) return { schema: said.schema, name: said.name };
  const has = ['pg_temp', ...path].find((schema) => { const key = keyOf({ schema, name: said.name }); return history.tables.at(at, key) ?? history.indexes.at(at, key); });
  return { schema: has ?? path[0] ?? 'public', name: said.name };
}

/** Moment 0: what the last reading of the target says. */
function begin(history: NameHistory, objects: readonly SchemaObject[]): void {
  const families = Map.groupBy(objects.filter((object) => object.parent !== null), (object) => object.parent ?? '');
  for (const object of objects) {
    if (object.kind !== 'table' && !OTHER.has(object.kind)) continue;
    const table = { schema: object.schema, name: object.name };
    const family = families.get(object.id) ?? [];
    history.put(0, { id: object.id, table, before: table, madeBy: null, fresh: false, filledFrom: [], what: object.kind === 'table' ? 'table' : 'other', columns: object.kind === 'table' ? readColumns(family) : null });
    beginParts(history, object.id, family);
  }
}

function beginParts(history: NameHistory, id: string, family: readonly SchemaObject[]): void {
  const constraints: NamedConstraint[] = [];
  for (const part of family) {
    const name = { schema: part.schema, name: part.name };
    const columns = Array.isArray(part.attributes.columns) ? (part.attributes.columns as readonly string[]) : [];
    if (part.kind === 'index') {
      const plain = part.attributes.predicate === null || part.attributes.predicate === undefined;
      history.putIndex(0, { name, of: id, unique: part.attributes.unique === true, columns: plain ? columns : null, constraint: null, madeBy: null });
    }
    if (part.kind !== 'constraint') continue;
    const type = String(part.attributes.type ?? '');
    const references = typeof part.attributes.references === 'string' ? part.attributes.references : null;
    constraints.push({ name: part.name, of: id, type, columns, references, named: true, madeBy: null });
    if (['primary key', 'unique', 'exclusion'].includes(type)) history.putIndex(0, { name, of: id, unique: type !== 'exclusion', columns, constraint: part.name, madeBy: null });
  }
  if (constraints.length > 0) history.setConstraints(0, id, constraints);
}

/** `schema.name` of a table's id, as TableName. */
export function nameOfId(id: string): TableName {
  const [schema = '', name = ''] = parseObjectId(id).path;
  return { schema, name };
}

