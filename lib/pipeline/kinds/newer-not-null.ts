import type { Attribute, SchemaObject } from '../snapshot.ts';
import { olderSide, versionOf } from './older-side.ts';
import { listOf, textOf } from './relation.ts';

/** Since Postgres 18 NOT NULL is a constraint, with a name, which can be NOT VALID or NO INHERIT. An older server reads such a name and forgets it. */
const NAMED_SINCE = 180_000;
const NONE: readonly string[] = [];
const MORE: readonly string[] = ['notNullName', 'notNullCalled', 'notNullOwn'];

/** Whether the server of a reading has such constraints. */
export function namesNotNulls({ target }: Pick<Side, 'target'>): boolean {
  return (target?.serverVersion ?? 0) >= NAMED_SINCE;
}

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
  if (older === 'current') return desired.objects.some(saysMore) ? { ...desired, objects: desired.objects.map((object) => (saysMore(object) ? saying(object, {}) : object)) } : desired;
  const here = new Map(current.objects.filter(saysMore).map((column) => [column.id, column]));
  if (here.size === 0) return desired;
  return { ...desired, objects: desired.objects.map((object) => {
    const own = here.get(object.id);
    return own && object.attributes.nullable === false ? saying(object, own.attributes) : object;
  }) };
}

/** A sentence for a person where one of the servers has no more than the fact, and the other has more; null otherwise. */
export function notNullsNotCompared(current: Partial<Side>, desired: Partial<Side>): string | null {
  const older = olderSide(current, desired, NAMED_SINCE);
  if (older === null) return null;
  const [old, newer] = older === 'current' ? [current, desired] : [desired, current];
  return newer.objects?.some(saysWhatIsWanted) === true ? `Names of NOT NULL, NOT VALID and NO INHERIT behind it are not compared: ${versionOf(old)} does not have them.` : null;
}

/** Names that the server made, and whose a constraint is where tables inherit, nobody misses. */
function saysWhatIsWanted(object: SchemaObject): boolean {
  return (object.kind === 'column' || object.kind === 'domain') && (textOf(object, 'notNullName') !== null || listOf(object, 'notNullFlags').length > 0);
}

function saysMore(object: SchemaObject): boolean {
  return (object.kind === 'column' || object.kind === 'domain') && (MORE.some((name) => typeof object.attributes[name] === 'string' || typeof object.attributes[name] === 'boolean') || listOf(object, 'notNullFlags').length > 0);
}

/** The column with what is said there of its NOT NULL. */
function saying(column: SchemaObject, { notNullName = null, notNullFlags = NONE, ...rest }: Readonly<Record<string, Attribute>>): SchemaObject {
  return { ...column, attributes: { ...sayingMore(column.attributes, false), ...sayingMore(rest, true), ...(column.kind === 'domain' ? {} : { notNullFlags }), notNullName } };
}

function sayingMore(attributes: Readonly<Record<string, Attribute>>, more: boolean): Readonly<Record<string, Attribute>> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => MORE.includes(name) === more));
}
