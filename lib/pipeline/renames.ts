import { type AttributeChange, type Delta, sameAttribute } from './diff.ts';
import { differences } from './noise.ts';
import { type Rename, renameId, renameOf, type TakenRename } from './rename.ts';
import { proposedMoves } from './moves-proposed.ts';
import { bodiesThatSay } from './rename-cost.ts';
import { fateOf } from './rename-fate.ts';
import { elementsOf, isMove, MOVES, withElement } from './rename-kinds.ts';
import { heirsOf } from './renamed-heirs.ts';
import { partsOf, tablesWithin, withPart } from './renamed-parts.ts';
import type { Read } from './renamed-reading.ts';
import { words } from './renamed.ts';
import { undoDefaultPrivileges } from './script/creates.ts';
import { objectId, parseObjectId, type SchemaObject } from './snapshot.ts';

/** What looks like one object under two names, with what speaks for it. Never taken without a person. */
export interface RenameProposal extends Rename {
  /** Under which a person looks for the two; of tables, the new one. */
  group: string;
  /** Ids of the two deltas that it would replace. */
  remove: string;
  add: string;
  evidence: readonly string[];
}

type Children = ReadonlyMap<string, readonly SchemaObject[]>;

/**
 * Pairs of a removed and an added table, or column of one table, that have the same shape and are each other's only candidate; where several
 * columns have one shape, the place in the table decides. What rests on both in the same way is named as evidence, never asked for. Before them, schemas that
 * look renamed and what looks moved into another one.
 */
export function proposedRenames(current: Read, desired: Read, deltas: readonly Delta[]): RenameProposal[] {
  const moves = proposedMoves(current, desired, deltas);
  const answered = new Set(moves.flatMap(({ remove, add }) => [remove.id, add.id]));
  return [...moves.map(({ remove, add, ...move }) => ({ ...move, group: add.group, remove: remove.id, add: add.id })), ...proposedNames(current, desired, deltas.filter((delta) => !answered.has(delta.id)))];
}

function proposedNames(current: Read, desired: Read, deltas: readonly Delta[]): RenameProposal[] {
  // An inherited column is renamed with its parent's.
  const asked = deltas.filter((delta) => (delta.kind === 'column' || delta.kind === 'table') && delta.change !== 'change' && (delta.desired ?? delta.current)?.attributes.inherited !== true);
  const parents = new Set(asked.flatMap((delta) => [delta.group, delta.objectId]));
  const children = { current: byParent(current.objects, parents), desired: byParent(desired.objects, parents) };
  const families = Map.groupBy(asked, (delta) => (delta.kind === 'column' ? delta.group : 'tables'));
  return [...families.values()].flatMap((family) => {
    const ofShape = (change: Delta['change'], side: Children) => Map.groupBy(family.filter((delta) => delta.change === change), (delta) => shapeOf(delta, side));
    const [removed, added] = [ofShape('remove', children.current), ofShape('add', children.desired)];
    return [...removed].flatMap(([shape, going]) => {
      const coming = shape === '' ? [] : (added.get(shape) ?? []);
      return going.flatMap((delta) => {
        const [other, ...more] = narrowed(delta, coming, going);
        if (!other || more.length > 0 || narrowed(other, going, coming).some((one) => one.id !== delta.id) || renameOf(renameId({ from: delta.objectId, to: other.objectId })) === null) return [];
        return [{ from: delta.objectId, to: other.objectId, group: other.group, remove: delta.id, add: other.id, evidence: evidenceOf(delta, other, children) }];
      });
    });
  });
}

/** A snapshot in which all renames that hold have happened; `taken` are those, in the order of their statements. */
export interface Folded<S extends Read = Read> {
  renamed: S;
  taken: readonly TakenRename[];
}

/** Takes the renames that hold between the two sides; without any, `renamed` is `current` itself. */
export function foldRenames<S extends Read>(current: S, desired: Read, renames: readonly Rename[]): Folded<S> {
  const held: Omit<TakenRename, 'parts'>[] = [];
  let renamed = current;
  for (const rename of inOrder(renames)) {
    if (fateOf(renamed, desired, rename, { current: '', desired: '' }).fate !== 'applies') continue;
    const made = missingSchema(renamed, desired, rename);
    if (made) renamed = { ...renamed, objects: [...renamed.objects, made] };
    const ids = new Set(renamed.objects.map(({ id }) => id));
    const by = elementsOf(rename, (id) => ids.has(id));
    held.push({ from: rename.from, to: rename.to, by, makes: made?.name ?? null, takesBack: made ? undoDefaultPrivileges(made, (current.satellites ?? []).filter(({ kind }) => kind === 'default_privileges')) : [], bodies: bodiesThatSay(renamed, desired, rename), heirs: heirsOf(renamed, rename) });
    renamed = by.reduce(withElement, renamed);
  }
  // Definitions say the new names of all columns before two of them are compared.
  const taken: TakenRename[] = [];
  for (const rename of held) {
    const parts: Rename[] = [];
    for (const each of [rename, ...rename.heirs, ...tablesWithin(renamed, desired, rename)]) {
      const its = partsOf(renamed, desired, each);
      for (const part of its) renamed = withPart(renamed, part);
      parts.push(...its);
    }
    taken.push({ ...rename, parts });
  }
  return { renamed, taken };
}

/** The schema into which something moves and that is not there yet, as it comes into being; null where it is. */
function missingSchema({ objects }: Read, desired: Read, rename: Rename): SchemaObject | null {
  if (!isMove(rename)) return null;
  const id = objectId('schema', parseObjectId(rename.to).path[0] ?? '');
  if (objects.some((one) => one.id === id)) return null;
  // Whose it is then is whoever makes it: the owner that it is to have is a difference of its own.
  const wanted = desired.objects.find((one) => one.id === id);
  return wanted ? { ...wanted, ...(wanted.aside === undefined ? {} : { aside: { ...wanted.aside, owner: null } }) } : null;
}

/** The differences that are left when the renames are taken: of each there is one, about the name, and what differs besides. */
export function differencesRenamed({ renamed, taken }: Folded, desired: Read): Delta[] {
  const besides = differences(renamed, desired);
  if (taken.length === 0) return besides;
  return [...nameDeltas({ renamed, taken }, desired), ...besides].sort((a, b) => compareText(a.group, b.group) || compareText(a.objectId, b.objectId) || compareText(b.id, a.id));
}

/** One difference for each rename that is taken: about the name, and those that go with it. */
export function nameDeltas({ renamed, taken }: Folded, desired: Read): Delta[] {
  return taken.flatMap((rename) => nameDelta(renamed, desired, rename));
}

function inOrder(renames: readonly Rename[]): Rename[] {
  return renames.toSorted((a, b) => rankOf(a) - rankOf(b) || compareText(a.from, b.from));
}

/** Whatever is said in names of others comes behind these: of a schema, of a type, of a table. */
function rankOf({ from }: Rename): number {
  const kind = from.slice(0, from.indexOf(':'));
  return kind === 'schema' ? -1 : kind === 'column' ? MOVES.length : MOVES.findIndex((one) => one === kind);
}

function nameDelta(renamed: Read, desired: Read, rename: TakenRename): Delta[] {
  const before = renamed.objects.find((object) => object.id === rename.to);
  const after = desired.objects.find((object) => object.id === rename.to);
  if (!before || !after) return [];
  const { path } = parseObjectId(rename.from);
  const old = { schema: isMove(rename) ? (path[0] ?? '') : before.schema, name: path.at(-1) ?? '' };
  const changes = (['schema', 'name'] as const).filter((name) => old[name] !== after[name] && (name === 'name' || isMove(rename))).map((name) => ({ name, current: old[name], desired: after[name] }));
  // One line for each statement.
  const made = rename.makes === null ? [] : [{ name: 'new schema', current: null, desired: rename.makes }];
  return [{ id: renameId(rename), change: 'change', kind: after.kind, objectId: after.id, group: after.parent ?? after.id, current: { ...before, ...old }, desired: after, attributes: [...made, ...changes, ...rename.parts.map(partChange)], carries: [] }];
}

function partChange({ from, to }: Rename): AttributeChange {
  const [before, after] = [parseObjectId(from), parseObjectId(to)].map(({ path }) => path.at(-1) ?? '');
  return { name: `${parseObjectId(from).kind} ${before}`, current: before ?? '', desired: after ?? '' };
}

/** Empty for what has nothing to be recognised by. */
function shapeOf(delta: Delta, children: Children): string {
  const object = delta.desired ?? delta.current;
  if (!object) return '';
  if (object.kind === 'column') return JSON.stringify(Object.entries(object.attributes).filter(([name]) => name !== 'notNullName' && name !== 'notNullCalled').sort());
  const columns = (children.get(object.id) ?? []).filter((child) => child.kind === 'column');
  return columns.length < 2 ? '' : JSON.stringify([object.schema, columns.map((column) => [column.name, column.attributes.type ?? null, column.attributes.nullable ?? null]).sort()]);
}

/** Of several columns of one shape, the one in the same place; several tables of one shape tell nothing. */
function narrowed(delta: Delta, candidates: readonly Delta[], rivals: readonly Delta[]): readonly Delta[] {
  if (candidates.length < 2 && rivals.length < 2) return candidates;
  return delta.kind === 'column' ? candidates.filter((other) => placeOf(other) === placeOf(delta)) : [];
}

function placeOf(delta: Delta): number | null {
  return (delta.desired ?? delta.current)?.position ?? null;
}

function evidenceOf(remove: Delta, add: Delta, children: { current: Children; desired: Children }): string[] {
  const [before, after] = [remove.current, add.desired];
  if (!before || !after) return [];
  const say = words(before.name, after.name).inText;
  const wanted = new Set(familyOf(children.desired, after).filter(isPart).map((object) => String(object.attributes.definition)));
  const shared = familyOf(children.current, before).filter((object) => isPart(object) && say(String(object.attributes.definition)) !== String(object.attributes.definition) && wanted.has(say(String(object.attributes.definition)))).length;
  const columns = familyOf(children.current, before).filter((child) => child.kind === 'column').length;
  return [
    before.kind === 'table' ? `the same ${columns} columns with the same types` : `the same ${differing(before, after) ? 'shape' : `type, default and settings (${String(before.attributes.type)})`}`,
    ...(before.kind === 'column' && before.position === after.position ? [`the same place in the table (${before.position ?? '?'})`] : []),
    ...(shared > 0 ? [`${shared} ${shared === 1 ? 'key, check or index that uses' : 'keys, checks and indexes that use'} both in the same way`] : []),
  ];
}

function familyOf(side: Children, object: SchemaObject): readonly SchemaObject[] {
  return side.get(object.kind === 'table' ? object.id : (object.parent ?? '')) ?? [];
}

function isPart(object: SchemaObject): boolean {
  return object.kind === 'constraint' || object.kind === 'index';
}

function differing(before: SchemaObject, after: SchemaObject): boolean {
  return !sameAttribute(before.attributes.type ?? null, after.attributes.type ?? null);
}

function byParent(objects: readonly SchemaObject[], parents: ReadonlySet<string>): Children {
  return Map.groupBy(objects.filter((object) => object.parent !== null && parents.has(object.parent)), (object) => object.parent ?? '');
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
