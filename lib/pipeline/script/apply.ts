import type { Delta } from '../diff.ts';
import { isSatellite, kindOf } from '../kinds/all.ts';
import { canonical } from '../digest.ts';
import { NONE } from '../kinds/relation.ts';
import { once } from '../once.ts';
import type { SchemaObject } from '../snapshot.ts';
import { columnOfDefault, type Dependencies, type Scripted, type Side, sideOf, withDefault } from './side.ts';

/** What `deltas` change of a schema: objects as they become (null: they go), and what each rests on from then on (nothing: it goes). */
export interface Applied {
  readonly objects: ReadonlyMap<string, SchemaObject | null>;
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
}

/**
 * The schema as it is when `deltas` were made real on `current`. Only the attributes that a delta names change: of an object whose owner was
 * not chosen the owner stays, and of objects that no delta names the current version stays.
 */
export function appliedTo(current: Scripted, desired: Scripted, deltas: readonly Delta[]): Required<Scripted> {
  const old = allOf(current);
  const before = sideOf(old, current.dependencies ?? {});
  const { objects, dependencies } = applied(before, current, desired, deltas);
  const come = [...objects].flatMap(([id, object]) => (object === null || before.objects.has(id) ? [] : [object]));
  const all = [...old.flatMap((object) => (objects.has(object.id) ? (objects.get(object.id) ?? []) : [object])), ...come];
  const resting: Record<string, readonly string[]> = { ...current.dependencies };
  for (const [id, list] of dependencies) {
    if (list === NONE) delete resting[id];
    else resting[id] = list;
  }
  return { objects: all.filter((object) => !isSatellite(object.kind)), satellites: all.filter((object) => isSatellite(object.kind)), dependencies: resting };
}

/** Objects and satellites of a schema. */
export function allOf({ objects, satellites = [] }: Scripted): readonly SchemaObject[] {
  return [...objects, ...satellites];
}

/** The same as no more than what becomes other than it is in `before`, which is the side of `current`: of a large schema deltas change little. */
export function applied(before: Side, current: Scripted, desired: Scripted, deltas: readonly Delta[]): Applied {
  const theirs = namedAmong(allOf(desired), new Set(deltas.flatMap((delta) => (delta.change === 'remove' ? [] : [delta.objectId, ...delta.carries]))));
  const objects = new Map<string, SchemaObject | null>();
  const dependencies = new Map<string, readonly string[]>();
  for (const delta of deltas) {
    for (const id of [delta.objectId, ...delta.carries]) {
      if (delta.change === 'remove') objects.set(id, null);
      else {
        const now = objects.has(id) ? (objects.get(id) ?? undefined) : before.objects.get(id);
        const object = delta.change === 'change' ? changed(now, delta) : (theirs.get(id) ?? delta.desired);
        if (object) objects.set(id, object);
      }
      for (const key of withDefault(id)) dependencies.set(key, delta.change === 'remove' ? NONE : (desired.dependencies?.[key] ?? NONE));
    }
  }
  const made = { objects, dependencies };
  putInPlace(before, made, current.objects, desired.objects);
  findOtherRest(before, current.dependencies ?? {}, made, desired);
  return made;
}

/** Of a large schema deltas name little: no table of all ids is made. */
function namedAmong(objects: readonly SchemaObject[], ids: ReadonlySet<string>): Map<string, SchemaObject> {
  const found = new Map<string, SchemaObject>();
  if (ids.size > 0) for (const object of objects) if (ids.has(object.id)) found.set(object.id, object);
  return found;
}

interface Making {
  objects: Map<string, SchemaObject | null>;
  dependencies: Map<string, readonly string[]>;
}

/** So far is looked ahead for the one that is next in both lists. */
const AHEAD = 64;

/** Columns that do not differ still stand where they stand on the desired side. */
function putInPlace(before: Side, { objects }: Making, current: readonly SchemaObject[], desired: readonly SchemaObject[]): void {
  let next = 0;
  for (const { id, kind, position } of desired) {
    // Both lists come in one order from a reading: mostly the next is the next, and it need not be looked for.
    const twin = current[next]?.id === id ? current[next] : before.objects.get(id);
    if (twin === current[next]) next += 1;
    else if (twin !== undefined) {
      const at = current.slice(next, next + AHEAD).indexOf(twin);
      if (at > 0) next += at + 1;
    }
    if (kind !== 'column') continue;
    const mine = objects.has(id) ? objects.get(id) : twin;
    if (mine && mine.position !== position) objects.set(id, { ...mine, position });
  }
}

/**
 * What no delta names keeps what it rests on, as long as that stays; then a foreign key finds the other unique key by itself, and a view the view
 * that was a table. Not earlier: until the key goes, the foreign key stands in its way.
 */
function findOtherRest(before: Side, resting: Dependencies, { objects, dependencies }: Making, desired: Scripted): void {
  const wanted = once(() => new Map(allOf(desired).map((object) => [object.id, object])));
  const isThere = (id: string) => {
    const of = id.startsWith('default:') ? columnOfDefault(id) : id;
    return objects.has(of) ? objects.get(of) !== null : before.objects.has(of);
  };
  // Also what went in an earlier part of a plan, and is replaced in this one only.
  for (const id in resting) {
    if (dependencies.has(id) || resting[id]?.every(isThere) !== false) continue;
    const other = desired.dependencies?.[id];
    if (!other?.every(isThere)) continue;
    // What differs and was not chosen says itself what it rests on: it is no other thing under the same words.
    if (saidBy(before.objects, id) === saidBy(wanted(), id)) dependencies.set(id, other);
  }
}

/** All that an object says, or the default of a column. */
function saidBy(objects: Side['objects'], id: string): string {
  const { attributes = {} } = objects.get(id.startsWith('default:') ? columnOfDefault(id) : id) ?? {};
  return canonical(id.startsWith('default:') ? [attributes['default'] ?? null, attributes['generated'] ?? null] : attributes);
}

/** The differences that lead back. */
export function inverted(deltas: readonly Delta[]): Delta[] {
  const back = { add: 'remove', remove: 'add', change: 'change' } as const;
  return deltas.map((delta) => ({
    ...delta,
    id: delta.change === 'change' ? delta.id : `${back[delta.change]}:${delta.objectId}`,
    change: back[delta.change],
    current: delta.desired,
    desired: delta.current,
    attributes: delta.attributes.map(({ name, current, desired }) => ({ name, current: desired, desired: current })),
  }));
}

function changed(object: SchemaObject | undefined, delta: Delta): SchemaObject | undefined {
  if (!object || !delta.desired) return object;
  const beside = kindOf(object.kind).aside;
  const attributes = { ...object.attributes };
  const aside = { ...delta.desired.aside, ...Object.fromEntries(beside.flatMap((name) => (object.aside?.[name] === undefined ? [] : [[name, object.aside[name]]]))) };
  for (const { name, desired } of delta.attributes) {
    // What only few objects have is not there with others: there as null it would be another object to whoever signs it.
    if (desired === null && !beside.includes(name) && !(name in delta.desired.attributes)) delete attributes[name];
    else (beside.includes(name) ? aside : attributes)[name] = desired;
  }
  return { ...object, parent: delta.desired.parent, attributes, aside };
}
