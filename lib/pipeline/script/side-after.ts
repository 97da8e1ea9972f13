import { isSatellite } from '../kinds/all.ts';
import { NONE } from '../kinds/relation.ts';
import { once } from '../once.ts';
import type { SchemaObject } from '../snapshot.ts';
import type { Applied } from './apply.ts';
import { type Dependencies, isTable, needsOf, note, noteDependent, type Side, waysUp } from './side.ts';
import { tableOfTyped } from './typed-id.ts';

/**
 * The side `before`, whose objects rest on each other as `dependencies` says, as it becomes by what was applied to it. It answers from what `before` has found
 * already and looks at nothing but what changes: of ninety thousand objects mostly a few hundred.
 */
export function sideAfter(before: Side, dependencies: Dependencies, made: Applied): Side {
  const get = (id: string): SchemaObject | undefined => {
    const now = made.objects.get(id);
    return now === undefined ? before.objects.get(id) : (now ?? undefined);
  };
  const come = [...made.objects.values()].flatMap((object) => (object === null || before.objects.has(object.id) ? [] : [object]));
  const [tables, satellites] = [once(() => [...now(before.tables, made), ...come.filter(isTable)]), once(() => [...now(before.satellites, made), ...come.filter(({ kind }) => isSatellite(kind))])];
  const values = function* (): Generator<SchemaObject, undefined> {
    yield* now(before.objects.values(), made);
    yield* come;
  };
  const objects = { get, has: (id: string) => get(id) !== undefined, values };
  const known = (id: string) => made.dependencies.get(id) ?? dependencies[id] ?? NONE;
  return {
    objects,
    children: childrenAfter(before, made),
    get tables() { return tables(); },
    get satellites() { return satellites(); },
    needs: (id) => needsOf(id, objects, known),
    dependents: dependentsAfter(before, made, get, known),
    ...waysUp({ [Symbol.iterator]: values }, objects, tables),
  };
}

/** What stays of these objects, as it is now. */
function* now(objects: Iterable<SchemaObject>, made: Applied): Generator<SchemaObject, undefined> {
  for (const object of objects) {
    const then = made.objects.get(object.id);
    if (then !== null) yield then ?? object;
  }
}

function childrenAfter(before: Side, made: Applied): Side['children'] {
  const changed = once(() => {
    const lists = new Map<string, SchemaObject[]>();
    for (const object of made.objects.values()) if (object !== null && object.parent !== null) note(lists, object.parent, object);
    return lists;
  });
  const found = new Map<string, readonly SchemaObject[]>();
  return {
    get: (parent) => {
      const [old, come] = [before.children.get(parent), changed().get(parent)];
      if (!old) return come;
      const known = found.get(parent) ?? [...now(old, made)].filter((child) => child.parent === parent).concat((come ?? []).filter(({ id }) => !old.some((each) => each.id === id)));
      found.set(parent, known);
      return known;
    },
  };
}

function dependentsAfter(before: Side, made: Applied, get: Side['objects']['get'], known: (id: string) => readonly string[]): Side['dependents'] {
  const isTouched = (id: string) => {
    const of = tableOfTyped(id) ?? id;
    return made.objects.has(of) || made.dependencies.has(of);
  };
  const changed = once(() => {
    const lists = new Map<string, string[]>();
    const found = (to: string, from: string) => note(lists, to, from);
    for (const id of new Set([...made.objects.keys(), ...made.dependencies.keys()])) {
      const object = get(id);
      if (object) noteDependent(object, known(id), found);
      else if (id.startsWith('default:')) for (const to of known(id)) found(to, id);
    }
    return lists;
  });
  return (id) => {
    const [old, come] = [before.dependents(id), changed().get(id)];
    const kept = old.some(isTouched) ? old.filter((each) => !isTouched(each)) : old;
    return come ? [...kept, ...come] : kept;
  };
}
