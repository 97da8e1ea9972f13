import { kindOf } from '../kinds/all.ts';
import { once } from '../once.ts';
import { listOf, NONE, textOf } from '../kinds/relation.ts';
import { objectId, parseObjectId, type SchemaObject, type Snapshot } from '../snapshot.ts';
import { typedId } from './typed.ts';

/** What a script is made from: a snapshot, or as much of one as a file or an older version gives. */
export type Scripted = Pick<Snapshot, 'objects'> & Partial<Pick<Snapshot, 'satellites' | 'dependencies'>>;

/** One state of a schema, with the ways between its objects. Ids of defaults (`default:schema.table.column`) stand for the default of a column. */
export interface Side {
  objects: ReadonlyMap<string, SchemaObject>;
  /** By parent. */
  readonly children: ReadonlyMap<string, readonly SchemaObject[]>;
  /** What an id rests on. */
  needs(id: string): readonly string[];
  /** What rests on an id. */
  dependents(id: string): readonly string[];
  /** Objects that this one comes and goes with by itself: a column of the parent table, an index of the partitioned table, a comment's object. */
  leaders(object: SchemaObject): readonly string[];
  /** Ids whose leader this is. */
  followers(id: string): readonly string[];
}

export function defaultId(columnId: string): string {
  return `default:${columnId.slice(columnId.indexOf(':') + 1)}`;
}

/** A column and its default; only columns have one, and a trigger may be called as its table's column is. */
export function withDefault(id: string): string[] {
  return id.startsWith('column:') ? [id, defaultId(id)] : [id];
}

export function columnOfDefault(id: string): string {
  return `column:${id.slice(id.indexOf(':') + 1)}`;
}

/** These ids with everything that `next` leads to from them. */
export function reached(from: readonly string[], next: (id: string) => readonly string[]): Set<string> {
  const seen = new Set(from);
  const queue = [...seen];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const each of next(id)) {
      if (seen.has(each)) continue;
      seen.add(each);
      queue.push(each);
    }
  }
  return seen;
}

type Dependencies = Readonly<Record<string, readonly string[]>>;

/** Each way is found when it is first asked for: of a large schema a script touches little. `dependencies`: what the later one knows counts. */
export function sideOf(objects: readonly SchemaObject[], ...dependencies: readonly Dependencies[]): Side {
  const byId = new Map<string, SchemaObject>();
  for (const object of objects) byId.set(object.id, object);
  const known = (id: string) => dependencies.findLast((each) => id in each)?.[id] ?? NONE;
  const typed = new Map<string, readonly string[]>();
  for (const object of objects) if (object.kind === 'table' && textOf(object, 'ofType') !== null) typed.set(typedId(object.id), known(object.id).filter((id) => id.startsWith('composite_type:')));
  const leaders = (object: SchemaObject) => leadersOf(object, byId);
  const children = once(() => childrenOf(objects));
  const needs = (id: string): readonly string[] => {
    const object = byId.get(id);
    return object ? needsOf(object, known(id)) : (typed.get(id) ?? (id.startsWith('default:') ? known(id) : NONE));
  };
  const dependents = once(() => dependentsOf(byId, typed, dependencies.length === 1 ? (dependencies[0] ?? {}) : Object.assign({}, ...dependencies)));
  const followers = once(() => followersOf(objects, leaders));
  return {
    objects: byId,
    get children() { return children(); },
    needs,
    dependents: (id) => dependents().get(id) ?? NONE,
    leaders,
    followers: (id) => followers().get(id) ?? NONE,
  };
}

function childrenOf(objects: readonly SchemaObject[]): Map<string, SchemaObject[]> {
  const result = new Map<string, SchemaObject[]>();
  for (const object of objects) if (object.parent !== null) note(result, object.parent, object);
  return result;
}

function followersOf(objects: readonly SchemaObject[], leaders: (object: SchemaObject) => readonly string[]): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const object of objects) for (const leader of leaders(object)) note(result, leader, object.id);
  return result;
}

function note<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const known = lists.get(key);
  if (known) known.push(value);
  else lists.set(key, [value]);
}

function dependentsOf(objects: ReadonlyMap<string, SchemaObject>, typed: ReadonlyMap<string, readonly string[]>, dependencies: Dependencies): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const object of objects.values()) {
    const known = dependencies[object.id];
    if (known) for (const to of known) if (to !== object.id) note(result, to, object.id);
    for (const to of besides(object)) if (to !== object.id) note(result, to, object.id);
  }
  for (const id in dependencies) if (id.startsWith('default:') && !objects.has(id)) for (const to of dependencies[id] ?? NONE) note(result, to, id);
  for (const [id, list] of typed) for (const to of list) note(result, to, id);
  return result;
}

/** What an object rests on. */
function needsOf(object: SchemaObject, dependencies: readonly string[]): readonly string[] {
  const own = [...dependencies, ...besides(object)];
  return own.includes(object.id) ? own.filter((id) => id !== object.id) : own;
}

/** What an object rests on besides what the server keeps: its parent, its schema, its place in a partitioned table. */
function besides(object: SchemaObject): readonly string[] {
  const own: string[] = [];
  if (object.parent !== null) own.push(object.parent);
  // Statistics have a schema of their own beside their table.
  if (object.kind === 'statistics' || (object.parent === null && object.schema !== '' && object.kind !== 'schema')) own.push(objectId('schema', object.schema));
  if (object.kind === 'column') return own;
  const index = object.kind === 'table' ? textOf(object, 'replicaIdentityIndex') : null;
  if (index !== null) own.push(objectId('index', object.schema, object.name, index), objectId('constraint', object.schema, object.name, index));
  if (object.kind === 'extension') own.push(objectId('schema', String(object.attributes.inSchema)));
  const partitionOf = textOf(object, 'partitionOf');
  if (partitionOf !== null && object.kind !== 'table') own.push(partitionOf);
  return own;
}

function leadersOf(object: SchemaObject, byId: ReadonlyMap<string, SchemaObject>): readonly string[] {
  // Columns of tables without heirs, by far the most of all objects.
  if (object.kind === 'column' && object.attributes.inherited !== true) return NONE;
  const leader = kindOf(object.kind).leader(object) ?? textOf(object, 'partitionOf');
  if (leader !== null && object.kind !== 'table' && object.kind !== 'foreign_table') return [leader];
  if (object.attributes.inherited !== true || object.parent === null) return NONE;
  const table = byId.get(object.parent);
  const parents = table ? [textOf(table, 'partitionOf'), ...listOf(table, 'inherits')] : [];
  return parents.flatMap((parent) => {
    const id = parent === null ? null : objectId(object.kind, ...parseObjectId(parent).path, object.name);
    return id !== null && byId.has(id) ? [id] : [];
  });
}
