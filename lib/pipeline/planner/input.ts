import { qualified } from '../ddl.ts';
import type { Delta } from '../diff.ts';
import type { FullBackup, OrphanDecision, OverlapDecision, Phase, PlanDecision, Statement, TableName, Tolerance } from '../plan.ts';
import type { Rename, TakenRename } from '../rename.ts';
import type { Refusal } from '../refusal.ts';
import type { SchemaObject, Snapshot } from '../snapshot.ts';
import type { Held } from './held.ts';

export interface MakePlanInput {
  /** uuid of the plan; the names of its schemas follow from it. */
  id: string;
  name: string;
  /** Declared names of the two databases. */
  target: string;
  desired: string;
  current: Snapshot;
  desiredSnapshot: Snapshot;
  deltaIds: readonly string[];
  decisions: readonly PlanDecision[];
  /** Pairs that a person said are one object; differences are those that are left then. */
  renames?: readonly Rename[];
  windowHours: number;
  tolerance: Tolerance;
  /** A pg_dump of everything before the first change. */
  fullBackup?: FullBackup;
  /** Seconds for which a conversion may keep writers waiting; over it tables are rebuilt beside the live ones. Absent: always in one transaction. */
  writePauseSeconds?: number;
  /** Pauses that rehearsals measured, in seconds, by the tables that are converted together (pauseKey). */
  rehearsedSeconds?: Readonly<Record<string, number>>;
  /** Wherever it can be, a table stays and its columns change places inside it. Absent: the planner chooses. */
  keepTables?: true;
  /** By foreign key name. */
  orphanDecisions?: Readonly<Record<string, OrphanDecision>>;
  /** By the table that goes (`schema.name`). */
  overlapDecisions?: Readonly<Record<string, OverlapDecision>>;
}

/** What every phase builder works from. */
export interface Workbench {
  input: MakePlanInput;
  keepSchema: string;
  shadowSchema: string;
  /** What the first phase gives its new name. */
  renames: readonly TakenRename[];
  chosen: readonly Delta[];
  /** Every difference of the two, chosen or not. */
  differences: readonly Delta[];
  /** The desired snapshot as the target will have it: what is new there belongs to whoever makes it, not to its owner elsewhere. */
  wanted: Required<Pick<Snapshot, 'objects' | 'satellites' | 'dependencies'>>;
  /** Leaves new objects and changes in place to the script: they and what no builder knows wait for each other. */
  scriptsAll: boolean;
  /** Objects of the two snapshots by id. */
  current: ReadonlyMap<string, SchemaObject>;
  desired: ReadonlyMap<string, SchemaObject>;
  /** Objects that belong to a table, by table id. */
  currentFamily: ReadonlyMap<string, readonly SchemaObject[]>;
  desiredFamily: ReadonlyMap<string, readonly SchemaObject[]>;
  /** Ids by `schema.name` of what holds a name in the target. */
  names: ReadonlyMap<string, readonly string[]>;
  /** Ids that something in the target rests on. */
  restedOn: ReadonlySet<string>;
  /** What rests on an id in the target, its parts among it. */
  dependents(id: string): readonly string[];
  /** Ids that columns of tables with another type rest on, and so the conversion, which comes before anything is created. */
  early: ReadonlySet<string>;
  /** Ids of types and routines that chosen differences change or take away. */
  remade: ReadonlySet<string>;
  /** Ids of tables that the script makes anew with their rows, and of all that comes and goes with them. */
  anew: ReadonlySet<string>;
  /** What is kept of the target until clean-up rests on these ids; known when the builders are done. */
  keptNeeds: ReadonlySet<string>;
  /** Names that tables have in the keep schema. */
  keptNames: ReadonlySet<string>;
  /** Collected while building: what moved into the keep schema where the script would have dropped it. */
  held: Held[];
  /** Collected while building: what was chosen and cannot be planned, by name. */
  refusals: Refusal[];
  /** Ids of what was chosen and is there only after a rename that was not; refused already. */
  unnamed: ReadonlySet<string>;
  /** Deltas that some builder has taken. What is left over is refused: nothing is passed over in silence. */
  taken: Set<string>;
}

/** A phase and what it leaves in the keep schema for clean-up to drop. */
export interface Built {
  phase: Phase;
  keeps: readonly TableName[];
  /** What clean-up does before it drops them. */
  unfollow?: readonly Statement[];
  /** Drops the views that read the old tables, before those go. */
  views?: readonly Statement[];
  /** Drops the old columns that stand beside the new ones. */
  columns?: readonly Statement[];
}

export function tableName(object: SchemaObject): TableName {
  return { schema: object.schema, name: object.name };
}

export function text(object: Pick<SchemaObject, 'attributes'>, attribute: string): string | null {
  const value = object.attributes[attribute];
  return typeof value === 'string' ? value : null;
}

export function list(object: SchemaObject, attribute: string): readonly string[] {
  const value = object.attributes[attribute];
  return Array.isArray(value) ? value : [];
}

export function families(objects: readonly SchemaObject[]): Map<string, SchemaObject[]> {
  const result = new Map<string, SchemaObject[]>();
  for (const object of objects) {
    if (!object.parent) continue;
    const family = result.get(object.parent) ?? [];
    family.push(object);
    result.set(object.parent, family);
  }
  return result;
}

/** The columns of a family in the order of the table. */
export function columnsOf(family: readonly SchemaObject[]): SchemaObject[] {
  return family.filter((object) => object.kind === 'column').sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
}

export function constraintsOf(family: readonly SchemaObject[], ...types: string[]): SchemaObject[] {
  return family.filter((object) => object.kind === 'constraint' && (types.length === 0 || types.includes(text(object, 'type') ?? '')));
}

export function indexesOf(family: readonly SchemaObject[]): SchemaObject[] {
  return family.filter((object) => object.kind === 'index');
}

/** Columns of the primary key; empty when there is none. */
export function primaryKeyOf(family: readonly SchemaObject[]): readonly string[] {
  const key = constraintsOf(family, 'primary key')[0];
  return key ? list(key, 'columns') : [];
}

/** Chosen to go. */
export function goes(bench: Pick<Workbench, 'chosen'>, id: string | null): boolean {
  return bench.chosen.some((delta) => delta.change === 'remove' && delta.objectId === id);
}

/** The table's family after the chosen deltas: what the plan will have made of it. */
export function familyAfter(bench: Workbench, tableId: string): SchemaObject[] {
  const after = new Map((bench.currentFamily.get(tableId) ?? []).map((object) => [object.id, object]));
  for (const delta of bench.chosen) {
    if (delta.group !== tableId || delta.kind === 'table') continue;
    if (delta.change === 'remove') after.delete(delta.objectId);
    else if (delta.desired) after.set(delta.objectId, { ...delta.desired, position: after.get(delta.objectId)?.position ?? (delta.desired.position ?? 0) + 1000 });
  }
  return [...after.values()];
}

/** Takes the chosen deltas of one table (its children's) and returns them. */
export function takeFamilyDeltas(bench: Workbench, tableId: string): Delta[] {
  const mine = bench.chosen.filter((delta) => delta.group === tableId && delta.kind !== 'table');
  for (const delta of mine) bench.taken.add(delta.id);
  return mine;
}

/** A statement that is sent as it is. */
export function execute(label: string, sql: string): Statement {
  return { do: 'execute', label, sql };
}

/** A table made for rows that may turn out not to exist: an empty one would keep its schema alive after clean-up. */
export function dropWhenEmpty(table: TableName): Statement {
  const name = qualified(table);
  return execute(`drop ${table.name} if nothing is in it`, `DO $$ BEGIN\n  IF NOT EXISTS (SELECT 1 FROM ${name}) THEN\n    DROP TABLE ${name} RESTRICT;\n  END IF;\nEND $$`);
}

/** A column that gets another type. */
export function isRetyped({ kind, change, attributes }: Delta): boolean {
  return kind === 'column' && change === 'change' && attributes.some(({ name }) => name === 'type');
}

/** The types of such a column, before and after. */
export function typesOf({ current, desired }: Delta): { from: string; to: string } {
  return { from: (current && text(current, 'type')) ?? '', to: (desired && text(desired, 'type')) ?? '' };
}

export function refuse(bench: Workbench, sentence: string): void {
  bench.refusals.push({ code: 'cannot_plan', sentence });
}
