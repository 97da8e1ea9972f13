import { textOf } from './kinds/relation.ts';
import { goingAlong } from './moved.ts';
import { canBeRenamed, elementsOf, isMove } from './rename-kinds.ts';
import { type Rename, spokenId } from './rename.ts';
import { namedElsewhere } from './renamed-heirs.ts';
import { namesOf } from './script/names.ts';
import { objectId, parseObjectId, type SchemaObject, type Snapshot } from './snapshot.ts';

type Read = Pick<Snapshot, 'objects'>;

/** What has become of a rename that a person took, between two readings. */
export type RenameFate =
  | { fate: 'applies' }
  /** The current side has the new name: a plan carried it out. */
  | { fate: 'done' }
  /** One sentence: why the decision says nothing about these two any more. */
  | { fate: 'lapsed'; why: string };

/** @param renamed the current side after the other renames that hold: those of columns speak of their table's new name. */
export function fateOf(renamed: Read, desired: Read, { from, to }: Rename, sides: { current: string; desired: string }): RenameFate {
  const [before, after] = [new Set(renamed.objects.filter(({ id }) => id === from || id === to).map(({ id }) => id)), new Set(desired.objects.filter(({ id }) => id === from || id === to).map(({ id }) => id))];
  if (!after.has(to)) return lapsed(`${sides.desired} has no ${spokenId(to)} any more.`);
  if (after.has(from)) return lapsed(`${sides.desired} has ${spokenId(from)} too, so these are two.`);
  if (before.has(from) && before.has(to)) return lapsed(`${sides.current} has ${spokenId(to)} too, so these are two.`);
  if (before.has(to)) return { fate: 'done' };
  if (!before.has(from)) return lapsed(`${sides.current} has no ${spokenId(from)} any more.`);
  const why = from.startsWith('column:') ? namedElsewhere(renamed, { from, to }) : heldBack(renamed, { from, to });
  return why === null ? { fate: 'applies' } : lapsed(`In ${sides.current}, ${why}`);
}

/** Why no statement takes it there; null where one does. */
function heldBack(renamed: Read, rename: Rename): string | null {
  if (!canBeRenamed(rename)) return `nothing makes ${spokenId(rename.from)} ${spokenId(rename.to)}.`;
  const object = renamed.objects.find(({ id }) => id === rename.from);
  if (!object || !isMove(rename)) return null;
  const owner = object.kind === 'sequence' ? textOf(object, 'ownedBy') : null;
  if (owner !== null) return `${spokenId(rename.from)} belongs to ${spokenId(owner)} and goes where its table goes.`;
  const [schema = '', name = ''] = parseObjectId(rename.to).path;
  const ids = new Set(renamed.objects.map(({ id }) => id));
  if (elementsOf(rename, (id) => ids.has(id)).slice(1).some(({ from }) => ids.has(from))) return `its old name is taken in the new schema, and its new name in the old one.`;
  const going = goingAlong(renamed, object);
  const names = new Set([...going.values()].flatMap((one) => namesOf(inSchema(one.id === object.id ? { ...one, name } : one, schema))));
  const taken = renamed.objects.find((one) => one.schema === schema && !going.has(one.id) && namesOf(one).some((name) => names.has(name)));
  return taken === undefined ? null : `${spokenId(taken.id)} has a name there that ${spokenId(rename.from)} or something of it has too.`;
}

function inSchema(one: SchemaObject, schema: string): SchemaObject {
  return { ...one, schema, ...(one.kind === 'column' ? { parent: objectId('table', schema, parseObjectId(one.parent ?? '').path[1] ?? '') } : {}) };
}

function lapsed(why: string): RenameFate {
  return { fate: 'lapsed', why };
}
