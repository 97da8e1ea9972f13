import { type Delta, sameAttribute } from '../diff.ts';
import { isSatellite, kindOf } from '../kinds/all.ts';
import { canonical } from '../digest.ts';
import { once } from '../once.ts';
import type { SchemaObject } from '../snapshot.ts';
import { twinsOf } from '../twins.ts';
import { columnOfDefault, type Scripted, withDefault } from './side.ts';

/**
 * The schema as it is when `deltas` were made real on `current`. Only the attributes that a delta names change: of an object whose owner was
 * not chosen the owner stays, and of objects that no delta names the current version stays.
 */
export function appliedTo(current: Scripted, desired: Scripted, deltas: readonly Delta[]): Required<Scripted> {
  const [old, wanted] = [[...current.objects, ...(current.satellites ?? [])], [...desired.objects, ...(desired.satellites ?? [])]];
  const named = new Set(deltas.flatMap((delta) => [delta.objectId, ...delta.carries]));
  const [mine, theirs] = [namedAmong(old, named), namedAmong(wanted, named)];
  /** What becomes of the objects that a delta names; null: they go. */
  const made = new Map<string, SchemaObject | null>();
  const dependencies: Record<string, readonly string[]> = { ...current.dependencies };
  for (const delta of deltas) {
    for (const id of [delta.objectId, ...delta.carries]) {
      if (delta.change === 'remove') made.set(id, null);
      else {
        const now = made.has(id) ? (made.get(id) ?? undefined) : mine.get(id);
        const object = delta.change === 'change' ? changed(now, delta) : (theirs.get(id) ?? delta.desired);
        if (object) made.set(id, object);
      }
      for (const key of withDefault(id)) setOrDelete(dependencies, key, delta.change === 'remove' ? undefined : (desired.dependencies?.[key] ?? undefined));
    }
  }
  const all = [...old, ...[...made].flatMap(([id, object]) => (object === null || mine.has(id) ? [] : [object]))];
  const placed = inPlace(all, made, wanted);
  // What no delta names keeps what it rests on, as long as that stays; then a foreign key finds the other unique key by itself, and a view the view
  // that was a table. Not earlier: until the key goes, the foreign key stands in its way.
  const there = once(() => new Set(placed.map((object) => object.id)));
  // What differs and was not chosen says itself what it rests on: it is no other thing under the same words.
  const [before, wantedById] = [once(() => byId(old)), once(() => byId(wanted))];
  const says = (id: string) => saidBy(before(), id) === saidBy(wantedById(), id);
  for (const id in dependencies) {
    const [mineOf, other] = [dependencies[id] ?? [], desired.dependencies?.[id]];
    if (other && !sameAttribute(mineOf, other) && !areThere(there(), mineOf) && areThere(there(), other) && says(id)) dependencies[id] = other;
  }
  return { objects: placed.filter((object) => !isSatellite(object.kind)), satellites: placed.filter((object) => isSatellite(object.kind)), dependencies };
}

/** Of a large schema deltas name little: no table of all ids is made. */
function namedAmong(objects: readonly SchemaObject[], ids: ReadonlySet<string>): Map<string, SchemaObject> {
  const found = new Map<string, SchemaObject>();
  for (const object of objects) if (ids.has(object.id)) found.set(object.id, object);
  return found;
}

/** The objects as they become. Columns that do not differ still stand where they stand on the desired side. */
function inPlace(objects: readonly SchemaObject[], made: ReadonlyMap<string, SchemaObject | null>, desired: readonly SchemaObject[]): SchemaObject[] {
  const moved = new Map<string, number | null>();
  for (const [twin, { id, kind, position }] of twinsOf(objects, desired).pairs) if (kind === 'column' && twin && twin.position !== position) moved.set(id, position);
  const placed: SchemaObject[] = [];
  for (const one of objects) {
    const object = made.get(one.id) === undefined ? one : made.get(one.id);
    const position = object && moved.get(object.id);
    if (object) placed.push(position === undefined || position === object.position ? object : { ...object, position });
  }
  return placed;
}

function byId(objects: readonly SchemaObject[]): Map<string, SchemaObject> {
  return new Map(objects.map((object) => [object.id, object]));
}

/** All that an object says, or the default of a column. */
function saidBy(objects: ReadonlyMap<string, SchemaObject>, id: string): string {
  const { attributes = {} } = objects.get(id.startsWith('default:') ? columnOfDefault(id) : id) ?? {};
  return canonical(id.startsWith('default:') ? [attributes['default'] ?? null, attributes['generated'] ?? null] : attributes);
}

function areThere(there: ReadonlySet<string>, ids: readonly string[]): boolean {
  return ids.every((id) => there.has(id.startsWith('default:') ? columnOfDefault(id) : id));
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
  for (const { name, desired } of delta.attributes) (beside.includes(name) ? aside : attributes)[name] = desired;
  return { ...object, parent: delta.desired.parent, attributes, aside };
}

function setOrDelete(record: Record<string, readonly string[]>, key: string, value: readonly string[] | undefined): void {
  if (value === undefined) delete record[key];
  else record[key] = value;
}
