import { ident } from './ddl.ts';
import { type Delta, sameAttribute } from './diff.ts';
import { differences } from './noise.ts';
import { type Attribute, objectId, parseObjectId, type SchemaObject, type Snapshot } from './snapshot.ts';

/** One object under two names, because a person said so. ObjectIds of two tables, or of two columns of one table. */
export interface Rename {
  from: string;
  to: string;
}

/** What looks like one object under two names, with what speaks for it. Never taken without a person. */
export interface RenameProposal extends Rename {
  /** Ids of the two deltas that it would replace. */
  remove: string;
  add: string;
  evidence: readonly string[];
}

type Read = Pick<Snapshot, 'objects'> & Partial<Pick<Snapshot, 'satellites' | 'dependencies' | 'estimates' | 'carried' | 'unread'>>;

/** As it stands in decisions and plans: `rename:column:public.t.a→column:public.t.b`. */
export function renameId({ from, to }: Rename): string {
  return `rename:${from}→${to}`;
}

/** The inverse of renameId(); null for any other text. */
export function renameOf(id: string): Rename | null {
  const [from, to, ...rest] = id.startsWith('rename:') ? id.slice('rename:'.length).split('→') : [];
  return from === undefined || to === undefined || rest.length > 0 ? null : { from, to };
}

/**
 * Pairs of a removed and an added table, or column of one table, that have the same shape and are each other's only candidate; where several
 * columns have one shape, the place in the table decides. What rests on both in the same way is named as evidence, never asked for.
 */
export function proposedRenames(current: Read, desired: Read, deltas: readonly Delta[]): RenameProposal[] {
  const pairs = [...Map.groupBy(deltas.filter((delta) => delta.kind === 'column' && delta.change !== 'change'), (delta) => delta.group).values(), deltas.filter((delta) => delta.kind === 'table' && delta.change !== 'change')];
  const children = { current: byParent(current.objects), desired: byParent(desired.objects) };
  return pairs.flatMap((family) => {
    const shapes = new Map(family.map((delta) => [delta.id, shapeOf(delta, delta.change === 'remove' ? children.current : children.desired)]));
    const removed = family.filter((delta) => delta.change === 'remove');
    const added = family.filter((delta) => delta.change === 'add');
    const candidates = (delta: Delta, others: readonly Delta[]) => narrowed(delta, others.filter((other) => shapes.get(other.id) !== '' && shapes.get(other.id) === shapes.get(delta.id)));
    return removed.flatMap((delta): RenameProposal[] => {
      const [other, ...more] = candidates(delta, added);
      if (!other || more.length > 0 || candidates(other, removed).some((one) => one.id !== delta.id)) return [];
      return [{ from: delta.objectId, to: other.objectId, remove: delta.id, add: other.id, evidence: evidenceOf(delta, other, children) }];
    });
  });
}

/** The differences when the renames are taken: of each there is one, about the name, and what differs besides. */
export function differencesRenamed(current: Read, desired: Read, renames: readonly Rename[]): Delta[] {
  const renamed = renames.reduce(withRename, current);
  return [...renames.flatMap((rename) => nameDelta(current, desired, rename)), ...differences(renamed, desired)].sort((a, b) => compareText(a.group, b.group) || compareText(a.objectId, b.objectId) || compareText(a.id, b.id));
}

/** The snapshot as it is after the statement: the object, what belongs to it and what rests on it say the new name, as the server does by itself. */
export function withRename<S extends Read>(snapshot: S, rename: Rename): S {
  const object = snapshot.objects.find((one) => one.id === rename.from);
  if (!object) return snapshot;
  const idAfter = idMap(snapshot, object, rename);
  const name = parseObjectId(rename.to).path.at(-1) ?? '';
  const near = new Set([rename.from, ...idAfter.keys()]);
  const { dependencies = {} } = snapshot;
  const touches = (one: SchemaObject) => near.has(one.id) || one.parent === object.id || one.parent === object.parent || (dependencies[one.id] ?? []).some((id) => near.has(id)) || (dependencies[defaultOf(one.id)] ?? []).some((id) => near.has(id));
  const say = words(object.name, name);
  const after = (one: SchemaObject): SchemaObject => {
    if (!touches(one)) return one;
    return { ...one, id: idAfter.get(one.id) ?? one.id, name: one.id === rename.from ? name : one.kind === 'comment' || one.kind === 'grant' ? say(one.name) : one.name, parent: one.parent === null ? null : (idAfter.get(one.parent) ?? one.parent), attributes: Object.fromEntries(Object.entries(one.attributes).map(([key, value]) => [key, said(value, say, idAfter)])) };
  };
  const key = (id: string) => idAfter.get(id) ?? (id.startsWith('default:') && idAfter.has(`column:${id.slice(8)}`) ? defaultOf(idAfter.get(`column:${id.slice(8)}`) ?? '') : id);
  const record = <T>(values: Readonly<Record<string, T>> | undefined) => values && Object.fromEntries(Object.entries(values).map(([id, value]) => [key(id), value]));
  return {
    ...snapshot,
    objects: snapshot.objects.map(after),
    ...(snapshot.satellites ? { satellites: snapshot.satellites.map(after) } : {}),
    ...(snapshot.dependencies ? { dependencies: Object.fromEntries(Object.entries(snapshot.dependencies).map(([id, ids]) => [key(id), ids.map(key)])) } : {}),
    ...(snapshot.estimates ? { estimates: record(snapshot.estimates) } : {}),
    ...(snapshot.carried ? { carried: record(snapshot.carried) } : {}),
  };
}

function nameDelta(current: Read, desired: Read, rename: Rename): Delta[] {
  const before = current.objects.find((object) => object.id === rename.from);
  const after = desired.objects.find((object) => object.id === rename.to);
  if (!before || !after) return [];
  return [{ id: renameId(rename), change: 'change', kind: after.kind, objectId: after.id, group: after.parent ?? after.id, current: before, desired: after, attributes: [{ name: 'name', current: before.name, desired: after.name }], carries: [] }];
}

/** Old ids to new ones: of the object, of what belongs to it, and of the comments and grants that name it. */
function idMap(snapshot: Read, object: SchemaObject, rename: Rename): Map<string, string> {
  const name = parseObjectId(rename.to).path.at(-1) ?? '';
  const ids = new Map([[rename.from, rename.to]]);
  if (object.kind === 'table') for (const child of snapshot.objects) if (child.parent === object.id && parseObjectId(child.id).path.length === 3) ids.set(child.id, objectId(child.kind, child.schema, name, parseObjectId(child.id).path[2] ?? ''));
  const say = words(object.name, name);
  for (const satellite of snapshot.satellites ?? []) {
    const target = satellite.attributes.target;
    if (typeof target === 'string' && ids.has(target)) ids.set(satellite.id, objectId(satellite.kind, ...parseObjectId(satellite.id).path.map(say)));
  }
  return ids;
}

function defaultOf(columnId: string): string {
  return `default:${columnId.slice(columnId.indexOf(':') + 1)}`;
}

/** Replaces a name where it stands alone, as the server writes it. */
function words(before: string, after: string): (text: string) => string {
  const pattern = new RegExp(`(?<![\\w"$])${ident(before).replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?![\\w"$])`, 'g');
  return (text) => text.replaceAll(pattern, () => ident(after)).replaceAll(before === ident(before) ? /(?!)/g : before, after);
}

function said(value: Attribute, say: (text: string) => string, ids: ReadonlyMap<string, string>): Attribute {
  const one = (text: string) => ids.get(text) ?? say(text);
  if (typeof value === 'string') return one(value);
  return Array.isArray(value) ? value.map(one) : value;
}

/** Empty for what has nothing to be recognised by. */
function shapeOf(delta: Delta, children: ReadonlyMap<string, readonly SchemaObject[]>): string {
  const object = delta.desired ?? delta.current;
  if (!object) return '';
  if (object.kind === 'column') return JSON.stringify(Object.entries(object.attributes).filter(([name]) => name !== 'notNullName').sort());
  const columns = (children.get(object.id) ?? []).filter((child) => child.kind === 'column');
  return columns.length < 2 ? '' : JSON.stringify([object.schema, columns.map((column) => [column.name, column.attributes.type ?? null, column.attributes.nullable ?? null]).sort()]);
}

function narrowed(delta: Delta, candidates: readonly Delta[]): readonly Delta[] {
  if (candidates.length < 2 || delta.kind !== 'column') return candidates;
  return candidates.filter((other) => (other.desired ?? other.current)?.position === (delta.desired ?? delta.current)?.position);
}

function evidenceOf(remove: Delta, add: Delta, children: { current: ReadonlyMap<string, readonly SchemaObject[]>; desired: ReadonlyMap<string, readonly SchemaObject[]> }): string[] {
  const [before, after] = [remove.current, add.desired];
  if (!before || !after) return [];
  const say = words(before.name, after.name);
  const wanted = new Set(familyOf(children.desired, after).filter(isPart).map((object) => String(object.attributes.definition)));
  const shared = familyOf(children.current, before).filter((object) => isPart(object) && say(String(object.attributes.definition)) !== String(object.attributes.definition) && wanted.has(say(String(object.attributes.definition)))).length;
  const columns = familyOf(children.current, before).filter((child) => child.kind === 'column').length;
  return [
    before.kind === 'table' ? `the same ${columns} columns with the same types` : `the same ${differing(before, after) ? 'shape' : `type, default and settings (${String(before.attributes.type)})`}`,
    ...(before.kind === 'column' && before.position === after.position ? [`the same place in the table (${before.position ?? '?'})`] : []),
    ...(shared > 0 ? [`${shared} ${shared === 1 ? 'key, check or index uses' : 'keys, checks and indexes use'} both in the same way`] : []),
  ];
}

function familyOf(side: ReadonlyMap<string, readonly SchemaObject[]>, object: SchemaObject): readonly SchemaObject[] {
  return side.get(object.kind === 'table' ? object.id : (object.parent ?? '')) ?? [];
}

function isPart(object: SchemaObject): boolean {
  return object.kind === 'constraint' || object.kind === 'index';
}

function differing(before: SchemaObject, after: SchemaObject): boolean {
  return !sameAttribute(before.attributes.type ?? null, after.attributes.type ?? null);
}

function byParent(objects: readonly SchemaObject[]): Map<string, SchemaObject[]> {
  return Map.groupBy(objects.filter((object) => object.parent !== null), (object) => object.parent ?? '');
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The statement, and the one that takes it back. */
export function renameStatements({ from, to }: Rename): { forward: string; back: string } {
  const [before, after] = [parseObjectId(from), parseObjectId(to)];
  const rename = (of: readonly string[], name: readonly string[]) =>
    before.kind === 'column' ? `ALTER TABLE ${relation(of)} RENAME COLUMN ${ident(of[2] ?? '')} TO ${ident(name[2] ?? '')}` : `ALTER TABLE ${relation(of)} RENAME TO ${ident(name[1] ?? '')}`;
  return { forward: rename(before.path, after.path), back: rename(after.path, before.path) };
}

function relation(path: readonly string[]): string {
  return path.slice(0, 2).map(ident).join('.');
}
