import type { Attribute, SchemaObject } from '../snapshot.ts';
import { olderSide, versionOf } from './older-side.ts';
import { listOf, textOf } from './relation.ts';

/** Since Postgres 18 NOT NULL is a constraint, with a name, which can be NOT VALID or NO INHERIT. An older server reads such a name and forgets it. */
const NAMED_SINCE = 180_000;
const NONE: readonly string[] = [];

interface Side {
  objects: readonly SchemaObject[];
  target?: { serverVersion: number };
}

/**
 * The desired side as the server of the current one could have it: what this server cannot say of NOT NULL is left out, and what only this server can say stays as it
 * is, because the other side cannot say that it should not.
 */
export function notNullsAsHere<S extends Side>(current: Side, desired: S): S {
  const older = olderSide(current, desired, NAMED_SINCE);
  if (older === null) return desired;
  if (older === 'current') return desired.objects.some(saysMore) ? { ...desired, objects: desired.objects.map((object) => (saysMore(object) ? saying(object, null, NONE) : object)) } : desired;
  const here = new Map(current.objects.filter(saysMore).map((column) => [column.id, column]));
  if (here.size === 0) return desired;
  return { ...desired, objects: desired.objects.map((object) => {
    const own = here.get(object.id);
    return own && object.attributes.nullable === false ? saying(object, textOf(own, 'notNullName'), listOf(own, 'notNullFlags')) : object;
  }) };
}

/** A sentence for a person where one of the servers has no more than the fact, and the other has more; null otherwise. */
export function notNullsNotCompared(current: Partial<Side>, desired: Partial<Side>): string | null {
  const older = olderSide(current, desired, NAMED_SINCE);
  if (older === null) return null;
  const [old, newer] = older === 'current' ? [current, desired] : [desired, current];
  return newer.objects?.some(saysMore) === true ? `Names of NOT NULL, NOT VALID and NO INHERIT behind it are not compared: ${versionOf(old)} does not have them.` : null;
}

function saysMore(object: SchemaObject): boolean {
  return object.kind === 'column' && (textOf(object, 'notNullName') !== null || listOf(object, 'notNullFlags').length > 0);
}

function saying(column: SchemaObject, notNullName: string | null, notNullFlags: Attribute): SchemaObject {
  return { ...column, attributes: { ...column.attributes, notNullName, notNullFlags } };
}
