import type { Attribute, ObjectKind, SchemaObject, Snapshot } from './snapshot.ts';

export interface AttributeChange {
  name: string;
  current: Attribute;
  desired: Attribute;
}

/** One difference. `add` = only in desired, `remove` = only in current. */
export interface Delta {
  /** `add:<ObjectId>`, `remove:<ObjectId>` or `change:<ObjectId>`. */
  id: string;
  change: 'add' | 'remove' | 'change';
  kind: ObjectKind;
  objectId: string;
  /** The table (or the object itself) under which a person looks for it. */
  group: string;
  current: SchemaObject | null;
  desired: SchemaObject | null;
  /** Only for `change`. */
  attributes: readonly AttributeChange[];
  /** For an added or removed table: the ObjectIds that come or go with it and are not deltas of their own. */
  carries: readonly string[];
}

/**
 * Differences that turn `current` into `desired`, sorted by group and kind. Knows no object kind by name: a child of an
 * added or removed parent is carried by its parent's delta, everything else is compared attribute by attribute.
 */
export function diff(current: Pick<Snapshot, 'objects'>, desired: Pick<Snapshot, 'objects'>): Delta[] {
  const before = byId(current.objects);
  const after = byId(desired.objects);
  const deltas: Delta[] = [];
  for (const object of current.objects) {
    if (!after.has(object.id) && !(object.parent && !after.has(object.parent))) {
      deltas.push(toDelta('remove', object, null, childIds(current.objects, object.id)));
    }
  }
  for (const object of desired.objects) {
    const twin = before.get(object.id);
    if (!twin) {
      if (!(object.parent && !before.has(object.parent))) deltas.push(toDelta('add', null, object, childIds(desired.objects, object.id)));
      continue;
    }
    const attributes = attributeChanges(twin, object);
    if (attributes.length > 0) deltas.push({ ...toDelta('change', twin, object, []), attributes });
  }
  return deltas.sort((a, b) => compareText(a.group, b.group) || compareText(a.objectId, b.objectId));
}

/** Attribute differences between two versions of one object, by name. */
export function attributeChanges(current: SchemaObject, desired: SchemaObject): AttributeChange[] {
  const names = new Set([...Object.keys(current.attributes), ...Object.keys(desired.attributes)]);
  return [...names]
    .map((name) => ({ name, current: current.attributes[name] ?? null, desired: desired.attributes[name] ?? null }))
    .filter((change) => JSON.stringify(change.current) !== JSON.stringify(change.desired));
}

function toDelta(change: Delta['change'], current: SchemaObject | null, desired: SchemaObject | null, carries: string[]): Delta {
  const object = (desired ?? current) as SchemaObject;
  return { id: `${change}:${object.id}`, change, kind: object.kind, objectId: object.id, group: object.parent ?? object.id, current, desired, attributes: [], carries };
}

function byId(objects: readonly SchemaObject[]): Map<string, SchemaObject> {
  return new Map(objects.map((object) => [object.id, object]));
}

function childIds(objects: readonly SchemaObject[], parent: string): string[] {
  return objects.filter((object) => object.parent === parent).map((object) => object.id);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
