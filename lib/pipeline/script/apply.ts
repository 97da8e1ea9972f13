import type { Delta } from '../diff.ts';
import { isSatellite, kindOf } from '../kinds/all.ts';
import type { SchemaObject } from '../snapshot.ts';
import { columnOfDefault, defaultId, type Scripted } from './side.ts';

/**
 * The schema as it is when `deltas` were made real on `current`. Only the attributes that a delta names change: of an object whose owner was
 * not chosen the owner stays, and of objects that no delta names the current version stays.
 */
export function appliedTo(current: Scripted, desired: Scripted, deltas: readonly Delta[]): Required<Scripted> {
  const wanted = new Map([...desired.objects, ...(desired.satellites ?? [])].map((object) => [object.id, object]));
  const objects = new Map([...current.objects, ...(current.satellites ?? [])].map((object) => [object.id, object]));
  const dependencies: Record<string, readonly string[]> = { ...current.dependencies };
  for (const delta of deltas) {
    for (const id of [delta.objectId, ...delta.carries]) {
      if (delta.change === 'remove') objects.delete(id);
      else {
        const object = delta.change === 'change' ? changed(objects.get(id), delta) : (wanted.get(id) ?? delta.desired);
        if (object) objects.set(id, object);
      }
      for (const key of [id, defaultId(id)]) setOrDelete(dependencies, key, delta.change === 'remove' ? undefined : (desired.dependencies?.[key] ?? undefined));
    }
  }
  // Columns that do not differ still stand where they stand on the desired side.
  const all = [...objects.values()].map((object) => (object.kind === 'column' ? inPlace(object, wanted.get(object.id)) : object));
  // What no delta names keeps what it rests on, as long as that stays; then a foreign key finds the other unique key by itself, and a view the view
  // that was a table. Not earlier: until the key goes, the foreign key stands in its way.
  for (const [id, ids] of Object.entries(dependencies)) {
    const other = desired.dependencies?.[id];
    if (other && ids.some((one) => !isThere(objects, one)) && other.every((one) => isThere(objects, one))) dependencies[id] = other;
  }
  return { objects: all.filter((object) => !isSatellite(object.kind)), satellites: all.filter((object) => isSatellite(object.kind)), dependencies };
}

function isThere(objects: ReadonlyMap<string, SchemaObject>, id: string): boolean {
  return objects.has(id.startsWith('default:') ? columnOfDefault(id) : id);
}

function inPlace(column: SchemaObject, wanted: SchemaObject | undefined): SchemaObject {
  return wanted === undefined || wanted.position === column.position ? column : { ...column, position: wanted.position };
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
