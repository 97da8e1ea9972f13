import type { SchemaObject, Snapshot, Unread } from './snapshot.ts';

type Side = Partial<Pick<Snapshot, 'unread'>>;

/** What at least one of two sides does not know: it is compared on neither, because its absence would look like a difference. */
export function unreadOf(current: Side, desired: Side): readonly Unread[] {
  return [...(current.unread ?? []), ...(desired.unread ?? [])];
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

/** One sentence for each part that is not known, without repeating itself. */
export function unreadSentences(unread: readonly Unread[]): string[] {
  return [...new Set(unread.map((part) => part.why))];
}
