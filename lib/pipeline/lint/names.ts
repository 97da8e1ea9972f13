import type { Plan, Step, TableName } from '../plan.ts';
import type { SchemaObject } from '../snapshot.ts';
import type { Node } from '../sql-facts/tree.ts';
import type { LintScene, SceneStatement } from './finding.ts';
import { type Happening, happen } from './names-walk.ts';
import type { SaidColumn } from './said-columns.ts';
import { rangeName, type SaidName } from './said-names.ts';

/** A table as it stands at one moment of the plan. The same `id` is the same table, whatever it is called by then. */
export interface NamedTable {
  id: string;
  table: TableName;
  /** The name that it had before the plan; null: the plan made it. */
  before: TableName | null;
  /** The statement that made it; null: it was there, or nobody can say. */
  madeBy: SceneStatement | null;
  /** Made in the plan, and nothing was put into it so far: known to hold no row. */
  fresh: boolean;
  /** What INSERT … SELECT and the like put into it: ids of the tables that they read. */
  filledFrom: readonly string[];
  /** Views, sequences and the like have their names among the tables. */
  what: 'table' | 'other';
  /** Null: not said in so many words. */
  columns: readonly SaidColumn[] | null;
}

/** A name that meant something and means nothing now. */
export interface GoneName {
  why: 'dropped' | 'renamed';
  by: SceneStatement;
  /** Of a renamed one. */
  to: TableName | null;
}

export interface NamedIndex {
  name: TableName;
  /** Id of its table. */
  of: string;
  unique: boolean;
  /** Columns of a plain index over columns; null: expressions, a condition, or not known. */
  columns: readonly string[] | null;
  /** The constraint that it serves. */
  constraint: string | null;
  madeBy: SceneStatement | null;
}

export interface NamedConstraint {
  name: string;
  of: string;
  type: string;
  columns: readonly string[];
  /** Of a foreign key: the id of the table that it refers to. */
  references: string | null;
  /** Whether a text gives it its name. */
  named: boolean;
  madeBy: SceneStatement | null;
}

/** What names mean, at every moment of a plan. */
export interface Names {
  /** False: the target was not read, so that only what the plan makes is known. */
  known: boolean;
  /** The moment right before a statement. */
  before(statement: SceneStatement): number;
  /** The moment after the last statement. */
  end: number;
  /** The full name behind a name in a statement: where its step looks names up. */
  resolve(at: number, said: SaidName, searchPath: readonly string[]): TableName;
  table(at: number, name: TableName): NamedTable | null;
  /** The table with that id as it stands at that moment; null: there no more, or not yet. */
  byId(at: number, id: string): NamedTable | null;
  gone(at: number, name: TableName): GoneName | null;
  index(at: number, name: TableName): NamedIndex | null;
  indexesOf(at: number, id: string): readonly NamedIndex[];
  constraintsOf(at: number, id: string): readonly NamedConstraint[];
  /** Renames, drops, copies and new tables, in their order: what rules about several statements look at. */
  happenings: readonly Happening[];
  searchPathOf(statement: SceneStatement): readonly string[];
}

const KNOWN = new WeakMap<LintScene, Names>();

/**
 * Which tables, indexes and constraints exist under which name before each statement of the plan: those of the last reading of the target, and what
 * the plan makes, renames, moves and drops; which of them are new and still empty (`fresh`), and which were filled from which. Of a DO block the static statements are followed, as if each ran once; bodies of functions are not looked into.
 * The walk is made once for a scene; asking for a moment costs a look into the short history of one name.
 */
export function namesOf(scene: LintScene): Names {
  const known = KNOWN.get(scene) ?? happen(scene);
  KNOWN.set(scene, known);
  return known;
}

/** The table that a `RangeVar` of this statement means right before it runs; null: none that is known. */
export function tableAt(scene: LintScene, statement: SceneStatement, range: Node | null): NamedTable | null {
  const names = namesOf(scene);
  const said = rangeName(range);
  if (!said) return null;
  const at = names.before(statement);
  return names.table(at, names.resolve(at, said, names.searchPathOf(statement)));
}

/** Whether the SQL of the step is a person's: written, or edited by hand. What the planner makes is not linted by rules about texts. */
export function isByPeople(plan: Plan, phaseId: string, step: Pick<Step, 'searchPath' | 'hazards'>): boolean {
  return plan.phases.find((phase) => phase.id === phaseId)?.kind === 'written' || step.searchPath !== undefined || step.hazards.some((hazard) => hazard.code === 'EDITED_BY_HAND');
}

/** The columns of a reading, in the order of the table. */
export function readColumns(family: readonly SchemaObject[]): SaidColumn[] {
  return family.filter((object) => object.kind === 'column').sort((a, b) => (a.position ?? 0) - (b.position ?? 0)).map((object) => ({
    name: object.name,
    type: String(object.attributes.type ?? ''),
    nullable: object.attributes.nullable === true,
    default: typeof object.attributes.default === 'string' ? object.attributes.default : null,
    identity: typeof object.attributes.identity === 'string' && object.attributes.identity !== '',
    sequence: false,
    generated: typeof object.attributes.generated === 'string',
  }));
}
