import { notNullsAsHere, notNullsNotCompared } from './kinds/newer-not-null.ts';
import { rightsAsHere, rightsNotCompared } from './kinds/newer-rights.ts';
import type { SchemaObject } from './snapshot.ts';

interface Side {
  objects: readonly SchemaObject[];
  satellites?: readonly SchemaObject[];
  target?: { serverVersion: number };
}

/** The desired side as the server of the current one could have it: what only one of two versions can say is no difference between them, and in no script. */
export function asHere<S extends Side>(current: Side, desired: S): S {
  return notNullsAsHere(current, rightsAsHere(current, desired));
}

/** Sentences for a person: what is compared on neither side, because one of the servers is too old to have it. */
export function tooNewForOne(current: Partial<Side>, desired: Partial<Side>): string[] {
  return [rightsNotCompared(current, desired), notNullsNotCompared(current, desired)].flatMap((why) => why ?? []);
}
