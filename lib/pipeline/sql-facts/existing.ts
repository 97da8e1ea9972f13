import type { TableName } from '../plan.ts';
import { objectId, type SchemaObject, type Snapshot } from '../snapshot.ts';

/** A reading of the database, by the names that statements use. */
export interface Existing {
  objects: ReadonlyMap<string, SchemaObject>;
  /** Columns, constraints, indexes … of a relation, by its ObjectId. */
  children: ReadonlyMap<string, readonly SchemaObject[]>;
  /** Indexes, and constraints that have one, by `schema.name`: their names live in the schema, not in the table. */
  indexes: ReadonlyMap<string, SchemaObject>;
  /** Foreign keys by the ObjectId of the table that they refer to. */
  inbound: ReadonlyMap<string, readonly SchemaObject[]>;
  /** What rests on each object, by ObjectId, and `default:…` of columns; null: the reading does not say. */
  resting: ReadonlyMap<string, readonly string[]> | null;
  /** Nothing was read: what is not in it may stand all the same. */
  unread?: true;
}

const KNOWN = new WeakMap<Snapshot, Existing>();

/** Of one reading it is made once: a plan of thousands of statements asks for it again and again. */
export function existingOf(snapshot: Snapshot): Existing {
  const known = KNOWN.get(snapshot);
  if (known) return known;
  const made = build(snapshot);
  KNOWN.set(snapshot, made);
  return made;
}

function build(snapshot: Snapshot): Existing {
  const objects = new Map<string, SchemaObject>();
  const children = new Map<string, SchemaObject[]>();
  const indexes = new Map<string, SchemaObject>();
  const inbound = new Map<string, SchemaObject[]>();
  for (const object of snapshot.objects) {
    objects.set(object.id, object);
    if (object.parent !== null) append(children, object.parent, object);
    if (object.kind === 'index' || (object.kind === 'constraint' && KEYED.has(String(object.attributes.type)))) indexes.set(`${object.schema}.${object.name}`, object);
    if (object.kind === 'constraint' && typeof object.attributes.references === 'string') append(inbound, object.attributes.references, object);
  }
  return { objects, children, indexes, inbound, resting: snapshot.dependencies ? turned(snapshot.dependencies) : null };
}

function turned(dependencies: Readonly<Record<string, readonly string[]>>): Map<string, string[]> {
  const resting = new Map<string, string[]>();
  for (const [id, on] of Object.entries(dependencies)) for (const each of on) append(resting, each, id);
  return resting;
}

const KEYED = new Set(['primary key', 'unique', 'exclusion']);

function append<T>(map: Map<string, T[]>, key: string, object: T): void {
  const list = map.get(key);
  if (list) list.push(object);
  else map.set(key, [object]);
}

export function tableObject(existing: Existing, { schema, name }: TableName): SchemaObject | undefined {
  return existing.objects.get(objectId('table', schema, name));
}

export function columnObject(existing: Existing, { schema, name }: TableName, column: string): SchemaObject | undefined {
  return existing.objects.get(objectId('column', schema, name, column));
}

export function constraintObject(existing: Existing, { schema, name }: TableName, constraint: string): SchemaObject | undefined {
  return existing.objects.get(objectId('constraint', schema, name, constraint));
}

/** Whether a relation of any kind has the name. */
export function relationStands(existing: Existing, { schema, name }: TableName): boolean {
  return existing.unread === true || (['table', 'view', 'materialized_view', 'foreign_table', 'sequence', 'composite_type'] as const).some((kind) => existing.objects.has(objectId(kind, schema, name))) || existing.indexes.has(`${schema}.${name}`);
}
