import { kindOf } from '../kinds/all.ts';
import { listOf, textOf } from '../kinds/relation.ts';
import { objectId, parseObjectId, type SchemaObject, type Snapshot } from '../snapshot.ts';
import { typedId } from './typed.ts';

/** What a script is made from: a snapshot, or as much of one as a file or an older version gives. */
export type Scripted = Pick<Snapshot, 'objects'> & Partial<Pick<Snapshot, 'satellites' | 'dependencies'>>;

/** One state of a schema, with the ways between its objects. Ids of defaults (`default:schema.table.column`) stand for the default of a column. */
export interface Side {
  objects: ReadonlyMap<string, SchemaObject>;
  /** By parent. */
  children: ReadonlyMap<string, readonly SchemaObject[]>;
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

export function columnOfDefault(id: string): string {
  return `column:${id.slice(id.indexOf(':') + 1)}`;
}

export function sideOf(objects: readonly SchemaObject[], dependencies: Readonly<Record<string, readonly string[]>>): Side {
  const byId = new Map(objects.map((object) => [object.id, object]));
  const children = Map.groupBy(objects.filter((object) => object.parent !== null), (object) => object.parent ?? '');
  const needs = new Map<string, readonly string[]>();
  for (const object of objects) needs.set(object.id, needsOf(object, dependencies));
  for (const [id, list] of Object.entries(dependencies)) if (id.startsWith('default:')) needs.set(id, list);
  for (const object of objects) if (textOf(object, 'ofType') !== null) needs.set(typedId(object.id), (dependencies[object.id] ?? []).filter((id) => id.startsWith('composite_type:')));
  const leaders = (object: SchemaObject) => leadersOf(object, byId);
  return {
    objects: byId,
    children,
    needs: (id) => needs.get(id) ?? [],
    dependents: lookup(inverted([...needs])),
    leaders,
    followers: lookup(inverted(objects.map((object) => [object.id, leaders(object)]))),
  };
}

function lookup(map: ReadonlyMap<string, readonly string[]>): (id: string) => readonly string[] {
  return (id) => map.get(id) ?? [];
}

function needsOf(object: SchemaObject, dependencies: Readonly<Record<string, readonly string[]>>): string[] {
  const own = [...(dependencies[object.id] ?? [])];
  if (object.parent !== null) own.push(object.parent);
  // Statistics have a schema of their own beside their table.
  if (object.kind === 'statistics' || (object.parent === null && object.schema !== '' && object.kind !== 'schema')) own.push(objectId('schema', object.schema));
  const index = object.kind === 'table' ? textOf(object, 'replicaIdentityIndex') : null;
  if (index !== null) own.push(objectId('index', object.schema, object.name, index), objectId('constraint', object.schema, object.name, index));
  if (object.kind === 'extension') own.push(objectId('schema', String(object.attributes.inSchema)));
  const partitionOf = textOf(object, 'partitionOf');
  if (partitionOf !== null && object.kind !== 'table') own.push(partitionOf);
  return own.filter((id) => id !== object.id);
}

function leadersOf(object: SchemaObject, byId: ReadonlyMap<string, SchemaObject>): string[] {
  const leader = kindOf(object.kind).leader(object) ?? textOf(object, 'partitionOf');
  if (leader !== null && object.kind !== 'table' && object.kind !== 'foreign_table') return [leader];
  if (object.attributes.inherited !== true || object.parent === null) return [];
  const table = byId.get(object.parent);
  const parents = table ? [textOf(table, 'partitionOf'), ...listOf(table, 'inherits')] : [];
  return parents.flatMap((parent) => {
    const id = parent === null ? null : objectId(object.kind, ...parseObjectId(parent).path, object.name);
    return id !== null && byId.has(id) ? [id] : [];
  });
}

function inverted(edges: readonly (readonly [string, readonly string[]])[]): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const [from, list] of edges) {
    for (const to of list) {
      const known = result.get(to);
      if (known) known.push(from);
      else result.set(to, [from]);
    }
  }
  return result;
}
