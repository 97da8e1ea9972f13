import { renameOf } from './rename.ts';
import { parseObjectId, type Attribute, type ObjectKind, type SchemaObject, type Snapshot } from './snapshot.ts';
import { twinsOf } from './twins.ts';
import { known, ownersUnread, unreadOf } from './unread.ts';

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

export type Compared = Pick<Snapshot, 'objects'> & Partial<Pick<Snapshot, 'satellites' | 'unread' | 'notCompared' | 'origin' | 'target'>>;

export interface DiffOptions {
  /** Comments, grants and default privileges too. */
  satellites?: boolean;
  /** Names of what is kept beside objects: `owner`, `version`. */
  aside?: readonly string[];
}

/** The id of a delta as a person says it: `add:schema:auth` → `schema auth, only in dev`; `rename:` as the new name. Throws on what diff() cannot have made. */
export function spokenDelta(id: string, sides: { current: string; desired: string }): string {
  const rename = renameOf(id);
  if (rename) {
    const [from, to] = [parseObjectId(rename.from), parseObjectId(rename.to)];
    const moves = from.kind !== 'schema' && from.path[0] !== to.path[0];
    return `${from.kind.replaceAll('_', ' ')} ${from.path.join('.')} is ${moves ? to.path.join('.') : `called ${to.path.at(-1) ?? ''}`}`;
  }
  const colon = id.indexOf(':');
  const { kind, path } = parseObjectId(id.slice(colon + 1));
  const what = `${kind.replaceAll('_', ' ')} ${path.join('.')}`;
  const change = id.slice(0, colon);
  if (change === 'change') return `${what}, different`;
  if (change === 'aside') return `owner, order of columns or statistics of ${what}, different`;
  return `${what}, only in ${change === 'add' ? sides.desired : sides.current}`;
}

/**
 * Differences that turn `current` into `desired`, sorted by group and kind. Knows no object kind by name: a child of an
 * added or removed parent is carried by its parent's delta, everything else is compared attribute by attribute. What one side does not
 * know (`unread`) is compared on neither.
 */
export function diff(current: Compared, desired: Compared, options: DiffOptions = {}): Delta[] {
  const unread = unreadOf(current, desired);
  const old = known(options.satellites ? [...current.objects, ...(current.satellites ?? [])] : current.objects, unread);
  const wanted = known(options.satellites ? [...desired.objects, ...(desired.satellites ?? [])] : desired.objects, unread);
  const aside = (options.aside ?? []).filter((name) => name !== 'owner' || !ownersUnread(unread));
  const { twins, gone } = twinsOf(old, wanted);
  const come: SchemaObject[] = [];
  const deltas: Delta[] = [];
  for (const [at, object] of wanted.entries()) {
    const twin = twins[at];
    if (!twin) come.push(object);
    else {
      const attributes = attributeChanges(twin, object);
      if (aside.length > 0) attributes.push(...asideChanges(twin, object, aside));
      if (attributes.length > 0) deltas.push({ ...toDelta('change', twin, object, []), attributes });
    }
  }
  for (const [object, carries] of whole(gone, wanted)) deltas.push(toDelta('remove', object, null, carries));
  for (const [object, carries] of whole(come, old)) deltas.push(toDelta('add', null, object, carries));
  return deltas.sort((a, b) => compareText(a.group, b.group) || compareText(a.objectId, b.objectId));
}

/** What is kept beside an object, of the names that were asked for and that both sides know. */
function asideChanges(current: SchemaObject, desired: SchemaObject, names: readonly string[]): AttributeChange[] {
  if (current.aside === undefined || desired.aside === undefined) return [];
  return names.flatMap((name) => {
    const before = current.aside?.[name];
    const after = desired.aside?.[name];
    return before === undefined || after === undefined || sameAttribute(before, after) ? [] : [{ name, current: before, desired: after }];
  });
}

/**
 * Of what one side has alone, what comes or goes by itself, each with what it takes along: an object whose parent the other side lacks as well comes or goes with
 * the parent. A child that the other side has under another parent (statistics that moved) is a difference of its own.
 */
function whole(alone: readonly SchemaObject[], otherSide: readonly SchemaObject[]): (readonly [SchemaObject, readonly string[]])[] {
  const ids = new Set(alone.map((object) => object.id));
  const parents = new Set(alone.flatMap(({ parent }) => (parent === null || ids.has(parent) ? [] : [parent])));
  const there = new Set<string>();
  // Of ids that are asked for, not of all: those alone are few, and the other side is large, mostly of kinds that are nobody's parent.
  const kinds = new Set([...parents].map((id) => id.slice(0, id.indexOf(':'))));
  if (parents.size > 0) for (const { id, kind } of otherSide) if (kinds.has(kind) && parents.has(id)) there.add(id);
  const children = childIds(alone);
  return alone.filter(({ parent }) => parent === null || there.has(parent)).map((object) => [object, children.get(object.id) ?? []] as const);
}

/** Attribute differences between two versions of one object, by name. */
export function attributeChanges(current: SchemaObject, desired: SchemaObject): AttributeChange[] {
  const changes: AttributeChange[] = [];
  const [old, wanted] = [current.attributes, desired.attributes];
  // Most columns share them with all columns of their look.
  if (old === wanted) return changes;
  // Most objects are equal: no list of names is made for them.
  for (const name in old) if (!sameAttribute(old[name] ?? null, wanted[name] ?? null)) changes.push({ name, current: old[name] ?? null, desired: wanted[name] ?? null });
  for (const name in wanted) if (!(name in old) && wanted[name] !== null && wanted[name] !== undefined) changes.push({ name, current: null, desired: wanted[name] });
  return changes;
}

/** Equal values; lists are equal in order. */
export function sameAttribute(a: Attribute, b: Attribute): boolean {
  if (a === b) return true;
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((value, index) => value === b[index]);
}

function toDelta(change: Delta['change'], current: SchemaObject | null, desired: SchemaObject | null, carries: readonly string[]): Delta {
  const object = (desired ?? current) as SchemaObject;
  return { id: `${change}:${object.id}`, change, kind: object.kind, objectId: object.id, group: object.parent ?? object.id, current, desired, attributes: [], carries };
}

/** In one pass, so that ten thousand tables stay quick. */
function childIds(objects: readonly SchemaObject[]): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const { id, parent } of objects) {
    if (parent === null) continue;
    const siblings = ids.get(parent);
    if (siblings) siblings.push(id);
    else ids.set(parent, [id]);
  }
  return ids;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
