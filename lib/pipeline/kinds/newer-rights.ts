import { type Attribute, objectId, type SchemaObject } from '../snapshot.ts';
import { olderSide, versionOf } from './older-side.ts';
import { listOf, textOf } from './relation.ts';

/** Postgres 17 has a right on tables that no server before it knows: GRANT ALL gives it there, and there is no word for it here. */
const MAINTAIN = { since: 170_000, entry: /^MAINTAIN / };
const LISTS = ['granted', 'passedOn', 'revoked'];

interface Side {
  objects?: readonly SchemaObject[];
  satellites?: readonly SchemaObject[];
  target?: { serverVersion: number };
}

/**
 * The desired side as the server of the current one could have it. A right that this server does not know is left out; one that only this server knows stays with
 * whoever has it, because the other side cannot say that it should not.
 */
export function rightsAsHere<S extends Side>(current: Side, desired: S): S {
  const older = olderSide(current, desired, MAINTAIN.since);
  if (older === null || !desired.satellites) return desired;
  return { ...desired, satellites: older === 'current' ? desired.satellites.flatMap((object) => sayable(object) ?? []) : kept(current.satellites ?? [], desired.satellites, desired.objects ?? []) };
}

/** A sentence for a person where one of the servers lacks a right that is given or taken away on the other; null otherwise. */
export function rightsNotCompared(current: Side, desired: Side): string | null {
  const older = olderSide(current, desired, MAINTAIN.since);
  if (older === null) return null;
  const [old, newer] = older === 'current' ? [current, desired] : [desired, current];
  return newer.satellites?.some((object) => isAbout(object)) === true ? `The right MAINTAIN is not compared: ${versionOf(old)} does not have it.` : null;
}

function isAbout(object: SchemaObject): boolean {
  return (object.kind === 'grant' || object.kind === 'default_privileges') && LISTS.some((list) => listOf(object, list).some((entry) => MAINTAIN.entry.test(entry)));
}

/** Without the right; null when nothing else was said. */
function sayable(object: SchemaObject): SchemaObject | null {
  if (!isAbout(object)) return object;
  const lists = LISTS.map((list): [string, readonly string[]] => [list, listOf(object, list).filter((entry) => !MAINTAIN.entry.test(entry))]);
  return lists.every(([, entries]) => entries.length === 0) ? null : withLists(object, lists);
}

/** The desired satellites with what the current ones say of the right, on what stays. */
function kept(current: readonly SchemaObject[], desired: readonly SchemaObject[], objects: readonly SchemaObject[]): SchemaObject[] {
  const here = new Map(current.filter(isAbout).map((object) => [object.id, object]));
  const among = new Set(desired.map(({ id }) => id));
  const staying = new Set(objects.map(({ id }) => id));
  const alone = [...here.values()].filter((object) => !among.has(object.id) && restsOn(object).every((id) => staying.has(id))).map((object) => withLists(object, LISTS.map((list) => [list, listOf(object, list).filter((entry) => MAINTAIN.entry.test(entry))])));
  return [...desired.map((object) => { const own = here.get(object.id); return own ? withLists(object, LISTS.map((list) => [list, together(listOf(own, list), listOf(object, list))])) : object; }), ...alone];
}

function restsOn(object: SchemaObject): string[] {
  const [target, schema] = [textOf(object, 'target'), textOf(object, 'inSchema')];
  return [...(target === null ? [] : [target]), ...(schema === null ? [] : [objectId('schema', schema)])];
}

/** In the order of the current side, which is the reading's, so that equal lists are equal. */
function together(current: readonly string[], desired: readonly string[]): string[] {
  const stay = current.filter((entry) => MAINTAIN.entry.test(entry) || desired.includes(entry));
  return [...stay, ...desired.filter((entry) => !stay.includes(entry))];
}

function withLists(object: SchemaObject, lists: readonly (readonly [string, readonly string[]])[]): SchemaObject {
  const said: [string, Attribute][] = lists.flatMap(([name, entries]) => (object.attributes[name] === undefined ? [] : [[name, entries]]));
  return { ...object, attributes: { ...object.attributes, ...Object.fromEntries(said) } };
}
