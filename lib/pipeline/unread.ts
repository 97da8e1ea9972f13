import { tooNewForOne } from './as-here.ts';
import { whoeverGranted } from './kinds/grant.ts';
import { ownTables } from './migrations/own-tables.ts';
import type { SchemaObject, Snapshot, Unread } from './snapshot.ts';

type Side = Partial<Pick<Snapshot, 'objects' | 'unread' | 'satellites' | 'notCompared' | 'origin' | 'target'>>;

/** What at least one of two sides does not know: it is compared on neither, because its absence would look like a difference. */
export function unreadOf(current: Side, desired: Side): readonly Unread[] {
  return [...(current.unread ?? []), ...(desired.unread ?? []), ...placesUnread(current, desired), ...placesUnread(desired, current), ...ownTables(current, desired), ...ownTables(desired, current), ...tooNewForOne(current, desired).map((why) => ({ kind: 'newer' as const, why }))];
}

/** Which tablespaces the first side uses is not known: it was read before they were, or is a text, which is replayed on a server that has none of them. */
function placesUnread({ notCompared = [], origin }: Side, other: Side): Unread[] {
  if (notCompared.some(({ kind }) => kind === 'table or index in a tablespace')) return [{ kind: 'placement', why: 'Tablespaces are not compared: one side was read by a version that did not know them.' }];
  return origin && other.satellites?.some(({ kind }) => kind === 'placement') === true ? [{ kind: 'placement', why: 'Tablespaces are not compared: one side is a text, which is replayed on a server that has none of them.' }] : [];
}

/** Does the object belong to a part that is not known? */
export function isUnread(object: Pick<SchemaObject, 'id' | 'kind' | 'parent' | 'attributes'>, unread: readonly Unread[]): boolean {
  return unread.some((part) => {
    if (part.id === undefined) return part.kind === object.kind;
    return part.id === object.id || part.id === object.parent || part.id === object.attributes.target;
  });
}

/** Owners of one side are not known. */
export function ownersUnread(unread: readonly Unread[]): boolean {
  return unread.some((part) => part.kind === 'owner');
}

/** Of these objects what both sides know of. */
export function known(objects: readonly SchemaObject[], unread: readonly Unread[]): readonly SchemaObject[] {
  if (unread.length === 0) return objects;
  const said = objects.filter((object) => !isUnread(object, unread));
  return grantorsUnread(unread) ? said.map((object) => (object.kind === 'grant' ? whoeverGranted(object) : object)) : said;
}

/** Who granted a right is not known; where owners are not, neither is it. */
function grantorsUnread(unread: readonly Unread[]): boolean {
  return ownersUnread(unread) || unread.some((part) => part.kind === 'grantor');
}

/** One sentence for each part that is not known, without repeating itself. */
export function unreadSentences(unread: readonly Unread[]): string[] {
  return [...new Set(unread.map((part) => part.why))];
}
