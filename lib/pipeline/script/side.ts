import { isSatellite, kindOf } from '../kinds/all.ts';
import { once } from '../once.ts';
import { listOf, NONE, textOf } from '../kinds/relation.ts';
import { objectId, parseObjectId, type SchemaObject, type Snapshot } from '../snapshot.ts';
import { tableOfTyped, typedId } from './typed-id.ts';

/** What a script is made from: a snapshot, or as much of one as a file or an older version gives. */
export type Scripted = Pick<Snapshot, 'objects'> & Partial<Pick<Snapshot, 'satellites' | 'dependencies'>>;

/** One state of a schema, with the ways between its objects. Ids of defaults (`default:schema.table.column`) stand for the default of a column. */
export interface Side {
  readonly objects: Pick<ReadonlyMap<string, SchemaObject>, 'get' | 'has'> & { values(): Iterable<SchemaObject> };
  /** By parent. */
  readonly children: Pick<ReadonlyMap<string, readonly SchemaObject[]>, 'get'>;
  /** All tables, foreign ones too, and all comments, grants and default privileges: of a large schema few of its objects. */
  readonly tables: readonly SchemaObject[];
  readonly satellites: readonly SchemaObject[];
  /** What an id rests on. */
  needs(id: string): readonly string[];
  /** What rests on an id. */
  dependents(id: string): readonly string[];
  /** Objects that this one comes and goes with by itself: a column of the parent table, an index of the partitioned table, a comment's object. */
  leaders(object: SchemaObject): readonly string[];
  /** Ids whose leader this is. */
  followers(id: string): readonly string[];
  /** Of these the columns that inherit from a column. */
  heirs(columnId: string): readonly string[];
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

export type Dependencies = Readonly<Record<string, readonly string[]>>;

/** Each way is found when it is first asked for: of a large schema a script touches little. */
export function sideOf(objects: readonly SchemaObject[], dependencies: Dependencies): Side {
  const byId = new Map<string, SchemaObject>();
  for (const object of objects) byId.set(object.id, object);
  const known = (id: string) => dependencies[id] ?? NONE;
  const children = once(() => childrenOf(objects));
  const dependents = once(() => dependentsOf(byId, dependencies));
  const tables = once(() => objects.filter(isTable));
  const satellites = once(() => objects.filter(({ kind }) => isSatellite(kind)));
  return {
    objects: byId,
    get children() { return children(); },
    get tables() { return tables(); },
    get satellites() { return satellites(); },
    needs: (id) => needsOf(id, byId, known),
    dependents: (id) => {
      const [others, parts] = [dependents().get(id) ?? NONE, children().get(id)];
      return parts ? [...parts.map((part) => part.id), ...others] : others;
    },
    ...waysUp(objects, byId, tables),
  };
}

export function isTable({ kind }: SchemaObject): boolean {
  return kind === 'table' || kind === 'foreign_table';
}

/** Between the parts of tables and those of their heirs. */
export function waysUp(objects: Iterable<SchemaObject>, byId: Side['objects'], tables: () => readonly SchemaObject[]): Pick<Side, 'leaders' | 'followers' | 'heirs'> {
  const leaders = (object: SchemaObject) => leadersOf(object, byId);
  const tablesUnder = once(() => heirsOf(tables()));
  const others = once(() => followersOf(objects, leaders));
  const heirs = (id: string) => inheritedFrom(byId, id, tablesUnder());
  return { leaders, heirs, followers: (id) => {
    const own = others().get(id) ?? NONE;
    return id.startsWith('column:') ? [...own, ...heirs(id)] : own;
  } };
}

/** The columns that inherit from this one, and those that inherit from them. */
export function heirsBelow(side: Pick<Side, 'heirs' | 'objects'>, column: SchemaObject): SchemaObject[] {
  return side.heirs(column.id).flatMap((id) => side.objects.get(id) ?? []).flatMap((heir) => [heir, ...heirsBelow(side, heir)]);
}

/** By parent. */
function heirsOf(tables: readonly SchemaObject[]): Map<string, SchemaObject[]> {
  const result = new Map<string, SchemaObject[]>();
  for (const table of tables) for (const parent of parentsOf(table)) note(result, parent, table);
  return result;
}

function parentsOf(table: SchemaObject): readonly string[] {
  const partitionOf = textOf(table, 'partitionOf');
  return partitionOf === null ? listOf(table, 'inherits') : [partitionOf, ...listOf(table, 'inherits')];
}

/** Columns are by far the most of all objects, and few of them are inherited: they are found by their tables. */
function inheritedFrom(byId: Side['objects'], id: string, heirs: ReadonlyMap<string, readonly SchemaObject[]>): readonly string[] {
  const column = byId.get(id);
  const tables = heirs.get(column?.parent ?? '');
  if (!column || !tables) return NONE;
  return tables.map((heir) => objectId('column', heir.schema, heir.name, column.name)).filter((each) => byId.get(each)?.attributes.inherited === true);
}

function childrenOf(objects: readonly SchemaObject[]): Map<string, SchemaObject[]> {
  const result = new Map<string, SchemaObject[]>();
  for (const object of objects) if (object.parent !== null) note(result, object.parent, object);
  return result;
}

function followersOf(objects: Iterable<SchemaObject>, leaders: (object: SchemaObject) => readonly string[]): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const object of objects) if (object.kind !== 'column') for (const leader of leaders(object)) note(result, leader, object.id);
  return result;
}

export function note<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const known = lists.get(key);
  if (known) known.push(value);
  else lists.set(key, [value]);
}

/** But for what rests on its parent, which `children` says: of a large schema mostly columns, which rest on nothing else. */
function dependentsOf(byId: Side['objects'], dependencies: Dependencies): Map<string, string[]> {
  const result = new Map<string, string[]>();
  const found = (to: string, from: string) => note(result, to, from);
  const noteAll = (object: SchemaObject, own: readonly string[]) => noteDependent(object, own, (to, from) => { if (to !== object.parent) found(to, from); });
  for (const object of byId.values()) if (object.kind !== 'column') noteAll(object, dependencies[object.id] ?? NONE);
  // Few columns rest on anything: they are found by what is known, not asked for one by one.
  for (const id in dependencies) {
    const own = dependencies[id] ?? NONE;
    const column = id.startsWith('column:') ? byId.get(id) : undefined;
    if (column) noteAll(column, own);
    if (id.startsWith('default:')) for (const to of own) found(to, id);
  }
  return result;
}

/** Gives `found` what an object rests on, each with the object's id, or with that of its being of a type. */
export function noteDependent(object: SchemaObject, dependencies: readonly string[], found: (to: string, from: string) => void): void {
  for (const to of dependencies) if (to !== object.id) found(to, object.id);
  for (const to of besides(object)) if (to !== object.id) found(to, object.id);
  if (isTyped(object)) for (const to of typesAmong(dependencies)) found(to, typedId(object.id));
}

/** What an id rests on, where `known` says what the server keeps of it. */
export function needsOf(id: string, objects: Side['objects'], known: (id: string) => readonly string[]): readonly string[] {
  const object = objects.get(id);
  if (object) {
    const own = [...known(id), ...besides(object)];
    return own.includes(id) ? own.filter((each) => each !== id) : own;
  }
  const table = tableOfTyped(id);
  if (table === null) return id.startsWith('default:') ? known(id) : NONE;
  const typed = objects.get(table);
  return typed && isTyped(typed) ? typesAmong(known(table)) : NONE;
}

function isTyped(object: SchemaObject): boolean {
  return object.kind === 'table' && textOf(object, 'ofType') !== null;
}

function typesAmong(ids: readonly string[]): string[] {
  return ids.filter((id) => id.startsWith('composite_type:'));
}

/** The index by which the rows of a table are told, as what it can be: an index, or that of a key. */
export function identityIndexIds(table: SchemaObject): string[] {
  const index = textOf(table, 'replicaIdentityIndex');
  return index === null ? [] : [objectId('index', table.schema, table.name, index), objectId('constraint', table.schema, table.name, index)];
}

/** What an object rests on besides what the server keeps: its parent, its schema, its place in a partitioned table. */
function besides(object: SchemaObject): readonly string[] {
  const own: string[] = [];
  if (object.parent !== null) own.push(object.parent);
  // Statistics have a schema of their own beside their table.
  if (object.kind === 'statistics' || (object.parent === null && object.schema !== '' && object.kind !== 'schema')) own.push(objectId('schema', object.schema));
  if (object.kind === 'column') return own;
  if (object.kind === 'table') own.push(...identityIndexIds(object));
  if (object.kind === 'extension') own.push(objectId('schema', String(object.attributes.inSchema)));
  if (object.kind === 'publication') own.push(...listOf(object, 'schemas').map((schema) => objectId('schema', schema)));
  const partitionOf = textOf(object, 'partitionOf');
  if (partitionOf !== null && object.kind !== 'table') own.push(partitionOf);
  return own;
}

function leadersOf(object: SchemaObject, byId: Side['objects']): readonly string[] {
  // Columns of tables without heirs, by far the most of all objects.
  if (object.kind === 'column' && object.attributes.inherited !== true) return NONE;
  const leader = kindOf(object.kind).leader(object) ?? textOf(object, 'partitionOf');
  if (leader !== null && object.kind !== 'table' && object.kind !== 'foreign_table') return [leader];
  if (object.attributes.inherited !== true || object.parent === null) return NONE;
  const table = byId.get(object.parent);
  return (table ? parentsOf(table) : NONE).map((parent) => objectId(object.kind, ...parseObjectId(parent).path, object.name)).filter((id) => byId.has(id));
}
