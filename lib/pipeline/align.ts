import type { AttributeChange, Delta } from './diff.ts';
import { sameAttribute } from './diff.ts';
import { attributeLabel, isSpoken, kindOf } from './kinds/all.ts';
import { isAside } from './noise.ts';
import { isRename } from './rename.ts';
import { renderObjects } from './render.ts';
import { type Attribute, OBJECT_KINDS, type ObjectKind, type SchemaObject, type Snapshot, type TableEstimate } from './snapshot.ts';

type Objects = Pick<Snapshot, 'objects'>;
type Attributes = Readonly<Record<string, Attribute>>;
type Change = Delta['change'] | 'identical';

/** One object of a group on both sides; the same shape as AlignedRowDto. */
export interface AlignedRow {
  id: string;
  kind: ObjectKind;
  name: string;
  change: Change;
  /** Without attributes that are as usual on both sides; null where the object is missing. */
  current: Attributes | null;
  desired: Attributes | null;
  /** What a person calls the attributes that are shown. */
  labels: Readonly<Record<string, string>>;
  /** Attributes that differ and do not merely follow from others. */
  changed: readonly string[];
  deltaId: string | null;
}

/** One difference in its group. */
export interface CompareGroupDelta {
  id: string;
  objectId: string;
  change: Delta['change'];
  kind: ObjectKind;
  name: string;
  attributes: readonly AttributeChange[];
}

/** A top-level object with its differences. */
export interface CompareGroup {
  id: string;
  kind: ObjectKind;
  schema: string;
  name: string;
  change: Change;
  deltas: readonly CompareGroupDelta[];
  currentEstimate: TableEstimate | null;
  desiredEstimate: TableEstimate | null;
}

export interface CompareTotals {
  totals: { objects: number; identical: number; onlyDesired: number; onlyCurrent: number; different: number };
  byKind: readonly { kind: ObjectKind; onlyDesired: number; onlyCurrent: number; different: number; identical: number }[];
}

/**
 * Counts over both sides. Objects that come or go with their table are not counted, neither as differences nor as objects, so that
 * identical + onlyDesired + onlyCurrent + different = objects. Kinds without objects are left out.
 */
export function compareTotals(current: Objects, desired: Objects, deltas: readonly Delta[]): CompareTotals {
  const changeOf = new Map(deltas.map((delta) => [delta.objectId, delta.change]));
  const carried = new Set(deltas.flatMap((delta) => delta.carries));
  const counts = new Map(OBJECT_KINDS.map((kind) => [kind, { kind, onlyDesired: 0, onlyCurrent: 0, different: 0, identical: 0 }]));
  for (const object of union(current.objects, desired.objects)) {
    const count = counts.get(object.kind);
    if (!count || carried.has(object.id)) continue;
    count[COUNTED_AS[changeOf.get(object.id) ?? 'identical']] += 1;
  }
  const byKind = [...counts.values()].filter((count) => count.onlyDesired + count.onlyCurrent + count.different + count.identical > 0);
  const sum = (key: 'onlyDesired' | 'onlyCurrent' | 'different' | 'identical') => byKind.reduce((total, count) => total + count[key], 0);
  const parts = { identical: sum('identical'), onlyDesired: sum('onlyDesired'), onlyCurrent: sum('onlyCurrent'), different: sum('different') };
  const objects = parts.identical + parts.onlyDesired + parts.onlyCurrent + parts.different;
  return { totals: { objects, ...parts }, byKind };
}

const COUNTED_AS = { add: 'onlyDesired', remove: 'onlyCurrent', change: 'different', identical: 'identical' } as const;

/** Every top-level object of either side with the differences in it, by schema, name and kind; identical ones too. */
export function compareGroups(current: Pick<Snapshot, 'objects' | 'estimates'>, desired: Pick<Snapshot, 'objects' | 'estimates'>, deltas: readonly Delta[]): CompareGroup[] {
  const byGroup = Map.groupBy(deltas, (delta) => delta.group);
  return union(current.objects, desired.objects)
    .filter((object) => object.parent === null)
    .map(({ id, kind, schema, name }): CompareGroup => {
      const own = byGroup.get(id) ?? [];
      return {
        id,
        kind,
        schema,
        name,
        change: own.find((delta) => delta.objectId === id)?.change ?? (own.length > 0 ? 'change' : 'identical'),
        deltas: own.map((delta) => ({ id: delta.id, objectId: delta.objectId, change: delta.change, kind: delta.kind, name: nameOf(delta), attributes: spokenChanges(delta) })),
        currentEstimate: current.estimates[id] ?? null,
        desiredEstimate: desired.estimates[id] ?? null,
      };
    })
    .sort((a, b) => compareText(a.schema, b.schema) || compareText(a.name, b.name) || compareText(a.kind, b.kind));
}

/** The object itself, then what belongs to it, both sides in one line each: columns in the desired order, then constraints, then indexes. */
export function alignedRows(current: Objects, desired: Objects, deltas: readonly Delta[], groupId: string): AlignedRow[] {
  const before = familyOf(current.objects, groupId);
  const after = familyOf(desired.objects, groupId);
  const own = deltas.filter((delta) => delta.group === groupId);
  const deltaOf = new Map(own.filter((delta) => !isBeside(delta)).map((delta) => [delta.objectId, delta]));
  const rows = OBJECT_KINDS.flatMap((kind) => orderOf(kind, before, after)).flatMap((id) => {
    const row = alignedRow(before.get(id) ?? null, after.get(id) ?? null, deltaOf.get(id)?.id ?? null);
    return row === null || (id === groupId && isUneventful(row) && before.size + after.size > 2) ? [] : [row];
  });
  return [...own.filter(isBeside).map(asideRow), ...rows];
}

/** Said of an object besides what it is: how it is called, and to whom it belongs. */
function isBeside(delta: Delta): boolean {
  return isAside(delta) || isRename(delta);
}

/** What differs beside an object (its name, its owner, the order of its columns) is a row of its own, because it is answered alone. */
function asideRow(delta: Delta): AlignedRow {
  const side = (which: 'current' | 'desired') => Object.fromEntries(delta.attributes.map((attribute) => [attribute.name, attribute[which]]));
  return { id: delta.id, kind: delta.kind, name: nameOf(delta), change: 'change', current: side('current'), desired: side('desired'), labels: labelsOf(delta.kind, delta.attributes.map(({ name }) => name)), changed: delta.attributes.map((attribute) => attribute.name), deltaId: delta.id };
}

/** The group's object with everything that belongs to it as statements, for the eye and for a text comparison; null where it is missing. */
export function definitionText(objects: readonly SchemaObject[], groupId: string): string | null {
  const family = familyOf(objects, groupId);
  if (!family.has(groupId)) return null;
  const sorted = OBJECT_KINDS.flatMap((kind) => orderOf(kind, new Map(), family)).flatMap((id) => family.get(id) ?? []);
  return renderObjects(sorted).map((statement) => `${statement};\n`).join('\n');
}

/** Differences of a delta without those that follow from others. */
function spokenChanges(delta: Pick<Delta, 'kind' | 'attributes'>): readonly AttributeChange[] {
  return delta.attributes.filter((change) => isSpoken(delta.kind, change.name));
}

function alignedRow(current: SchemaObject | null, desired: SchemaObject | null, deltaId: string | null): AlignedRow | null {
  const object = desired ?? current;
  if (!object) return null;
  const names = [...new Set([...Object.keys(current?.attributes ?? {}), ...Object.keys(desired?.attributes ?? {})])];
  const differing = current && desired ? names.filter((name) => !sameAttribute(current.attributes[name] ?? null, desired.attributes[name] ?? null)) : [];
  const shown = names.filter((name) => differing.includes(name) || ![current, desired].every((side) => !side || isUsual(side, name)));
  const pick = (side: SchemaObject | null): Attributes | null => side && Object.fromEntries(shown.map((name) => [name, side.attributes[name] ?? null]));
  const change: Change = !current ? 'add' : !desired ? 'remove' : differing.length > 0 ? 'change' : 'identical';
  return { id: object.id, kind: object.kind, name: object.name, change, current: pick(current), desired: pick(desired), labels: labelsOf(object.kind, shown), changed: differing.filter((name) => isSpoken(object.kind, name)), deltaId };
}

function labelsOf(kind: ObjectKind, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, attributeLabel(kind, name)]));
}

/** A table of which there is nothing to say but its columns needs no line of its own. */
function isUneventful(row: AlignedRow): boolean {
  return row.change === 'identical' && Object.keys(row.desired ?? {}).length === 0;
}

function isUsual(object: SchemaObject, name: string): boolean {
  const attribute = kindOf(object.kind).attributes.find((each) => each.name === name);
  const value = object.attributes[name] ?? null;
  return value === null || (attribute?.usual !== undefined && sameAttribute(attribute.usual, value));
}

function familyOf(objects: readonly SchemaObject[], groupId: string): Map<string, SchemaObject> {
  return new Map(objects.filter((object) => object.id === groupId || object.parent === groupId).map((object) => [object.id, object]));
}

/**
 * Ids of one kind in the order of the desired side; what only the current side has stands behind its predecessor there, so that a dropped
 * column is seen where it was.
 */
function orderOf(kind: ObjectKind, before: ReadonlyMap<string, SchemaObject>, after: ReadonlyMap<string, SchemaObject>): string[] {
  const sorted = (side: ReadonlyMap<string, SchemaObject>) => [...side.values()].filter((object) => object.kind === kind).sort(inOrder).map((object) => object.id);
  const order = sorted(after);
  let at = 0;
  for (const id of sorted(before)) {
    const place = order.indexOf(id);
    if (place === -1) order.splice(at, 0, id);
    at = (place === -1 ? at : place) + 1;
  }
  return order;
}

const CONSTRAINT_ORDER: readonly Attribute[] = ['primary key', 'unique', 'foreign key', 'check', 'exclusion'];

function rank(object: SchemaObject): number {
  return object.kind === 'constraint' ? CONSTRAINT_ORDER.indexOf(object.attributes.type ?? null) : 0;
}

function inOrder(a: SchemaObject, b: SchemaObject): number {
  return (a.position ?? 0) - (b.position ?? 0) || rank(a) - rank(b) || compareText(a.name, b.name);
}

function union(current: readonly SchemaObject[], desired: readonly SchemaObject[]): SchemaObject[] {
  const known = new Set(current.map((object) => object.id));
  return [...current, ...desired.filter((object) => !known.has(object.id))];
}

function nameOf(delta: Delta): string {
  if (isRename(delta)) return renamed(delta);
  return (delta.desired ?? delta.current)?.name ?? delta.objectId;
}

/** With the schema where that is another. */
function renamed({ kind, current, desired }: Delta): string {
  const moves = kind !== 'schema' && current?.schema !== desired?.schema;
  return [current, desired].map((side) => (moves ? `${side?.schema ?? ''}.${side?.name ?? ''}` : (side?.name ?? ''))).join(' → ');
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
