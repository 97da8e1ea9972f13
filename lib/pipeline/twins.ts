import type { SchemaObject } from './snapshot.ts';

/** Objects of two schemas beside each other. */
export interface Twins {
  /** For each object of `desired`, in their order, the one of the same id in `current`. A list beside the list: two hundred thousand pairs would be as many objects. */
  readonly twins: readonly (SchemaObject | undefined)[];
  /** Objects of `current` whose id `desired` has not, in their order. */
  readonly gone: readonly SchemaObject[];
}

/** So far is looked ahead before an object counts as missing where it is looked for. */
const AHEAD = 64;

/**
 * Pairs two lists by id. Both come in one order from a reading, so that mostly the next is the next, and no table of ids is made of all; what stands elsewhere is
 * found all the same, by its id, at the end.
 */
export function twinsOf(current: readonly SchemaObject[], desired: readonly SchemaObject[]): Twins {
  const twins: (SchemaObject | undefined)[] = [];
  const passed = new Map<string, SchemaObject>();
  let at = 0;
  for (let next = 0; next < desired.length; next += 1) {
    const wanted = desired[next] as SchemaObject;
    let found = ahead(current, at, wanted.id);
    // Neither side goes on without the other: what the other does not have soon either is passed over.
    while (found < 0 && at < current.length && ahead(desired, next, (current[at] as SchemaObject).id) < 0) {
      pass(passed, current[at]);
      at += 1;
      found = ahead(current, at, wanted.id);
    }
    for (; at < found; at += 1) pass(passed, current[at]);
    twins.push(found < 0 ? undefined : current[at]);
    if (found >= 0) at += 1;
  }
  for (; at < current.length; at += 1) pass(passed, current[at]);
  if (passed.size > 0) desired.forEach(({ id }, next) => {
    if (twins[next] === undefined && passed.has(id)) { twins[next] = passed.get(id); passed.delete(id); }
  });
  return { twins, gone: [...passed.values()] };
}

function pass(passed: Map<string, SchemaObject>, object: SchemaObject | undefined): void {
  if (object) passed.set(object.id, object);
}

function ahead(objects: readonly SchemaObject[], from: number, id: string): number {
  const end = Math.min(objects.length, from + AHEAD);
  for (let at = from; at < end; at += 1) if (objects[at]?.id === id) return at;
  return -1;
}
